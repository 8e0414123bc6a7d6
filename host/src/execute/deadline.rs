//! Stops a statement that runs longer than it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{Capability, ErrorKind, Result};

/// How often a statement is cancelled that did not end: the first time may have come too early for it.
const AGAIN: Duration = Duration::from_millis(50);

/// The time that a statement has, from its start to when this is dropped.
pub(super) struct Deadline {
    timeout: Duration,
    passed: Arc<AtomicBool>,
    /// Dropped with the rest: the watching thread ends then.
    _running: Option<Sender<()>>,
}

impl Deadline {
    /// Watches the statement that is about to run; zero and adapters that cannot cancel set no limit.
    pub(super) fn start(session: &Session, timeout: Duration) -> Self {
        let passed = Arc::new(AtomicBool::new(false));
        let running = (!timeout.is_zero() && session.has(Capability::Cancel))
            .then(|| watch(timeout, session.canceller(), Arc::clone(&passed)));
        Self {
            timeout,
            passed,
            _running: running,
        }
    }

    /// The result of the statement: one that was cancelled because its time was up says so.
    pub(super) fn judge<T>(&self, result: Result<T>) -> Result<T> {
        match result {
            Err(mut error)
                if error.kind == ErrorKind::Cancelled && self.passed.load(Ordering::SeqCst) =>
            {
                error.message = format!(
                    "the statement was stopped: it ran longer than {:?}",
                    self.timeout
                );
                Err(error.with_hint(
                    "give it more time: `-- dapter:statement-timeout 10m` in the script's header, or \
                     `statement_timeout` of the target",
                ))
            }
            other => other,
        }
    }
}

fn watch(
    timeout: Duration,
    cancel: impl Fn() + Send + 'static,
    passed: Arc<AtomicBool>,
) -> Sender<()> {
    let (running, ended) = mpsc::channel::<()>();
    // Without a thread there is no limit, as with an adapter that cannot cancel.
    let _ = thread::Builder::new()
        .name("dapter-deadline".to_owned())
        .spawn(move || {
            let mut left = timeout;
            while ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                passed.store(true, Ordering::SeqCst);
                cancel();
                left = AGAIN;
            }
        });
    running
}
