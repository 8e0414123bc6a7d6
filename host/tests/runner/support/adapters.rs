//! Adapters around the in-memory one: with fewer capabilities or more, asynchronous, and able to fail.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use dapter::api::memory::{MemoryAdapter, MemorySession};
use dapter::api::{
    AdapterError, AsyncMigrationAdapter, AsyncSession, Capability, ConnectOptions, Description,
    ErrorKind, History, HistoryChange, LockOutcome, LockRow, LogEntry, Notices, Record, Result,
    Statement, SyncMigrationAdapter, SyncSession,
};

use super::faults::{Fault, strikes};

/// A database's lock of its own: the session that holds it, and the row it gave.
type Lock = (Arc<()>, LockRow);

static LOCKS: LazyLock<Mutex<HashMap<String, Lock>>> = LazyLock::new(Mutex::default);

/// What Alembic wrote into a database.
static ALEMBIC: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a database look as if Alembic had brought it to these heads.
pub(super) fn record_alembic_heads(database: &str, heads: &[&str]) {
    let heads = heads.iter().map(|&head| head.to_owned()).collect();
    locked(&ALEMBIC).insert(database.to_owned(), heads);
}

/// What an adapter declares.
pub(crate) trait Declared: Debug + Default + Send + Sync + 'static {
    const KEY: &'static str;
    const CAPABILITIES: &'static [Capability];
}

/// The in-memory adapter with other capabilities and able to fail.
#[derive(Debug, Default)]
pub(crate) struct Wrapping<D>(PhantomData<D>);

#[derive(Debug, Default)]
pub(crate) struct Transactional;

impl Declared for Transactional {
    const KEY: &'static str = "faulty";
    const CAPABILITIES: &'static [Capability] =
        &[Capability::Transactions, Capability::TransactionalDdl];
}

#[derive(Debug, Default)]
pub(crate) struct Nothing;

impl Declared for Nothing {
    const KEY: &'static str = "plain";
    const CAPABILITIES: &'static [Capability] = &[];
}

#[derive(Debug, Default)]
pub(crate) struct WithLock;

impl Declared for WithLock {
    const KEY: &'static str = "locking";
    const CAPABILITIES: &'static [Capability] = &[
        Capability::Transactions,
        Capability::TransactionalDdl,
        Capability::Lock,
    ];
}

/// Has transactions; the host keeps a lock row.
pub(crate) type Faulty = Wrapping<Transactional>;
/// Declares nothing at all.
pub(crate) type Plain = Wrapping<Nothing>;
/// Has transactions and a lock of its own.
pub(crate) type Locking = Wrapping<WithLock>;

impl<D: Declared> SyncMigrationAdapter for Wrapping<D> {
    type Session = Wrapped;

    const DESCRIPTION: Description = Description {
        key: D::KEY,
        capabilities: D::CAPABILITIES,
        ..MemoryAdapter::DESCRIPTION
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Wrapped> {
        let database = options.url.trim_start_matches("memory:").to_owned();
        let mut session = Wrapped {
            database,
            inner: None,
            mark: Arc::new(()),
        };
        let inner = MemoryAdapter.connect(options, notices)?;
        session.inner = Some(inner);
        session.call(|_| Ok(()))?;
        Ok(session)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        MemoryAdapter.split(script)
    }
}

/// A session of the in-memory adapter whose connection may break.
#[derive(Debug)]
pub(crate) struct Wrapped {
    database: String,
    inner: Option<MemorySession>,
    /// What tells this session from others.
    mark: Arc<()>,
}

impl Wrapped {
    fn call<T>(&mut self, call: impl FnOnce(&mut MemorySession) -> Result<T>) -> Result<T> {
        if self.inner.is_none() {
            return Err(lost());
        }
        let fault = strikes(&self.database);
        let refused = |kind| Err(AdapterError::new(kind, "a fault was armed"));
        match fault {
            Some(Fault::Refused) => return refused(ErrorKind::Other),
            Some(Fault::Busy) => return refused(ErrorKind::Busy),
            Some(Fault::Panics) => panic!("a fault was armed"),
            Some(Fault::LostBefore) => self.inner = None,
            Some(Fault::LostAfter) | None => {}
        }
        let result = self.inner.as_mut().map_or_else(|| Err(lost()), call);
        if fault == Some(Fault::LostAfter) {
            self.inner = None;
            self.unlock_own();
            return Err(lost());
        }
        result
    }

    fn unlock_own(&self) -> bool {
        let mut locks = locked(&LOCKS);
        let mine = locks
            .get(&self.database)
            .is_some_and(|(mark, _)| Arc::ptr_eq(mark, &self.mark));
        if mine {
            locks.remove(&self.database);
        }
        mine
    }
}

fn lost() -> AdapterError {
    AdapterError::new(ErrorKind::ConnectionLost, "the connection is gone")
}

impl Drop for Wrapped {
    fn drop(&mut self) {
        self.unlock_own();
    }
}

impl SyncSession for Wrapped {
    fn ensure_history(&mut self) -> Result<()> {
        self.call(SyncSession::ensure_history)
    }

    fn read_history(&mut self) -> Result<History> {
        let mut history = self.call(SyncSession::read_history)?;
        history.alembic_heads = locked(&ALEMBIC)
            .get(&self.database)
            .cloned()
            .unwrap_or_default();
        Ok(history)
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.call(|inner| inner.swap_history(change))
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.call(SyncSession::read_log)
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        self.call(|inner| inner.execute(statement))
    }

    /// Both take effect together, as the contract asks of an adapter that can.
    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.call(|inner| {
            inner.begin()?;
            let done = inner.execute(statement).and_then(|rows| {
                inner.swap_history(&record.change)?;
                inner.commit()?;
                Ok(rows)
            });
            if done.is_err() {
                inner.rollback()?;
            }
            done
        })
    }

    fn begin(&mut self) -> Result<()> {
        self.call(SyncSession::begin)
    }

    fn commit(&mut self) -> Result<()> {
        self.call(SyncSession::commit)
    }

    fn rollback(&mut self) -> Result<()> {
        self.call(SyncSession::rollback)
    }

    fn lock(&mut self, holder: &LockRow, _: Duration) -> Result<LockOutcome> {
        let (database, mark) = (self.database.clone(), Arc::clone(&self.mark));
        self.call(|_| {
            let mut locks = locked(&LOCKS);
            if let Some((_, row)) = locks.get(&database) {
                return Ok(LockOutcome::Held(Some(row.clone())));
            }
            locks.insert(database, (mark, holder.clone()));
            Ok(LockOutcome::Acquired)
        })
    }

    fn unlock(&mut self) -> Result<()> {
        self.call(|_| Ok(()))?;
        match self.unlock_own() {
            true => Ok(()),
            false => Err(AdapterError::conflict(
                "this session does not hold the lock",
            )),
        }
    }
}

/// The in-memory adapter, asynchronous: every call waits once before its effect and once after it.
#[derive(Debug, Default)]
pub(crate) struct Asynchronous;

impl AsyncMigrationAdapter for Asynchronous {
    type Session = AsyncWrapped;

    const DESCRIPTION: Description = Description {
        key: "asynchronous",
        ..MemoryAdapter::DESCRIPTION
    };

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<AsyncWrapped> {
        Turn::default().await;
        MemoryAdapter.connect(options, notices).map(AsyncWrapped)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        MemoryAdapter.split(script)
    }
}

/// A session of the in-memory adapter that lets others have their turn.
#[derive(Debug)]
pub(crate) struct AsyncWrapped(MemorySession);

impl AsyncWrapped {
    async fn call<T>(&mut self, call: impl FnOnce(&mut MemorySession) -> Result<T>) -> Result<T> {
        Turn::default().await;
        let result = call(&mut self.0);
        Turn::default().await;
        result
    }
}

impl AsyncSession for AsyncWrapped {
    async fn ensure_history(&mut self) -> Result<()> {
        self.call(SyncSession::ensure_history).await
    }

    async fn read_history(&mut self) -> Result<History> {
        self.call(SyncSession::read_history).await
    }

    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.call(|inner| inner.swap_history(change)).await
    }

    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.call(SyncSession::read_log).await
    }

    async fn execute(&mut self, statement: &str) -> Result<u64> {
        self.call(|inner| inner.execute(statement)).await
    }

    async fn begin(&mut self) -> Result<()> {
        self.call(SyncSession::begin).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.call(SyncSession::commit).await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.call(SyncSession::rollback).await
    }
}

/// Waits for one turn.
#[derive(Debug, Default)]
struct Turn {
    over: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
