//! Connections that break, calls that are stopped or dropped, and others that are in the way.

use crate::support::{Place, row};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, Expect, HistoryChange, LockOutcome, LockRow, RowChange, Value};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

pub(crate) const TESTS: &[Test] = tests!(
    a_killed_connection_is_lost,
    a_deadlock_costs_the_transaction,
    a_dropped_call_leaves_the_session_usable,
    a_wait_for_the_lock_can_be_stopped,
    the_lock_goes_with_its_connection,
    the_first_holder_is_told_as_soon_as_there_is_a_history,
);

fn id(client: &mut crate::support::Client) -> i64 {
    match client.value("SELECT CONNECTION_ID()") {
        Value::Integer(id) => id,
        other => panic!("{other:?}"),
    }
}

fn a_killed_connection_is_lost(place: &Place) {
    let database = place.database();
    let (mut client, mut other) = (database.kept(), database.connect());
    let id = id(&mut client);
    other.run(&format!("KILL {id}"));
    for _ in 0..2 {
        let error = client.fails("SELECT 1");
        assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error:?}");
    }
    let error = block_on(client.read_history()).expect_err("it is closed");
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error:?}");
}

fn change(revision: &str) -> HistoryChange {
    let mut row = row(1);
    row.revision = revision.to_owned();
    HistoryChange {
        rows: vec![RowChange {
            revision: revision.to_owned(),
            expect: Expect::exactly(Some(&row)),
            row: Some(row),
        }],
        ..HistoryChange::default()
    }
}

/// Each holds what the other wants: the server rolls one of them back.
fn a_deadlock_costs_the_transaction(place: &Place) {
    let database = place.database();
    let mut one = database.kept();
    for revision in ["a", "b"] {
        let mut add = change(revision);
        add.rows[0].expect = Expect::Absent;
        one.swap(&add).expect("is new");
    }
    let mut other = database.connect();
    for (client, revision) in [(&mut one, "a"), (&mut other, "b")] {
        block_on(client.begin()).expect("begins");
        client.swap(&change(revision)).expect("is there");
    }
    let (first, second) = thread::scope(|scope| {
        let waiting = scope.spawn(|| one.swap(&change("b")));
        let second = other.swap(&change("a"));
        (waiting.join().expect("ends"), second)
    });
    let (loser, error) = match (first, second) {
        (Err(error), Ok(())) => (&mut one, error),
        (Ok(()), Err(error)) => (&mut other, error),
        both => panic!("{both:?}"),
    };
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Busy, Some("1213"))
    );
    // What follows must not take effect on its own.
    let error = loser.fails("CREATE TABLE x (a INT)");
    assert!(error.message.contains("not open any more"), "{error:?}");
    block_on(loser.commit()).expect_err("it is gone");
    block_on(loser.rollback()).expect("ends");
    block_on(loser.begin()).expect("begins again");
    block_on(loser.rollback()).expect("ends");
}

/// Polls a call once and drops it.
fn drop_after_first_poll<T: std::fmt::Debug>(call: impl Future<Output = T>) {
    let mut context = Context::from_waker(Waker::noop());
    if let Poll::Ready(done) = pin!(call).as_mut().poll(&mut context) {
        panic!("it is done already: {done:?}");
    }
}

fn a_dropped_call_leaves_the_session_usable(place: &Place) {
    if place.key() == "mysql" {
        // Its calls are done when they return.
        return;
    }
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.run("CREATE TABLE n (a INT)");
    client.run("INSERT INTO n VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)");
    client.run("INSERT INTO n SELECT x.a FROM n x, n y");
    // A SLEEP that is stopped is no error to MySQL.
    let slow = "INSERT INTO t SELECT COUNT(*) FROM n a, n b, n c, n d, n e, n f";
    for n in 0..5 {
        drop_after_first_poll(client.execute(slow));
        assert_eq!(client.value("SELECT 7"), Value::Integer(7));
        drop_after_first_poll(
            client.execute_recorded(slow, &crate::support::record(None, 1, slow)),
        );
        assert_eq!(client.history().rows, [], "{n}");
        assert_eq!(client.count("t"), 0);
    }
    client.next(0, "INSERT INTO t VALUES (1)").expect("runs");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (1, vec![row(1)])
    );
}

fn holder(name: &str) -> LockRow {
    LockRow {
        token: name.to_owned(),
        host: name.to_owned(),
        pid: 7,
        ..LockRow::default()
    }
}

fn a_wait_for_the_lock_can_be_stopped(place: &Place) {
    let database = place.database();
    let (mut one, mut other) = (database.kept(), database.connect());
    let lock =
        |client: &mut crate::support::Client, wait| block_on(client.lock(&holder("x"), wait));
    assert_eq!(lock(&mut one, Duration::ZERO), Ok(LockOutcome::Acquired));
    let cancel = other.canceller();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(&mut other, Duration::from_secs(60)));
        while !waiting.is_finished() {
            cancel();
            thread::sleep(Duration::from_millis(5));
        }
        waiting.join().expect("ends").expect_err("it is stopped")
    });
    assert_eq!(error.kind, ErrorKind::Cancelled, "{error:?}");
    block_on(one.unlock()).expect("is held");
    assert_eq!(lock(&mut other, Duration::ZERO), Ok(LockOutcome::Acquired));
}

fn the_lock_goes_with_its_connection(place: &Place) {
    let database = place.database();
    let (mut one, mut other) = (database.kept(), database.connect());
    assert_eq!(
        block_on(one.lock(&holder("one"), Duration::ZERO)),
        Ok(LockOutcome::Acquired)
    );
    let id = id(&mut one);
    other.run(&format!("KILL {id}"));
    let outcome = block_on(other.lock(&holder("other"), Duration::from_secs(30)));
    assert_eq!(outcome, Ok(LockOutcome::Acquired));
}

fn the_first_holder_is_told_as_soon_as_there_is_a_history(place: &Place) {
    let database = place.database();
    let (mut one, mut other) = (database.connect(), database.connect());
    assert_eq!(
        block_on(one.lock(&holder("one"), Duration::ZERO)),
        Ok(LockOutcome::Acquired)
    );
    let ask = |client: &mut crate::support::Client| {
        block_on(client.lock(&holder("x"), Duration::from_millis(30)))
    };
    assert_eq!(ask(&mut other), Ok(LockOutcome::Held(None)));
    block_on(one.ensure_history()).expect("can be made");
    assert_eq!(ask(&mut other), Ok(LockOutcome::Held(Some(holder("one")))));
}
