//! Eight sessions at once: what is expected is checked and what is written is written with nobody coming between.

use crate::bench::{Bench, RACERS};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::same;
use crate::client::{Client, Refused, patiently, until};
use crate::outcome::Ended;
use crate::samples::{add, holder, note, release, replace, row, take};
use dapter_plugin_api::{AppliedRevision, ErrorKind, HistoryChange};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_free_lock_has_one_taker,
    a_dead_holders_lock_has_one_taker,
    a_row_has_one_writer,
    no_update_is_lost,
    no_row_of_another_is_lost,
    the_lock_keeps_the_others_out,
)];

/// Whether the change was made; `false` if it met a conflict.
pub(crate) fn wins(client: &mut Client, change: &HistoryChange) -> Result<bool, Refused> {
    match patiently(|| client.swap(change)) {
        Ok(()) => Ok(true),
        Err(refused) if refused.error.kind == ErrorKind::Conflict => Ok(false),
        Err(refused) => Err(refused),
    }
}

/// The number of the one session that won.
fn the_one(won: &[bool]) -> Result<usize, Ended> {
    same(
        "how many sessions won",
        &won.iter().filter(|&&won| won).count(),
        &1,
    )?;
    won.iter()
        .position(|&won| won)
        .ok_or_else(|| "nobody won".into())
}

fn a_free_lock_has_one_taker(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let won =
        database.race(|client, number| Ok(wins(client, &take(&format!("t{number}"), None))?))?;
    let expected = Some(holder(&format!("t{}", the_one(&won)?)));
    same("the holder", &database.history()?.lock, &expected)
}

fn a_dead_holders_lock_has_one_taker(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&take("dead", None))?;
    let won = database
        .race(|client, number| Ok(wins(client, &take(&format!("t{number}"), Some("dead")))?))?;
    let expected = Some(holder(&format!("t{}", the_one(&won)?)));
    same("the holder", &database.history()?.lock, &expected)
}

fn a_row_has_one_writer(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let by = |number: usize| AppliedRevision {
        applied_by: format!("session {number}"),
        ..row("a", 1)
    };
    let won = database.race(|client, number| {
        let change = HistoryChange {
            log: vec![note(&number.to_string())],
            ..add([by(number)])
        };
        Ok(wins(client, &change)?)
    })?;
    let winner = the_one(&won)?;
    same("the rows", &database.history()?.rows, &vec![by(winner)])?;
    same(
        "the log",
        &database.log()?,
        &vec![note(&winner.to_string())],
    )
}

/// Counts the row `counter` up, starting again from what is there whenever another was faster.
pub(crate) fn count_up(client: &mut Client, times: u64) -> Result<(), Ended> {
    let mut counted = 0;
    until(|| {
        let history = patiently(|| client.read_history())?;
        let before = history.row("counter").ok_or("the row is gone")?;
        let after = AppliedRevision {
            statements_done: before.statements_done + 1,
            ..before.clone()
        };
        counted += u64::from(wins(client, &replace(before, &after))?);
        Ok(counted == times)
    })
}

fn no_update_is_lost(bench: &Bench) -> Verdict {
    const EACH: u64 = 5;
    let database = bench.kept()?;
    database.connect()?.swap(&add([row("counter", 1)]))?;
    database.race(|client, _| count_up(client, EACH))?;
    let counted: Vec<u64> = database
        .history()?
        .rows
        .iter()
        .map(|row| row.statements_done)
        .collect();
    same(
        "what the sessions counted together",
        &counted,
        &vec![EACH * RACERS as u64],
    )
}

fn no_row_of_another_is_lost(bench: &Bench) -> Verdict {
    const EACH: usize = 5;
    let database = bench.kept()?;
    let mine = |number: usize, n: usize| row(&format!("{number}-{n}"), (number * EACH + n) as u64);
    database.race(|client, number| {
        for n in 0..EACH {
            patiently(|| client.swap(&add([mine(number, n)])))?;
        }
        Ok(())
    })?;
    let expected: Vec<AppliedRevision> = (0..RACERS)
        .flat_map(|number| (0..EACH).map(move |n| mine(number, n)))
        .collect();
    same("the rows", &database.history()?.rows, &expected)
}

/// What hosts do without the capability `lock`: take the row, work under it, release it.
fn the_lock_keeps_the_others_out(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&add([row("counter", 1)]))?;
    database.race(|client, number| {
        let token = format!("t{number}");
        until(|| Ok(wins(client, &take(&token, None))?))?;
        let history = patiently(|| client.read_history())?;
        let before = history.row("counter").ok_or("the row is gone")?.clone();
        let after = AppliedRevision {
            statements_done: before.statements_done + 1,
            ..before.clone()
        };
        let change = HistoryChange {
            rows: replace(&before, &after).rows,
            ..release(&token)
        };
        same(
            "whether the holder's change was made",
            &wins(client, &change)?,
            &true,
        )
    })?;
    let history = database.history()?;
    same("the holder in the end", &history.lock, &None)?;
    same(
        "what was counted under the lock",
        &history.row("counter").map(|row| row.statements_done),
        &Some(RACERS as u64),
    )
}
