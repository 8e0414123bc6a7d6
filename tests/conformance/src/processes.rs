//! Two processes at once, and one that dies.

use crate::bench::{Bench, needs_transactions};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::client::{Client, patiently};
use crate::lock::{LONG, acquire, is_held};
use crate::outcome::Ended;
use crate::race::{count_up, wins};
use crate::samples::{add, holder, release, replace, row, take};
use dapter_plugin_api::{AppliedRevision, Capability, ErrorKind};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::All =>
        one_process_sees_what_another_has_written,
        a_free_lock_row_has_one_process,
        two_processes_lose_no_update,
        a_killed_process_leaves_its_lock_row,
        what_a_killed_process_did_not_commit_is_not_there,
    ),
    promises!(Gate::Declared(Capability::Lock) =>
        one_process_holds_the_lock,
        a_killed_process_gives_its_lock_back,
    ),
];

/// Runs something in a session of each process at once.
fn at_once<T: Send>(
    clients: [&mut Client; 2],
    run: impl Fn(&mut Client, usize) -> Result<T, Ended> + Sync,
) -> Result<[T; 2], Ended> {
    let start = Barrier::new(clients.len());
    let (start, run) = (&start, &run);
    let [here, there] = clients;
    thread::scope(|scope| {
        let there = scope.spawn(move || {
            start.wait();
            run(there, 1)
        });
        start.wait();
        let here = run(here, 0);
        let there = there
            .join()
            .unwrap_or_else(|_| Err("a thread panicked".into()));
        Ok([here?, there?])
    })
}

fn one_process_sees_what_another_has_written(bench: &Bench) -> Verdict {
    let elsewhere = bench.elsewhere()?;
    let database = bench.prepared()?;
    let (mut here, mut there) = (database.connect()?, database.connect_from(&elsewhere)?);
    there.swap(&add([row("a", 1)]))?;
    there.execute(bench.put())?;
    same("the rows", &here.read_history()?.rows, &vec![row("a", 1)])?;
    holds(
        bench.has_put(&mut here)?,
        "what `put` did in the other process is not there",
    )?;
    here.swap(&add([row("b", 2)]))?;
    same(
        "the rows in the other process",
        &there.read_history()?.rows,
        &vec![row("a", 1), row("b", 2)],
    )
}

fn a_free_lock_row_has_one_process(bench: &Bench) -> Verdict {
    const ROUNDS: usize = 5;
    let elsewhere = bench.elsewhere()?;
    let database = bench.kept()?;
    let (mut here, mut there) = (database.connect()?, database.connect_from(&elsewhere)?);
    for _ in 0..ROUNDS {
        let won = at_once([&mut here, &mut there], |client, number| {
            Ok(wins(client, &take(&format!("t{number}"), None))?)
        })?;
        let winner = match won {
            [true, false] => "t0",
            [false, true] => "t1",
            [true, true] => return Err("both processes have taken the lock row".into()),
            [false, false] => return Err("neither process has taken the lock row".into()),
        };
        same(
            "the holder",
            &here.read_history()?.lock,
            &Some(holder(winner)),
        )?;
        patiently(|| here.swap(&release(winner)))?;
    }
    Ok(())
}

fn two_processes_lose_no_update(bench: &Bench) -> Verdict {
    const EACH: u64 = 10;
    let elsewhere = bench.elsewhere()?;
    let database = bench.kept()?;
    let (mut here, mut there) = (database.connect()?, database.connect_from(&elsewhere)?);
    let first = row("counter", 1);
    here.swap(&add([first.clone()]))?;
    // What the other process has read before is not what is there any more.
    count_up(&mut here, 1)?;
    let late = AppliedRevision {
        statements_done: 7,
        ..first.clone()
    };
    presentable(&refused(
        there.swap(&replace(&first, &late)),
        ErrorKind::Conflict,
    )?)?;
    at_once([&mut here, &mut there], |client, _| count_up(client, EACH))?;
    let history = here.read_history()?;
    same(
        "what the processes counted together",
        &history.row("counter").map(|row| row.statements_done),
        &Some(2 * EACH + 1),
    )
}

/// Nobody gives it back for a process that is gone: who knows that it is takes it instead.
fn a_killed_process_leaves_its_lock_row(bench: &Bench) -> Verdict {
    let elsewhere = bench.elsewhere()?;
    let database = bench.kept()?;
    let mut here = database.connect()?;
    let mut there = database.connect_from(&elsewhere)?;
    there.swap(&take("dead", None))?;
    (elsewhere.kill)();
    let history = patiently(|| here.read_history())?;
    same("the holder", &history.lock, &Some(holder("dead")))?;
    patiently(|| here.swap(&take("alive", Some("dead"))))?;
    same(
        "the holder",
        &here.read_history()?.lock,
        &Some(holder("alive")),
    )
}

fn what_a_killed_process_did_not_commit_is_not_there(bench: &Bench) -> Verdict {
    needs_transactions(bench)?;
    let elsewhere = bench.elsewhere()?;
    let database = bench.prepared()?;
    let mut here = database.connect()?;
    let mut there = database.connect_from(&elsewhere)?;
    there.begin()?;
    there.execute(bench.put())?;
    there.swap(&add([row("a", 1)]))?;
    (elsewhere.kill)();
    let rows = patiently(|| here.read_history())?.rows;
    same("the rows", &rows, &Vec::new())?;
    holds(
        !bench.has_put(&mut here)?,
        "what `put` did in the killed process is there",
    )
}

fn one_process_holds_the_lock(bench: &Bench) -> Verdict {
    let elsewhere = bench.elsewhere()?;
    let database = bench.kept()?;
    let (mut here, mut there) = (database.connect()?, database.connect_from(&elsewhere)?);
    acquire(&mut here, "here", Duration::ZERO)?;
    is_held(&mut there, "there", "here")?;
    here.unlock()?;
    acquire(&mut there, "there", LONG)?;
    is_held(&mut here, "here", "there")
}

fn a_killed_process_gives_its_lock_back(bench: &Bench) -> Verdict {
    let elsewhere = bench.elsewhere()?;
    let database = bench.kept()?;
    let (mut here, mut there) = (database.connect()?, database.connect_from(&elsewhere)?);
    acquire(&mut there, "there", Duration::ZERO)?;
    is_held(&mut here, "here", "there")?;
    (elsewhere.kill)();
    acquire(&mut here, "here", LONG)
}
