//! One live connection of an adapter.

use crate::{
    AdapterError, ForeignChange, HeldLock, History, HistoryChange, LockRow, LogEntry, Record,
    Result, Rows, Schema, ServerFacts,
};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::time::Duration;

/// Stops the running call of a session from another thread; does nothing when none is running.
pub type Canceller = Box<dyn Fn() + Send + Sync>;

/// Whether a lock was acquired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockOutcome {
    /// The caller holds it now.
    Acquired,
    /// Somebody else holds it; who, as far as the database knows.
    Held(Option<LockRow>),
}

/// One live connection, for an author who writes blocking code.
///
/// A session is used by one caller at a time. The required methods keep the history and run statements; the others
/// belong to a [`Capability`](crate::Capability) each, and are called only if it is declared.
///
/// Where no transaction is open, each call takes effect on its own and durably before it returns.
pub trait SyncSession: Send + 'static {
    /// Makes the place where the history is kept, if it is not there yet.
    ///
    /// - Called again, or by two sessions at once, it changes nothing and succeeds.
    /// - Within a transaction it is part of it, if [`Capability::TransactionalDdl`](crate::Capability) is declared.
    /// - An older form of the history is brought to today's, and nothing in it is lost.
    ///
    /// # Errors
    /// Those of the database.
    fn ensure_history(&mut self) -> Result<()>;

    /// Reads all that the database remembers.
    ///
    /// - Changes nothing, ever: where no history is kept yet it is empty and not `ready`.
    /// - Rows come in the order of their `position`.
    ///
    /// # Errors
    /// Those of the database.
    fn read_history(&mut self) -> Result<History>;

    /// Compares and swaps rows of the history, the lock row, and adds to the log.
    ///
    /// - All of it or nothing.
    /// - What is expected is checked and what is written is written without anybody being able to come between.
    /// - Within a transaction it is part of it.
    /// - Any text is kept as it is: quotes, line breaks, other scripts.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if anything expected is not there.
    fn swap_history(&mut self, change: &HistoryChange) -> Result<()>;

    /// Reads the log, oldest line first; empty where no history is kept yet.
    ///
    /// # Errors
    /// Those of the database.
    fn read_log(&mut self) -> Result<Vec<LogEntry>>;

    /// Runs one statement, as [`split`](crate::SyncMigrationAdapter::split) found it, and returns how many rows it
    /// affected (0 where that means nothing).
    ///
    /// # Errors
    /// What the database said, with its code and the position of the fault where it tells them.
    fn execute(&mut self, statement: &str) -> Result<u64>;

    /// Runs one statement outside the host's transactions and makes the change that records it.
    ///
    /// If the process dies in between, one of them may be missing. An adapter that can makes both take effect together.
    /// One that cannot makes the announcement of the [`Record`] last, runs the statement, and records it as done; and when
    /// it reads a history with an announced statement, it finds out whether that took effect
    /// ([`InFlight::took_effect`](crate::InFlight::took_effect)). This default does neither: it looks whether the lock is
    /// held still, runs, then records, so a statement may run once more than recorded. A host that was told
    /// [`Busy`](crate::ErrorKind::Busy) repeats the same call.
    ///
    /// # Errors
    /// As [`execute`](Self::execute) and [`swap_history`](Self::swap_history); after an error of the statement it is not
    /// recorded as done.
    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.swap_history(&record.change.lock_check())?;
        let rows = self.execute(statement)?;
        self.swap_history(&record.change)
            .map_err(AdapterError::after_effect)?;
        Ok(rows)
    }

    /// From now on a statement waits at most so long for others, and then fails with
    /// [`Busy`](crate::ErrorKind::Busy); zero waits as long as it takes. What a statement waits for that runs outside
    /// transactions because it waits for all others by design is not limited. Belongs to
    /// [`Capability::LockTimeout`](crate::Capability).
    ///
    /// # Errors
    /// Those of the database.
    fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        let _ = timeout;
        Err(AdapterError::unsupported("lock time-outs"))
    }

    /// Begins a transaction, one that excludes other writers from its start where the database can.
    /// Belongs to [`Capability::Transactions`](crate::Capability).
    ///
    /// # Errors
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) if another session is in the way.
    fn begin(&mut self) -> Result<()> {
        Err(AdapterError::unsupported("transactions"))
    }

    /// Makes the transaction last. Belongs to [`Capability::Transactions`](crate::Capability).
    ///
    /// # Errors
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) if another session is in the way: the transaction is still open, and
    /// the call may be repeated. After any other error the transaction is rolled back, or its outcome is not known.
    fn commit(&mut self) -> Result<()> {
        Err(AdapterError::unsupported("transactions"))
    }

    /// Undoes the transaction, also one that a script began by itself; succeeds if none is open. Belongs to
    /// [`Capability::Transactions`](crate::Capability).
    ///
    /// # Errors
    /// Those of the database.
    fn rollback(&mut self) -> Result<()> {
        Err(AdapterError::unsupported("transactions"))
    }

    /// Waits at most `wait` for the right to change the database, held until [`unlock`](Self::unlock) or the end of the
    /// session, also of a killed one. Belongs to [`Capability::Lock`](crate::Capability).
    ///
    /// # Errors
    /// Those of the database; that somebody else holds it is no error but [`LockOutcome::Held`].
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where this very connection cannot hold a lock, because a pooler
    /// hands it from one session to another, say: the host then keeps a lock row.
    fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        let _ = (holder, wait);
        Err(AdapterError::unsupported("locks"))
    }

    /// Gives the right back; refuses if this session does not hold it. Belongs to
    /// [`Capability::Lock`](crate::Capability).
    ///
    /// # Errors
    /// Those of the database.
    fn unlock(&mut self) -> Result<()> {
        Err(AdapterError::unsupported("locks"))
    }

    /// Runs one statement and returns its rows; meant for small results. Belongs to
    /// [`Capability::Query`](crate::Capability).
    ///
    /// # Errors
    /// What the database said.
    fn query(&mut self, statement: &str) -> Result<Rows> {
        let _ = statement;
        Err(AdapterError::unsupported("queries"))
    }

    /// The locks that the open transaction holds and that others may have to wait for. Belongs to
    /// [`Capability::Trace`](crate::Capability).
    ///
    /// # Errors
    /// What the database said.
    fn held_locks(&mut self) -> Result<Vec<HeldLock>> {
        Err(AdapterError::unsupported("tracing"))
    }

    /// What the database is built of, but for the history. Belongs to [`Capability::Inspect`](crate::Capability).
    ///
    /// - Reads only, with a number of queries that does not grow with the database.
    /// - Within a transaction it tells what that has made of the database.
    ///
    /// # Errors
    /// Those of the database.
    fn inspect(&mut self) -> Result<Schema> {
        Err(AdapterError::unsupported("inspecting"))
    }

    /// All rows of the table in which another tool keeps what it has applied, or `None` if there is no such table. Changes
    /// nothing. The name may have a schema before a dot. Belongs to
    /// [`Capability::ForeignHistory`](crate::Capability).
    ///
    /// # Errors
    /// What the database said.
    fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        let _ = table;
        Err(AdapterError::unsupported("tables of other tools"))
    }

    /// Removes and adds rows of such a table, and makes it if it is not there; within a transaction as part of it, as far
    /// as the database can. Belongs to [`Capability::ForeignHistory`](crate::Capability).
    ///
    /// # Errors
    /// What the database said.
    fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        let _ = change;
        Err(AdapterError::unsupported("tables of other tools"))
    }

    /// Whose server answers, and whether it lets this session change anything. It changes nothing. Belongs to
    /// [`Capability::ServerFacts`](crate::Capability).
    ///
    /// # Errors
    /// What the database said.
    fn server_facts(&mut self) -> Result<ServerFacts> {
        Err(AdapterError::unsupported("telling of the server"))
    }

    /// What stops this session's running call: the call then ends soon with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), and the session can be used on. Asked once, after connecting.
    /// Belongs to [`Capability::Cancel`](crate::Capability).
    fn canceller(&self) -> Option<Canceller> {
        None
    }
}

/// One live connection, for an author who writes asynchronous code.
///
/// The same contract as [`SyncSession`], method by method; write each as `async fn`. A future that is dropped before it
/// is done cancels its call: the session must be usable afterwards.
#[allow(
    clippy::missing_errors_doc,
    reason = "documented on the synchronous twin of each method"
)]
pub trait AsyncSession: Send + 'static {
    /// As [`SyncSession::ensure_history`].
    fn ensure_history(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// As [`SyncSession::read_history`].
    fn read_history(&mut self) -> impl Future<Output = Result<History>> + Send;

    /// As [`SyncSession::swap_history`].
    fn swap_history(&mut self, change: &HistoryChange) -> impl Future<Output = Result<()>> + Send;

    /// As [`SyncSession::read_log`].
    fn read_log(&mut self) -> impl Future<Output = Result<Vec<LogEntry>>> + Send;

    /// As [`SyncSession::execute`].
    fn execute(&mut self, statement: &str) -> impl Future<Output = Result<u64>> + Send;

    /// As [`SyncSession::execute_recorded`].
    fn execute_recorded(
        &mut self,
        statement: &str,
        record: &Record,
    ) -> impl Future<Output = Result<u64>> + Send {
        async {
            self.swap_history(&record.change.lock_check()).await?;
            let rows = self.execute(statement).await?;
            let swapped = self.swap_history(&record.change).await;
            swapped.map_err(AdapterError::after_effect)?;
            Ok(rows)
        }
    }

    /// As [`SyncSession::set_lock_timeout`].
    fn set_lock_timeout(&mut self, timeout: Duration) -> impl Future<Output = Result<()>> + Send {
        let _ = timeout;
        async { Err(AdapterError::unsupported("lock time-outs")) }
    }

    /// As [`SyncSession::begin`].
    fn begin(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Err(AdapterError::unsupported("transactions")) }
    }

    /// As [`SyncSession::commit`].
    fn commit(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Err(AdapterError::unsupported("transactions")) }
    }

    /// As [`SyncSession::rollback`].
    fn rollback(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Err(AdapterError::unsupported("transactions")) }
    }

    /// As [`SyncSession::lock`].
    fn lock(
        &mut self,
        holder: &LockRow,
        wait: Duration,
    ) -> impl Future<Output = Result<LockOutcome>> + Send {
        let _ = (holder, wait);
        async { Err(AdapterError::unsupported("locks")) }
    }

    /// As [`SyncSession::unlock`].
    fn unlock(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Err(AdapterError::unsupported("locks")) }
    }

    /// As [`SyncSession::query`].
    fn query(&mut self, statement: &str) -> impl Future<Output = Result<Rows>> + Send {
        let _ = statement;
        async { Err(AdapterError::unsupported("queries")) }
    }

    /// As [`SyncSession::held_locks`].
    fn held_locks(&mut self) -> impl Future<Output = Result<Vec<HeldLock>>> + Send {
        async { Err(AdapterError::unsupported("tracing")) }
    }

    /// As [`SyncSession::inspect`].
    fn inspect(&mut self) -> impl Future<Output = Result<Schema>> + Send {
        async { Err(AdapterError::unsupported("inspecting")) }
    }

    /// As [`SyncSession::read_foreign`].
    fn read_foreign(&mut self, table: &str) -> impl Future<Output = Result<Option<Rows>>> + Send {
        let _ = table;
        async { Err(AdapterError::unsupported("tables of other tools")) }
    }

    /// As [`SyncSession::write_foreign`].
    fn write_foreign(&mut self, change: &ForeignChange) -> impl Future<Output = Result<()>> + Send {
        let _ = change;
        async { Err(AdapterError::unsupported("tables of other tools")) }
    }

    /// As [`SyncSession::server_facts`].
    fn server_facts(&mut self) -> impl Future<Output = Result<ServerFacts>> + Send {
        async { Err(AdapterError::unsupported("telling of the server")) }
    }

    /// As [`SyncSession::canceller`]; only needed where dropping the future is not enough.
    fn canceller(&self) -> Option<Canceller> {
        None
    }
}
