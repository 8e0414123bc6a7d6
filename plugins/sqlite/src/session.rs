//! A session: one connection, and whose transaction is open on it.

use crate::database::Database;
use crate::dialect::Form;
use crate::error::{WITHOUT_TRANSACTION, database};
use crate::foreign::Foreign;
use crate::recorded::Unrecorded;
use crate::transaction::control;
use crate::{history, inspect, statement};
use dapter_plugin_api::foreign::ForeignSql as _;
use dapter_plugin_api::sql::{self, Rules};
use dapter_plugin_api::{
    AdapterError, Canceller, ErrorKind, ForeignChange, HeldLock, History, HistoryChange, LogEntry,
    Notices, Record, Result, Rows, Schema, ServerFacts, Severity, SyncSession,
};
use rusqlite::Connection;
use std::fmt;
use std::fs::File;
use std::time::{Duration, SystemTime};

/// A session of the [`SqliteAdapter`](crate::SqliteAdapter).
pub struct SqliteSession {
    pub(crate) database: Database,
    pub(crate) notices: Notices,
    /// Whether the host began a transaction and has not ended it. SQLite may have rolled it back meanwhile.
    pub(crate) in_host_transaction: bool,
    /// The revision whose settings are in force on this connection.
    pub(crate) settings_of: Option<String>,
    /// What the last call ran but could not record.
    pub(crate) unrecorded: Option<Unrecorded>,
    /// In a scratch database: what says that it is in use.
    pub(crate) scratch: Option<File>,
}

impl SqliteSession {
    pub(crate) fn new(database: Database, notices: Notices) -> Self {
        SqliteSession {
            database,
            notices,
            in_host_transaction: false,
            settings_of: None,
            unrecorded: None,
            scratch: None,
        }
    }

    /// The connection for a call that may write.
    ///
    /// Refuses after SQLite rolled the host's transaction back: what follows would take effect on its own.
    pub(crate) fn writing(&mut self) -> Result<&Connection> {
        if self.in_host_transaction && self.database.connection().is_autocommit() {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "the transaction is not open any more: an earlier error rolled it back",
            ));
        }
        self.database.writing()
    }

    /// Whether the script has begun a transaction of its own.
    pub(crate) fn in_script_transaction(&self) -> bool {
        !self.in_host_transaction && !self.database.connection().is_autocommit()
    }

    /// Refuses a statement that would end the host's transaction or begin another in it, or that reaches outside of a
    /// scratch database.
    pub(crate) fn check(&self, text: &str, form: Form) -> Result<()> {
        if self.scratch.is_some() && reaches_outside(text, form) {
            return Err(AdapterError::new(
                ErrorKind::Unsupported,
                "the statement reaches outside of the scratch database in which it is tried",
            )
            .with_hint("it cannot be tried: another file would be changed"));
        }
        if !self.in_host_transaction || !form.is_transaction_control() {
            return Ok(());
        }
        Err(not_the_scripts())
    }

    /// An error of a call in the host's transaction, which may have ended in it.
    pub(crate) fn settle(&self, mut error: AdapterError) -> AdapterError {
        if self.in_host_transaction && self.database.connection().is_autocommit() {
            // Busy would promise that the call may be repeated.
            if error.kind == ErrorKind::Busy {
                error.kind = ErrorKind::Statement;
            }
            error.retryable = false;
            error
                .chain
                .push("the transaction was rolled back".to_owned());
        }
        error
    }

    /// Tells of a setting that SQLite ignores without a word.
    fn warn_of_ignored_setting(&self, text: &str, form: Form) {
        let sets =
            || text.contains(['=', '(']) && text.to_ascii_lowercase().contains("foreign_keys");
        if form == Form::Setting && !self.database.connection().is_autocommit() && sets() {
            let message = "SQLite ignores `PRAGMA foreign_keys` within a transaction";
            self.notices.push(
                Severity::Warning,
                format!("{message}; {WITHOUT_TRANSACTION}"),
            );
        }
    }
}

impl fmt::Debug for SqliteSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteSession")
            .field("in_host_transaction", &self.in_host_transaction)
            .finish_non_exhaustive()
    }
}

impl SyncSession for SqliteSession {
    fn ensure_history(&mut self) -> Result<()> {
        let ensured = history::ensure(self.writing()?);
        ensured.map_err(|error| self.settle(error))
    }

    fn read_history(&mut self) -> Result<History> {
        history::read(self.database.reading()?)
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        if self.in_script_transaction() {
            return Err(unfinished());
        }
        let swapped = history::swap(self.writing()?, change);
        swapped.map_err(|error| self.settle(error))
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        history::read_log(self.database.reading()?)
    }

    fn execute(&mut self, text: &str) -> Result<u64> {
        let form = Form::of(text);
        self.check(text, form)?;
        let rows = statement::run(self.writing()?, text).map_err(|error| self.settle(error))?;
        // Reads its state once more, whatever the text looked like.
        self.writing()?;
        self.warn_of_ignored_setting(text, form);
        Ok(rows)
    }

    fn execute_recorded(&mut self, text: &str, record: &Record) -> Result<u64> {
        let recorded = self.run_recorded(text, &record.change);
        recorded.map_err(|error| self.settle(error))
    }

    fn begin(&mut self) -> Result<()> {
        control(self.writing()?, "BEGIN IMMEDIATE")?;
        self.in_host_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let committed = control(self.database.connection(), "COMMIT");
        match committed {
            Err(error)
                if error.kind == ErrorKind::Busy && !self.database.connection().is_autocommit() =>
            {
                Err(error)
            }
            // A violated deferred foreign key, for one, leaves it open.
            Err(mut error) => {
                if let Err(undoing) = self.rollback() {
                    error.chain.push(undoing.message);
                }
                error.retryable = false;
                Err(error)
            }
            Ok(()) => {
                self.in_host_transaction = false;
                Ok(())
            }
        }
    }

    fn rollback(&mut self) -> Result<()> {
        let connection = self.database.connection();
        if !connection.is_autocommit() {
            control(connection, "ROLLBACK")?;
        }
        self.in_host_transaction = false;
        Ok(())
    }

    fn query(&mut self, text: &str) -> Result<Rows> {
        self.check(text, Form::of(text))?;
        let reads = statement::prepare(self.database.reading()?, text)
            .is_ok_and(|statement| statement.readonly());
        let connection = if reads {
            self.database.connection()
        } else {
            self.writing()?
        };
        let found = statement::prepare(connection, text).and_then(statement::collect);
        found.map_err(|error| self.settle(error))
    }

    fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.database.set_busy_timeout(timeout)
    }

    /// The lock that `BEGIN IMMEDIATE` takes is on the whole database, whatever is changed in it.
    fn held_locks(&mut self) -> Result<Vec<HeldLock>> {
        if self.database.connection().is_autocommit() {
            return Ok(Vec::new());
        }
        Ok(vec![HeldLock {
            object: "main".to_owned(),
            kind: "database".to_owned(),
            mode: "RESERVED".to_owned(),
            blocks: "writers".to_owned(),
            waiting: 0,
        }])
    }

    fn inspect(&mut self) -> Result<Schema> {
        inspect::schema(self.database.reading()?)
    }

    fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        let (look, all) = Foreign.reading(table)?;
        match self.query(&look)?.rows.is_empty() {
            true => Ok(None),
            false => self.query(&all).map(Some),
        }
    }

    fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        let (definition, statements) = Foreign.writing(change)?;
        if self.read_foreign(&change.table)?.is_none() {
            self.execute(&definition)?;
        }
        for statement in statements {
            self.execute(&statement)?;
        }
        Ok(())
    }

    fn server_facts(&mut self) -> Result<ServerFacts> {
        let connection = self.database.reading()?;
        let read_only = connection.is_readonly("main").map_err(database)?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Ok(ServerFacts {
            product: "SQLite".to_owned(),
            version: rusqlite::version().to_owned(),
            read_only: read_only.then(|| "the database is only read".to_owned()),
            time_ms: now.ok().and_then(|now| i64::try_from(now.as_millis()).ok()),
            remarks: Vec::new(),
        })
    }

    fn canceller(&self) -> Option<Canceller> {
        Some(self.database.canceller())
    }
}

/// A statement would end the host's transaction or begin another in it.
pub(crate) fn not_the_scripts() -> AdapterError {
    AdapterError::new(
        ErrorKind::Statement,
        "the script begins or ends a transaction within dapter's own",
    )
    .with_hint(format!("leave the statement out; or {WITHOUT_TRANSACTION}"))
}

/// Whether a statement opens or writes another file.
fn reaches_outside(text: &str, form: Form) -> bool {
    let mut words = sql::keywords(text, &Rules::SQLITE);
    match form {
        Form::Setting => words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("ATTACH")),
        Form::Vacuum => words.any(|word| word.eq_ignore_ascii_case("INTO")),
        _ => false,
    }
}

/// The history is not written into a transaction that the script began: nobody would commit it.
pub(crate) fn unfinished() -> AdapterError {
    AdapterError::new(
        ErrorKind::Statement,
        "the script's own transaction is still open",
    )
    .with_hint("end the script with `COMMIT`")
}
