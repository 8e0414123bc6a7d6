//! Statements: what they affect, and how they fail.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::samples::{add, row};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    the_rows_affected_are_counted,
    an_effect_is_there_for_other_sessions,
    an_effect_outlives_its_session,
    a_failure_has_its_kind_code_and_position,
    a_failure_leaves_the_session_usable,
    a_failure_leaves_the_history_alone,
    nonsense_is_refused,
    the_statements_of_a_script_run,
)];

fn the_rows_affected_are_counted(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    same(
        "the rows affected by `put`",
        &client.execute(bench.put())?,
        &bench.subject.put.rows,
    )
}

fn an_effect_is_there_for_other_sessions(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    one.execute(bench.put())?;
    holds(
        bench.has_put(&mut other)?,
        "another session does not see what `put` did",
    )?;
    drop(one);
    Ok(())
}

fn an_effect_outlives_its_session(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    database.connect()?.execute(bench.put())?;
    holds(
        bench.has_put(&mut database.connect()?)?,
        "what `put` did went with its session",
    )
}

fn a_failure_has_its_kind_code_and_position(bench: &Bench) -> Verdict {
    let expected = &bench.subject.fail;
    let mut client = bench.prepared()?.connect()?;
    let error = refused(client.execute(bench.fail()), expected.kind)?;
    presentable(&error)?;
    same("the code of the error", &error.code, &expected.code)?;
    same(
        "the position of the error",
        &error.position,
        &expected.position,
    )?;
    let within = error
        .position
        .is_none_or(|position| position <= bench.fail().len() as u64);
    holds(
        within,
        "the position of the error lies behind the statement",
    )
}

fn a_failure_leaves_the_session_usable(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    for _ in 0..3 {
        refused(client.execute(bench.fail()), bench.subject.fail.kind)?;
    }
    client.execute(bench.put())?;
    client.swap(&add([row("a", 1)]))?;
    holds(
        bench.has_put(&mut client)?,
        "what `put` did after a failure is not there",
    )
}

fn a_failure_leaves_the_history_alone(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.swap(&add([row("a", 1)]))?;
    let before = (client.read_history()?, client.read_log()?);
    refused(client.execute(bench.fail()), bench.subject.fail.kind)?;
    same(
        "history and log",
        &(client.read_history()?, client.read_log()?),
        &before,
    )
}

/// No language has such a statement: it is refused with a presentable error, or does nothing.
fn nonsense_is_refused(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    for nonsense in [
        "",
        " \n\t",
        "\u{0}",
        "日本語 🦀",
        "'",
        "\"",
        "((((((((",
        "; ; ;",
    ] {
        if let Err(refused) = client.execute(nonsense) {
            presentable(&refused.error)?;
        }
    }
    client.execute(bench.put())?;
    holds(
        bench.has_put(&mut client)?,
        "what `put` did after the nonsense is not there",
    )
}

fn the_statements_of_a_script_run(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    let script = bench.script();
    for statement in bench.split(&script.text)? {
        let text = statement
            .text(&script.text)
            .ok_or("the statement is no range of the script")?;
        client.execute(text)?;
    }
    Ok(())
}
