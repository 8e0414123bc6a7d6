//! The session of the adapters that misbehave: that of the memory adapter, but for its manner.

use crate::deadly::Crash;
use dapter_plugin_api::memory::{MemoryAdapter, MemorySession};
use dapter_plugin_api::{
    AdapterError, Canceller, ConnectOptions, ErrorKind, History, HistoryChange, LogEntry, Notices,
    Result, Rows, SyncMigrationAdapter, SyncSession,
};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Opens the memory database that the URL `KEY:NAME` names.
pub(crate) fn memory(options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
    let name = options.url.split_once(':').map_or("", |(_, name)| name);
    let options = ConnectOptions {
        url: format!("memory:{name}"),
        ..options.clone()
    };
    MemoryAdapter.connect(&options, notices)
}

/// In what a session differs from a good one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// In nothing.
    Plain,
    /// It panics when it is dropped.
    PanicOnDrop,
    /// It panics when it is asked for a transaction or a query.
    NotToBeAsked,
    /// It waits in the statement `wait` until it is cancelled.
    Slow,
    /// It does this in the statement `crash`.
    Deadly(Crash),
}

/// A session of the adapters that misbehave.
#[derive(Debug)]
pub(crate) struct HostileSession {
    memory: MemorySession,
    manner: Manner,
    wait: Arc<Wait>,
}

/// A wait that another thread can end.
#[derive(Debug, Default)]
struct Wait {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Waiting {
    #[default]
    No,
    Yes,
    Cancelled,
}

impl Wait {
    fn until_cancelled(&self) -> AdapterError {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = Waiting::Yes;
        while *state == Waiting::Yes {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *state = Waiting::No;
        AdapterError::new(ErrorKind::Cancelled, "the wait was cancelled")
    }

    fn cancel(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == Waiting::Yes {
            *state = Waiting::Cancelled;
            self.changed.notify_all();
        }
    }
}

impl HostileSession {
    pub(crate) fn new(memory: MemorySession, manner: Manner) -> Self {
        HostileSession {
            memory,
            manner,
            wait: Arc::default(),
        }
    }

    fn not_to_be_asked(&self, what: &str) {
        assert!(
            self.manner != Manner::NotToBeAsked,
            "{what} was called although it is not declared"
        );
    }
}

impl SyncSession for HostileSession {
    fn ensure_history(&mut self) -> Result<()> {
        self.memory.ensure_history()
    }

    fn read_history(&mut self) -> Result<History> {
        self.memory.read_history()
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.memory.swap_history(change)
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.memory.read_log()
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        if self.manner == Manner::Slow && statement == "wait" {
            return Err(self.wait.until_cancelled());
        }
        if let Manner::Deadly(crash) = self.manner
            && statement == "crash"
        {
            crash.happen();
            return Ok(0);
        }
        self.memory.execute(statement)
    }

    fn begin(&mut self) -> Result<()> {
        self.not_to_be_asked("begin");
        self.memory.begin()
    }

    fn commit(&mut self) -> Result<()> {
        self.not_to_be_asked("commit");
        self.memory.commit()
    }

    fn rollback(&mut self) -> Result<()> {
        self.not_to_be_asked("rollback");
        self.memory.rollback()
    }

    fn query(&mut self, statement: &str) -> Result<Rows> {
        self.not_to_be_asked("query");
        self.memory.query(statement)
    }

    fn canceller(&self) -> Option<Canceller> {
        let wait = Arc::clone(&self.wait);
        Some(Box::new(move || wait.cancel()))
    }
}

impl Drop for HostileSession {
    fn drop(&mut self) {
        assert!(
            self.manner != Manner::PanicOnDrop,
            "being dropped is not for me"
        );
    }
}
