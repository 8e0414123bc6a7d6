//! A session: one connection, and whose transaction is open on it.

use crate::dialect::Form;
use crate::error::unlocated;
use crate::foreign::Foreign;
use crate::link::{Link, Route};
use crate::lock::Held;
use crate::open;
use crate::settings::{Scratch, Settings};
use crate::tables::Place;
use crate::transaction::State;
use crate::within::{self, Within};
use crate::{held, history, inspect, lock, recorded, scratch, server_facts, statement};
use dapter_plugin_api::foreign::ForeignSql as _;
use dapter_plugin_api::{
    AsyncSession, Canceller, ForeignChange, HeldLock, History, HistoryChange, LockOutcome, LockRow,
    LogEntry, Notices, Record, Result, Rows, Schema, ServerFacts, Severity,
};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// A session of one of the adapters.
pub struct PostgresSession<L> {
    pub(crate) link: L,
    pub(crate) route: Route,
    pub(crate) settings: Settings,
    pub(crate) notices: Notices,
    pub(crate) place: Place,
    pub(crate) state: State,
    /// Whether a message was sent whose answer nobody waited for: what is open on the server is not known.
    pub(crate) in_doubt: bool,
    /// How long a statement waits for others; zero for as long as it takes.
    pub(crate) lock_timeout: Duration,
    /// Whether the open transaction has been told its settings.
    pub(crate) settings_told: bool,
    /// Whether a pooler hands the connection from one client to another, once that is known.
    pub(crate) pooled: Option<bool>,
    /// Whether the settings for statements outside transactions were made for the whole session.
    pub(crate) session_set: bool,
    pub(crate) held: Option<Held>,
    /// Whether Alembic's table was seen.
    pub(crate) alembic: bool,
    /// The scratch schema that everything is in.
    pub(crate) within: Option<Within>,
}

impl<L: Link> PostgresSession<L> {
    /// Connects.
    pub(crate) async fn connect(settings: Settings, notices: &Notices) -> Result<Self> {
        let mut opened = open::open::<L>(&settings, &settings.database, notices).await?;
        if settings.scratch == Scratch::Database {
            // A scratch database need not outlive a failure of the system.
            let faster = opened.link.send("SET synchronous_commit = off").await;
            faster.map_err(unlocated)?;
        }
        let mut session = PostgresSession {
            link: opened.link,
            route: opened.route,
            place: Place::of(&settings),
            settings,
            notices: notices.clone(),
            state: State::Idle,
            in_doubt: false,
            lock_timeout: Duration::ZERO,
            settings_told: false,
            pooled: None,
            session_set: false,
            held: None,
            alembic: false,
            within: None,
        };
        if session.settings.scratch == Scratch::Transaction {
            within::open(&mut session).await?;
        }
        Ok(session)
    }

    /// The statement as it is sent: from within a scratch database one that would change the server does nothing.
    fn within_scratch<'t>(&self, text: &'t str) -> Result<Cow<'t, str>> {
        if self.settings.scratch == Scratch::No {
            return Ok(Cow::Borrowed(text));
        }
        if scratch::changes_server(text) {
            self.notices.push(Severity::Info, scratch::left_out(text));
            return Ok(Cow::Borrowed("SELECT"));
        }
        match &self.within {
            Some(within) => within.statement(text).map(Cow::Owned),
            None => Ok(Cow::Borrowed(text)),
        }
    }

    /// Refuses what only scripts need, where they cannot be tried.
    fn may_run_scripts(&self) -> Result<()> {
        match self.within {
            Some(_) => Err(within::without_scripts()),
            None => Ok(()),
        }
    }
}

impl<L> fmt::Debug for PostgresSession<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresSession")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl<L: Link> AsyncSession for PostgresSession<L> {
    async fn ensure_history(&mut self) -> Result<()> {
        self.may_run_scripts()?;
        self.usable().await?;
        history::ensure(self).await
    }

    async fn read_history(&mut self) -> Result<History> {
        self.may_run_scripts()?;
        self.usable().await?;
        history::read(self).await
    }

    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.usable().await?;
        if self.state == State::Script {
            return Err(recorded::unfinished());
        }
        self.swap(change).await
    }

    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.usable().await?;
        history::read_log(self).await
    }

    async fn execute(&mut self, text: &str) -> Result<u64> {
        self.usable().await?;
        let text = &*self.within_scratch(text)?;
        self.check_control(text)?;
        self.run(text, Form::of(text)).await
    }

    async fn execute_recorded(&mut self, text: &str, record: &Record) -> Result<u64> {
        self.usable().await?;
        let text = &*self.within_scratch(text)?;
        self.check_control(text)?;
        self.run_recorded(text, record).await
    }

    async fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.lock_timeout = timeout;
        self.settings_told = false;
        Ok(())
    }

    async fn begin(&mut self) -> Result<()> {
        self.usable().await?;
        self.note_begin()
    }

    async fn commit(&mut self) -> Result<()> {
        self.settle_doubt().await?;
        self.end_with_commit().await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.end_with_rollback().await
    }

    async fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        self.may_run_scripts()?;
        self.usable().await?;
        lock::acquire(self, holder, wait).await
    }

    async fn unlock(&mut self) -> Result<()> {
        self.settle_doubt().await?;
        lock::release(self).await
    }

    async fn query(&mut self, text: &str) -> Result<Rows> {
        self.usable().await?;
        self.check_control(text)?;
        statement::query(self, text).await
    }

    async fn held_locks(&mut self) -> Result<Vec<HeldLock>> {
        self.usable().await?;
        held::locks(self).await
    }

    async fn inspect(&mut self) -> Result<Schema> {
        self.usable().await?;
        inspect::schema(self).await
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
        self.usable().await?;
        server_facts::ask(self).await
    }

    fn canceller(&self) -> Option<Canceller> {
        Some(self.link.canceller())
    }
}
