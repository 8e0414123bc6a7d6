//! The host's side of a session: its calls as plain functions, whatever is behind them.

use super::descriptor::AdapterInfo;
use super::transport::{Transport, outcome_with_notices};
use super::wire::{Request, encode_call};
use crate::{
    AdapterError, Capability, ForeignChange, HeldLock, History, HistoryChange, LockOutcome,
    LockRow, LogEntry, Notice, Record, Result, Rows, Schema, ServerFacts,
};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// One live connection of an adapter, as a host uses it.
///
/// The methods are those of [`SyncSession`](crate::SyncSession). A method of a capability that the adapter does not
/// declare answers [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) without calling it.
pub struct Session {
    transport: Arc<dyn Transport>,
    info: Arc<AdapterInfo>,
    buffer: Vec<u8>,
    notices: Vec<Notice>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("adapter", &self.info.key)
            .finish_non_exhaustive()
    }
}

#[allow(
    clippy::missing_errors_doc,
    reason = "documented on SyncSession, method by method"
)]
impl Session {
    pub(super) fn new(transport: Arc<dyn Transport>, info: Arc<AdapterInfo>) -> Self {
        Session {
            transport,
            info,
            buffer: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// What the adapter is called and can do.
    pub fn info(&self) -> &AdapterInfo {
        &self.info
    }

    /// Whether the adapter declares the capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.info.has(capability)
    }

    /// The same session behind another transport, which is given today's.
    #[must_use]
    pub fn through(
        mut self,
        wrap: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>,
    ) -> Session {
        self.transport = wrap(self.transport);
        self
    }

    /// What stops this session's running call from another thread.
    pub fn canceller(&self) -> impl Fn() + Send + Sync + 'static {
        let transport = Arc::clone(&self.transport);
        move || transport.cancel()
    }

    /// Takes out what the adapter had to tell beside its answers, oldest first.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// See [`SyncSession::ensure_history`](crate::SyncSession::ensure_history).
    pub async fn ensure_history(&mut self) -> Result<()> {
        self.call(Request::EnsureHistory).await
    }

    /// See [`SyncSession::read_history`](crate::SyncSession::read_history).
    pub async fn read_history(&mut self) -> Result<History> {
        self.call(Request::ReadHistory).await
    }

    /// See [`SyncSession::swap_history`](crate::SyncSession::swap_history).
    pub async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        let change = Cow::Borrowed(change);
        self.call(Request::SwapHistory { change }).await
    }

    /// See [`SyncSession::read_log`](crate::SyncSession::read_log).
    pub async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.call(Request::ReadLog).await
    }

    /// See [`SyncSession::execute`](crate::SyncSession::execute).
    pub async fn execute(&mut self, statement: &str) -> Result<u64> {
        let statement = Cow::Borrowed(statement);
        self.call(Request::Execute { statement }).await
    }

    /// See [`SyncSession::execute_recorded`](crate::SyncSession::execute_recorded).
    pub async fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.call(Request::ExecuteRecorded {
            statement: Cow::Borrowed(statement),
            change: Cow::Borrowed(&record.change),
            intent: record.intent.as_ref().map(Cow::Borrowed),
        })
        .await
    }

    /// See [`SyncSession::set_lock_timeout`](crate::SyncSession::set_lock_timeout).
    pub async fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.require(Capability::LockTimeout)?;
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.call(Request::SetLockTimeout { timeout_ms }).await
    }

    /// See [`SyncSession::begin`](crate::SyncSession::begin).
    pub async fn begin(&mut self) -> Result<()> {
        self.require(Capability::Transactions)?;
        self.call(Request::Begin).await
    }

    /// See [`SyncSession::commit`](crate::SyncSession::commit).
    pub async fn commit(&mut self) -> Result<()> {
        self.require(Capability::Transactions)?;
        self.call(Request::Commit).await
    }

    /// See [`SyncSession::rollback`](crate::SyncSession::rollback).
    pub async fn rollback(&mut self) -> Result<()> {
        self.require(Capability::Transactions)?;
        self.call(Request::Rollback).await
    }

    /// See [`SyncSession::lock`](crate::SyncSession::lock).
    pub async fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        self.require(Capability::Lock)?;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let holder = Cow::Borrowed(holder);
        self.call(Request::Lock { holder, wait_ms }).await
    }

    /// See [`SyncSession::unlock`](crate::SyncSession::unlock).
    pub async fn unlock(&mut self) -> Result<()> {
        self.require(Capability::Lock)?;
        self.call(Request::Unlock).await
    }

    /// See [`SyncSession::query`](crate::SyncSession::query).
    pub async fn query(&mut self, statement: &str) -> Result<Rows> {
        self.require(Capability::Query)?;
        let statement = Cow::Borrowed(statement);
        self.call(Request::Query { statement }).await
    }

    /// See [`SyncSession::held_locks`](crate::SyncSession::held_locks).
    pub async fn held_locks(&mut self) -> Result<Vec<HeldLock>> {
        self.require(Capability::Trace)?;
        self.call(Request::HeldLocks).await
    }

    /// See [`SyncSession::inspect`](crate::SyncSession::inspect).
    pub async fn inspect(&mut self) -> Result<Schema> {
        self.require(Capability::Inspect)?;
        self.call(Request::Inspect).await
    }

    /// See [`SyncSession::read_foreign`](crate::SyncSession::read_foreign).
    pub async fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        self.require(Capability::ForeignHistory)?;
        let table = Cow::Borrowed(table);
        self.call(Request::ReadForeign { table }).await
    }

    /// See [`SyncSession::write_foreign`](crate::SyncSession::write_foreign).
    pub async fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        self.require(Capability::ForeignHistory)?;
        let change = Cow::Borrowed(change);
        self.call(Request::WriteForeign { change }).await
    }

    /// See [`SyncSession::server_facts`](crate::SyncSession::server_facts).
    pub async fn server_facts(&mut self) -> Result<ServerFacts> {
        self.require(Capability::ServerFacts)?;
        self.call(Request::ServerFacts).await
    }

    fn require(&self, capability: Capability) -> Result<()> {
        if self.has(capability) {
            return Ok(());
        }
        Err(AdapterError::unsupported(&format!(
            "the capability `{capability}`"
        )))
    }

    async fn call<T: DeserializeOwned>(&mut self, request: Request<'_>) -> Result<T> {
        encode_call(&mut self.buffer, request)?;
        let reply = self.transport.call(&self.buffer).await;
        // What a long text needed is not kept for the calls after it.
        self.buffer.shrink_to(LONGEST_KEPT);
        let (value, notices) = outcome_with_notices(&reply);
        self.notices.extend(notices);
        value
    }
}

/// The most that a session keeps of its buffer from one call to the next, in bytes.
const LONGEST_KEPT: usize = 1024 * 1024;
