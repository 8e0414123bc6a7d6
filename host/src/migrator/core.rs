//! The work behind both migrators.

use std::collections::HashMap;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dapter_plugin_api::abi::{Adapter, Session};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Capability, ErrorKind, History, HistoryChange, LockChange,
    LockOutcome, LockRow, LogEntry, RevisionState, ServerFacts,
};

use super::hooks::Hooks;
use super::inquiry::{self, CurrentRevision, HistoryEntry};
use super::planning;
use super::repeatable::{self, RepeatableStatus, is_repeatable};
use super::script_reading::{ScriptReading, Scripted};
use super::scripts::Scripts;
use super::settings::{Initialization, MigrationSettings, NewMigration};
use super::squashed::recognised;
use super::writer::ScriptWriter;
use crate::diagnostic::Diagnostics;
use crate::diff::ChooseRenames;
use crate::error::{HistoryError, MigrationError};
use crate::execute::{
    AcquireError, Connector, Context, Event, Interrupt, Locked, Observer, Patience, Placement,
    Silent, adopted_rows, offload, stamp_change, swap,
};
use crate::lint::Consent;
use crate::revision::{Applied, Expression, RevisionId};
use crate::script::{Script, ScriptDirectory, ScriptError, default_template};

/// The table of the only history that is taken over without being asked.
pub(super) const ALEMBIC_TABLE: &str = "alembic_version";

type Result<T> = std::result::Result<T, MigrationError>;

/// A way to read the scripts of a directory.
type Load = fn(ScriptDirectory) -> std::result::Result<Scripts, Diagnostics>;

/// An adapter, what it works on, and who watches.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) adapter: Adapter,
    pub(super) settings: MigrationSettings,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) interrupt: Interrupt,
    pub(super) placement: Placement,
    /// Who is asked before data is destroyed; without anybody it is.
    pub(super) consent: Option<Arc<Consent>>,
    /// Who is asked what has another name now; without anybody nothing has that is not declared.
    pub(super) choose_renames: Option<Arc<ChooseRenames>>,
    pub(super) hooks: Option<Hooks>,
    /// The scripts, where the program has read them already.
    pub(super) read_before: Option<Arc<Scripts>>,
    /// The scripts, where the program has begun to read them.
    pub(super) reading: Option<ScriptReading>,
}

/// A history as it was read, and whether it is one that Alembic wrote.
pub(super) struct Known {
    /// The history of the revisions.
    pub(super) history: History,
    /// What makes the database remember it so, where scripts took the place of others.
    pub(super) squashed: Option<HistoryChange>,
    /// What is remembered of the scripts that run again, which are no revisions.
    pub(super) repeatable: Vec<AppliedRevision>,
    pub(super) adopting: bool,
}

impl Known {
    /// Every row that the database has.
    pub(super) fn rows(&self) -> impl Iterator<Item = &AppliedRevision> {
        self.history.rows.iter().chain(&self.repeatable)
    }

    /// Whether a step stopped on the way.
    pub(super) fn has_half_done(&self) -> bool {
        self.rows().any(|row| row.state != RevisionState::Applied)
    }
}

impl Core {
    pub(super) fn new(
        adapter: Adapter,
        mut settings: MigrationSettings,
        placement: Placement,
    ) -> Self {
        settings.url = settings.url.hiding(settings.variables.secrets());
        Self {
            adapter,
            settings,
            observer: Arc::new(Silent),
            interrupt: Interrupt::new(),
            placement,
            consent: None,
            choose_renames: None,
            hooks: None,
            read_before: None,
            reading: None,
        }
    }

    pub(super) async fn init(&self) -> Result<Initialization> {
        match self.has_tool() {
            true => self.keep_listed().await,
            false => self.with_template(ScriptDirectory::init).await,
        }
    }

    pub(super) async fn plan_init(&self) -> Result<Initialization> {
        match self.has_tool() {
            true => self.compare_listed().await,
            false => self.with_template(ScriptDirectory::plan_init).await,
        }
    }

    async fn with_template(
        &self,
        work: fn(&Path, &str, &str) -> std::result::Result<Initialization, ScriptError>,
    ) -> Result<Initialization> {
        let info = self.adapter.info();
        let (extension, comment) = (info.extension.clone(), info.comment.clone());
        let directory = self.settings.directory.clone();
        self.blocking(move || {
            let template = default_template(&comment)?;
            work(directory.folder()?, &extension, &template)
        })
        .await
        .map_err(MigrationError::Init)
    }

    pub(super) async fn create(&self, migration: NewMigration) -> Result<Script> {
        if self.has_tool() {
            let made = self.create_with_tool(migration).await?;
            return match made {
                Some(made) => Ok(made.script),
                None => Err(MigrationError::Creation(ScriptError::NothingMade)),
            };
        }
        let scripts = self.scripts().await?;
        self.blocking(move || ScriptWriter::new(scripts).write(migration))
            .await
    }

    /// Takes over the history of another tool, read from its table: the rows that it implies are recorded.
    pub(super) async fn adopt(
        &self,
        locked: &mut Locked,
        history: &mut History,
        table: &str,
    ) -> Result<()> {
        let rows = std::mem::take(&mut history.rows);
        let change = HistoryChange {
            lock: locked.require(),
            ..stamp_change(
                history,
                &[],
                rows.clone(),
                &self.settings.identity,
                "adopt",
                &format!("taken over from {table}"),
            )
        };
        let swapped = swap(locked.session(), &change, &self.context().patience()).await;
        swapped
            .map_err(|error| self.database(&format!("take over what {table} says in"), error))?;
        self.observer.event(&Event::Adopted {
            table,
            revisions: rows.len(),
        });
        history.rows = rows;
        Ok(())
    }

    /// Makes the database remember that scripts took the place of others.
    pub(super) async fn record_squashed(
        &self,
        locked: &mut Locked,
        change: HistoryChange,
    ) -> Result<()> {
        let change = HistoryChange {
            lock: locked.require(),
            ..change
        };
        let swapped = swap(locked.session(), &change, &self.context().patience()).await;
        swapped.map_err(|error| self.database("record what was squashed in", error))
    }

    pub(super) async fn current(&self) -> Result<Vec<CurrentRevision>> {
        let (scripts, _, Known { history, .. }) = self.open().await?;
        Ok(inquiry::current(&history, &scripts)?)
    }

    pub(super) async fn entries(&self) -> Result<Vec<HistoryEntry>> {
        let (entries, _) = self.full_history().await?;
        Ok(entries)
    }

    pub(super) async fn full_history(&self) -> Result<(Vec<HistoryEntry>, Vec<RepeatableStatus>)> {
        let (scripts, _, known) = self.open().await?;
        let current = inquiry::current_heads(&known.history, &scripts)?;
        let entries = inquiry::entries(&scripts, &current, Some(&known.history));
        Ok((entries, repeatable::all(&scripts, &known.repeatable)))
    }

    pub(super) async fn entries_within(&self, range: &str) -> Result<Vec<HistoryEntry>> {
        let range = Expression::parse(range)?;
        let (scripts, _, Known { history, .. }) = self.open().await?;
        let current = inquiry::current_heads(&history, &scripts)?;
        let entries = inquiry::entries(&scripts, &current, Some(&history));
        let applied = planning::applied_ids(&history)?;
        Ok(inquiry::within(entries, &range, &scripts, &applied)?)
    }

    /// Whose server answers, where the adapter can tell.
    pub(super) async fn server_facts(&self) -> Result<Option<ServerFacts>> {
        let mut session = self.connect().await?;
        if !session.has(Capability::ServerFacts) {
            return Ok(None);
        }
        let facts = session.server_facts().await;
        facts
            .map(Some)
            .map_err(|error| self.database("ask about the server of", error))
    }

    /// Who holds the lock, if anybody does.
    pub(super) async fn lock_holder(&self) -> Result<Option<LockRow>> {
        let mut session = self.connect().await?;
        let history = self.read(&mut session).await?;
        self.holder(&mut session, &history).await
    }

    /// Who holds the lock: the row, or the adapter's own, of whose holder nothing may be known.
    pub(super) async fn holder(
        &self,
        session: &mut Session,
        history: &History,
    ) -> Result<Option<LockRow>> {
        if history.lock.is_some() || !session.has(Capability::Lock) {
            return Ok(history.lock.clone());
        }
        let nobody = LockRow::default();
        match session.lock(&nobody, Duration::ZERO).await {
            Ok(LockOutcome::Acquired) => {
                let unlocked = session.unlock().await;
                unlocked.map_err(|error| self.database("give back the lock of", error))?;
                Ok(None)
            }
            Ok(LockOutcome::Held(holder)) => Ok(Some(holder.unwrap_or_default())),
            // This connection cannot hold the lock, so nobody holds it over one like it.
            Err(error) if error.kind == ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(self.database("look who holds the lock of", error)),
        }
    }

    /// Takes the lock row away from this holder, whether it lives or not.
    pub(super) async fn break_lock(&self, holder: &LockRow) -> Result<()> {
        let mut session = self.connect().await?;
        let change = HistoryChange {
            lock: LockChange::Release(holder.token.clone()),
            ..HistoryChange::default()
        };
        let swapped = swap(&mut session, &change, &self.context().patience()).await;
        swapped.map_err(|error| self.database("give back the lock of", error))
    }

    /// Reads and checks the scripts.
    pub(super) async fn scripts(&self) -> Result<Scripts> {
        self.blocking(self.loading(Scripts::load)).await
    }

    fn loading(&self, load: Load) -> impl FnOnce() -> Result<Scripts> + Send + use<> {
        let directory = self.settings.directory.clone();
        let extension = self.adapter.info().extension.clone();
        move || {
            let directory = directory.open(&extension)?;
            load(directory).map_err(MigrationError::Scripts)
        }
    }

    /// Begins to read the scripts, on a thread of their own, if nobody has read them before.
    fn begin_reading(&self, load: Load) -> Scripted {
        if let Some(scripts) = self.read_before.clone() {
            return Box::pin(ready(Ok(scripts)));
        }
        if let Some(reading) = self.reading.as_ref().and_then(ScriptReading::take) {
            return reading;
        }
        let reading = offload(self.loading(load));
        Box::pin(async { Ok(Arc::new(reading.await?)) })
    }

    /// Reads the scripts and, meanwhile, the history. If both fail, the scripts' errors are the ones to mend first.
    pub(super) async fn open(&self) -> Result<(Arc<Scripts>, Session, Known)> {
        self.open_loading(Scripts::load).await
    }

    /// The same, reading the scripts in this way.
    pub(super) async fn open_loading(&self, load: Load) -> Result<(Arc<Scripts>, Session, Known)> {
        let scripts = self.begin_reading(load);
        let asked: Result<(Session, History)> = async {
            let mut session = self.connect().await?;
            let history = self.read(&mut session).await?;
            Ok((session, history))
        }
        .await;
        let scripts = scripts.await?;
        let (mut session, history) = asked?;
        let known = self.known(history, &mut session, &scripts).await?;
        Ok((scripts, session, known))
    }

    /// Connects; waits for a server that is not up yet, and makes a database that does not exist, as far as it was told to.
    pub(super) async fn connect(&self) -> Result<Session> {
        let connector = self.connector();
        let wait = self.settings.server_wait;
        let mut patience = Patience::new(wait, self.placement, self.interrupt.clone());
        let mut creating = self.settings.create_database;
        loop {
            match connector.connect().await {
                Err(error) if error.kind == ErrorKind::DatabaseMissing && creating => {
                    creating = false;
                    let created = connector.create_database().await;
                    created.map_err(|error| self.database("create", error))?;
                }
                Err(error) if error.kind == ErrorKind::Connect && error.retryable => {
                    let again = patience.pause().await;
                    if !again.map_err(|error| self.database("connect to", error))? {
                        return Err(self.database("connect to", error));
                    }
                }
                Err(mut error) => {
                    if error.kind == ErrorKind::DatabaseMissing
                        && self.adapter.info().has(Capability::CreateDatabase)
                    {
                        let hint = "`dapter upgrade --create-database` makes it";
                        error.hint.get_or_insert_with(|| hint.to_owned());
                    }
                    return Err(self.database("connect to", error));
                }
                Ok(session) => return Ok(session),
            }
        }
    }

    pub(super) fn connector(&self) -> Connector {
        Connector {
            adapter: self.adapter.clone(),
            options: self.settings.connect_options(),
            placement: self.placement,
        }
    }

    /// Reads the history; one that only Alembic has written is expanded through the graph.
    pub(super) async fn history(&self, session: &mut Session, scripts: &Scripts) -> Result<Known> {
        let history = self.read(session).await?;
        self.known(history, session, scripts).await
    }

    async fn known(
        &self,
        mut history: History,
        session: &mut Session,
        scripts: &Scripts,
    ) -> Result<Known> {
        let is_repeatable = |row: &AppliedRevision| is_repeatable(&row.revision);
        let (repeatable, rows) = history.rows.into_iter().partition(is_repeatable);
        history.rows = rows;
        // A log tells that dapter was at work here before: if nothing is applied now, that was its doing.
        let adopting = history.rows.is_empty()
            && !history.alembic_heads.is_empty()
            && self.log(session).await?.is_empty();
        if adopting {
            let heads: Vec<RevisionId> = history
                .alembic_heads
                .iter()
                .map(|head| planning::id(head))
                .collect::<std::result::Result<_, HistoryError>>()?;
            let applied =
                Applied::from_heads(scripts.graph(), &heads).map_err(HistoryError::from)?;
            let by_id: HashMap<&RevisionId, &Script> = applied
                .iter()
                .filter_map(|id| scripts.get(id.as_str()).map(|script| (id, script)))
                .collect();
            history.rows = adopted_rows(&by_id, applied.iter(), &self.settings.identity);
        }
        let (history, squashed) = match recognised(&history, scripts, &self.settings.identity)? {
            Some((seen, change)) => (seen, Some(change)),
            None => (history, None),
        };
        Ok(Known {
            history,
            repeatable,
            squashed,
            adopting,
        })
    }

    pub(super) async fn read(&self, session: &mut Session) -> Result<History> {
        let patience = self.context().patience();
        let history = patience
            .repeat(session, |session| Box::pin(session.read_history()))
            .await;
        history.map_err(|error| match error.kind {
            // A scratch database may be one in which no scripts run.
            ErrorKind::Unsupported => self.database("try scripts beside", error),
            _ => self.database("read the history of", error),
        })
    }

    pub(super) async fn log(&self, session: &mut Session) -> Result<Vec<LogEntry>> {
        let patience = self.context().patience();
        let log = patience
            .repeat(session, |session| Box::pin(session.read_log()))
            .await;
        log.map_err(|error| self.database("read the log of", error))
    }

    pub(super) async fn acquire(
        &self,
        session: Session,
        history: &History,
        context: &Context<'_>,
    ) -> Result<Locked> {
        context.observer.event(&Event::Locking);
        match Locked::acquire(session, self.connector(), history, context).await {
            Ok(locked) => Ok(locked),
            Err(AcquireError::Held(mut failure)) => {
                failure.error = failure.error.map(|error| self.redacted(error));
                Err(MigrationError::Lock(failure))
            }
            Err(AcquireError::Adapter(error)) => Err(self.database("lock", error)),
        }
    }

    /// Gives the lock back, whatever came of the work; the work's own error is the one that matters.
    pub(super) async fn give_back<T>(
        &self,
        mut locked: Locked,
        context: &Context<'_>,
        result: Result<T>,
    ) -> Result<T> {
        let released = locked.release(context).await;
        let value = result?;
        released.map_err(|error| self.database("give back the lock of", error))?;
        Ok(value)
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context {
            identity: &self.settings.identity,
            observer: &*self.observer,
            interrupt: &self.interrupt,
            lock_wait: self.settings.lock_wait,
            lock_timeout: self.settings.lock_timeout,
            statement_timeout: self.settings.statement_timeout,
            placement: self.placement,
            url: &self.settings.url,
        }
    }

    pub(super) fn database(&self, doing: &str, error: AdapterError) -> MigrationError {
        MigrationError::Database {
            doing: format!("{doing} {}", self.settings.url),
            source: self.redacted(error),
        }
    }

    /// An adapter's error with the secrets of the URL taken out: a driver may repeat what it was given.
    pub(super) fn redacted(&self, error: AdapterError) -> AdapterError {
        let redact = |text: &str| self.settings.url.redact(text);
        let mut clean = error;
        clean.message = redact(&clean.message);
        clean.hint = clean.hint.as_deref().map(redact);
        clean.chain = clean.chain.iter().map(|cause| redact(cause)).collect();
        clean
    }

    /// Runs blocking work of the host's own where it holds nobody up.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        match self.placement {
            Placement::Here => work(),
            Placement::OwnThread => offload(work).await,
        }
    }
}
