//! The capability `scratch`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use dapter_plugin_api::{Capability, ConnectOptions, ErrorKind, History};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Scratch) =>
        it_is_empty_and_works_like_any_other,
        what_is_done_in_it_stays_in_it,
        two_are_two,
        what_is_removed_is_gone,
        nothing_else_is_removed,
    ),
    promises!(Gate::Undeclared(Capability::Scratch) => undeclared_it_is_unsupported),
];

/// Works in a scratch database beside another one, and removes it.
fn within(
    bench: &Bench,
    beside: &ConnectOptions,
    work: impl FnOnce(&ConnectOptions) -> Verdict,
) -> Verdict {
    let scratch = bench.create_scratch(beside)?;
    let worked = work(&scratch);
    bench.drop_scratch(&scratch)?;
    worked
}

fn it_is_empty_and_works_like_any_other(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    within(bench, &database.options, |scratch| {
        let mut client = bench.connect(scratch)?;
        same("its history", &client.read_history()?, &History::default())?;
        client.ensure_history()?;
        for statement in &bench.subject.prepare {
            client.execute(statement)?;
        }
        client.execute(bench.put())?;
        holds(bench.has_put(&mut client)?, "what was written is not there")
    })
}

fn what_is_done_in_it_stays_in_it(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    within(bench, &database.options, |scratch| {
        let mut client = bench.connect(scratch)?;
        for statement in &bench.subject.prepare {
            client.execute(statement)?;
        }
        client.execute(bench.put())?;
        holds(
            !bench.has_put(&mut database.connect()?)?,
            "what was written in the scratch database is in the other",
        )
    })
}

fn two_are_two(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    within(bench, &database.options, |first| {
        within(bench, &database.options, |second| {
            holds(first != second, "two scratch databases are one")?;
            bench.connect(first)?.ensure_history()?;
            let seen = bench.connect(second)?.read_history()?;
            same("the history of the other", &seen, &History::default())
        })
    })
}

fn what_is_removed_is_gone(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let scratch = bench.create_scratch(&database.options)?;
    bench.connect(&scratch)?.ensure_history()?;
    bench.drop_scratch(&scratch)?;
    match bench.connect(&scratch) {
        Err(_) => Ok(()),
        Ok(mut client) => same("its history", &client.read_history()?, &History::default()),
    }
}

fn nothing_else_is_removed(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let before = database.history()?;
    holds(
        bench.drop_scratch(&database.options).is_err(),
        "options that name no scratch database were taken for one's",
    )?;
    same("the history", &database.history()?, &before)
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    refused(bench.create_scratch(&options), ErrorKind::Unsupported)?;
    refused(bench.drop_scratch(&options), ErrorKind::Unsupported).map(drop)
}
