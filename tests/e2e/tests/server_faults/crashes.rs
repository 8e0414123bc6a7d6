//! The server is killed, and started again.

use std::thread;

use dapter_e2e::{Dice, Running};
use dapter_servers::{Proxy, Reach, Server};

use super::backend::Backend;
use super::end::{End, give_numbers_back};
use super::site::Site;
use super::stage::{Stage, Way, direct, small_site};
use super::tally;

const RANDOM: usize = 4;

/// The messages of the small history after which the server is killed while it works on them.
const MESSAGES: [u64; 4] = [6, 9, 12, 15];

pub(crate) fn while_an_upgrade_runs(backend: &'static Backend) {
    let mut server = Server::start(backend.product).expect("it was checked");
    let stage = Stage::set(backend, &server, Way::Up, Site::bookshop);
    let (expected, duration) = (stage.expected.clone(), stage.duration);
    let mut dice = Dice::new(backend.key);
    for _ in 0..backend.of_random(RANDOM) {
        let site = Site::bookshop(backend, &server);
        let running = site.start(&["upgrade"]);
        // The moment is the point, not what has happened by then.
        thread::sleep(duration.mul_f64(dice.fraction()));
        server.kill();
        recover(backend, &mut server, running, &site, &expected);
    }
    let stage = Stage::set(backend, &server, Way::Up, small_site);
    let expected = stage.expected.clone();
    for message in MESSAGES {
        let proxy = Proxy::to(&server);
        let site = small_site(backend, &server);
        let plain = site.url().to_owned();
        let site = site.through(&server, proxy.port(), direct(backend));
        proxy.stop_at(message, Reach::Sent);
        let mut running = site.start(&["upgrade"]);
        assert!(
            proxy.wait_until_stopped(|| running.has_ended()),
            "{message}"
        );
        server.kill();
        proxy.go_on();
        recover(backend, &mut server, running, &site.under(plain), &expected);
    }
}

/// The same command again is waiting already when the server comes back.
fn recover(backend: &Backend, server: &mut Server, running: Running, site: &Site, expected: &End) {
    let ended = running.end();
    assert!(matches!(ended.code(), Some(0 | 1 | 4)), "{ended:?}");
    assert!(!ended.errors.contains("panicked"), "{ended:?}");
    let injected = (ended.code() != Some(0)).then(|| tally::injected(backend, "server killed"));
    if site.takes_numbers {
        server.restart();
        give_numbers_back(server, site);
        server.stop();
    }
    let again = site.start(&["upgrade", "--wait", "60s"]);
    server.restart();
    again.end().expect(0);
    End::of(server, site).expect(expected);
    if let Some(injected) = injected {
        injected.recovered();
    }
}
