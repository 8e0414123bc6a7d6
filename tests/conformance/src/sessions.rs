//! Several sessions, and sessions that move.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::patiently;
use crate::outcome::Ended;
use crate::samples::{add, row};
use dapter_plugin_api::{ErrorKind, Execution};
use std::thread;

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    databases_do_not_share_anything,
    two_sessions_work_in_turn,
    a_session_moves_between_threads,
    an_error_in_one_does_not_touch_the_other,
    eight_sessions_read_while_one_writes,
    a_session_whose_call_is_dropped_is_usable,
)];

fn databases_do_not_share_anything(bench: &Bench) -> Verdict {
    let (here, there) = (bench.prepared()?, bench.prepared()?);
    let (mut one, mut other) = (here.connect()?, there.connect()?);
    one.execute(bench.put())?;
    one.swap(&add([row("a", 1)]))?;
    same(
        "the rows in the other database",
        &other.read_history()?.rows,
        &Vec::new(),
    )?;
    holds(
        !bench.has_put(&mut other)?,
        "what `put` did is in the other database",
    )
}

fn two_sessions_work_in_turn(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    one.execute(bench.put())?;
    other.swap(&add([row("a", 1)]))?;
    one.swap(&add([row("b", 2)]))?;
    holds(
        bench.has_put(&mut other)?,
        "what `put` did in the first session is not there",
    )?;
    same(
        "the rows",
        &one.read_history()?.rows,
        &vec![row("a", 1), row("b", 2)],
    )
}

/// The host runs a blocking session on a thread of its own.
fn a_session_moves_between_threads(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.swap(&add([row("a", 1)]))?;
    let change = add([row("b", 2)]);
    let moved = thread::scope(|scope| {
        let elsewhere = scope.spawn(move || client.swap(&change).map(|()| client));
        elsewhere.join().map_err(|_| "the other thread panicked")
    })?;
    same(
        "the rows",
        &moved?.read_history()?.rows,
        &vec![row("a", 1), row("b", 2)],
    )
}

fn an_error_in_one_does_not_touch_the_other(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    other.swap(&add([row("a", 1)]))?;
    refused(one.execute(bench.fail()), bench.subject.fail.kind)?;
    refused(one.swap(&add([row("a", 2)])), ErrorKind::Conflict)?;
    other.execute(bench.put())?;
    other.swap(&add([row("b", 2)]))?;
    drop(one);
    holds(bench.has_put(&mut other)?, "what `put` did is not there")
}

/// There is nothing to test where calls block.
pub(crate) fn needs_futures(bench: &Bench) -> Verdict {
    match bench.info().execution {
        Execution::Async => Ok(()),
        Execution::Blocking => Err(Ended::inapplicable(
            "its calls block: none can be dropped halfway",
        )),
    }
}

/// What a dropped call would have changed is there or not; what comes behind it is.
fn a_session_whose_call_is_dropped_is_usable(bench: &Bench) -> Verdict {
    needs_futures(bench)?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let mut kept = Vec::new();
    for number in 0..5 {
        client.drop_swap_halfway(&add([row(&format!("dropped{number}"), 2 * number)]));
        let next = row(&format!("kept{number}"), 2 * number + 1);
        client.swap(&add([next.clone()]))?;
        kept.push(next);
    }
    let rows = client.read_history()?.rows;
    let found: Vec<_> = rows
        .into_iter()
        .filter(|row| !row.revision.starts_with("dropped"))
        .collect();
    same("the rows of the calls that were not dropped", &found, &kept)?;
    client.execute(bench.put())?;
    holds(bench.has_put(&mut client)?, "what `put` did is not there")
}

/// Each change writes two rows: nobody ever sees one without the other.
fn eight_sessions_read_while_one_writes(bench: &Bench) -> Verdict {
    const CHANGES: usize = 20;
    let database = bench.kept()?;
    database.race(|client, number| {
        for n in 0..CHANGES {
            if number == 0 {
                let position = 2 * n as u64;
                let pair = add([
                    row(&format!("a{n}"), position),
                    row(&format!("b{n}"), position + 1),
                ]);
                patiently(|| client.swap(&pair))?;
            } else {
                let seen = patiently(|| client.read_history())?.rows.len();
                holds(
                    seen.is_multiple_of(2),
                    "a session saw half of another session's change",
                )?;
            }
        }
        Ok(())
    })?;
    same(
        "the number of rows",
        &database.history()?.rows.len(),
        &(2 * CHANGES),
    )
}
