//! The lock of a host that is dead, or seems to be.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use dapter_e2e::Stream;
use dapter_servers::{Missing, Pooler, Product, Proxy, Reach, Route, Server};

use super::backend::Backend;
use super::end::{End, until};
use super::stage::{Stage, Way, direct, small_site};
use super::tally;

/// A message in the middle of the small history.
const MIDDLE: u64 = 10;

/// Kills a host in the middle while another waits for it.
fn killed_while_another_waits(
    backend: &'static Backend,
    port: Option<u16>,
    parameters: &[&str],
    took_over: bool,
    fault: &'static str,
) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    let proxy = Proxy::to_port(port.unwrap_or(server.port()));
    let site = small_site(backend, server);
    let plain = match port {
        None if parameters.is_empty() => site.url().to_owned(),
        None => format!("{}?{}", site.url(), parameters.join("&")),
        Some(port) => server.url_through(port, backend.scheme, &site.database) + "?sslmode=disable",
    };
    let database = site.database.clone();
    let with_direct: Vec<&str> = match port {
        Some(_) => Vec::new(),
        None if parameters.is_empty() => direct(backend).to_vec(),
        None => parameters.to_vec(),
    };
    let site = site.through(server, proxy.port(), &with_direct);
    // A lock row takes more messages, and is seen by others once it lasts.
    let middle = if took_over { 3 * MIDDLE } else { MIDDLE };
    proxy.stop_at(middle, Reach::Answered);
    let mut holder = site.start(&["upgrade"]);
    assert!(
        proxy.wait_until_stopped(|| holder.has_ended()),
        "{database}"
    );
    let site = site.under(plain);
    let mut waiter = site.start(&["upgrade"]);
    waiter.wait_for(Stream::Errors, "waiting up to");
    let injected = tally::injected(backend, fault);
    holder.kill();
    // Asked for its end, so that it is no zombie.
    drop(holder.end());
    proxy.cut();
    proxy.go_on();
    let waiter = waiter.end().expect(0);
    assert_eq!(
        waiter.errors.contains("took over the lock of"),
        took_over,
        "{waiter:?}"
    );
    End::of(server, &site).expect(&stage.expected);
    injected.recovered();
}

pub(crate) fn of_a_killed_host(backend: &'static Backend) {
    killed_while_another_waits(backend, None, &[], false, "lock of a killed host");
}

pub(crate) fn row_of_a_killed_host(backend: &'static Backend) {
    killed_while_another_waits(
        backend,
        None,
        &["lock=row"],
        true,
        "lock row of a killed host",
    );
}

/// What [`row_behind_a_pooler`] needs.
pub(crate) fn check_pooler(product: Product) -> Result<(), Missing> {
    Server::check_shared(product)?;
    match product {
        Product::Postgresql => Pooler::check(),
        Product::Mariadb | Product::Mysql => Ok(()),
    }
}

pub(crate) fn row_behind_a_pooler(backend: &'static Backend) {
    let pooler = Pooler::to(backend.shared()).expect("it was checked");
    let port = Some(pooler.port());
    killed_while_another_waits(backend, port, &[], true, "lock row of a killed host");
}

fn foreign_row(token: &str) -> String {
    format!(
        "DELETE FROM dapter_lock;
        INSERT INTO dapter_lock (id, token, host, machine, pid, process_started, locked_by, locked_since, beat)
        VALUES (1, '{token}', 'elsewhere', 'boot/pid:[1]', 7, '1', 'somebody', '2025-01-01T00:00:00.000Z', 0);"
    )
}

/// Of two holders elsewhere one gives signs of life. Whoever waits for the silent one takes over after the lease; by then
/// the other would have been taken for dead too.
pub(crate) fn of_a_silent_host(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    // With the lock of the server as well as with the row, which is in the way of both.
    let parameters = ["", "?lock=row"];
    let site = |parameters: &str| {
        let site = small_site(backend, server);
        site.run(&["upgrade", "a1"]).expect(0);
        server.execute(&site.database, &foreign_row("foreign"));
        let url = format!("{}{parameters}", site.url());
        site.under(url)
    };
    let silent = parameters.map(site);
    let alive = parameters.map(site);
    let over = AtomicBool::new(false);
    let patient = ["upgrade", "--lock-wait", "5m"];
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                for site in &alive {
                    let renew = "UPDATE dapter_lock SET beat = beat + 1 WHERE token = 'foreign';";
                    // One may be lost in a deadlock with somebody who looks for the lock; there are several in a lease.
                    drop(server.try_query(Route::Socket, &site.database, renew));
                }
                // A sign of life every now and then.
                thread::sleep(std::time::Duration::from_secs(3));
            }
        });
        let injected = [0; 4].map(|_| tally::injected(backend, "lock row of another machine"));
        let mut waiting = silent.each_ref().map(|site| site.start(&patient));
        let mut patient = alive.each_ref().map(|site| site.start(&patient));
        for running in waiting.iter_mut().chain(&mut patient) {
            running.wait_for(Stream::Errors, "process 7 on elsewhere");
        }
        for (running, site) in waiting.into_iter().zip(&silent) {
            let ended = running.end().expect(0);
            assert!(ended.errors.contains("took over the lock of"), "{ended:?}");
            End::of(server, site).expect(&stage.expected);
        }
        for (mut running, site) in patient.into_iter().zip(&alive) {
            assert!(!running.has_ended());
            let give_back = "DELETE FROM dapter_lock WHERE token = 'foreign';";
            // As above; a holder tries again.
            until("the row is given back", || {
                let given = server.try_query(Route::Socket, &site.database, give_back);
                given.is_ok()
            });
            let ended = running.end().expect(0);
            assert!(!ended.errors.contains("took over"), "{ended:?}");
            End::of(server, site).expect(&stage.expected);
        }
        over.store(true, Ordering::SeqCst);
        for injected in injected {
            injected.recovered();
        }
    });
}
