//! Upgrades, downgrades and their plans.

use std::collections::HashSet;
use std::sync::Arc;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AppliedRevision, History};

use super::core::{ALEMBIC_TABLE, Core, Known};
use super::planning;
use super::portable::Basis;
use super::saved_plan::SavedPlan;
use super::scripts::Scripts;
use crate::diagnostic::Diagnostics;
use crate::error::{HistoryError, MigrationError};
use crate::execute::{AppliedStep, Locked, Report, RunFailure, created_now, execute};
use crate::lint::LintFinding;
use crate::plan::{Direction, Plan};
use crate::revision::{Applied, Expression, RevisionId};
use crate::script::{ScriptBody, is_portable, substituted};

type Result<T> = std::result::Result<T, MigrationError>;

/// What somebody has agreed to before the lock was taken.
#[derive(Default)]
struct Agreed {
    path: Vec<RevisionId>,
    /// What is done if nothing else is to be done under the lock: what runs is then what was agreed to.
    plan: Option<Plan>,
    findings: Vec<LintFinding>,
}

impl Core {
    /// Upgrades or downgrades to a destination.
    pub(super) async fn migrate(&self, direction: Direction, destination: &str) -> Result<Report> {
        self.migrate_as(direction, destination, None).await
    }

    /// Carries out a saved plan, if it is the plan that would be made now.
    pub(super) async fn apply(&self, saved: &SavedPlan) -> Result<Report> {
        let (direction, destination) = (saved.direction, &saved.destination);
        self.migrate_as(direction, destination, Some(saved)).await
    }

    async fn migrate_as(
        &self,
        direction: Direction,
        destination: &str,
        saved: Option<&SavedPlan>,
    ) -> Result<Report> {
        let destination = Expression::parse(destination)?;
        let (scripts, mut session, known) = self.open().await?;
        let _running = self.interrupt.while_running(session.canceller());
        let mut agreed = None;
        match planning::path(&known, &scripts, direction, &destination, &self.settings) {
            Ok(path)
                if path.is_empty()
                    && !known.adopting
                    && known.squashed.is_none()
                    && saved.is_none() =>
            {
                return self.report(direction, Vec::new(), &known.history, &scripts);
            }
            // Whoever is asked may take long to answer: nobody waits for the lock meanwhile.
            Ok(path) if self.consent.is_some() => {
                agreed = self
                    .agreed(path, &scripts, &known, direction, &mut session)
                    .await?;
            }
            // What is half done now may be somebody's work in progress: under the lock it will show.
            Ok(_) | Err(MigrationError::History(HistoryError::HalfDone { .. })) => {}
            Err(error) => return Err(error),
        }
        let context = self.context();
        let mut locked = self.acquire(session, &known.history, &context).await?;
        let result = self
            .migrate_locked(
                &mut locked,
                direction,
                &destination,
                &scripts,
                agreed,
                saved,
            )
            .await;
        self.give_back(locked, &context, result).await
    }

    /// A plan that may destroy what it destroys; none where what is half done hinders one now.
    async fn agreed(
        &self,
        path: Vec<RevisionId>,
        scripts: &Scripts,
        known: &Known,
        direction: Direction,
        session: &mut Session,
    ) -> Result<Option<Agreed>> {
        let basis = Basis::Database(session);
        let bodies = self.bodies(&path, scripts, direction, basis).await?;
        let plan = match self.planned(&bodies, known, direction) {
            Err(MigrationError::History(_)) => return Ok(None),
            planned => planned?,
        };
        let findings = self.agree(&plan, Some(&bodies), Vec::new()).await?;
        let has_portable = plan.steps.iter().any(|step| is_portable(&step.path));
        Ok(Some(Agreed {
            path,
            // What is half done may be at another place when the lock is had, and so may tables that operations change.
            plan: Some(plan).filter(|_| !known.has_half_done() && !has_portable),
            findings,
        }))
    }

    async fn migrate_locked(
        &self,
        locked: &mut Locked,
        direction: Direction,
        destination: &Expression,
        scripts: &Scripts,
        agreed: Option<Agreed>,
        saved: Option<&SavedPlan>,
    ) -> Result<Report> {
        let mut known = self.history(locked.session(), scripts).await?;
        if known.adopting {
            self.adopt(locked, &mut known.history, ALEMBIC_TABLE)
                .await?;
        }
        if let Some(change) = known.squashed.take() {
            self.record_squashed(locked, change).await?;
        }
        let path = planning::path(&known, scripts, direction, destination, &self.settings)?;
        let agreed = agreed.unwrap_or_default();
        let same = agreed.path == path && !known.has_half_done();
        let (plan, to_ask) = match agreed.plan.filter(|_| same) {
            Some(plan) => (plan, None),
            None => {
                let basis = Basis::Database(locked.session());
                let bodies = self.bodies(&path, scripts, direction, basis).await?;
                (self.planned(&bodies, &known, direction)?, Some(bodies))
            }
        };
        if let Some(saved) = saved {
            saved.check(&plan, &known.history)?;
        }
        if plan.is_empty() {
            return self.report(direction, Vec::new(), &known.history, scripts);
        }
        // Files of hooks may have changed since somebody was asked.
        self.agree(&plan, to_ask.as_deref(), agreed.findings)
            .await?;
        let backup = self.back_up(&known, scripts).await?;
        let rows: Vec<&AppliedRevision> = known.rows().collect();
        let hooks = self.prepared_hooks().await?;
        match execute(locked, &plan, &rows, &hooks, &self.context()).await {
            Ok(steps) => {
                let report = self.report(direction, steps, &known.history, scripts)?;
                Ok(Report { backup, ..report })
            }
            Err(failure) => {
                let mut failure = self.failed(failure);
                failure.backup = backup;
                self.hook_failure(&hooks, locked, &failure).await;
                Err(failure.into())
            }
        }
    }

    /// What a run would do, without doing it.
    pub(super) async fn plan(&self, direction: Direction, destination: &str) -> Result<Plan> {
        let (plan, _) = self.plan_now(direction, destination).await?;
        Ok(plan)
    }

    /// The same, with what is written down to carry it out later.
    pub(super) async fn plan_to_save(
        &self,
        direction: Direction,
        destination: &str,
    ) -> Result<(Plan, SavedPlan)> {
        let (plan, known) = self.plan_now(direction, destination).await?;
        let database = self.settings.url.to_string();
        let saved = SavedPlan::of(&plan, &known.history, destination, database, created_now());
        Ok((plan, saved))
    }

    /// A plan, and the history that it is made for.
    async fn plan_now(&self, direction: Direction, destination: &str) -> Result<(Plan, Known)> {
        let destination = Expression::parse(destination)?;
        let (scripts, mut session, known) = self.open_loading(Scripts::load_with_texts).await?;
        let path = planning::path(&known, &scripts, direction, &destination, &self.settings)?;
        let basis = Basis::Database(&mut session);
        let bodies = self.bodies(&path, &scripts, direction, basis).await?;
        let plan = self.planned(&bodies, &known, direction)?;
        Ok((plan, known))
    }

    /// Splits the scripts of a path.
    pub(super) fn planned(
        &self,
        bodies: &[ScriptBody],
        known: &Known,
        direction: Direction,
    ) -> Result<Plan> {
        let options = self.settings.connect_options();
        let mode = self.settings.transaction;
        planning::plan(bodies, known, &self.adapter, &options, direction, mode)
    }

    /// The scripts of a path, as the adapter runs them, with their texts: those that were kept, or read again.
    pub(super) async fn bodies(
        &self,
        path: &[RevisionId],
        scripts: &Scripts,
        direction: Direction,
        basis: Basis<'_>,
    ) -> Result<Vec<ScriptBody>> {
        let directory = scripts.directory().clone();
        let wanted = planning::scripts_of(path, scripts, &self.adapter, direction)?;
        let kept: Option<Vec<ScriptBody>> = wanted.iter().map(|loaded| loaded.body()).collect();
        let bodies = match kept {
            Some(kept) => kept,
            None => {
                let wanted: Vec<_> = wanted
                    .iter()
                    .map(|loaded| Arc::clone(&loaded.script))
                    .collect();
                let read = self.blocking(move || directory.read_bodies(&wanted));
                read.await?
            }
        };
        let bodies = self.filled_in(bodies)?;
        self.rendered_bodies(bodies, direction, basis).await
    }

    /// The scripts with their variables filled in; those of portable ones are, once there are statements.
    pub(super) fn filled_in(&self, bodies: Vec<ScriptBody>) -> Result<Vec<ScriptBody>> {
        if bodies.iter().all(|body| !body.script().variables) {
            return Ok(bodies);
        }
        let mut problems = Vec::new();
        let mut filled = Vec::with_capacity(bodies.len());
        for body in bodies {
            if body.script().is_portable() {
                filled.push(body);
                continue;
            }
            match substituted(body, &self.settings.variables) {
                Ok(body) => filled.push(body),
                Err(Diagnostics(found)) => problems.extend(found),
            }
        }
        match problems.is_empty() {
            true => Ok(filled),
            false => Err(MigrationError::Scripts(Diagnostics(problems))),
        }
    }

    fn report(
        &self,
        direction: Direction,
        steps: Vec<AppliedStep>,
        history: &History,
        scripts: &Scripts,
    ) -> Result<Report> {
        let mut ids = planning::applied_ids(history)?;
        match direction {
            Direction::Upgrade => ids.extend(steps.iter().map(|step| step.revision.clone())),
            Direction::Downgrade => {
                let undone: HashSet<&RevisionId> =
                    steps.iter().map(|step| &step.revision).collect();
                ids.retain(|id| !undone.contains(id));
            }
        }
        Ok(Report {
            direction,
            steps,
            heads: Applied::split(scripts.graph(), &ids).0.heads(),
            backup: None,
        })
    }

    pub(super) fn failed(&self, mut failure: Box<RunFailure>) -> Box<RunFailure> {
        failure.error = self.redacted(failure.error);
        failure
    }
}
