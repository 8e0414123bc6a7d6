//! The pattern of the tests: what a command leads to undisturbed, and the same after a disturbance.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use dapter_e2e::{Dice, Ended, each, say};
use dapter_servers::{Proxy, Reach, Server};

use super::backend::Backend;
use super::end::{self, End};
use super::history::small;
use super::site::Site;

/// A command on a history.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Up,
    Down,
}

impl Way {
    pub(crate) const BOTH: [Way; 2] = [Way::Up, Way::Down];

    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Way::Up => &["upgrade"],
            Way::Down => &["downgrade", "base"],
        }
    }
}

/// A command, the sites it starts from, and what it leads to when nobody disturbs it.
#[derive(Debug)]
pub(crate) struct Stage<'s> {
    pub(crate) server: &'s Server,
    pub(crate) way: Way,
    pub(crate) expected: End,
    /// How long it took.
    pub(crate) duration: Duration,
    backend: &'static Backend,
    make: fn(&'static Backend, &Server) -> Site,
    /// An upgraded database to copy, where the server can.
    upgraded: Option<String>,
}

/// The small history in an empty database.
pub(crate) fn small_site(backend: &'static Backend, server: &Server) -> Site {
    Site::with(backend, server, small(backend))
}

impl<'s> Stage<'s> {
    /// Runs the command undisturbed, and requires that it leads to the same twice.
    pub(crate) fn set(
        backend: &'static Backend,
        server: &'s Server,
        way: Way,
        make: fn(&'static Backend, &Server) -> Site,
    ) -> Self {
        let upgraded = match way {
            Way::Up => None,
            Way::Down => {
                let site = make(backend, server);
                site.run(&["upgrade"]).expect(0);
                backend.is_postgresql().then_some(site.database)
            }
        };
        let run = || {
            let site = Self::made(backend, server, way, make, upgraded.as_deref());
            let started = Instant::now();
            site.run(way.arguments()).expect(0);
            (End::of(server, &site), started.elapsed())
        };
        let (expected, first) = run();
        let (again, second) = run();
        again.expect(&expected);
        Self {
            server,
            way,
            expected,
            duration: first.min(second),
            backend,
            make,
            upgraded,
        }
    }

    /// A site to run the command on.
    pub(crate) fn site(&self) -> Site {
        let upgraded = self.upgraded.as_deref();
        Self::made(self.backend, self.server, self.way, self.make, upgraded)
    }

    fn made(
        backend: &'static Backend,
        server: &Server,
        way: Way,
        make: fn(&'static Backend, &Server) -> Site,
        upgraded: Option<&str>,
    ) -> Site {
        let site = make(backend, server);
        match (way, upgraded) {
            (Way::Up, _) => {}
            (Way::Down, Some(upgraded)) => {
                let name = &site.database;
                let copy =
                    format!("DROP DATABASE {name};\nCREATE DATABASE {name} TEMPLATE {upgraded};");
                server.execute("postgres", &copy);
            }
            (Way::Down, None) => drop(site.run(&["upgrade"]).expect(0)),
        }
        site
    }

    /// Runs the command again after a disturbance, which must end as if nothing had happened.
    pub(crate) fn finish(&self, site: &Site) {
        end::give_numbers_back(self.server, site);
        site.run(self.way.arguments()).expect(0);
        End::of(self.server, site).expect(&self.expected);
    }

    /// How many messages the command sends.
    fn messages(&self) -> u64 {
        let proxy = Proxy::to(self.server);
        let site = self
            .site()
            .through(self.server, proxy.port(), direct(self.backend));
        site.run(self.way.arguments()).expect(0);
        proxy.messages()
    }

    /// Stops at messages when they have come so far, all or some of them, and lets the test do something to the program
    /// and the connection. Then runs the command again.
    pub(crate) fn at_every_message(
        &self,
        reaches: &[Reach],
        disturb: impl Fn(&mut dapter_e2e::Running, &Proxy) + Sync,
        judge: impl Fn(Ended) + Sync,
        injected: impl Fn() -> super::tally::Injected + Sync,
    ) {
        let one_of = self.backend.one_of();
        let first = match one_of {
            1 => 0,
            one_of => Dice::new(&format!("{} {:?}", self.backend.key, self.way)).below(one_of),
        };
        let moments: Vec<(u64, Reach)> = (1..=self.messages())
            .flat_map(|message| reaches.iter().map(move |reach| (message, *reach)))
            .skip(first)
            // Odd numbers let both reaches take their turns.
            .step_by(one_of)
            .collect();
        let started = Instant::now();
        each(&moments, |(message, reach)| {
            let proxy = Proxy::to(self.server);
            let site = self.site();
            let plain = site.url().to_owned();
            let site = site.through(self.server, proxy.port(), direct(self.backend));
            proxy.stop_at(message, reach);
            let mut running = site.start(self.way.arguments());
            let hit = if proxy.wait_until_stopped(|| running.has_ended()) {
                disturb(&mut running, &proxy);
                ControlFlow::Break(injected())
            } else {
                ControlFlow::Continue(())
            };
            // Whatever is held back belongs to a connection that is cut.
            proxy.go_on();
            judge(running.end());
            self.finish(&site.under(plain));
            if let ControlFlow::Break(injected) = hit {
                injected.recovered();
            }
        });
        say(&format!(
            "{} {:?}: stopped {} times in {:.1} s",
            self.backend.key,
            self.way,
            moments.len(),
            started.elapsed().as_secs_f64()
        ));
    }
}

/// The parameters of a site behind a proxy, which looks like a pooler to `PostgreSQL`'s adapter at first sight. What it
/// does to find out is no part of most tests.
pub(crate) fn direct(backend: &Backend) -> &'static [&'static str] {
    if backend.is_postgresql() {
        &["lock=advisory"]
    } else {
        &[]
    }
}
