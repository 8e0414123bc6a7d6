//! Compare-and-swap of the history: what must be there, and all or nothing.

use crate::bench::{Bench, Database};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::outcome::Ended;
use crate::samples::{
    add, append, changed, full_row, note, release, remove, replace, require, row, take,
};
use dapter_plugin_api::{AppliedRevision, ErrorKind, HistoryChange, RevisionState};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_row_is_replaced_whole,
    a_row_is_deleted_alone,
    positions_may_be_exchanged,
    a_change_of_nothing_succeeds,
    a_row_that_is_there_is_not_added,
    a_row_that_is_missing_is_neither_replaced_nor_deleted,
    a_row_in_another_state_is_not_replaced,
    a_row_with_other_statements_done_is_not_replaced,
    expecting_absence_without_writing_is_a_check,
    a_conflict_behind_other_rows_undoes_them,
    a_conflict_of_the_lock_keeps_rows_and_log_out,
    a_conflict_of_a_row_keeps_the_lock_as_it_was,
    a_conflict_leaves_the_session_usable,
)];

/// A database with the rows `a` and `b`, `b` half done, a holder and a log line.
fn two_rows(bench: &Bench) -> Result<(Database<'_>, AppliedRevision, AppliedRevision), Ended> {
    let database = bench.kept()?;
    let (a, b) = (
        row("a", 1),
        full_row("b", 2, RevisionState::Upgrading, "half done"),
    );
    database.connect()?.swap(&HistoryChange {
        log: vec![note("first")],
        rows: add([a.clone(), b.clone()]).rows,
        ..take("holder", None)
    })?;
    Ok((database, a, b))
}

/// A change, to which a log line is added, meets a conflict and leaves no trace.
fn conflicts(database: &Database<'_>, change: HistoryChange) -> Verdict {
    let mut client = database.connect()?;
    let before = (client.read_history()?, client.read_log()?);
    let change = HistoryChange {
        log: vec![note("must not be there")],
        ..change
    };
    presentable(&refused(client.swap(&change), ErrorKind::Conflict)?)?;
    same(
        "history and log after the conflict",
        &(client.read_history()?, client.read_log()?),
        &before,
    )?;
    same(
        "history and log in a new session",
        &(database.history()?, database.log()?),
        &before,
    )
}

fn a_row_is_replaced_whole(bench: &Bench) -> Verdict {
    let (database, a, b) = two_rows(bench)?;
    let mut client = database.connect()?;
    let after = row("b", 5);
    client.swap(&replace(&b, &after))?;
    same(
        "the rows",
        &client.read_history()?.rows,
        &vec![a.clone(), after],
    )?;
    let after_a = full_row("a", 9, RevisionState::Downgrading, "again");
    client.swap(&replace(&a, &after_a))?;
    same(
        "the rows",
        &client.read_history()?.rows,
        &vec![row("b", 5), after_a],
    )
}

fn a_row_is_deleted_alone(bench: &Bench) -> Verdict {
    let (database, a, b) = two_rows(bench)?;
    let mut client = database.connect()?;
    client.swap(&remove([&a]))?;
    same("the rows", &client.read_history()?.rows, &vec![b])
}

/// Rows are unique by position at rest, not while a change is made.
fn positions_may_be_exchanged(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    client.swap(&add([row("a", 1), row("b", 2)]))?;
    client.swap(&HistoryChange {
        rows: vec![
            changed(Some(&row("a", 1)), Some(row("a", 2))),
            changed(Some(&row("b", 2)), Some(row("b", 1))),
        ],
        ..HistoryChange::default()
    })?;
    same(
        "the rows",
        &client.read_history()?.rows,
        &vec![row("b", 1), row("a", 2)],
    )?;
    client.swap(&HistoryChange {
        rows: vec![
            changed(None, Some(row("c", 2))),
            changed(Some(&row("a", 2)), None),
        ],
        ..HistoryChange::default()
    })?;
    same(
        "the rows",
        &client.read_history()?.rows,
        &vec![row("b", 1), row("c", 2)],
    )
}

fn a_change_of_nothing_succeeds(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    let mut client = database.connect()?;
    let before = (client.read_history()?, client.read_log()?);
    client.swap(&HistoryChange::default())?;
    same(
        "history and log",
        &(client.read_history()?, client.read_log()?),
        &before,
    )
}

fn a_row_that_is_there_is_not_added(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    conflicts(&database, add([row("a", 7)]))
}

fn a_row_that_is_missing_is_neither_replaced_nor_deleted(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    conflicts(&database, replace(&row("c", 3), &row("c", 4)))?;
    conflicts(&database, remove([&row("c", 3)]))
}

fn a_row_in_another_state_is_not_replaced(bench: &Bench) -> Verdict {
    let (database, a, b) = two_rows(bench)?;
    let downgrading = AppliedRevision {
        state: RevisionState::Downgrading,
        ..b
    };
    conflicts(&database, replace(&downgrading, &row("b", 2)))?;
    conflicts(&database, remove([&downgrading]))?;
    let upgrading = AppliedRevision {
        state: RevisionState::Upgrading,
        ..a
    };
    conflicts(&database, remove([&upgrading]))
}

fn a_row_with_other_statements_done_is_not_replaced(bench: &Bench) -> Verdict {
    let (database, _, b) = two_rows(bench)?;
    for statements_done in [b.statements_done - 1, b.statements_done + 1] {
        let other = AppliedRevision {
            statements_done,
            ..b.clone()
        };
        conflicts(&database, replace(&other, &b))?;
        conflicts(&database, remove([&other]))?;
    }
    Ok(())
}

fn expecting_absence_without_writing_is_a_check(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    let absent = |revision: &str| HistoryChange {
        rows: vec![dapter_plugin_api::RowChange {
            revision: revision.to_owned(),
            ..changed(None, None)
        }],
        ..HistoryChange::default()
    };
    database.connect()?.swap(&absent("c"))?;
    conflicts(&database, absent("a"))
}

fn a_conflict_behind_other_rows_undoes_them(bench: &Bench) -> Verdict {
    let (database, a, b) = two_rows(bench)?;
    let mut rows = add((10..20).map(|n| row(&format!("new{n}"), n))).rows;
    rows.extend(remove([&b]).rows);
    rows.extend(replace(&a, &row("a", 3)).rows);
    rows.extend(add([row("last", 30)]).rows);
    let good = HistoryChange {
        rows: rows.clone(),
        ..HistoryChange::default()
    };
    rows.extend(remove([&row("not there", 40)]).rows);
    conflicts(
        &database,
        HistoryChange {
            rows,
            ..HistoryChange::default()
        },
    )?;
    database.connect()?.swap(&good)?;
    same(
        "the number of rows without the conflict",
        &database.history()?.rows.len(),
        &12,
    )
}

fn a_conflict_of_the_lock_keeps_rows_and_log_out(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    let rows = add([row("c", 3)]).rows;
    for lock in [
        require("other"),
        release("other"),
        take("other", None),
        take("other", Some("third")),
    ] {
        let rows = rows.clone();
        conflicts(&database, HistoryChange { rows, ..lock })?;
    }
    database.connect()?.swap(&HistoryChange {
        rows,
        ..require("holder")
    })?;
    holds(
        database.history()?.row("c").is_some(),
        "the holder's row is not there",
    )
}

fn a_conflict_of_a_row_keeps_the_lock_as_it_was(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    let rows = add([row("a", 3)]).rows;
    for lock in [
        release("holder"),
        take("other", Some("holder")),
        require("holder"),
    ] {
        let rows = rows.clone();
        conflicts(&database, HistoryChange { rows, ..lock })?;
    }
    Ok(())
}

fn a_conflict_leaves_the_session_usable(bench: &Bench) -> Verdict {
    let (database, ..) = two_rows(bench)?;
    let mut client = database.connect()?;
    refused(client.swap(&add([row("a", 9)])), ErrorKind::Conflict)?;
    client.swap(&add([row("c", 9)]))?;
    client.swap(&append(vec![note("second")]))?;
    same(
        "the log",
        &client.read_log()?,
        &vec![note("first"), note("second")],
    )
}
