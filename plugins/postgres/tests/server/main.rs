//! The adapters at a real server: what is PostgreSQL's own, beside the suite for all adapters.

mod alone;
mod held;
mod lint;
mod lint_losses;
mod losses;
mod pooled;
mod schema;
mod scripts;
mod stops;
mod support;
mod tls;
mod within;

use dapter_servers::{Pooler, Product, Server};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use support::Adapter;

type Test = (&'static str, fn(&Adapter));

fn main() -> ExitCode {
    let ignored = Server::check_shared(Product::Postgresql).is_err();
    let mut trials = Vec::new();
    for (area, tests) in [
        ("alone", alone::TESTS),
        ("held", held::TESTS),
        ("lint", lint::TESTS),
        ("lint_losses", lint_losses::TESTS),
        ("losses", losses::TESTS),
        ("schema", schema::TESTS),
        ("scripts", scripts::TESTS),
        ("stops", stops::TESTS),
        ("tls", tls::TESTS),
        ("within", within::TESTS),
    ] {
        trials.extend(listed(area, tests, ignored));
    }
    let ignored = ignored || Pooler::check().is_err();
    trials.extend(listed("pooled", pooled::TESTS, ignored));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Every test with both adapters; ignored where the machine lacks a server, unless one is required.
fn listed(area: &str, tests: &[Test], ignored: bool) -> Vec<Trial> {
    let ignored = ignored && !Product::Postgresql.is_required();
    let trial = |adapter: &Adapter, (name, test): Test| {
        let (name, adapter) = (
            format!("{}::{area}::{name}", adapter.key()),
            adapter.clone(),
        );
        let run = move || {
            test(&adapter);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    };
    let adapters = Adapter::both();
    let of = |adapter: &Adapter| {
        tests
            .iter()
            .map(|&test| trial(adapter, test))
            .collect::<Vec<_>>()
    };
    adapters.iter().flat_map(of).collect()
}
