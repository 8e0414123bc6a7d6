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
    ErrorKind, Expect, History, HistoryChange, LockOutcome, LockRow, LogEntry, Notices, Record,
    Result, RowChange, Statement, SyncMigrationAdapter, SyncSession, Value,
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
    /// Whether effect and record are two calls, so that a statement is announced before it runs.
    const ANNOUNCES: bool = false;
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

#[derive(Debug, Default)]
pub(crate) struct Apart;

impl Declared for Apart {
    const KEY: &'static str = "announcing";
    const CAPABILITIES: &'static [Capability] = &[Capability::Transactions];
    const ANNOUNCES: bool = true;
}

/// Has transactions, but structure is no part of them: statements are announced, and `put` and `del` tell from what is
/// there whether they took effect.
pub(crate) type Announcing = Wrapping<Apart>;
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
            announces: D::ANNOUNCES,
            mark: Arc::new(()),
        };
        let inner = MemoryAdapter.connect(options, notices)?;
        session.inner = Some(inner);
        session.call(|_| Ok(()))?;
        Ok(session)
    }

    /// A statement that puts the value `alone` cannot run in a transaction.
    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        let mut statements = MemoryAdapter.split(script)?;
        for statement in &mut statements {
            let text = statement.text(script).unwrap_or_default();
            statement.alone = text.ends_with(" alone");
        }
        Ok(statements)
    }
}

/// A session of the in-memory adapter whose connection may break.
#[derive(Debug)]
pub(crate) struct Wrapped {
    database: String,
    inner: Option<MemorySession>,
    announces: bool,
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

    fn execute_announced(&mut self, statement: &str, record: &Record) -> Result<u64> {
        let intent = record.intent.clone().unwrap_or_default();
        let before = self.call(|inner| {
            let before = inner.read_history()?;
            inner.swap_history(&intent)?;
            Ok(before)
        })?;
        match self.call(|inner| inner.execute(statement)) {
            Ok(rows) => {
                self.call(|inner| inner.swap_history(&record.after_intent()))
                    .map_err(AdapterError::after_effect)?;
                Ok(rows)
            }
            Err(error) => {
                let back = undone(&intent, &before);
                // Without a connection the announcement stays, which is what it is for.
                if let Some(inner) = &mut self.inner
                    && error.kind != ErrorKind::ConnectionLost
                {
                    inner.swap_history(&back)?;
                }
                Err(error)
            }
        }
    }

    /// Whether a statement took effect, if what is there tells it.
    fn took_effect(&mut self, statement: &str) -> Result<Option<bool>> {
        let mut words = statement.split(' ');
        let (verb, key) = (words.next(), words.next().unwrap_or_default());
        let there = self
            .call(|inner| inner.query("all"))?
            .rows
            .iter()
            .any(|row| row.first() == Some(&Value::Text(key.to_owned())));
        Ok(match verb {
            Some("put") => Some(there),
            Some("del") => Some(!there),
            _ => None,
        })
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

/// The change that takes an announcement back: what was there before is there again.
fn undone(intent: &HistoryChange, before: &History) -> HistoryChange {
    let rows = intent.rows.iter().map(|announced| RowChange {
        revision: announced.revision.clone(),
        expect: Expect::exactly(announced.row.as_ref()),
        row: before.row(&announced.revision).cloned(),
    });
    HistoryChange {
        rows: rows.collect(),
        ..HistoryChange::default()
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
        for row in &mut history.rows {
            if let Some(statement) = &mut row.in_flight {
                statement.took_effect = self.took_effect(&statement.statement)?;
            }
        }
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
        if self.announces {
            return self.execute_announced(statement, record);
        }
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
