//! The connection breaks, and the same command is given again.

use std::thread;

use dapter_e2e::{Dice, each};
use dapter_servers::Reach;

use super::backend::Backend;
use super::site::Site;
use super::stage::{Stage, Way, small_site};
use super::{servers, tally};

/// The message is lost, or the answer to it.
const REACHES: [Reach; 2] = [Reach::Unsent, Reach::Answered];

pub(crate) fn at_every_message(backend: &'static Backend) {
    for way in Way::BOTH {
        let stage = Stage::set(backend, backend.shared(), way, small_site);
        stage.at_every_message(
            &REACHES,
            |_, proxy| proxy.cut(),
            // Where all was done already, the goodbye is what was cut.
            |ended| {
                assert!(matches!(ended.code(), Some(0 | 1 | 4)), "{ended:?}");
                assert!(!ended.errors.contains("panicked"), "{ended:?}");
            },
            || tally::injected(backend, "connection cut at a message"),
        );
    }
}

const RANDOM: usize = 10;

/// An administrator, or the server itself, ends the connection.
pub(crate) fn by_the_server(backend: &'static Backend) {
    let stage = Stage::set(backend, backend.shared(), Way::Up, Site::bookshop);
    let mut dice = Dice::new(backend.key);
    let moments: Vec<_> = (0..backend.of_random(RANDOM))
        .map(|_| stage.duration.mul_f64(dice.fraction()))
        .collect();
    each(&moments, |moment| {
        let site = stage.site();
        let running = site.start(stage.way.arguments());
        // The moment is the point, not what has happened by then.
        thread::sleep(moment);
        servers::end_connections(stage.server, &site);
        let ended = running.end();
        let hit = ended.code() != Some(0);
        let injected = hit.then(|| tally::injected(backend, "connection ended by the server"));
        assert!(matches!(ended.code(), Some(0 | 1 | 4)), "{ended:?}");
        stage.finish(&site);
        if let Some(injected) = injected {
            injected.recovered();
        }
    });
}
