//! Adapters that misbehave, and an asynchronous one, through the loaded library.

use super::plugins::{adapter, hostile, session};
use dapter::plugin::load;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Value};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;

fn hostile_adapter(key: &str) -> Adapter {
    let file = hostile();
    adapter(&file, load(&file).expect("loads"), key)
}

fn is_panic(error: &AdapterError, message: &str) {
    assert_eq!(error.kind, ErrorKind::Panic);
    assert!(error.message.ends_with(message), "{error}");
    let location = error.location.as_deref().expect("a panic has a place");
    assert!(location.contains(".rs:"), "{location}");
}

#[test]
fn a_panic_in_connecting_is_an_error() {
    let adapter = hostile_adapter("panic-connect");
    let error =
        block_on(adapter.connect(&ConnectOptions::new("panic-connect:x"))).expect_err("panics");
    is_panic(&error, "connecting is not for me");
}

#[test]
fn a_panic_in_splitting_is_an_error_and_the_adapter_goes_on() {
    let adapter = hostile_adapter("panic-call");
    is_panic(
        &block_on(adapter.split("panic-in-split")).expect_err("panics"),
        "splitting is not for me",
    );
    assert_eq!(
        block_on(adapter.split("put a 1\nput b 2"))
            .expect("splits")
            .len(),
        2
    );
}

#[test]
fn a_panic_in_a_call_ends_the_session_and_no_other() {
    let mut session = session("panic-call", "ends");
    assert_eq!(block_on(session.execute("put a 1")), Ok(1));
    is_panic(
        &block_on(session.execute("panic now")).expect_err("panics"),
        "told to: panic now",
    );
    let later = block_on(session.execute("put b 2")).expect_err("it is gone");
    assert_eq!(later.kind, ErrorKind::Poisoned);
    assert_eq!(
        block_on(super::plugins::session("panic-call", "ends").execute("put b 2")),
        Ok(1)
    );
}

#[test]
fn a_panic_in_dropping_a_session_is_kept_in_the_plugin() {
    drop(session("panic-drop", "dropped"));
    assert_eq!(
        block_on(session("panic-drop", "dropped").execute("put a 1")),
        Ok(1)
    );
}

#[test]
fn what_is_not_declared_is_not_called() {
    let mut session = session("undeclared", "asked");
    for refused in [
        block_on(session.begin()),
        block_on(session.commit()),
        block_on(session.rollback()),
        block_on(session.query("all")).map(|_| ()),
    ] {
        assert_eq!(
            refused.expect_err("not declared").kind,
            ErrorKind::Unsupported
        );
    }
    assert_eq!(block_on(session.execute("put a 1")), Ok(1));
}

#[test]
fn statements_that_are_none_are_refused() {
    let adapter = hostile_adapter("bad-split");
    for script in ["beyond the end", "overlap each other", "inside é"] {
        let error = block_on(adapter.split(script)).expect_err(script);
        assert_eq!(error.kind, ErrorKind::Protocol, "{script}");
    }
}

#[test]
fn a_blocking_call_is_cancelled_from_another_thread() {
    let mut session = session("slow", "waits");
    let cancel = session.canceller();
    let call = thread::spawn(move || {
        let error = block_on(session.execute("wait")).expect_err("cancelled");
        (error.kind, block_on(session.execute("put a 1")))
    });
    // Cancelling does nothing before the call has begun, so it is asked until the call has ended.
    while !call.is_finished() {
        cancel();
        thread::yield_now();
    }
    assert_eq!(
        call.join().expect("no panic"),
        (ErrorKind::Cancelled, Ok(1))
    );
}

#[test]
fn an_asynchronous_call_is_pending_first_and_done_when_it_is_woken() {
    let mut session = session("async-memory", "pending");
    let mut call = pin!(session.execute("put a 1"));
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    assert_eq!(block_on(call), Ok(1));
}

#[test]
fn a_dropped_asynchronous_call_has_done_nothing_and_the_session_goes_on() {
    let mut session = session("async-memory", "dropped");
    for statement in ["put a 1", "wait"] {
        let mut call = Box::pin(session.execute(statement));
        assert!(
            call.as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        drop(call);
    }
    let rows = block_on(session.query("all")).expect("goes on");
    assert_eq!(rows.rows, Vec::<Vec<Value>>::new());
    let dropped = block_on(session.query("dropped")).expect("goes on");
    assert_eq!(dropped.rows, [[Value::Integer(2)]]);
}

#[test]
fn many_sessions_of_several_adapters_run_at_once() {
    thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let key = if number % 2 == 0 {
                    "async-memory"
                } else {
                    "panic-call"
                };
                let mut session = session(key, &format!("at-once-{number}"));
                for row in 0..100 {
                    assert_eq!(block_on(session.execute(&format!("put {row} x"))), Ok(1));
                }
            });
        }
    });
}
