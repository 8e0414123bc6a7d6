//! A session: one connection, and whose transaction is open on it.

use crate::answer::ResultSet;
use crate::assignment::ModeTracker;
use crate::connect::{LockKind, Settings};
use crate::connection::{Connection, Returned};
use crate::dialect::is_several;
use crate::error::{DATABASE_EXISTS, SEPARATOR, failed, refused, sets};
use crate::foreign::Foreign;
use crate::form::Form;
use crate::literal;
use crate::mode::SqlMode;
use crate::scratch::{self, Reach, Scratch};
use crate::server::{Product, Server};
use crate::server_facts;
use crate::transaction::Transaction;
use crate::words::Words;
use dapter_plugin_api::foreign::ForeignSql as _;
use dapter_plugin_api::sql::{self, ExecutableComments, Rules};
use dapter_plugin_api::{
    AdapterError, AsyncSession, Canceller, ErrorKind, ForeignChange, History, HistoryChange,
    LockOutcome, LockRow, LogEntry, Notices, Record, Result, Rows, Schema, ServerFacts, Severity,
};
use std::fmt;
use std::time::Duration;

/// A session of one of the adapters, by the connection of its client library.
pub struct Session<C> {
    pub(crate) connection: C,
    pub(crate) server: Server,
    /// The database of the history.
    pub(crate) database: String,
    /// The session's own database; a script may choose another.
    current: String,
    pub(crate) lock_kind: LockKind,
    pub(crate) modes: ModeTracker,
    /// The SQL mode that sessions of this target begin in.
    pub(crate) mode_at_first: String,
    pub(crate) notices: Notices,
    pub(crate) transaction: Transaction,
    /// Whether a call was dropped in the middle of something that it would have finished or undone.
    pub(crate) unsettled: bool,
    /// Whether the session has settings that are none of the script's, to read definitions by.
    pub(crate) neutral: bool,
    /// The revision whose settings are in force on this connection.
    pub(crate) settings_of: Option<String>,
    /// Who holds the server's lock through this connection.
    pub(crate) holder: Option<LockRow>,
    /// The scratch database that the session is in, if it is in one.
    scratch: Option<Scratch>,
}

impl<C> fmt::Debug for Session<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("server", &self.server)
            .field("database", &self.database)
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

/// The longest that both servers let a statement wait, in seconds: a year.
const LONGEST_WAIT: u64 = 31_536_000;

impl<C: Connection> Session<C> {
    /// Connects and makes the session what scripts count on.
    pub(crate) async fn open(settings: &Settings, notices: &Notices) -> Result<Self> {
        let mut connection = C::open(settings).await?;
        let mut greeting = "SET NAMES utf8mb4, SESSION autocommit = 1".to_owned();
        if let Some(mode) = &settings.sql_mode {
            greeting.push_str(&format!(", SESSION sql_mode = '{mode}'"));
        }
        greeting.push_str(SEPARATOR);
        greeting.push_str("SELECT VERSION(), @@SESSION.sql_mode");
        let sets = sets(connection.run(greeting, Returned::Kept).await)?;
        let told = sets
            .into_iter()
            .nth(1)
            .unwrap_or_default()
            .rows
            .into_iter()
            .next();
        let told = told.unwrap_or_default();
        let mut told = told
            .cells()
            .map(|value| String::from_utf8_lossy(value.unwrap_or_default()).into_owned());
        let server = Server::of(&told.next().unwrap_or_default())?;
        let mode_at_first = told.next().unwrap_or_default();
        let mode = SqlMode::of(&mode_at_first);
        if mode != settings.mode() {
            notices.push(Severity::Warning, unexpected(mode));
        }
        let scratch = match settings.scratch {
            true => Some(Scratch::enter(&mut connection, &settings.database).await?),
            false => None,
        };
        Ok(Session {
            connection,
            server,
            database: settings.database.clone(),
            current: settings.database.clone(),
            lock_kind: settings.lock,
            modes: ModeTracker::new(mode),
            mode_at_first,
            notices: notices.clone(),
            transaction: Transaction::default(),
            unsettled: false,
            neutral: false,
            settings_of: None,
            holder: None,
            scratch,
        })
    }

    /// The lexical rules that the server follows now.
    pub(crate) fn rules(&self) -> Rules {
        let rules = self.modes.mode().rules();
        match self.server.product {
            Product::MySql => rules,
            Product::MariaDb => Rules {
                executable_comments: ExecutableComments::MariaDb,
                ..rules
            },
        }
    }

    pub(crate) fn current_database(&self) -> &str {
        &self.current
    }

    /// Finishes what a dropped call left behind, and refuses to go on where the host's transaction is gone.
    async fn settle(&mut self) -> Result<()> {
        if self.neutral {
            self.be_as_before().await?;
        }
        if self.unsettled {
            // Within a transaction its owner undoes it.
            if !self.transaction.is_open() {
                self.one("ROLLBACK".to_owned()).await?;
            }
            self.unsettled = false;
        }
        if self.transaction == Transaction::Lost {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "the transaction is not open any more: an earlier error rolled it back",
            )
            .with_hint("roll it back, and begin again"));
        }
        Ok(())
    }

    /// The statement as it is sent: one that is for other servers alone, being nothing but a comment here, does nothing,
    /// and neither does one that would change the server from within a scratch database.
    pub(crate) fn for_this_server<'t>(&self, text: &'t str) -> &'t str {
        if self.reach(text) == Reach::Server {
            self.notices.push(Severity::Info, scratch::left_out(text));
            return "DO 0";
        }
        if !text.contains("/*!") {
            return text;
        }
        match sql::split(text, &self.rules()) {
            Ok(statements) if statements.is_empty() => "DO 0",
            _ => text,
        }
    }

    fn reach(&self, text: &str) -> Reach {
        let scratch = self.scratch.as_ref();
        scratch.map_or(Reach::Inside, |scratch| scratch.reach(text, &self.rules()))
    }

    /// Refuses a statement that must not run here; returns its form.
    pub(crate) fn check(&self, text: &str) -> Result<Form> {
        if self.reach(text) != Reach::Inside {
            return Err(scratch::elsewhere());
        }
        let rules = self.rules();
        let form = Form::of(text, &rules);
        check_form(text, form, self.transaction, &rules)?;
        Ok(form)
    }

    /// Runs one statement and follows what it does to transaction, mode and database.
    pub(crate) async fn execute_text(&mut self, text: &str, form: Form) -> Result<u64> {
        let answer = self
            .connection
            .run(text.to_owned(), Returned::Dropped)
            .await;
        match answer.failure {
            None => {
                self.transaction.follow(form);
                self.follow(text, form);
                Ok(answer
                    .sets
                    .iter()
                    .map(|set| set.affected)
                    .next_back()
                    .unwrap_or(0))
            }
            Some(failure) => {
                let in_script = self.transaction == Transaction::Script;
                self.transaction.follow_failure(&failure);
                let mut error = refused(failure, text);
                if in_script && self.transaction == Transaction::None {
                    error.kind = ErrorKind::Statement;
                    error.retryable = false;
                }
                Err(error)
            }
        }
    }

    /// Follows what a statement set for the session.
    pub(crate) fn follow(&mut self, text: &str, form: Form) {
        if form != Form::Setting {
            return;
        }
        let rules = self.rules();
        let mut words = Words::new(text, &rules);
        if words.accept(&["USE"]) {
            if let Some(database) = words.name() {
                self.current = database;
            }
        } else {
            self.modes.see(text);
        }
    }
}

fn unexpected(mode: SqlMode) -> String {
    let names = match mode.names() {
        names if names.is_empty() => "neither ANSI_QUOTES nor NO_BACKSLASH_ESCAPES".to_owned(),
        names => names,
    };
    format!(
        "the server's sql_mode has {names}: write `?sql_mode=…` with all modes that scripts need into the URL, \
         so that scripts are split as the server reads them"
    )
}

/// Refuses a statement of this form that must not run where this transaction is open.
pub(crate) fn check_form(
    text: &str,
    form: Form,
    transaction: Transaction,
    rules: &Rules,
) -> Result<()> {
    if transaction == Transaction::Host && form.is_transaction_control() {
        return Err(AdapterError::new(
            ErrorKind::Statement,
            "the script begins or ends a transaction within dapter's own",
        )
        .with_hint(
            "leave the statement out, or write `-- dapter:transaction none` in the script's header",
        ));
    }
    if loads_local_file(text, rules) {
        return Err(AdapterError::new(
            ErrorKind::Statement,
            "LOAD … LOCAL is not supported: a server could ask for any file of this machine",
        )
        .with_hint("load a file of the server without LOCAL, or insert the rows"));
    }
    if !Form::may_hold_others(text, rules) && is_several(text, rules) {
        return Err(
            AdapterError::new(ErrorKind::Script, "the text holds more than one statement")
                .with_hint("run them one by one: end each with the delimiter in force"),
        );
    }
    Ok(())
}

fn loads_local_file(text: &str, rules: &Rules) -> bool {
    let mut words = Words::new(text, rules);
    if !words.accept(&["LOAD"]) || !(words.accept(&["DATA"]) || words.accept(&["XML"])) {
        return false;
    }
    if !words.accept(&["LOW_PRIORITY"]) {
        words.accept(&["CONCURRENT"]);
    }
    words.at("LOCAL")
}

/// The history is not written into a transaction that the script began: nobody would commit it.
pub(crate) fn unfinished() -> AdapterError {
    AdapterError::new(
        ErrorKind::Statement,
        "the script's own transaction is still open",
    )
    .with_hint("end the script with `COMMIT`")
}

impl<C: Connection> AsyncSession for Session<C> {
    async fn ensure_history(&mut self) -> Result<()> {
        self.settle().await?;
        self.ensure().await?;
        self.tell_holder().await
    }

    async fn read_history(&mut self) -> Result<History> {
        self.settle().await?;
        self.unsettled = true;
        let read = self.read().await;
        self.unsettled = false;
        read
    }

    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.settle().await?;
        if self.transaction == Transaction::Script {
            return Err(unfinished());
        }
        self.swap(change).await
    }

    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.settle().await?;
        self.read_all_log().await
    }

    async fn execute(&mut self, statement: &str) -> Result<u64> {
        self.settle().await?;
        let statement = self.for_this_server(statement);
        let form = self.check(statement)?;
        self.execute_text(statement, form).await
    }

    async fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.settle().await?;
        self.run_recorded(statement, record).await
    }

    async fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.settle().await?;
        let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
        let seconds = match seconds {
            0 => LONGEST_WAIT,
            seconds => seconds.min(LONGEST_WAIT),
        };
        let set = format!(
            "SET SESSION lock_wait_timeout = {seconds}, SESSION innodb_lock_wait_timeout = {seconds}"
        );
        self.one(set).await.map(drop)
    }

    async fn begin(&mut self) -> Result<()> {
        self.settle().await?;
        match self.transaction {
            Transaction::Script => return Err(unfinished()),
            Transaction::Host | Transaction::Lost => {
                return Err(AdapterError::new(
                    ErrorKind::Statement,
                    "a transaction is open already",
                ));
            }
            Transaction::None => {}
        }
        self.one("START TRANSACTION".to_owned()).await?;
        self.transaction = Transaction::Host;
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        self.settle().await?;
        let committed = self.one("COMMIT".to_owned()).await;
        self.transaction = Transaction::None;
        if let Err(mut error) = committed {
            if error.kind != ErrorKind::ConnectionLost
                && let Err(second) = self.one("ROLLBACK".to_owned()).await
            {
                error.chain.push(second.message);
            }
            if error.kind == ErrorKind::Busy {
                error.kind = ErrorKind::Other;
            }
            error.retryable = false;
            return Err(error);
        }
        Ok(())
    }

    async fn rollback(&mut self) -> Result<()> {
        self.one("ROLLBACK".to_owned()).await?;
        self.transaction = Transaction::None;
        self.unsettled = false;
        Ok(())
    }

    async fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        self.settle().await?;
        self.acquire(holder, wait).await
    }

    async fn unlock(&mut self) -> Result<()> {
        self.release().await
    }

    async fn query(&mut self, statement: &str) -> Result<Rows> {
        self.settle().await?;
        let form = self.check(statement)?;
        let answer = self
            .connection
            .run(statement.to_owned(), Returned::Kept)
            .await;
        match answer.whole() {
            Ok(sets) => {
                self.transaction.follow(form);
                self.follow(statement, form);
                let told = sets.into_iter().find(|set| !set.columns.is_empty());
                Ok(told.map(ResultSet::into_rows).unwrap_or_default())
            }
            Err(failure) => {
                self.transaction.follow_failure(&failure);
                Err(refused(failure, statement))
            }
        }
    }

    async fn inspect(&mut self) -> Result<Schema> {
        self.settle().await?;
        self.schema().await
    }

    async fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        let (look, all) = Foreign.reading(table)?;
        match self.query(&look).await?.rows.is_empty() {
            true => Ok(None),
            false => self.query(&all).await.map(Some),
        }
    }

    async fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        let (definition, statements) = Foreign.writing(change)?;
        if self.read_foreign(&change.table).await?.is_none() {
            self.execute(&definition).await?;
        }
        for statement in statements {
            self.execute(&statement).await?;
        }
        Ok(())
    }

    async fn server_facts(&mut self) -> Result<ServerFacts> {
        self.settle().await?;
        server_facts::ask(self).await
    }

    fn canceller(&self) -> Option<Canceller> {
        Some(self.connection.canceller())
    }
}

/// Makes the database, and tells whether it was not there.
pub(crate) async fn create_database<C: Connection>(settings: &Settings) -> Result<bool> {
    let mut connection = C::open_server(settings).await?;
    // Who may use it need not have the right to make it.
    let look = format!(
        "SELECT EXISTS(SELECT 1 FROM information_schema.schemata WHERE schema_name = {})",
        literal::text(&settings.database)
    );
    let found = sets(connection.run(look, Returned::Kept).await)?;
    if found.first().and_then(ResultSet::first) == Some(b"1") {
        return Ok(false);
    }
    let create = format!(
        "CREATE DATABASE {} CHARACTER SET utf8mb4",
        literal::name(&settings.database)
    );
    match connection.run(create, Returned::Dropped).await.whole() {
        Ok(_) => Ok(true),
        // Somebody else was faster.
        Err(failure) if failure.code() == Some(DATABASE_EXISTS) => Ok(false),
        Err(failure) => Err(failed(failure)),
    }
}
