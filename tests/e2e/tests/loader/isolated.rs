//! Plugins in a process of their own: what one does to it becomes an error, and the host goes on.

use super::plugins::hostile;
use dapter::plugin::{ChildProgram, Expected, Isolated, Limits, StartError, inspect};
use dapter_e2e::program_file;
use dapter_plugin_api::abi::{Adapter, Session, block_on};
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

fn program() -> ChildProgram {
    ChildProgram {
        program: program_file(),
        arguments: vec!["plugin-process".into()],
    }
}

fn start(file: PathBuf, program: ChildProgram, limits: Limits) -> Result<Isolated, StartError> {
    Isolated::start(file, Expected::default(), program, limits)
}

fn isolated(key: &str, limits: Limits) -> Adapter {
    let file = hostile();
    let descriptor = inspect(&file).expect("a plugin").descriptor;
    let mut adapters = descriptor.adapters.into_iter();
    let info = adapters.find(|info| info.key == key).expect("it has it");
    let plugin = start(file, program(), limits).expect("its process serves");
    block_on(Adapter::of(Arc::new(plugin), info)).expect("the adapter is made")
}

fn session(adapter: &Adapter) -> Session {
    let options = ConnectOptions::new(format!("{}:x", adapter.info().key));
    block_on(adapter.connect(&options)).expect("connects")
}

/// What comes of the statement `crash`, after which the session is over and the adapter goes on.
fn crash(key: &str, limits: Limits) -> AdapterError {
    let adapter = isolated(key, limits);
    let mut first = session(&adapter);
    let mut second = session(&adapter);
    assert_eq!(block_on(first.execute("put a 1")), Ok(1));
    let error = block_on(first.execute("crash")).expect_err("it crashes");
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error}");
    for session in [&mut first, &mut second] {
        let later = block_on(session.execute("put b 2")).expect_err("it is over");
        assert_eq!(later.kind, ErrorKind::Poisoned, "{later}");
    }
    assert_eq!(block_on(adapter.split("a\nb")).expect("splits").len(), 2);
    assert_eq!(block_on(session(&adapter).execute("put a 1")), Ok(1));
    error
}

#[test]
fn a_crash_names_its_signal_the_call_and_the_last_words() {
    let error = crash("segfault-call", Limits::default());
    assert_eq!(
        error.to_string(),
        "the plugin's process was killed by SIGSEGV (a part of memory that is not its own) during `execute`"
    );
    assert_eq!(error.chain, ["following a pointer that leads nowhere"]);
    let error = crash("overflow-call", Limits::default());
    assert_eq!(
        error.to_string(),
        "the plugin's process was killed by SIGABRT (it gave up) during `execute`"
    );
    let said = error.chain.join("\n");
    assert!(said.contains("overflowed its stack"), "{said}");
    let error = crash("abort-call", Limits::default());
    assert!(error.to_string().contains("SIGABRT"), "{error}");
}

#[test]
fn a_plugin_that_exits_ends_nothing_else() {
    assert_eq!(
        crash("exit-call", Limits::default()).to_string(),
        "the plugin's process ended by itself with exit code 0 during `execute`"
    );
}

#[test]
fn a_call_that_never_comes_back_is_ended_at_its_limit() {
    let limits = Limits {
        operation: Some(Duration::from_millis(300)),
        ..Limits::default()
    };
    assert_eq!(
        crash("loop-call", limits).to_string(),
        "the plugin's process was ended: no answer for 300ms during `execute`"
    );
}

#[test]
fn a_call_that_does_not_stop_when_it_should_is_ended() {
    let limits = Limits {
        stop: Duration::from_millis(50),
        ..Limits::default()
    };
    let adapter = isolated("loop-call", limits);
    let mut session = session(&adapter);
    let cancel = session.canceller();
    let error = thread::scope(|scope| {
        let running = scope.spawn(|| block_on(session.execute("crash")));
        while !running.is_finished() {
            // Until the call has begun there is nothing to stop.
            cancel();
            thread::park_timeout(Duration::from_millis(5));
        }
        running.join().expect("no panic").expect_err("it is ended")
    });
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error}");
    assert!(error.to_string().contains("no answer for 50ms"), "{error}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_has_its_limit() {
    let limits = Limits {
        memory: Some(256 << 20),
        ..Limits::default()
    };
    let error = crash("memory-call", limits);
    let said = error.chain.join("\n");
    assert!(said.contains("memory allocation of"), "{error}: {said}");
}

#[test]
fn what_a_plugin_prints_goes_nowhere() {
    let adapter = isolated("print-call", Limits::default());
    let mut session = session(&adapter);
    assert_eq!(block_on(session.execute("crash")), Ok(0));
    assert_eq!(block_on(session.execute("put a 1")), Ok(1));
}

#[test]
fn a_file_that_is_no_plugin_is_refused_as_without_a_process() {
    let text = super::plugins::Copy::with(b"this is no library\n");
    let refused = start(text.path(), program(), Limits::default());
    let error = refused.expect_err("no plugin");
    assert!(matches!(error, StartError::Refused { .. }), "{error:?}");
    assert!(error.hint().contains("the library that its author ships"));
}

#[test]
fn a_program_that_does_not_serve_is_an_error() {
    let silent = ChildProgram {
        program: program_file(),
        arguments: vec!["--version".into()],
    };
    let error = start(hostile(), silent, Limits::default()).expect_err("no server");
    let StartError::Ended { how, said } = error else {
        panic!("it ends: {error:?}");
    };
    assert_eq!(how, "ended by itself with exit code 0");
    assert!(said[0].starts_with("dapter "), "{said:?}");
    let missing = ChildProgram {
        program: "/nowhere/dapter".into(),
        arguments: Vec::new(),
    };
    let error = start(hostile(), missing, Limits::default()).expect_err("no program");
    assert!(matches!(error, StartError::Spawn(_)), "{error:?}");
}
