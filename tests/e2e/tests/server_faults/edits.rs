//! A script that is edited between a crash and the next run.

use dapter_e2e::Stream;
use dapter_servers::{Proxy, Reach, Server};

use super::backend::Backend;
use super::end::{End, contents, until};
use super::history::Revision;
use super::servers::{Blocker, end_connections_but};
use super::site::Site;
use super::stage::direct;
use super::tally;

const STEPS: [Revision; 2] = [
    Revision::new("b1", "CREATE TABLE steps (n integer);", "DROP TABLE steps;"),
    Revision::new(
        "b2",
        "INSERT INTO steps VALUES (1);
INSERT INTO steps VALUES (2);
CREATE TABLE more (n integer);
INSERT INTO steps VALUES (4);
INSERT INTO steps VALUES (5);",
        "DELETE FROM steps;",
    )
    .without_transaction(),
];

/// What a script leads to that was edited before it ran.
fn edited_from_the_start(
    backend: &'static Backend,
    server: &Server,
    revisions: &[Revision],
    edits: &[(&str, &str)],
) -> End {
    let site = Site::with(backend, server, revisions);
    for (from, to) in edits {
        site.edit("b2", from, to);
    }
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site)
}

/// Requires that the command is refused and changes nothing.
fn expect_refusal(server: &Server, site: &Site) {
    let before = (contents(server, site), history(server, site));
    let ended = site.run(&["upgrade"]).expect(1);
    assert!(ended.errors.contains("was edited since"), "{ended:?}");
    assert_eq!((contents(server, site), history(server, site)), before);
}

fn history(server: &Server, site: &Site) -> Vec<String> {
    server.query(
        &site.database,
        "SELECT revision, state, statements_done, checksum, in_flight FROM dapter_revision ORDER BY position;",
    )
}

fn done(server: &Server, site: &Site) -> Option<String> {
    let sql = "SELECT statements_done FROM dapter_revision WHERE revision = 'b2' AND state = 'upgrading';";
    let lines = server.try_query(dapter_servers::Route::Socket, &site.database, sql);
    // Before the first message has come through there is no history.
    lines.ok()?.into_iter().next()
}

pub(crate) fn after_a_crash(backend: &'static Backend) {
    let server = backend.shared();
    let expected = edited_from_the_start(backend, server, &STEPS, &[("(5)", "(55)")]);
    let mut seen: Vec<String> = Vec::new();
    for message in 1.. {
        let proxy = Proxy::to(server);
        let site = Site::with(backend, server, &STEPS);
        let plain = site.url().to_owned();
        let site = site.through(server, proxy.port(), direct(backend));
        proxy.stop_at(message, Reach::Unsent);
        let mut running = site.start(&["upgrade"]);
        if !proxy.wait_until_stopped(|| running.has_ended()) {
            running.end().expect(0);
            break;
        }
        running.kill();
        drop(running.end());
        proxy.cut();
        proxy.go_on();
        let site = site.under(plain);
        let Some(done) = done(server, &site).filter(|done| done != "0" && !seen.contains(done))
        else {
            continue;
        };
        seen.push(done);
        let injected = tally::injected(backend, "script edited after a crash");
        site.edit("b2", "(1)", "(11)");
        expect_refusal(server, &site);
        site.edit("b2", "(11)", "(1)");
        // What did not run may be edited.
        site.edit("b2", "(5)", "(55)");
        site.run(&["upgrade"]).expect(0);
        End::of(server, &site).expect(&expected);
        injected.recovered();
    }
    seen.sort();
    assert_eq!(seen, ["1", "2", "3", "4"]);
}

fn in_flight_history(backend: &Backend) -> [Revision; 2] {
    let upgrade = if backend.is_postgresql() {
        "INSERT INTO steps VALUES (1);
CREATE INDEX CONCURRENTLY first ON steps (n);
INSERT INTO steps VALUES (2);"
    } else {
        "INSERT INTO steps VALUES (1);
CREATE INDEX first ON steps (n);
INSERT INTO steps VALUES (2);"
    };
    let second = Revision::new("b2", upgrade, "DELETE FROM steps;").without_transaction();
    [STEPS[0], second]
}

/// A site where the first script has run, by way of a URL with these parameters.
fn in_flight_site(backend: &'static Backend, server: &Server, parameters: &str) -> Site {
    let site = Site::with(backend, server, &in_flight_history(backend));
    site.run(&["upgrade", "b1"]).expect(0);
    let url = format!("{}{parameters}", site.url());
    site.under(url)
}

/// Kills the program while its second statement waits for somebody; the server works on for it.
fn kill_in_flight(server: &Server, site: &Site, blocker: &Blocker<'_>) {
    let mut running = site.start(&["upgrade", "--lock-timeout", "60s"]);
    until("the statement is announced and waits", || {
        let sql =
            "SELECT in_flight FROM dapter_revision WHERE revision = 'b2' AND in_flight <> '';";
        !running.has_ended() && !server.query(&site.database, sql).is_empty() && blocker.blocks()
    });
    running.kill();
    drop(running.end());
}

/// Kills the program while its second statement waits for somebody, and the statement with it.
fn killed_in_flight(backend: &'static Backend, server: &'static Server) -> Site {
    let site = in_flight_site(backend, server, "");
    let blocker = Blocker::of(server, &site, "steps");
    kill_in_flight(server, &site, &blocker);
    end_connections_but(server, &site, &blocker.ids());
    blocker.release();
    site
}

/// The same command again, while the server still works on a statement for the program that was killed.
fn while_the_server_works_on(backend: &'static Backend, parameters: &str, sign: &str) {
    let server = backend.shared();
    let revisions = in_flight_history(backend);
    let expected = edited_from_the_start(backend, server, &revisions, &[]);
    let site = in_flight_site(backend, server, parameters);
    let blocker = Blocker::of(server, &site, "steps");
    kill_in_flight(server, &site, &blocker);
    let injected = tally::injected(backend, "server at work for a killed program");
    let mut again = site.start(&["upgrade", "--lock-timeout", "60s"]);
    again.wait_for(Stream::Errors, sign);
    blocker.release();
    again.end().expect(0);
    End::of(server, &site).expect(&expected);
    injected.recovered();
}

/// Its session holds the lock of the server until it ends.
pub(crate) fn while_the_server_works(backend: &'static Backend) {
    while_the_server_works_on(backend, "", "waiting up to");
}

/// Its lock row says that its process is gone. `PostgreSQL` lets the next one meet what is still open in the history
/// itself.
pub(crate) fn while_the_server_works_under_a_row(backend: &'static Backend) {
    let sign = if backend.is_postgresql() {
        "took over"
    } else {
        "waiting up to"
    };
    while_the_server_works_on(backend, "?lock=row", sign);
}

pub(crate) fn of_the_statement_in_flight(backend: &'static Backend) {
    let server = backend.shared();
    let revisions = in_flight_history(backend);
    let unedited = edited_from_the_start(backend, server, &revisions, &[]);

    // It did not take effect, so it may be edited.
    let edit = ("first ON", "other ON");
    let expected = edited_from_the_start(backend, server, &revisions, &[edit]);
    let site = killed_in_flight(backend, server);
    let injected = tally::injected(backend, "script edited after a crash");
    site.edit("b2", edit.0, edit.1);
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site).expect(&expected);
    injected.recovered();

    // It did not take effect, and runs again as it is.
    let site = killed_in_flight(backend, server);
    let injected = tally::injected(backend, "script edited after a crash");
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site).expect(&unedited);
    injected.recovered();

    // It took effect just before the program died.
    let site = killed_in_flight(backend, server);
    let injected = tally::injected(backend, "script edited after a crash");
    let by_hand = if backend.is_postgresql() {
        "DROP INDEX IF EXISTS first; CREATE INDEX first ON steps (n);"
    } else {
        "CREATE INDEX first ON steps (n);"
    };
    server.execute(&site.database, by_hand);
    site.edit("b2", edit.0, edit.1);
    expect_refusal(server, &site);
    site.edit("b2", edit.1, edit.0);
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site).expect(&unedited);
    injected.recovered();
}
