//! A full disk.

use dapter_servers::{Product, Proxy, Reach, Server};

use super::backend::Backend;
use super::end::End;
use super::history::Revision;
use super::site::Site;
use super::stage::direct;
use super::tally;

/// A statement for each row, and rows that fit a page: `Server::fill_disk` says why.
fn much() -> &'static str {
    let text = "x".repeat(1500);
    let rows = (0..4000).map(|id| format!("INSERT INTO much VALUES ({id}, '{text}');\n"));
    rows.collect::<String>().leak()
}

pub(crate) fn full_in_the_middle(backend: &'static Backend) {
    let megabytes = match backend.product {
        Product::Postgresql => 160,
        Product::Mariadb | Product::Mysql => 260,
    };
    let mut server =
        Server::start_on_small_disk(backend.product, megabytes).expect("root may mount");
    let revisions = [
        Revision::new(
            "a1",
            "CREATE TABLE much (id integer PRIMARY KEY, a text);",
            "DROP TABLE much;",
        ),
        Revision::new("a2", much(), "DELETE FROM much;"),
        Revision::new("a3", "UPDATE much SET a = 'y';", "SELECT 1;"),
    ];
    let proxy = Proxy::to(&server);
    let site = Site::with(backend, &server, &revisions);
    let plain = site.url().to_owned();
    let site = site.through(&server, proxy.port(), direct(backend));
    // Somewhere in the second script.
    proxy.stop_at(200, Reach::Answered);
    let mut running = site.start(&["upgrade"]);
    assert!(proxy.wait_until_stopped(|| running.has_ended()));
    server.fill_disk();
    proxy.go_on();
    let ended = running.end();
    // The first script is done.
    assert_eq!(ended.code(), Some(4), "{ended:?}");
    let injected = tally::injected(backend, "disk full");
    server.free_disk();
    server.kill();
    server.restart();
    let site = site.under(plain);
    site.run(&["upgrade"]).expect(0);
    let end = End::of(&server, &site);

    let undisturbed = Site::with(backend, &server, &revisions);
    undisturbed.run(&["upgrade"]).expect(0);
    end.expect(&End::of(&server, &undisturbed));
    injected.recovered();
}
