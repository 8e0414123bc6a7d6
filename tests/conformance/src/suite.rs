//! All cases of an adapter.

use crate::bench::Bench;
use crate::case::{Case, Promise};
use crate::subject::Subject;
use crate::{
    backup, cancel, connect, create_database, ddl, describe, execute, foreign, history, inspect,
    lint, lock, lock_row, lock_timeout, log, offline, query, race, recorded, render, scratch,
    server_facts, sessions, split, swap, trace, transactions,
};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use std::sync::Arc;

/// An area, and its promises by gate.
type Area = (&'static str, &'static [&'static [Promise]]);

const AREAS: &[Area] = &[
    ("describe", describe::PROMISES),
    ("connect", connect::PROMISES),
    ("history", history::PROMISES),
    ("swap", swap::PROMISES),
    ("log", log::PROMISES),
    ("lock_row", lock_row::PROMISES),
    ("race", race::PROMISES),
    ("execute", execute::PROMISES),
    ("recorded", recorded::PROMISES),
    ("query", query::PROMISES),
    ("split", split::PROMISES),
    ("transactions", transactions::PROMISES),
    ("ddl", ddl::PROMISES),
    ("lock", lock::PROMISES),
    ("cancel", cancel::PROMISES),
    ("lock_timeout", lock_timeout::PROMISES),
    ("create_database", create_database::PROMISES),
    ("lint", lint::PROMISES),
    ("trace", trace::PROMISES),
    ("inspect", inspect::PROMISES),
    ("scratch", scratch::PROMISES),
    ("foreign", foreign::PROMISES),
    ("server_facts", server_facts::PROMISES),
    ("offline", offline::PROMISES),
    ("render", render::PROMISES),
    ("backup", backup::PROMISES),
    ("sessions", sessions::PROMISES),
];

/// The cases that the adapter must pass: those of the required methods, and one side of each capability.
pub fn cases(subject: Subject) -> Vec<Case> {
    let bench = Arc::new(Bench::new(subject));
    let of_area = |&(area, lists): &Area| {
        let bench = Arc::clone(&bench);
        let promises = lists.iter().copied().flatten();
        promises
            .filter(|promise| promise.gate.admits(bench.info()))
            .map(|promise| Case {
                area,
                behaviour: promise.behaviour,
                test: promise.test,
                bench: Arc::clone(&bench),
            })
            .collect::<Vec<_>>()
    };
    AREAS.iter().flat_map(of_area).collect()
}

/// The cases as trials named `conformance::<adapter>::<area>::<behaviour>`, to be run alone or among others.
pub fn suite(subject: Subject) -> Vec<Trial> {
    cases(subject).into_iter().map(Case::into_trial).collect()
}

/// Runs the suite as the `main` of a test target with `harness = false`; understands the arguments of `cargo test` and
/// nextest.
pub fn run(subject: Subject) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), suite(subject)).exit_code()
}
