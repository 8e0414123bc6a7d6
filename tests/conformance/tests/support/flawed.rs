//! An adapter with every capability, and one flaw of choice.

use super::tool;
use dapter_plugin_api::memory::{MemoryAdapter, MemorySession};
use dapter_plugin_api::{
    AdapterError, BACKUP_FILE, Backup, Canceller, Capability, Comment, ConnectOptions, Description,
    ErrorKind, Expect, Finding, History, HistoryChange, LintRule, LintScript, LockChange,
    LockOutcome, LockRow, LogEntry, NewRevision, Notices, OfflineScript, Record, Result, Rows,
    Schema, Statement, SyncMigrationAdapter, SyncSession, ToolScript,
};
use std::collections::HashMap;
use std::fs;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long `wait` waits before it ends by itself.
const LONG: Duration = Duration::from_secs(3);

/// Who holds the lock of each database: the number of the session, and what it said of itself.
type Locks = HashMap<String, (u64, LockRow)>;

static LOCKS: LazyLock<Mutex<Locks>> = LazyLock::new(Mutex::default);
static UNLOCKED: Condvar = Condvar::new();
static SESSIONS: AtomicU64 = AtomicU64::new(0);

fn locks() -> MutexGuard<'static, Locks> {
    LOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session of the memory adapter with locks and a canceller.
pub(crate) struct Connection {
    pub(crate) inner: MemorySession,
    pub(crate) database: String,
    pub(crate) number: u64,
    pub(crate) stop: Arc<(Mutex<bool>, Condvar)>,
    /// What a flaw remembers.
    pub(crate) memo: Option<History>,
}

impl Connection {
    pub(crate) fn execute(&mut self, statement: &str) -> Result<u64> {
        if statement != "wait" {
            return self.inner.execute(statement);
        }
        let (stop, stopped) = &*self.stop;
        let mut stop = stop.lock().unwrap_or_else(PoisonError::into_inner);
        *stop = false;
        let (stop, _) = stopped
            .wait_timeout_while(stop, LONG, |stop| !*stop)
            .unwrap_or_else(PoisonError::into_inner);
        if *stop {
            Err(AdapterError::new(
                ErrorKind::Cancelled,
                "the statement was stopped",
            ))
        } else {
            Ok(0)
        }
    }

    /// Makes a change whatever it expects to be there.
    pub(crate) fn force(&mut self, change: &HistoryChange) -> Result<()> {
        let history = self.inner.read_history()?;
        let mut change = change.clone();
        for row in &mut change.rows {
            row.expect = Expect::exactly(history.row(&row.revision));
        }
        let holder = history.lock.map(|lock| lock.token);
        match &mut change.lock {
            LockChange::Take { instead_of, .. } => *instead_of = holder,
            LockChange::Require(token)
            | LockChange::Renew { token, .. }
            | LockChange::Release(token) => {
                *token = holder.unwrap_or_default();
            }
            LockChange::Ignore => {}
        }
        self.inner.swap_history(&change)
    }

    /// Whether the canceller was called since the last `wait` began.
    pub(crate) fn was_stopped(&self) -> bool {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock(&mut self, holder: &LockRow, wait: Duration) -> LockOutcome {
        let start = Instant::now();
        let mut locks = locks();
        loop {
            let Some((_, held_by)) = locks.get(&self.database) else {
                locks.insert(self.database.clone(), (self.number, holder.clone()));
                return LockOutcome::Acquired;
            };
            let left = wait.saturating_sub(start.elapsed());
            if left.is_zero() {
                return LockOutcome::Held(Some(held_by.clone()));
            }
            locks = UNLOCKED
                .wait_timeout(locks, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    pub(crate) fn unlock(&mut self) -> Result<()> {
        let mut locks = locks();
        if locks
            .get(&self.database)
            .is_none_or(|(number, _)| *number != self.number)
        {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "this session does not hold the lock",
            ));
        }
        locks.remove(&self.database);
        UNLOCKED.notify_all();
        Ok(())
    }

    pub(crate) fn canceller(&self) -> Option<Canceller> {
        let stop = Arc::clone(&self.stop);
        Some(Box::new(move || {
            *stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            stop.1.notify_all();
        }))
    }
}

/// All capabilities but two: databases in memory are there as soon as they are named, and nobody waits for a lock of theirs.
const EVERYTHING: &[Capability] = &[
    Capability::Transactions,
    Capability::TransactionalDdl,
    Capability::Lock,
    Capability::Query,
    Capability::Cancel,
    Capability::LockTimeout,
    Capability::Lint,
    Capability::Inspect,
    Capability::Scratch,
    Capability::Offline,
    Capability::Backup,
    Capability::Scripts,
];

/// What an adapter does wrong: one method that differs from those given here, which do it right.
#[rustfmt::skip]
pub(crate) trait Flaw: Default + Send + Sync + 'static {
    const CAPABILITIES: &'static [Capability] = EVERYTHING;

    fn connect(options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> { connect(options, notices) }
    fn split(script: &str) -> Result<Vec<Statement>> { MemoryAdapter.split(script) }
    fn lint(script: &LintScript<'_>) -> Result<Vec<Finding>> { MemoryAdapter.lint(script) }
    fn lint_rules() -> Result<Vec<LintRule>> { MemoryAdapter.lint_rules() }
    fn create_scratch(options: &ConnectOptions, notices: &Notices) -> Result<ConnectOptions> {
        let made = MemoryAdapter.create_scratch(&inside(options), notices)?;
        Ok(ConnectOptions { url: options.url.clone(), ..made })
    }
    fn drop_scratch(options: &ConnectOptions, notices: &Notices) -> Result<()> { MemoryAdapter.drop_scratch(&inside(options), notices) }
    fn inspect(c: &mut Connection) -> Result<Schema> { c.inner.inspect() }
    fn offline_script(script: &OfflineScript) -> Result<String> { Ok(script.items.iter().map(|item| format!("{item:?}\n")).collect()) }
    fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> { copied(path, "everything") }
    fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> { Ok(tool::listed(options)) }
    fn create_script(options: &ConnectOptions, revision: &NewRevision) -> Result<Option<ToolScript>> { Ok(Some(tool::created(options, revision))) }
    fn connected(_: &mut Connection) {}
    fn ensure_history(c: &mut Connection) -> Result<()> { c.inner.ensure_history() }
    fn read_history(c: &mut Connection) -> Result<History> { c.inner.read_history() }
    fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> { c.inner.swap_history(change) }
    fn read_log(c: &mut Connection) -> Result<Vec<LogEntry>> { c.inner.read_log() }
    fn execute(c: &mut Connection, statement: &str) -> Result<u64> { c.execute(statement) }
    fn execute_recorded(c: &mut Connection, statement: &str, record: &Record) -> Result<u64> {
        let rows = c.execute(statement)?;
        c.inner.swap_history(&record.change).map(|()| rows)
    }
    fn begin(c: &mut Connection) -> Result<()> { c.inner.begin() }
    fn commit(c: &mut Connection) -> Result<()> { c.inner.commit() }
    fn rollback(c: &mut Connection) -> Result<()> { c.inner.rollback() }
    fn lock(c: &mut Connection, holder: &LockRow, wait: Duration) -> Result<LockOutcome> { Ok(c.lock(holder, wait)) }
    fn unlock(c: &mut Connection) -> Result<()> { c.unlock() }
    fn query(c: &mut Connection, statement: &str) -> Result<Rows> { c.inner.query(statement) }
    fn canceller(c: &Connection) -> Option<Canceller> { c.canceller() }
    /// The end of the session. That it does not hold the lock is all that can fail.
    fn end(c: &mut Connection) { let _ = c.unlock(); }
}

/// Makes a copy that holds this.
pub(crate) fn copied(path: &Path, content: &str) -> Result<Backup> {
    fs::write(path, content)
        .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))?;
    Ok(Backup {
        extension: "mem".to_owned(),
        restore: format!("cp {BACKUP_FILE} everything"),
    })
}

/// Connects to the memory database behind `everything:NAME`.
pub(crate) fn connect(options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
    MemoryAdapter.connect(&inside(options), notices)
}

fn inside(options: &ConnectOptions) -> ConnectOptions {
    let name = options
        .url
        .strip_prefix("everything:")
        .filter(|name| !name.is_empty());
    let url = name.map_or_else(String::new, |name| format!("memory:everything-{name}"));
    ConnectOptions {
        url,
        ..options.clone()
    }
}

/// No flaw.
#[derive(Default)]
pub(crate) struct Flawless;

impl Flaw for Flawless {}

/// The adapter with the flaw `F`.
#[derive(Default)]
pub(crate) struct Flawed<F>(PhantomData<F>);

impl<F: Flaw> SyncMigrationAdapter for Flawed<F> {
    type Session = FlawedSession<F>;

    const DESCRIPTION: Description = Description {
        schemes: &["everything"],
        extension: "mem",
        comment: Comment::Hash,
        capabilities: F::CAPABILITIES,
        ..Description::new("everything")
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<FlawedSession<F>> {
        let mut connection = Connection {
            inner: F::connect(options, notices)?,
            database: options.url.clone(),
            number: SESSIONS.fetch_add(1, Ordering::Relaxed),
            stop: Arc::default(),
            memo: None,
        };
        F::connected(&mut connection);
        Ok(FlawedSession(connection, PhantomData))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        F::split(script)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        F::lint(script)
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        F::lint_rules()
    }

    fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        F::create_scratch(options, notices)
    }

    fn drop_scratch(&self, options: &ConnectOptions, notices: &Notices) -> Result<()> {
        F::drop_scratch(options, notices)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        F::offline_script(script)
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        F::backup(options, path)
    }

    fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        F::list_scripts(options)
    }

    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        F::create_script(options, revision)
    }
}

/// A session with the flaw `F`.
pub(crate) struct FlawedSession<F: Flaw>(Connection, PhantomData<F>);

#[rustfmt::skip]
impl<F: Flaw> SyncSession for FlawedSession<F> {
    fn ensure_history(&mut self) -> Result<()> { F::ensure_history(&mut self.0) }
    fn read_history(&mut self) -> Result<History> { F::read_history(&mut self.0) }
    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> { F::swap_history(&mut self.0, change) }
    fn read_log(&mut self) -> Result<Vec<LogEntry>> { F::read_log(&mut self.0) }
    fn execute(&mut self, statement: &str) -> Result<u64> { F::execute(&mut self.0, statement) }
    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        F::execute_recorded(&mut self.0, statement, record)
    }
    fn begin(&mut self) -> Result<()> { F::begin(&mut self.0) }
    fn commit(&mut self) -> Result<()> { F::commit(&mut self.0) }
    fn rollback(&mut self) -> Result<()> { F::rollback(&mut self.0) }
    fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> { F::lock(&mut self.0, holder, wait) }
    fn unlock(&mut self) -> Result<()> { F::unlock(&mut self.0) }
    fn query(&mut self, statement: &str) -> Result<Rows> { F::query(&mut self.0, statement) }
    fn inspect(&mut self) -> Result<Schema> { F::inspect(&mut self.0) }
    fn canceller(&self) -> Option<Canceller> { F::canceller(&self.0) }
    // The memory adapter waits for nobody.
    fn set_lock_timeout(&mut self, _: Duration) -> Result<()> { Ok(()) }
}

impl<F: Flaw> Drop for FlawedSession<F> {
    fn drop(&mut self) {
        F::end(&mut self.0);
    }
}
