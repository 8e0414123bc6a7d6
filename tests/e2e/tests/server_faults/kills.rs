//! `kill -9` of the program, and the same command again.

use std::{fs, thread};

use dapter_e2e::{Dice, each};
use dapter_servers::{Reach, Server};

use super::backend::Backend;
use super::history::Revision;
use super::site::Site;
use super::stage::{Stage, Way, small_site};
use super::tally;

/// For whoever is dead, an answer that does not come through is the same as the next message that is not sent.
const REACHES: [Reach; 2] = [Reach::Unsent, Reach::Sent];

pub(crate) fn at_every_statement(backend: &'static Backend) {
    for way in Way::BOTH {
        let stage = Stage::set(backend, backend.shared(), way, small_site);
        kill_at_every_message(backend, &stage);
    }
}

fn kill_at_every_message(backend: &'static Backend, stage: &Stage<'_>) {
    stage.at_every_message(
        &REACHES,
        |running, proxy| {
            running.kill();
            proxy.cut();
        },
        |ended| assert!(matches!(ended.code(), None | Some(0)), "{ended:?}"),
        || tally::injected(backend, "program killed at a message"),
    );
}

/// What it has done of a script that runs again is not done twice either.
pub(crate) fn at_every_statement_of_a_repeatable_script(backend: &'static Backend) {
    let stage = Stage::set(backend, backend.shared(), Way::Up, repeatable_site);
    kill_at_every_message(backend, &stage);
}

const COUNTERS: [Revision; 1] = [Revision::new(
    "a1",
    "CREATE TABLE counters (n integer NOT NULL);
INSERT INTO counters VALUES (0);",
    "DROP TABLE counters;",
)];

/// A database in which a script ran that has changed since.
fn repeatable_site(backend: &'static Backend, server: &Server) -> Site {
    let site = Site::with(backend, server, &COUNTERS);
    site.write_repeatable(
        "tally",
        "CREATE OR REPLACE VIEW tally AS SELECT n FROM counters;",
    );
    site.run(&["upgrade"]).expect(0);
    site.write_repeatable(
        "tally",
        "UPDATE counters SET n = n + 1;
DROP VIEW tally;
UPDATE counters SET n = n + 10;
CREATE VIEW tally AS SELECT n + 1 AS n FROM counters;
UPDATE counters SET n = n + 100;",
    );
    site
}

/// Hooks that were cut off leave nothing half done; and what runs before a revision in its own transaction runs once.
pub(crate) fn at_every_statement_with_hooks(backend: &'static Backend) {
    // One of each kind: with transactions over structure, and without.
    if backend.key.ends_with("-async") {
        return;
    }
    let stage = Stage::set(backend, backend.shared(), Way::Up, hooked_site);
    kill_at_every_message(backend, &stage);
}

fn hooked_site(backend: &'static Backend, server: &Server) -> Site {
    let site = Site::with(backend, server, &COUNTERS);
    // Where the statements have no transaction of the revision's they may run again, and so may those around the run.
    let (unique, before, after) = match backend.is_postgresql() {
        true => (
            "",
            "INSERT INTO told VALUES (1)",
            "INSERT INTO told SELECT 1 WHERE NOT EXISTS (SELECT FROM told)",
        ),
        false => (
            " PRIMARY KEY",
            "INSERT IGNORE INTO told VALUES (1)",
            "INSERT IGNORE INTO told VALUES (1)",
        ),
    };
    let hooks = format!(
        "[hooks]\nbefore_upgrade = {{ sql = \"CREATE TABLE IF NOT EXISTS told (n int{unique})\" }}\n\
         before_revision = {{ sql = \"{before}\" }}\nafter_upgrade = {{ sql = \"{after}\" }}\n"
    );
    fs::write(site.path().join("dapter.toml"), hooks).expect("writes");
    site
}

const RANDOM: usize = 25;

pub(crate) fn at_random_moments(backend: &'static Backend) {
    for (way, count) in [(Way::Up, RANDOM * 3 / 5), (Way::Down, RANDOM * 2 / 5)] {
        let stage = Stage::set(backend, backend.shared(), way, Site::bookshop);
        let mut dice = Dice::new(&format!("{} {way:?}", backend.key));
        let moments: Vec<_> = (0..backend.of_random(count))
            .map(|_| stage.duration.mul_f64(1.5 * dice.fraction()))
            .collect();
        each(&moments, |moment| {
            let site = stage.site();
            let mut running = site.start(way.arguments());
            // The moment is the point, not what has happened by then.
            thread::sleep(moment);
            running.kill();
            let ended = running.end();
            let injected = ended
                .code()
                .is_none()
                .then(|| tally::injected(backend, "program killed at random"));
            stage.finish(&site);
            if let Some(injected) = injected {
                injected.recovered();
            }
        });
    }
}
