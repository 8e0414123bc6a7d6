//! All cases of an adapter.

use crate::bench::Bench;
use crate::case::{Case, Promise, Turn};
use crate::subject::Subject;
use crate::surroundings::Surroundings;
use crate::{
    backup, cancel, connect, create_database, ddl, describe, execute, foreign, history, inspect,
    killed, lint, lock, lock_row, lock_timeout, log, offline, output, process, processes, query,
    race, recorded, render, scratch, scripts, server_facts, sessions, split, swap, trace,
    transactions,
};
use std::sync::Arc;

/// An area, and its promises by gate.
type Area = (&'static str, &'static [&'static [Promise]]);

/// The area whose cases look at the whole process.
const FIRST: &str = "process";

/// The area whose cases look at what all others have left.
const LAST: &str = "output";

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
    ("scripts", scripts::PROMISES),
    ("sessions", sessions::PROMISES),
    ("killed", killed::PROMISES),
    ("processes", processes::PROMISES),
    (FIRST, process::PROMISES),
    (LAST, output::PROMISES),
];

/// The cases that the adapter must pass: those of the required methods, and one side of each capability.
pub fn cases(subject: Subject) -> Vec<Case> {
    cases_in(subject, Surroundings::default())
}

/// The same, where more is known than the subject.
pub fn cases_in(subject: Subject, surroundings: Surroundings) -> Vec<Case> {
    let bench = Arc::new(Bench::new(subject, surroundings));
    let of_area = |&(area, lists): &Area| {
        let bench = Arc::clone(&bench);
        let promises = lists.iter().copied().flatten();
        promises
            .filter(|promise| promise.gate.admits(bench.info()))
            .map(|promise| Case {
                area,
                behaviour: promise.behaviour,
                turn: match area {
                    FIRST => Turn::First,
                    LAST => Turn::Last,
                    _ => Turn::Together,
                },
                test: promise.test,
                bench: Arc::clone(&bench),
            })
            .collect::<Vec<_>>()
    };
    AREAS.iter().flat_map(of_area).collect()
}

/// Every behaviour that is tested of some adapter, with its area.
pub fn behaviours() -> impl Iterator<Item = (&'static str, &'static str)> {
    AREAS.iter().flat_map(|&(area, lists)| {
        let promises = lists.iter().copied().flatten();
        promises.map(move |promise| (area, promise.behaviour))
    })
}
