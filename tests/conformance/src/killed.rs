//! Sessions that the server ends while they are in use.

use crate::bench::{Bench, needs_transactions};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::client::{Client, patiently, until};
use crate::lock::{LONG, acquire, is_held};
use crate::samples::{add, row};
use dapter_plugin_api::{Capability, ErrorKind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::All =>
        a_killed_session_says_that_its_connection_is_lost,
        what_a_killed_session_did_not_commit_is_not_there,
        a_statement_whose_session_is_killed_ends,
    ),
    promises!(Gate::Declared(Capability::Lock) => a_killed_session_gives_its_lock_back),
];

/// A session says that its connection is lost, as soon as the server has ended it, and answers nothing from then on.
fn is_lost(client: &mut Client) -> Verdict {
    let mut last = Ok(());
    until(|| {
        last = client.read_history().map(drop);
        Ok(last.is_err())
    })?;
    presentable(&refused(last, ErrorKind::ConnectionLost)?)?;
    match client.read_history() {
        Ok(_) => Err("a session whose connection was lost has another one".into()),
        Err(refused) => presentable(&refused.error),
    }
}

fn a_killed_session_says_that_its_connection_is_lost(bench: &Bench) -> Verdict {
    bench.kill()?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.swap(&add([row("a", 1)]))?;
    database.kill_others()?;
    is_lost(&mut client)?;
    same("the rows", &database.history()?.rows, &vec![row("a", 1)])
}

fn what_a_killed_session_did_not_commit_is_not_there(bench: &Bench) -> Verdict {
    bench.kill()?;
    needs_transactions(bench)?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(bench.put())?;
    client.swap(&add([row("a", 1)]))?;
    database.kill_others()?;
    is_lost(&mut client)?;
    let mut other = database.connect()?;
    let rows = patiently(|| other.read_history())?.rows;
    same("the rows", &rows, &Vec::new())?;
    holds(
        !bench.has_put(&mut other)?,
        "what `put` did in the killed session is there",
    )
}

/// It is killed again and again until the statement ends: the first time may be too early.
fn a_statement_whose_session_is_killed_ends(bench: &Bench) -> Verdict {
    bench.kill()?;
    let slow = bench.slow()?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let (ended, end) = channel::<()>();
    let answer = thread::scope(|scope| {
        scope.spawn(|| {
            let end = end;
            while end.recv_timeout(Duration::from_millis(10)) == Err(RecvTimeoutError::Timeout) {
                // Where there is no other session any more, there is nothing to kill.
                let _ = database.kill_others();
            }
        });
        let answer = client.execute(slow);
        drop(ended);
        answer
    });
    presentable(&refused(answer, ErrorKind::ConnectionLost)?)
}

fn a_killed_session_gives_its_lock_back(bench: &Bench) -> Verdict {
    bench.kill()?;
    let database = bench.kept()?;
    let mut one = database.connect()?;
    acquire(&mut one, "one", Duration::ZERO)?;
    is_held(&mut database.connect()?, "other", "one")?;
    database.kill_others()?;
    is_lost(&mut one)?;
    acquire(&mut database.connect()?, "other", LONG)
}
