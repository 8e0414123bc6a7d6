//! A session whose calls wait for their answers, and say which of them failed.

use crate::outcome::Ended;
use dapter_plugin_api::abi::{Session, block_on};
use dapter_plugin_api::{
    AdapterError, ErrorKind, ForeignChange, HeldLock, History, HistoryChange, LockOutcome, LockRow,
    LogEntry, Record, Result, Rows, Schema, ServerFacts,
};
use std::fmt;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// How long a call is repeated that is answered `Busy`: no measure of anything, only the end of a hopeless wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) call: &'static str,
    pub(crate) error: AdapterError,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` failed with {:?}: {}",
            self.call, self.error.kind, self.error
        )?;
        // Where a panic was.
        match &self.error.location {
            Some(location) => write!(f, " ({location})"),
            None => Ok(()),
        }
    }
}

/// A session, called by a thread that waits.
pub(crate) struct Client(Session);

fn named<T>(call: &'static str, result: Result<T>) -> Result<T, Refused> {
    result.map_err(|error| Refused { call, error })
}

impl Client {
    pub(crate) fn new(session: Session) -> Self {
        Client(session)
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0
    }

    pub(crate) fn server_facts(&mut self) -> Result<ServerFacts, Refused> {
        named("server_facts", block_on(self.0.server_facts()))
    }

    pub(crate) fn held_locks(&mut self) -> Result<Vec<HeldLock>, Refused> {
        named("held_locks", block_on(self.0.held_locks()))
    }

    pub(crate) fn inspect(&mut self) -> Result<Schema, Refused> {
        named("inspect", block_on(self.0.inspect()))
    }

    pub(crate) fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>, Refused> {
        named("read_foreign", block_on(self.0.read_foreign(table)))
    }

    pub(crate) fn write_foreign(&mut self, change: &ForeignChange) -> Result<(), Refused> {
        named("write_foreign", block_on(self.0.write_foreign(change)))
    }

    pub(crate) fn ensure_history(&mut self) -> Result<(), Refused> {
        named("ensure_history", block_on(self.0.ensure_history()))
    }

    pub(crate) fn read_history(&mut self) -> Result<History, Refused> {
        named("read_history", block_on(self.0.read_history()))
    }

    pub(crate) fn swap(&mut self, change: &HistoryChange) -> Result<(), Refused> {
        named("swap_history", block_on(self.0.swap_history(change)))
    }

    pub(crate) fn read_log(&mut self) -> Result<Vec<LogEntry>, Refused> {
        named("read_log", block_on(self.0.read_log()))
    }

    pub(crate) fn execute(&mut self, statement: &str) -> Result<u64, Refused> {
        named("execute", block_on(self.0.execute(statement)))
    }

    pub(crate) fn execute_recorded(
        &mut self,
        statement: &str,
        change: &HistoryChange,
    ) -> Result<u64, Refused> {
        named(
            "execute_recorded",
            block_on(self.0.execute_recorded(statement, &change.clone().into())),
        )
    }

    /// The same with an announcement.
    pub(crate) fn execute_announced(
        &mut self,
        statement: &str,
        record: &Record,
    ) -> Result<u64, Refused> {
        named(
            "execute_recorded",
            block_on(self.0.execute_recorded(statement, record)),
        )
    }

    /// Begins to run a statement, and does not wait for it.
    pub(crate) fn drop_halfway(&mut self, statement: &str) {
        poll_once(self.0.execute(statement));
    }

    /// Begins to change the history, and does not wait for it.
    pub(crate) fn drop_swap_halfway(&mut self, change: &HistoryChange) {
        poll_once(self.0.swap_history(change));
    }

    pub(crate) fn set_lock_timeout(&mut self, timeout: Duration) -> Result<(), Refused> {
        named(
            "set_lock_timeout",
            block_on(self.0.set_lock_timeout(timeout)),
        )
    }

    pub(crate) fn begin(&mut self) -> Result<(), Refused> {
        named("begin", block_on(self.0.begin()))
    }

    pub(crate) fn commit(&mut self) -> Result<(), Refused> {
        named("commit", block_on(self.0.commit()))
    }

    pub(crate) fn rollback(&mut self) -> Result<(), Refused> {
        named("rollback", block_on(self.0.rollback()))
    }

    pub(crate) fn lock(
        &mut self,
        holder: &LockRow,
        wait: Duration,
    ) -> Result<LockOutcome, Refused> {
        named("lock", block_on(self.0.lock(holder, wait)))
    }

    pub(crate) fn unlock(&mut self) -> Result<(), Refused> {
        named("unlock", block_on(self.0.unlock()))
    }

    pub(crate) fn query(&mut self, statement: &str) -> Result<Rows, Refused> {
        named("query", block_on(self.0.query(statement)))
    }
}

/// Begins a call and drops it; whether it was done already makes no difference to who does not wait.
fn poll_once<T>(call: impl Future<Output = T>) {
    let _ = pin!(call).poll(&mut Context::from_waker(Waker::noop()));
}

/// Repeats a call that is answered `Busy`, which promises that nothing was changed.
pub(crate) fn patiently<T>(mut call: impl FnMut() -> Result<T, Refused>) -> Result<T, Refused> {
    let start = Instant::now();
    loop {
        match call() {
            Err(refused) if refused.error.kind == ErrorKind::Busy && start.elapsed() < PATIENCE => {
                thread::yield_now();
            }
            answer => return answer,
        }
    }
}

/// Repeats something until it is done.
pub(crate) fn until(mut done: impl FnMut() -> Result<bool, Ended>) -> Result<(), Ended> {
    let start = Instant::now();
    while !done()? {
        if start.elapsed() >= PATIENCE {
            return Err("what every session gets in its turn did not come within a minute".into());
        }
        thread::yield_now();
    }
    Ok(())
}
