//! A clock that steps back between two runs: order, resumption and lock depend on none.

use std::path::Path;
use std::process::Command;

use dapter_e2e::Running;
use dapter_servers::{Missing, Product, Proxy, Reach, Server};

use super::backend::Backend;
use super::end::End;
use super::stage::{Stage, Way, small_site};
use super::tally;

/// A message in the middle of the small history, while a step without a transaction is half done.
const MIDDLE: [u64; 3] = [20, 24, 28];

/// All that the history says of times is far ahead of the clock.
pub(crate) fn behind_the_history(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    for message in MIDDLE {
        let proxy = Proxy::to(server);
        let site = small_site(backend, server);
        let plain = site.url().to_owned() + "?lock=row";
        let site = site.through(server, proxy.port(), &["lock=row"]);
        proxy.stop_at(message, Reach::Unsent);
        let mut running = site.start(&["upgrade"]);
        assert!(proxy.wait_until_stopped(|| running.has_ended()));
        running.kill();
        drop(running.end());
        proxy.cut();
        proxy.go_on();
        let injected = tally::injected(backend, "clock stepped back");
        server.execute(
            &site.database,
            "UPDATE dapter_lock SET locked_since = '2999-01-01T00:00:00.000Z';
            UPDATE dapter_log SET logged_at = '2999-01-01T00:00:00.000Z';
            UPDATE dapter_revision SET applied_at = '2999-01-01T00:00:00.000Z';
            UPDATE dapter_revision SET in_flight_since = '2999-01-01T00:00:00.000Z' WHERE in_flight <> '';",
        );
        let site = site.under(plain);
        stage.finish(&site);
        injected.recovered();
    }
}

/// Where Debian puts the library.
const LIBRARY: &str = "faketime/libfaketime.so.1";

fn library() -> Option<std::path::PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?;
    let mut files = folders.filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)));
    files.find(|file| Path::exists(file))
}

/// What [`between_runs`] needs.
pub(crate) fn check(product: Product) -> Result<(), Missing> {
    Server::check_shared(product)?;
    match library() {
        Some(_) => Ok(()),
        None => Err(Missing::new("no library faketime in /usr/lib")),
    }
}

/// The program under another clock.
fn at(mut command: Command, time: &str) -> Running {
    let library = library().expect("it was checked");
    command.env("LD_PRELOAD", library).env("FAKETIME", time);
    // The clock that people set, not the one that counts from the start of the machine.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Running::start(command)
}

/// The first run is killed in 2040, and the second one runs in 2001.
pub(crate) fn between_runs(backend: &'static Backend) {
    let server = backend.shared();
    for (way, moments) in [(Way::Up, MIDDLE), (Way::Down, [10, 14, 18])] {
        let stage = Stage::set(backend, server, way, small_site);
        for message in moments {
            let proxy = Proxy::to(server);
            let site = stage.site();
            let plain = site.url().to_owned() + "?lock=row";
            let site = site.through(server, proxy.port(), &["lock=row"]);
            proxy.stop_at(message, Reach::Unsent);
            let mut running = at(site.command(way.arguments()), "@2040-01-01 00:00:00");
            let stopped = proxy.wait_until_stopped(|| running.has_ended());
            assert!(stopped, "{message} {:?}", running.end());
            running.kill();
            drop(running.end());
            proxy.cut();
            proxy.go_on();
            let injected = tally::injected(backend, "clock stepped back");
            let site = site.under(plain);
            at(site.command(way.arguments()), "@2001-01-01 00:00:00")
                .end()
                .expect(0);
            End::of(server, &site).expect(&stage.expected);
            injected.recovered();
        }
    }
}
