//! Stopping what runs: futures that are dropped, cancellers, time-outs of the server.

use crate::Test;
use crate::support::Adapter;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, Value};
use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const TESTS: &[Test] = &[
    ("a_dropped_call_is_stopped", a_dropped_call_is_stopped),
    (
        "a_dropped_call_in_a_transaction_can_be_rolled_back",
        a_dropped_call_in_a_transaction_can_be_rolled_back,
    ),
    (
        "a_late_request_hits_no_other_statement",
        a_late_request_hits_no_other_statement,
    ),
    (
        "a_time_out_of_the_server_is_no_request",
        a_time_out_of_the_server_is_no_request,
    ),
];

/// Polls a call for a moment and drops it; for an adapter that blocks there is nothing to drop.
fn dropped(client: &mut crate::support::Client, statement: &str) {
    let mut call = pin!(client.execute(statement));
    let mut context = Context::from_waker(Waker::noop());
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(200) {
        assert!(
            call.as_mut().poll(&mut context).is_pending(),
            "it runs long"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_async(adapter: &Adapter) -> bool {
    adapter.key().ends_with("async")
}

fn a_dropped_call_is_stopped(adapter: &Adapter) {
    if !is_async(adapter) {
        return;
    }
    let database = adapter.database();
    let mut client = database.connect();
    for _ in 0..5 {
        let start = Instant::now();
        dropped(&mut client, "SELECT pg_sleep(30)");
        assert_eq!(client.value("SELECT 1"), Value::Integer(1));
        client.run("SELECT pg_sleep(0.02)");
        assert!(start.elapsed() < Duration::from_secs(20), "it was stopped");
    }
}

fn a_dropped_call_in_a_transaction_can_be_rolled_back(adapter: &Adapter) {
    if !is_async(adapter) {
        return;
    }
    let mut client = adapter.database().connect();
    client.run("CREATE TABLE a (x integer)");
    block_on(client.begin()).expect("begins");
    client.run("INSERT INTO a VALUES (1)");
    dropped(&mut client, "SELECT pg_sleep(30)");
    assert_eq!(client.fails("SELECT 1").sqlstate.as_deref(), Some("25P02"));
    block_on(client.rollback()).expect("rolls back");
    assert_eq!(client.value("SELECT count(*) FROM a"), Value::Integer(0));
}

fn a_late_request_hits_no_other_statement(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    let cancel = client.canceller();
    for round in 0..10 {
        let error = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20));
                cancel();
                cancel();
                thread::sleep(Duration::from_millis(round));
                cancel();
            });
            client.fails("SELECT pg_sleep(30)")
        });
        assert_eq!(error.kind, ErrorKind::Cancelled);
        client.run("SELECT pg_sleep(0.03)");
    }
}

fn a_time_out_of_the_server_is_no_request(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    client.run("SET statement_timeout = 50");
    let error = client.fails("SELECT pg_sleep(30)");
    assert_eq!(
        (error.kind, error.sqlstate.as_deref()),
        (ErrorKind::Statement, Some("57014"))
    );
    assert!(error.hint.is_some());
}
