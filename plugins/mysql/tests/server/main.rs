//! The adapters at real servers: what is MySQL's and MariaDB's own, beside the suite for all adapters.

mod connections;
mod journal;
mod lint;
mod losses;
mod schema;
mod scripts;
mod support;
mod traces;

use dapter_servers::{Product, Server};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use support::Place;

/// A test by its name; it is run with both adapters on the servers of both products.
type Test = (&'static str, fn(&Place));

/// The tests of a module, each under its own name.
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        &[$((stringify!($test), $test as fn(&$crate::support::Place))),+]
    };
}
pub(crate) use tests;

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for product in [Product::Mariadb, Product::Mysql] {
        let ignored = Server::check_shared(product).is_err() && !product.is_required();
        for place in Place::both(product) {
            for (area, tests) in [
                ("connections", connections::TESTS),
                ("journal", journal::TESTS),
                ("lint", lint::TESTS),
                ("losses", losses::TESTS),
                ("schema", schema::TESTS),
                ("scripts", scripts::TESTS),
                ("traces", traces::TESTS),
            ] {
                trials.extend(tests.iter().map(|&test| trial(&place, area, test, ignored)));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(place: &Place, area: &str, (name, test): Test, ignored: bool) -> Trial {
    let name = format!("{}::{}::{area}::{name}", place.product(), place.key());
    let place = place.clone();
    let run = move || {
        test(&place);
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(ignored)
}
