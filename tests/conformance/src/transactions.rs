//! The capability `transactions`: data and history together, or not at all.

use crate::bench::{Bench, Database, RACERS};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::{Client, Refused, patiently};
use crate::outcome::Ended;
use crate::samples::{add, note, row, take};
use crate::subject::Writers;
use dapter_plugin_api::{Capability, ErrorKind, HistoryChange};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Transactions) =>
        a_commit_keeps_data_and_history,
        a_rollback_leaves_nothing,
        a_rollback_leaves_what_was_there_before,
        a_transaction_sees_its_own_writes,
        nobody_sees_a_transaction_before_its_commit,
        the_end_of_a_session_rolls_back,
        a_rollback_without_a_transaction_succeeds,
        a_failure_can_be_rolled_back,
        a_conflict_can_be_rolled_back,
        one_transaction_follows_another,
        begin_keeps_other_transactions_out,
        begin_keeps_other_writers_out,
        eight_transactions_for_one_row_have_one_winner,
        eight_transactions_all_get_their_turn,
    ),
    promises!(Gate::Undeclared(Capability::Transactions) => undeclared_they_are_unsupported),
];

/// A row, a holder and a log line.
fn change() -> HistoryChange {
    HistoryChange {
        rows: add([row("a", 1)]).rows,
        log: vec![note("written in a transaction")],
        ..take("holder", None)
    }
}

/// Writes data and history.
fn write(bench: &Bench, client: &mut Client) -> Result<(), Refused> {
    client.execute(bench.put())?;
    client.swap(&change())
}

/// Neither data nor history is there, for this session and for a new one.
fn nothing_is_left(bench: &Bench, database: &Database<'_>, client: &mut Client) -> Verdict {
    for client in [client, &mut database.connect()?] {
        let history = client.read_history()?;
        same("the rows", &history.rows, &Vec::new())?;
        same("the holder", &history.lock, &None)?;
        same("the log", &client.read_log()?, &Vec::new())?;
    }
    holds(
        !bench.has_put(&mut database.connect()?)?,
        "what `put` did is there",
    )
}

/// Data and history are there for a new session.
fn all_is_there(bench: &Bench, database: &Database<'_>) -> Verdict {
    let history = database.history()?;
    same(
        "the rows",
        &history.rows,
        &change()
            .rows
            .into_iter()
            .filter_map(|row| row.row)
            .collect(),
    )?;
    holds(history.lock.is_some(), "the holder is not there")?;
    same("the log", &database.log()?, &change().log)?;
    holds(
        bench.has_put(&mut database.connect()?)?,
        "what `put` did is not there",
    )
}

fn a_commit_keeps_data_and_history(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    write(bench, &mut client)?;
    client.commit()?;
    drop(client);
    all_is_there(bench, &database)
}

fn a_rollback_leaves_nothing(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    write(bench, &mut client)?;
    client.rollback()?;
    nothing_is_left(bench, &database, &mut client)
}

fn a_rollback_leaves_what_was_there_before(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    write(bench, &mut client)?;
    client.begin()?;
    client.swap(&add([row("b", 2)]))?;
    client.swap(&crate::samples::remove([&row("a", 1)]))?;
    client.swap(&crate::samples::release("holder"))?;
    client.rollback()?;
    drop(client);
    all_is_there(bench, &database)
}

fn a_transaction_sees_its_own_writes(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    client.begin()?;
    write(bench, &mut client)?;
    let history = client.read_history()?;
    holds(
        history.row("a").is_some() && history.lock.is_some(),
        "the transaction does not see what it wrote",
    )?;
    same("the log", &client.read_log()?, &change().log)?;
    refused(client.swap(&add([row("a", 2)])), ErrorKind::Conflict)?;
    client.rollback()?;
    Ok(())
}

/// A reader sees what was there before, or is told to come again.
fn nobody_sees_a_transaction_before_its_commit(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut writer, mut reader) = (database.connect()?, database.connect()?);
    let before = (reader.read_history()?, reader.read_log()?);
    writer.begin()?;
    write(bench, &mut writer)?;
    match (reader.read_history(), reader.read_log()) {
        (Ok(history), Ok(log)) => same("what another session reads", &(history, log), &before)?,
        (Err(refusal), _) | (_, Err(refusal)) => {
            refused::<()>(Err(refusal), ErrorKind::Busy)?;
        }
    }
    writer.commit()?;
    all_is_there(bench, &database)
}

fn the_end_of_a_session_rolls_back(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    one.begin()?;
    write(bench, &mut one)?;
    drop(one);
    patiently(|| other.begin())?;
    other.rollback()?;
    nothing_is_left(bench, &database, &mut other)
}

fn a_rollback_without_a_transaction_succeeds(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.rollback()?;
    write(bench, &mut client)?;
    client.rollback()?;
    client.begin()?;
    client.commit()?;
    client.rollback()?;
    client.rollback()?;
    all_is_there(bench, &database)
}

fn a_failure_can_be_rolled_back(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    write(bench, &mut client)?;
    refused(client.execute(bench.fail()), bench.subject.fail.kind)?;
    client.rollback()?;
    nothing_is_left(bench, &database, &mut client)?;
    client.begin()?;
    client.swap(&change())?;
    client.commit()?;
    holds(
        database.history()?.row("a").is_some(),
        "the transaction after the failed one is not there",
    )
}

fn a_conflict_can_be_rolled_back(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    write(bench, &mut client)?;
    refused(client.swap(&change()), ErrorKind::Conflict)?;
    client.rollback()?;
    nothing_is_left(bench, &database, &mut client)
}

fn one_transaction_follows_another(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    for n in 0..10 {
        client.begin()?;
        client.swap(&add([row(&format!("r{n}"), n)]))?;
        if n % 2 == 0 {
            client.commit()?;
        } else {
            client.rollback()?;
        }
    }
    let kept: Vec<_> = (0..10)
        .step_by(2)
        .map(|n| row(&format!("r{n}"), n))
        .collect();
    same("the rows", &database.history()?.rows, &kept)
}

/// `Busy`, and with it the promise that the call may be repeated.
fn is_busy(answer: Result<(), Refused>) -> Verdict {
    let error = refused(answer, ErrorKind::Busy)?;
    holds(
        error.retryable,
        "the error is `Busy`, and not marked as retryable",
    )
}

fn one_writes_at_a_time(bench: &Bench) -> Verdict {
    match bench.subject.writers {
        Writers::One => Ok(()),
        Writers::Many => Err(Ended::inapplicable(
            "the subject says that several write at a time",
        )),
    }
}

fn begin_keeps_other_transactions_out(bench: &Bench) -> Verdict {
    one_writes_at_a_time(bench)?;
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    one.begin()?;
    is_busy(other.begin())?;
    write(bench, &mut one)?;
    is_busy(other.begin())?;
    other.rollback()?;
    one.commit()?;
    patiently(|| other.begin())?;
    is_busy(one.begin())?;
    other.rollback()?;
    all_is_there(bench, &database)
}

/// Also those that write without a transaction. What was refused changed nothing, and succeeds when it is repeated.
fn begin_keeps_other_writers_out(bench: &Bench) -> Verdict {
    one_writes_at_a_time(bench)?;
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    let theirs = HistoryChange {
        log: vec![note("theirs")],
        ..add([row("b", 2)])
    };
    one.begin()?;
    is_busy(other.execute(bench.put()).map(|_| ()))?;
    is_busy(other.swap(&theirs))?;
    is_busy(other.execute_recorded(bench.put(), &theirs).map(|_| ()))?;
    one.rollback()?;
    nothing_is_left(bench, &database, &mut other)?;
    patiently(|| other.execute_recorded(bench.put(), &theirs))?;
    same("the log", &database.log()?, &theirs.log)?;
    holds(
        bench.has_put(&mut other)?,
        "what `put` did when it was repeated is not there",
    )
}

/// Begins, changes and commits, from the start whenever somebody is in the way; `false` if it met a conflict.
fn transact(client: &mut Client, change: &HistoryChange) -> Result<bool, Refused> {
    let attempt = || {
        client.begin()?;
        if let Err(refusal) = client
            .swap(change)
            .and_then(|()| patiently(|| client.commit()))
        {
            client.rollback()?;
            return Err(refusal);
        }
        Ok(())
    };
    match patiently(attempt) {
        Ok(()) => Ok(true),
        Err(refused) if refused.error.kind == ErrorKind::Conflict => Ok(false),
        Err(refused) => Err(refused),
    }
}

fn eight_transactions_for_one_row_have_one_winner(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let won = database.race(|client, number| {
        let change = HistoryChange {
            log: vec![note(&number.to_string())],
            ..add([row("a", 1)])
        };
        Ok(transact(client, &change)?)
    })?;
    same(
        "how many sessions won",
        &won.iter().filter(|&&won| won).count(),
        &1,
    )?;
    let winner = won
        .iter()
        .position(|&won| won)
        .map(|number| note(&number.to_string()));
    same("the log", &database.log()?, &winner.into_iter().collect())
}

fn eight_transactions_all_get_their_turn(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let won = database.race(|client, number| {
        Ok(transact(
            client,
            &add([row(&format!("r{number}"), number as u64)]),
        )?)
    })?;
    same("who got a turn", &won, &vec![true; RACERS])?;
    same(
        "the number of rows",
        &database.history()?.rows.len(),
        &RACERS,
    )
}

fn undeclared_they_are_unsupported(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    refused(client.begin(), ErrorKind::Unsupported)?;
    write(bench, &mut client)?;
    refused(client.commit(), ErrorKind::Unsupported)?;
    refused(client.rollback(), ErrorKind::Unsupported)?;
    all_is_there(bench, &database)
}
