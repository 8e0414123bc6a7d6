//! Stops a run from outside.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

type Cancel = Box<dyn Fn() + Send + Sync>;

/// Stops a run from another thread: the running statement is cancelled, its step rolled back, the lock given back, and
/// the run ends with a failure that says what was done.
///
/// Clones belong to the same run.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Inner>);

#[derive(Default)]
struct Inner {
    interrupted: AtomicBool,
    cancels: Mutex<Cancels>,
}

/// What cancels the calls of the runs that go on now, each under a number of its own.
#[derive(Default)]
struct Cancels {
    last: u64,
    running: BTreeMap<u64, Cancel>,
    /// How many statements run, or are about to.
    statements: usize,
}

/// How often a statement is cancelled that did not end: the first time it may not have begun yet.
const AGAIN: Duration = Duration::from_millis(50);

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt")
            .field("interrupted", &self.is_interrupted())
            .finish()
    }
}

impl Interrupt {
    /// One that nobody has used yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the run; also one that begins later.
    pub fn interrupt(&self) {
        self.0.interrupted.store(true, Ordering::SeqCst);
        let cancels = self.cancels();
        cancels.all();
        if cancels.statements > 0 {
            let again = self.clone();
            // Without a thread the first time has to do.
            let _ = thread::Builder::new()
                .name("dapter-interrupt".to_owned())
                .spawn(move || again.until_none_runs());
        }
    }

    fn until_none_runs(&self) {
        loop {
            thread::sleep(AGAIN);
            let cancels = self.cancels();
            if cancels.statements == 0 {
                return;
            }
            cancels.all();
        }
    }

    /// Counts a statement as running until the returned value is dropped: an interrupt cancels it until it has ended.
    /// Whoever asks [`is_interrupted`](Self::is_interrupted) after this and hears no may begin it.
    pub(crate) fn statement(&self) -> RunningStatement {
        self.cancels().statements += 1;
        RunningStatement(self.clone())
    }

    /// Whether the run was told to stop.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::SeqCst)
    }

    /// Runs `cancel` too when the run is told to stop, until the returned value is dropped.
    pub(crate) fn while_running(&self, cancel: impl Fn() + Send + Sync + 'static) -> Running {
        let mut cancels = self.cancels();
        cancels.last += 1;
        let number = cancels.last;
        cancels.running.insert(number, Box::new(cancel));
        drop(cancels);
        Running {
            interrupt: self.clone(),
            number,
        }
    }

    fn cancels(&self) -> MutexGuard<'_, Cancels> {
        self.0
            .cancels
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancels {
    fn all(&self) {
        for cancel in self.running.values() {
            cancel();
        }
    }
}

/// As long as it lives, an interrupt cancels again and again.
pub(crate) struct RunningStatement(Interrupt);

impl Drop for RunningStatement {
    fn drop(&mut self) {
        self.0.cancels().statements -= 1;
    }
}

/// As long as it lives, an interrupt cancels the session's running call.
pub(crate) struct Running {
    interrupt: Interrupt,
    number: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        let cancel = self.interrupt.cancels().running.remove(&self.number);
        // Dropped once the others are free to go on: it may hold the last of a session.
        drop(cancel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_statement_that_had_not_begun_is_cancelled_again_until_it_ends() {
        let interrupt = Interrupt::new();
        let (cancelled, cancels) = channel();
        let running = interrupt.while_running(move || {
            // The last may come when nobody counts any more.
            let _ = cancelled.send(());
        });
        let statement = interrupt.statement();
        interrupt.interrupt();
        for _ in 0..3 {
            cancels.recv().expect("is cancelled again");
        }
        drop(statement);
        drop(running);
        // What was left to cancel is gone, and with it what it cancels.
        while cancels.recv().is_ok() {}
    }

    #[test]
    fn between_statements_one_cancel_is_enough() {
        let interrupt = Interrupt::new();
        let (cancelled, cancels) = channel();
        let running = interrupt.while_running(move || {
            // The last may come when nobody counts any more.
            let _ = cancelled.send(());
        });
        drop(interrupt.statement());
        interrupt.interrupt();
        drop(running);
        assert_eq!(cancels.iter().count(), 1);
    }
}
