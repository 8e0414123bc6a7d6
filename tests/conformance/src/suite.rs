//! All cases of an adapter.

use crate::bench::Bench;
use crate::case::{Case, Promise};
use crate::subject::Subject;
use crate::{
    backup, cancel, connect, create_database, ddl, describe, execute, foreign, history, inspect,
    lint, lock, lock_row, lock_timeout, log, offline, process, query, race, recorded, render,
    scratch, server_facts, sessions, split, swap, trace, transactions,
};
use std::sync::Arc;

/// An area, and its promises by gate.
type Area = (&'static str, &'static [&'static [Promise]]);

/// The area whose cases look at the whole process.
const ALONE: &str = "process";

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
    (ALONE, process::PROMISES),
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
                runs_alone: area == ALONE,
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
