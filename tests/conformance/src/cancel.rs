//! The capability `cancel`.

use crate::bench::{Bench, needs_transactions};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::client::{Client, Refused};
use crate::samples::{add, row};
use crate::sessions::needs_futures;
use dapter_plugin_api::{Capability, ErrorKind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Cancel) =>
        a_running_statement_is_stopped,
        a_stopped_session_is_usable,
        a_stopped_statement_is_not_recorded,
        a_stopped_transaction_is_rolled_back,
        cancelling_when_nothing_runs_does_nothing,
        cancelling_stops_no_other_session,
        a_statement_whose_call_is_dropped_is_stopped,
    ),
    promises!(Gate::Undeclared(Capability::Cancel) => undeclared_it_does_nothing),
];

/// Runs a call and cancels it from another thread, again and again until it ends: the first time may be too early.
fn cancelled<T: Send>(
    client: &mut Client,
    call: impl FnOnce(&mut Client) -> Result<T, Refused> + Send,
) -> Result<T, Refused> {
    let cancel = client.session().canceller();
    let (ended, end) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while end.recv_timeout(Duration::from_millis(10)) == Err(RecvTimeoutError::Timeout) {
                cancel();
            }
        });
        let answer = call(client);
        drop(ended);
        answer
    })
}

fn stop(bench: &Bench, client: &mut Client) -> Verdict {
    let slow = bench.slow()?;
    presentable(&refused(
        cancelled(client, |client| client.execute(slow)),
        ErrorKind::Cancelled,
    )?)
}

fn a_running_statement_is_stopped(bench: &Bench) -> Verdict {
    stop(bench, &mut bench.prepared()?.connect()?)
}

fn a_stopped_session_is_usable(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    for position in 1..=3 {
        stop(bench, &mut client)?;
        client.swap(&add([row(&format!("r{position}"), position)]))?;
        client.execute(bench.put())?;
        holds(
            bench.has_put(&mut client)?,
            "what `put` did after the stopped statement is not there",
        )?;
    }
    same("the number of rows", &database.history()?.rows.len(), &3)
}

fn a_stopped_statement_is_not_recorded(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let slow = bench.slow()?;
    let change = add([row("a", 1)]);
    refused(
        cancelled(&mut client, |client| client.execute_recorded(slow, &change)),
        ErrorKind::Cancelled,
    )?;
    same("the rows", &client.read_history()?.rows, &Vec::new())?;
    client.swap(&change)?;
    Ok(())
}

fn a_stopped_transaction_is_rolled_back(bench: &Bench) -> Verdict {
    needs_transactions(bench)?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(bench.put())?;
    client.swap(&add([row("a", 1)]))?;
    stop(bench, &mut client)?;
    client.rollback()?;
    same("the rows", &client.read_history()?.rows, &Vec::new())?;
    holds(
        !bench.has_put(&mut client)?,
        "the data is there after the rollback",
    )
}

fn cancelling_when_nothing_runs_does_nothing(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let cancel = client.session().canceller();
    for _ in 0..3 {
        cancel();
    }
    client.execute(bench.put())?;
    holds(bench.has_put(&mut client)?, "what `put` did is not there")?;
    drop(client);
    cancel();
    Ok(())
}

fn cancelling_stops_no_other_session(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    stop(bench, &mut one)?;
    other.execute(bench.put())?;
    holds(
        bench.has_put(&mut other)?,
        "what `put` did in another session is not there",
    )
}

/// The statement runs long: the session would not answer, if it went on.
fn a_statement_whose_call_is_dropped_is_stopped(bench: &Bench) -> Verdict {
    needs_futures(bench)?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.drop_halfway(bench.slow()?);
    client.swap(&add([row("a", 1)]))?;
    client.execute(bench.put())?;
    holds(
        bench.has_put(&mut client)?,
        "what `put` did after the dropped statement is not there",
    )
}

fn undeclared_it_does_nothing(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    let put = bench.put().to_owned();
    cancelled(&mut client, |client| client.execute(&put))?;
    holds(bench.has_put(&mut client)?, "what `put` did is not there")
}
