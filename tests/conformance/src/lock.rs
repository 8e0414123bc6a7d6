//! The capability `lock`.

use crate::bench::{Bench, RACERS};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::client::{Client, patiently};
use crate::outcome::Ended;
use crate::samples::{add, holder, replace, row};
use dapter_plugin_api::{AppliedRevision, Capability, ErrorKind, LockOutcome, LockRow};
use std::thread;
use std::time::Duration;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Lock) =>
        one_session_holds_it,
        who_holds_it_is_told,
        it_is_given_back,
        only_its_holder_gives_it_back,
        the_end_of_the_session_gives_it_back,
        a_waiting_session_gets_it_next,
        eight_sessions_take_turns,
        one_of_eight_gets_it,
        databases_have_a_lock_each,
        it_is_no_part_of_the_history,
    ),
    promises!(Gate::Undeclared(Capability::Lock) => undeclared_it_is_unsupported),
];

/// Long enough for every turn; the wait ends with the turn.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) fn acquire(client: &mut Client, token: &str, wait: Duration) -> Verdict {
    same(
        "the lock",
        &client.lock(&holder(token), wait)?,
        &LockOutcome::Acquired,
    )
}

/// The lock is held by somebody else: by this holder, if the database knows one.
pub(crate) fn is_held(client: &mut Client, token: &str, by: &str) -> Verdict {
    match client.lock(&holder(token), Duration::ZERO)? {
        LockOutcome::Acquired => Err("two sessions hold the lock".into()),
        LockOutcome::Held(None) => Ok(()),
        LockOutcome::Held(Some(told)) => names(&told, &holder(by)),
    }
}

/// What a database knows of a holder may be little; it must not be wrong.
fn names(told: &LockRow, holder: &LockRow) -> Verdict {
    let texts = |row: &LockRow| {
        let LockRow {
            token,
            host,
            machine,
            process_started,
            user,
            since,
            ..
        } = row.clone();
        [token, host, machine, process_started, user, since]
    };
    let wrong = texts(told)
        .into_iter()
        .zip(texts(holder))
        .any(|(told, right)| !told.is_empty() && told != right);
    holds(
        !wrong && [0, holder.pid].contains(&told.pid),
        &format!("the lock is held by {holder:?}, and {told:?} is named"),
    )
}

fn one_session_holds_it(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    is_held(&mut other, "other", "one")?;
    is_held(&mut other, "other", "one")
}

fn who_holds_it_is_told(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    for (first, second) in [("a", "b"), ("c", "d")] {
        acquire(&mut one, first, LONG)?;
        is_held(&mut other, second, first)?;
        one.unlock()?;
        acquire(&mut other, second, LONG)?;
        is_held(&mut one, first, second)?;
        other.unlock()?;
    }
    Ok(())
}

fn it_is_given_back(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    one.unlock()?;
    acquire(&mut other, "other", LONG)
}

fn only_its_holder_gives_it_back(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    not_given_back(&mut other)?;
    acquire(&mut one, "one", Duration::ZERO)?;
    not_given_back(&mut other)?;
    is_held(&mut other, "other", "one")?;
    one.unlock()?;
    not_given_back(&mut one)
}

fn not_given_back(client: &mut Client) -> Verdict {
    match client.unlock() {
        Ok(()) => Err("a session gave back a lock that it does not hold".into()),
        Err(refused) => presentable(&refused.error),
    }
}

fn the_end_of_the_session_gives_it_back(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    is_held(&mut other, "other", "one")?;
    drop(one);
    acquire(&mut other, "other", LONG)
}

fn a_waiting_session_gets_it_next(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            acquire(&mut other, "other", LONG)?;
            other.unlock().map_err(Ended::from)
        });
        let given_back = one.unlock();
        let waited = waiting
            .join()
            .unwrap_or_else(|_| Err("the waiting session panicked".into()));
        given_back?;
        waited
    })
}

/// Each reads, counts up and writes under the lock: none finds that another came between.
fn eight_sessions_take_turns(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&add([row("counter", 1)]))?;
    database.race(|client, number| {
        acquire(client, &format!("t{number}"), LONG)?;
        let history = patiently(|| client.read_history())?;
        let before = history.row("counter").ok_or("the row is gone")?;
        let after = AppliedRevision {
            statements_done: before.statements_done + 1,
            ..before.clone()
        };
        let counted = patiently(|| client.swap(&replace(before, &after)));
        client.unlock()?;
        Ok(counted?)
    })?;
    let counted = database
        .history()?
        .row("counter")
        .map(|row| row.statements_done);
    same(
        "what was counted under the lock",
        &counted,
        &Some(RACERS as u64),
    )
}

fn one_of_eight_gets_it(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let everybody_asked = std::sync::Barrier::new(RACERS);
    let outcomes = database.race(|client, number| {
        let outcome = client.lock(&holder(&format!("t{number}")), Duration::ZERO);
        everybody_asked.wait();
        Ok(outcome?)
    })?;
    let acquired = outcomes
        .iter()
        .filter(|&outcome| *outcome == LockOutcome::Acquired)
        .count();
    same("how many sessions hold the lock", &acquired, &1)
}

fn databases_have_a_lock_each(bench: &Bench) -> Verdict {
    let (here, there) = (bench.kept()?, bench.kept()?);
    let (mut one, mut other) = (here.connect()?, there.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    acquire(&mut other, "other", Duration::ZERO)
}

/// A transaction that is rolled back does not give the lock back, and the history shows no lock row for it.
fn it_is_no_part_of_the_history(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    acquire(&mut one, "one", Duration::ZERO)?;
    same("the lock row", &other.read_history()?.lock, &None)?;
    if bench.info().has(Capability::Transactions) {
        one.begin()?;
        one.swap(&add([row("a", 1)]))?;
        one.rollback()?;
        is_held(&mut other, "other", "one")?;
        one.begin()?;
        one.commit()?;
        is_held(&mut other, "other", "one")?;
    }
    one.unlock()?;
    Ok(())
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    refused(
        client.lock(&holder("one"), Duration::ZERO),
        ErrorKind::Unsupported,
    )?;
    refused(client.unlock(), ErrorKind::Unsupported)?;
    same("the lock row", &client.read_history()?.lock, &None)
}
