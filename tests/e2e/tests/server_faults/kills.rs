//! `kill -9` of the program, and the same command again.

use std::thread;

use dapter_e2e::{Dice, each};
use dapter_servers::Reach;

use super::backend::Backend;
use super::site::Site;
use super::stage::{Stage, Way, small_site};
use super::tally;

/// For whoever is dead, an answer that does not come through is the same as the next message that is not sent.
const REACHES: [Reach; 2] = [Reach::Unsent, Reach::Sent];

pub(crate) fn at_every_statement(backend: &'static Backend) {
    for way in Way::BOTH {
        let stage = Stage::set(backend, backend.shared(), way, small_site);
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
