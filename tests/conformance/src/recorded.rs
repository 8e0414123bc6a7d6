//! A statement together with the change of the history that records it.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::samples::{add, changed, full_row, note, replace, require, row, take};
use dapter_plugin_api::{
    AppliedRevision, ErrorKind, HistoryChange, InFlight, Record, RevisionState,
};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    effect_and_record_are_both_there,
    a_failing_statement_is_not_recorded,
    a_record_that_conflicts_is_an_error,
    steps_are_recorded_one_after_the_other,
    an_announcement_ends_with_the_record,
    an_announced_statement_that_fails_leaves_no_trace,
)];

fn effect_and_record_are_both_there(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let recorded = full_row("a", 1, RevisionState::Upgrading, "half done");
    let change = HistoryChange {
        log: vec![note("recorded")],
        rows: add([recorded.clone()]).rows,
        ..take("holder", None)
    };
    let rows = database.connect()?.execute_recorded(bench.put(), &change)?;
    same("the rows affected by `put`", &rows, &bench.subject.put.rows)?;
    let history = database.history()?;
    same("the rows", &history.rows, &vec![recorded])?;
    holds(
        history.lock.is_some(),
        "the lock was not taken with the record",
    )?;
    same("the log", &database.log()?, &change.log)?;
    holds(
        bench.has_put(&mut database.connect()?)?,
        "what `put` did is not there, and it was recorded",
    )
}

fn a_failing_statement_is_not_recorded(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let before = (client.read_history()?, client.read_log()?);
    let change = HistoryChange {
        log: vec![note("must not be there")],
        rows: add([row("a", 1)]).rows,
        ..take("holder", None)
    };
    let error = refused(
        client.execute_recorded(bench.fail(), &change),
        bench.subject.fail.kind,
    )?;
    presentable(&error)?;
    same(
        "the code of the error",
        &error.code,
        &bench.subject.fail.code,
    )?;
    same(
        "history and log",
        &(client.read_history()?, client.read_log()?),
        &before,
    )?;
    same(
        "history and log in a new session",
        &(database.history()?, database.log()?),
        &before,
    )
}

/// Whether the statement took effect is the adapter's choice; that the record was not made must be told.
fn a_record_that_conflicts_is_an_error(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.swap(&add([row("a", 1)]))?;
    let before = (client.read_history()?, client.read_log()?);
    let log = vec![note("must not be there")];
    let taken = HistoryChange {
        log: log.clone(),
        ..add([row("a", 2)])
    };
    let not_held = HistoryChange {
        log,
        rows: add([row("b", 2)]).rows,
        ..require("nobody")
    };
    for change in [taken, not_held] {
        refused(
            client.execute_recorded(bench.put(), &change),
            ErrorKind::Conflict,
        )?;
        same(
            "history and log",
            &(client.read_history()?, client.read_log()?),
            &before,
        )?;
        bench.has_put(&mut client)?;
    }
    Ok(())
}

/// As a host journals a step of several statements.
fn steps_are_recorded_one_after_the_other(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let statements = &bench.script().statements;
    let done = |statements_done: usize| AppliedRevision {
        state: RevisionState::Upgrading,
        statements_done: statements_done as u64,
        statements_total: statements.len() as u64,
        ..row("a", 1)
    };
    client.swap(&add([done(0)]))?;
    for (number, statement) in statements.iter().enumerate() {
        client.execute_recorded(statement, &replace(&done(number), &done(number + 1)))?;
        same(
            "the rows",
            &database.history()?.rows,
            &vec![done(number + 1)],
        )?;
    }
    Ok(())
}

/// A statement that finishes a step of two, as a host announces and records it.
fn announced(before: Option<&AppliedRevision>, done: u64) -> Record {
    let row = AppliedRevision {
        state: RevisionState::Upgrading,
        statements_done: done,
        statements_total: 3,
        ..row("a", 1)
    };
    let intent = AppliedRevision {
        in_flight: Some(InFlight {
            statement: "the statement".to_owned(),
            done_checksum: "statements1-sha256:00".to_owned(),
            since: "2025-05-16T10:30:00Z".to_owned(),
            took_effect: None,
        }),
        done_checksum: "statements1-sha256:01".to_owned(),
        ..row.clone()
    };
    let after = AppliedRevision {
        statements_done: done + 1,
        ..row
    };
    let change = |after| HistoryChange {
        rows: vec![changed(before, Some(after))],
        ..HistoryChange::default()
    };
    Record {
        change: change(after),
        intent: Some(change(intent)),
    }
}

fn recorded_row(record: &Record) -> Option<AppliedRevision> {
    record.change.rows.first().and_then(|row| row.row.clone())
}

fn an_announcement_ends_with_the_record(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let ddl = bench.subject.ddl.as_ref().map(|ddl| ddl.statement.as_str());
    let mut before = None;
    for (done, statement) in (0..).zip(ddl.into_iter().chain([bench.put()])) {
        let record = announced(before.as_ref(), done);
        client.execute_announced(statement, &record)?;
        before = recorded_row(&record);
        same(
            "the rows",
            &database.history()?.rows,
            &before.iter().cloned().collect(),
        )?;
    }
    holds(
        bench.has_put(&mut client)?,
        "what `put` did is not there, and it was recorded",
    )
}

/// What failed while the session lives did not take effect: the history is as if it had not been announced, so that the
/// same call may be repeated.
fn an_announced_statement_that_fails_leaves_no_trace(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let failed = client.execute_announced(bench.fail(), &announced(None, 0));
    refused(failed, bench.subject.fail.kind)?;
    same("the rows", &database.history()?.rows, &Vec::new())?;
    let Some(ddl) = &bench.subject.ddl else {
        return Ok(());
    };
    let first = announced(None, 0);
    client.execute_announced(&ddl.statement, &first)?;
    let before = recorded_row(&first);
    // A second time it fails, unless it is a statement that may be repeated.
    let second = client.execute_announced(&ddl.statement, &announced(before.as_ref(), 1));
    if second.is_ok() {
        return Ok(());
    }
    same(
        "the rows",
        &database.history()?.rows,
        &before.into_iter().collect(),
    )
}
