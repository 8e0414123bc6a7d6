//! The place where the history is kept, and reading it.

use crate::bench::{Bench, Database};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, same};
use crate::client::patiently;
use crate::outcome::Ended;
use crate::samples::{DIFFICULT, add, entry, full_row, long_text, note, remove, row, take};
use dapter_plugin_api::{AppliedRevision, Capability, History, HistoryChange, RevisionState};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::All =>
        a_new_database_remembers_nothing,
        reading_changes_nothing,
        ensuring_makes_the_place,
        ensuring_again_changes_nothing,
        eight_sessions_may_ensure_at_once,
        every_field_of_a_row_is_kept,
        an_empty_field_stays_empty,
        any_text_is_kept_as_it_is,
        long_text_is_kept_whole,
        ids_are_compared_exactly,
        rows_come_in_the_order_of_their_position,
        a_thousand_rows_come_and_go,
        what_is_written_is_there_for_all_at_once,
    ),
    promises!(Gate::Declared(Capability::Query) => the_subjects_data_is_left_alone),
];

fn a_new_database_remembers_nothing(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    same("the history", &client.read_history()?, &History::default())?;
    same("the log", &client.read_log()?, &Vec::new())
}

fn reading_changes_nothing(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let mut client = database.connect()?;
    for _ in 0..3 {
        client.read_history()?;
        client.read_log()?;
    }
    drop(client);
    holds(
        !database.history()?.ready,
        "there is a place for the history, and all that was done is reading",
    )
}

fn ensuring_makes_the_place(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let mut client = database.connect()?;
    client.ensure_history()?;
    let made = History {
        ready: true,
        ..History::default()
    };
    same(
        "the history that the session reads",
        &client.read_history()?,
        &made,
    )?;
    same(
        "the history that another session reads",
        &database.history()?,
        &made,
    )?;
    same("the log", &client.read_log()?, &Vec::new())
}

/// Fills a history with a row, a holder and a line.
fn fill(database: &Database<'_>) -> Result<(History, HistoryChange), Ended> {
    let change = HistoryChange {
        log: vec![entry("a", "once")],
        ..HistoryChange {
            rows: add([full_row("a", 1, RevisionState::Applied, "once")]).rows,
            ..take("one", None)
        }
    };
    database.connect()?.swap(&change)?;
    Ok((database.history()?, change))
}

fn ensuring_again_changes_nothing(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (before, change) = fill(&database)?;
    let mut client = database.connect()?;
    client.ensure_history()?;
    client.ensure_history()?;
    same("the history", &client.read_history()?, &before)?;
    same("the log", &client.read_log()?, &change.log)
}

fn eight_sessions_may_ensure_at_once(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    database.race(|client, number| {
        patiently(|| client.ensure_history())?;
        patiently(|| client.swap(&add([row(&format!("r{number}"), 1 + number as u64)])))?;
        holds(
            patiently(|| client.read_history())?.ready,
            "the session made a place for the history that is not there",
        )
    })?;
    same(
        "the number of rows",
        &database.history()?.rows.len(),
        &crate::bench::RACERS,
    )
}

/// Writes rows, and reads them back in the same session and in a new one.
fn come_back(bench: &Bench, rows: &[AppliedRevision]) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    client.swap(&add(rows.iter().cloned()))?;
    let mut expected = rows.to_vec();
    expected.sort_by_key(|row| row.position);
    same("the rows", &client.read_history()?.rows, &expected)?;
    drop(client);
    same(
        "the rows in a new session",
        &database.history()?.rows,
        &expected,
    )
}

fn every_field_of_a_row_is_kept(bench: &Bench) -> Verdict {
    come_back(
        bench,
        &[
            full_row("applied", 1, RevisionState::Applied, "one"),
            full_row("upgrading", 2, RevisionState::Upgrading, "two"),
            full_row(
                "downgrading",
                i64::MAX.unsigned_abs(),
                RevisionState::Downgrading,
                "three",
            ),
        ],
    )
}

fn an_empty_field_stays_empty(bench: &Bench) -> Verdict {
    come_back(bench, &[row("a", 0)])
}

fn any_text_is_kept_as_it_is(bench: &Bench) -> Verdict {
    let script = bench.script().text.as_str();
    let texts = [DIFFICULT, script, " ", "\n", "'", "\\", "NULL"];
    let rows: Vec<AppliedRevision> = (1..)
        .zip(texts)
        .map(|(position, text)| {
            full_row(
                &format!("r{position}"),
                position,
                RevisionState::Applied,
                text,
            )
        })
        .collect();
    come_back(bench, &rows)
}

fn long_text_is_kept_whole(bench: &Bench) -> Verdict {
    let text = long_text();
    let long = AppliedRevision {
        message: text.clone(),
        error: text,
        ..row("long", 1)
    };
    come_back(bench, &[long])
}

/// An id is any text without blanks and a few signs, up to 64 characters; two that differ at all are two revisions.
fn ids_are_compared_exactly(bench: &Bench) -> Verdict {
    let long = "日".repeat(64);
    let ids = [
        "abc",
        "ABC",
        "Abc",
        "äbc",
        "a\u{308}bc",
        "ab",
        "a%c",
        "a_c",
        "'",
        "1",
        "01",
        "1.0",
        "1e0",
        // What a host remembers besides revisions: scripts that run again.
        "repeatable:abc",
        "repeatable:ABC",
        &long,
    ];
    let rows: Vec<AppliedRevision> = (1..)
        .zip(ids)
        .map(|(position, id)| row(id, position))
        .collect();
    come_back(bench, &rows)?;
    let database = bench.kept()?;
    let mut client = database.connect()?;
    client.swap(&add(rows.iter().cloned()))?;
    client.swap(&remove([&rows[1]]))?;
    let mut left = rows;
    left.remove(1);
    same(
        "the rows without `ABC`",
        &client.read_history()?.rows,
        &left,
    )
}

fn rows_come_in_the_order_of_their_position(bench: &Bench) -> Verdict {
    come_back(
        bench,
        &[row("b", 10), row("d", 9), row("a", 100), row("c", 1)],
    )
}

fn a_thousand_rows_come_and_go(bench: &Bench) -> Verdict {
    const MANY: u64 = 1000;
    let database = bench.kept()?;
    let mut client = database.connect()?;
    let rows: Vec<AppliedRevision> = (0..MANY)
        .map(|n| {
            full_row(
                &format!("{:04}", (n * 7) % MANY),
                MANY - n,
                RevisionState::Applied,
                "one of many",
            )
        })
        .collect();
    let lines: Vec<_> = (0..MANY).map(|n| note(&n.to_string())).collect();
    client.swap(&HistoryChange {
        log: lines.clone(),
        ..add(rows.iter().cloned())
    })?;
    let expected: Vec<AppliedRevision> = rows.iter().rev().cloned().collect();
    same("the rows", &client.read_history()?.rows, &expected)?;
    same("the log", &client.read_log()?, &lines)?;
    client.swap(&remove(&rows))?;
    same(
        "the rows after their deletion",
        &client.read_history()?.rows,
        &Vec::new(),
    )?;
    same(
        "the log after the deletion of the rows",
        &client.read_log()?,
        &lines,
    )
}

/// Outside a transaction each call takes effect before it returns.
fn what_is_written_is_there_for_all_at_once(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    one.ensure_history()?;
    holds(
        other.read_history()?.ready,
        "the other session does not see that there is a history",
    )?;
    for position in 1..=5 {
        one.swap(&add([row(&format!("one{position}"), 2 * position)]))?;
        other.swap(&add([row(&format!("other{position}"), 2 * position + 1)]))?;
        same(
            "what the two sessions read",
            &one.read_history()?,
            &other.read_history()?,
        )?;
    }
    same("the number of rows", &one.read_history()?.rows.len(), &10)
}

/// The history lives beside the data.
fn the_subjects_data_is_left_alone(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.execute(bench.put())?;
    client.ensure_history()?;
    fill(&database)?;
    same(
        "the data",
        &client.query(&bench.look()?.query)?.rows,
        &bench.look()?.after,
    )
}
