//! An asynchronous adapter: the memory adapter, each call of which waits for another thread first.
//!
//! It also is an example of what an author of one writes: `async fn` for each method, a runtime of the plugin's own, and
//! sessions that stay usable when a future is dropped half-way.

use crate::session::memory;
use crate::turn::Turn;
use dapter_plugin_api::memory::MemorySession;
use dapter_plugin_api::{
    AdapterError, AsyncMigrationAdapter, AsyncSession, Capability, Comment, ConnectOptions,
    Description, ErrorKind, History, HistoryChange, LogEntry, Notices, Result, Rows, Statement,
    SyncSession, Value,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The adapter: `async-memory:NAME` is the database of that name.
#[derive(Debug, Default)]
pub(crate) struct AsyncMemory;

impl AsyncMigrationAdapter for AsyncMemory {
    type Session = AsyncMemorySession;

    const DESCRIPTION: Description = Description {
        schemes: &["async-memory"],
        extension: "mem",
        comment: Comment::Hash,
        capabilities: &[
            Capability::Transactions,
            Capability::TransactionalDdl,
            Capability::Query,
        ],
        ..Description::new("async-memory")
    };

    async fn connect(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<AsyncMemorySession> {
        Turn::default().await;
        if !options.url.starts_with("async-memory:") {
            return Err(AdapterError::new(
                ErrorKind::Connect,
                "the URL is not async-memory:NAME",
            ));
        }
        Ok(AsyncMemorySession::new(memory(options, notices)?))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }
}

/// A session of [`AsyncMemory`].
///
/// Two commands beside those of the memory adapter: the statement `wait` waits for ever, and the query `dropped` tells how
/// many calls of this session were dropped before they were done.
#[derive(Debug)]
pub(crate) struct AsyncMemorySession {
    memory: MemorySession,
    dropped: Arc<AtomicI64>,
}

/// Counts the call that it belongs to, unless that gets to its end.
struct Unfinished(Arc<AtomicI64>);

impl Unfinished {
    fn finish(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl AsyncMemorySession {
    pub(crate) fn new(memory: MemorySession) -> Self {
        AsyncMemorySession {
            memory,
            dropped: Arc::default(),
        }
    }

    /// Waits, then uses the database. What waits changes nothing, so a call that is dropped has done nothing.
    async fn after_a_turn<T>(&mut self, act: impl FnOnce(&mut MemorySession) -> T + Send) -> T {
        let unfinished = Unfinished(Arc::clone(&self.dropped));
        Turn::default().await;
        let answer = act(&mut self.memory);
        unfinished.finish();
        answer
    }
}

impl AsyncSession for AsyncMemorySession {
    async fn ensure_history(&mut self) -> Result<()> {
        self.after_a_turn(SyncSession::ensure_history).await
    }

    async fn read_history(&mut self) -> Result<History> {
        self.after_a_turn(SyncSession::read_history).await
    }

    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.after_a_turn(|memory| memory.swap_history(change))
            .await
    }

    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.after_a_turn(SyncSession::read_log).await
    }

    async fn execute(&mut self, statement: &str) -> Result<u64> {
        if statement == "wait" {
            let _unfinished = Unfinished(Arc::clone(&self.dropped));
            return std::future::pending().await;
        }
        self.after_a_turn(|memory| memory.execute(statement)).await
    }

    async fn begin(&mut self) -> Result<()> {
        self.after_a_turn(SyncSession::begin).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.after_a_turn(SyncSession::commit).await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.after_a_turn(SyncSession::rollback).await
    }

    async fn query(&mut self, statement: &str) -> Result<Rows> {
        if statement == "dropped" {
            return Ok(Rows {
                columns: vec!["dropped".to_owned()],
                rows: vec![vec![Value::Integer(self.dropped.load(Ordering::Relaxed))]],
            });
        }
        self.after_a_turn(|memory| memory.query(statement)).await
    }
}
