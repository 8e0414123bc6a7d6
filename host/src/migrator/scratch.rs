//! A throw-away database in which scripts are tried.

use std::sync::{Arc, Mutex, PoisonError};

use dapter_plugin_api::abi::{Session, block_on};
use dapter_plugin_api::{AdapterError, AppliedRevision, Capability, Execution, Notice, Schema};

use super::core::Core;
use super::portable::Basis;
use super::scripts::Scripts;
use crate::error::MigrationError;
use crate::execute::{Event, Observer, Placement, PreparedHooks, execute, offload};
use crate::plan::Direction;
use crate::revision::RevisionId;
use crate::script::ScriptBody;

type Result<T> = std::result::Result<T, MigrationError>;

/// A throw-away database like the one of a migrator, on its server or another.
pub(super) struct Scratch {
    /// A migrator's work, in the scratch database.
    pub(super) core: Core,
    /// As long as it lives the database is in use.
    pub(super) session: Session,
    heard: Arc<Heard>,
}

/// What adapters told.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn add(&self, notice: &Notice) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(notice.message.clone());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for Arc<Heard> {
    fn event(&self, event: &Event<'_>) {
        if let Event::Notice(notice) = event {
            self.add(notice);
        }
    }
}

impl Core {
    /// Makes a scratch database.
    pub(super) async fn scratch(&self) -> Result<Scratch> {
        for needed in [Capability::Scratch, Capability::Inspect] {
            if !self.adapter.info().has(needed) {
                let error = AdapterError::unsupported(&format!("the capability `{needed}`"))
                    .with_hint("nothing can be tried on this kind of database");
                return Err(self.database("try scripts beside", error));
            }
        }
        let mut core = self.clone();
        if let Some(url) = &self.settings.scratch_url {
            core.settings.url = url.clone();
        }
        let options = core.settings.connect_options();
        let adapter = self.adapter.clone();
        let made = self
            .beside(async move { adapter.create_scratch(&options).await })
            .await;
        let made = made.map_err(|error| core.database("make a scratch database beside", error))?;
        core.settings.options = made.options;
        core.settings.create_database = false;
        core.consent = None;
        core.choose_renames = None;
        let heard = Arc::new(Heard::default());
        core.observer = Arc::new(Arc::clone(&heard));
        match core.connect().await {
            Ok(session) => Ok(Scratch {
                core,
                session,
                heard,
            }),
            Err(error) => {
                core.drop_scratch().await?;
                Err(error)
            }
        }
    }

    async fn drop_scratch(&self) -> Result<()> {
        let (adapter, options) = (self.adapter.clone(), self.settings.connect_options());
        let dropped = self
            .beside(async move { adapter.drop_scratch(&options).await })
            .await;
        dropped.map_err(|error| self.database("remove the scratch database beside", error))
    }

    /// Asks the adapter where that holds nobody up.
    async fn beside<T: Send + 'static>(
        &self,
        asking: impl Future<Output = std::result::Result<T, AdapterError>> + Send + 'static,
    ) -> std::result::Result<T, AdapterError> {
        match (self.placement, self.adapter.info().execution) {
            (Placement::OwnThread, Execution::Blocking) => offload(|| block_on(asking)).await,
            _ => asking.await,
        }
    }
}

impl Scratch {
    /// What it is built of now.
    pub(super) async fn inspect(&mut self) -> Result<Schema> {
        let found = self.session.inspect().await;
        found.map_err(|error| {
            self.core
                .database("inspect the scratch database beside", error)
        })
    }

    /// Applies all that leads to these revisions.
    pub(super) async fn upgrade(&self, revisions: &[RevisionId], scripts: &Scripts) -> Result<()> {
        self.run(Direction::Upgrade, revisions, scripts).await
    }

    /// Runs steps as a migrator would.
    pub(super) async fn run(
        &self,
        direction: Direction,
        path: &[RevisionId],
        scripts: &Scripts,
    ) -> Result<()> {
        let mut session = self.core.connect().await?;
        let basis = Basis::Database(&mut session);
        let bodies = self.core.bodies(path, scripts, direction, basis).await?;
        drop(session);
        self.carry_out(direction, &bodies, scripts).await
    }

    /// Runs these scripts, one after the other.
    pub(super) async fn carry_out(
        &self,
        direction: Direction,
        bodies: &[ScriptBody],
        scripts: &Scripts,
    ) -> Result<()> {
        let core = &self.core;
        let mut session = core.connect().await?;
        let known = core.history(&mut session, scripts).await?;
        let plan = core.planned(bodies, &known, direction)?;
        if plan.is_empty() {
            return Ok(());
        }
        let _running = core.interrupt.while_running(session.canceller());
        let context = core.context();
        let mut locked = core.acquire(session, &known.history, &context).await?;
        let rows: Vec<&AppliedRevision> = known.rows().collect();
        let done = execute(
            &mut locked,
            &plan,
            &rows,
            &PreparedHooks::default(),
            &context,
        )
        .await;
        let result = done.map_err(|failure| core.failed(failure).into());
        core.give_back(locked, &context, result).await.map(|_| ())
    }

    /// What the adapter told since this was asked last.
    pub(super) fn take_notices(&self) -> Vec<String> {
        self.heard.take()
    }

    /// Removes the database, whatever came of the work in it: what went wrong there comes first.
    pub(super) async fn end<T>(self, done: Result<T>) -> Result<T> {
        let removed = self.remove().await;
        let value = done?;
        removed.map(|()| value)
    }

    /// Removes the database.
    pub(super) async fn remove(self) -> Result<()> {
        let Scratch { core, session, .. } = self;
        drop(session);
        core.drop_scratch().await
    }
}
