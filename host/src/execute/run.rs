//! Carries a plan out under the lock.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dapter_plugin_api::{AdapterError, AppliedRevision, Capability, ErrorKind, LockChange};
use serde::Serialize;

use super::backup::BackupMade;
use super::change::StepRecord;
use super::clock::milliseconds;
use super::context::Context;
use super::event::Event;
use super::failure::{DatabaseState, RunFailure, StatementFailure};
use super::hook::{PreparedHooks, Ran};
use super::journal::journalled;
use super::lock::Locked;
use super::patience::{Patience, check};
use super::rollback::rolled_back;
use super::step::{StepError, in_transaction};
use crate::plan::{Direction, Plan, Step, StepTransaction};
use crate::project::HookPoint;
use crate::revision::RevisionId;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The way it went.
    pub direction: Direction,
    /// The steps, in the order in which they were done.
    pub steps: Vec<AppliedStep>,
    /// The heads of the database afterwards.
    pub heads: Vec<RevisionId>,
    /// The copy of the database that was made before.
    pub backup: Option<BackupMade>,
}

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedStep {
    /// The revision.
    pub revision: RevisionId,
    /// What its script says it does.
    pub message: String,
    /// The script.
    pub path: PathBuf,
    /// Statements that were run.
    pub statements: usize,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// Carries out a plan, which must not be empty, made for a history of these very rows.
///
/// # Errors
/// Why it stopped, and in which state the database is; the lock is still to be given back then.
pub(crate) async fn execute(
    locked: &mut Locked,
    plan: &Plan,
    rows: &[&AppliedRevision],
    hooks: &PreparedHooks,
    context: &Context<'_>,
) -> Result<Vec<AppliedStep>, Box<RunFailure>> {
    context.observer.event(&Event::Planned(plan));
    let mut run = Run {
        locked,
        plan,
        rows: rows
            .iter()
            .map(|row| (row.revision.as_str(), *row))
            .collect(),
        hooks,
        hooked: Ran::default(),
        hooks_wrote: false,
        context,
        positions: HashMap::new(),
        last_position: rows
            .iter()
            .map(|row| row.position)
            .max()
            .unwrap_or_default(),
        lock_timeout: None,
        patience: None,
        done: Vec::new(),
        uncommitted: Vec::new(),
    };
    let (before, after) = match plan.direction {
        Direction::Upgrade => (HookPoint::BeforeUpgrade, HookPoint::AfterUpgrade),
        Direction::Downgrade => (HookPoint::BeforeDowngrade, HookPoint::AfterDowngrade),
    };
    if let Err(error) = run.hook(before, None).await {
        return Err(run.fail(None, error).await);
    }
    let mut next = 0;
    while next < plan.steps.len() {
        let stepped = match run.step(next).await {
            Ok(()) => Ok(next + 1),
            Err(error) => run.again(next, error).await,
        };
        match stepped {
            Ok(index) => next = index,
            Err(error) => return Err(run.fail(Some(next), error).await),
        }
    }
    if let Err(error) = run.commit_shared().await {
        return Err(run.fail(None, error).await);
    }
    if let Err(error) = run.hook(after, None).await {
        return Err(run.fail(None, error).await);
    }
    Ok(run.done)
}

struct Run<'r> {
    locked: &'r mut Locked,
    plan: &'r Plan,
    /// What the history held before the run.
    rows: HashMap<&'r str, &'r AppliedRevision>,
    hooks: &'r PreparedHooks,
    hooked: Ran,
    /// Whether statements of hooks that stay may have changed the database.
    hooks_wrote: bool,
    context: &'r Context<'r>,
    /// The positions that new rows got, also of steps that are tried again.
    positions: HashMap<&'r str, u64>,
    last_position: u64,
    /// What the session was last told to wait at most.
    lock_timeout: Option<Duration>,
    /// How long to try again a step that found somebody in the way.
    patience: Option<Patience>,
    /// Steps that last.
    done: Vec<AppliedStep>,
    /// Steps of the common transaction that is open.
    uncommitted: Vec<AppliedStep>,
}

impl<'r> Run<'r> {
    async fn step(&mut self, index: usize) -> Result<(), StepError> {
        check(self.context.interrupt).map_err(StepError::between)?;
        let step = &self.plan.steps[index];
        let (number, total) = (index + 1, self.plan.steps.len());
        let started = Instant::now();
        self.context.observer.event(&Event::StepStarted {
            step,
            number,
            total,
        });
        self.limit_waiting(step).await.map_err(StepError::between)?;
        let record = self.record(step, started);
        if self.hooked.is_first(step) {
            self.hooks.run_commands(step)?;
        }
        let last = if number == total && !self.hooks.run_behind_steps() {
            self.locked.give_back()
        } else {
            self.locked.require()
        };
        match step.transaction {
            StepTransaction::Own => self.own(&record, last).await?,
            StepTransaction::Shared => self.shared(&record, last).await?,
            StepTransaction::Parts | StepTransaction::None => {
                self.in_parts(&record, last).await?;
            }
        }
        self.patience = None;
        let duration = started.elapsed();
        let applied = AppliedStep {
            revision: step.revision.clone(),
            message: step.message.clone(),
            path: step.path.clone(),
            statements: step.statements.len() - step.done,
            duration_ms: milliseconds(duration),
        };
        match step.transaction {
            StepTransaction::Shared => self.uncommitted.push(applied),
            StepTransaction::Own | StepTransaction::Parts | StepTransaction::None => {
                self.done.push(applied);
            }
        }
        self.tell_finished(step, number, duration);
        match step.transaction {
            StepTransaction::Shared => Ok(()),
            _ => self.hook(HookPoint::AfterRevision, Some(step)).await,
        }
    }

    fn tell_finished(&self, step: &Step, number: usize, duration: Duration) {
        let total = self.plan.steps.len();
        self.context.observer.event(&Event::StepFinished {
            step,
            number,
            total,
            duration,
        });
    }

    /// Runs the hooks of a point that belong to no transaction of a step.
    async fn hook(&mut self, point: HookPoint, step: Option<&Step>) -> Result<(), StepError> {
        let direction = self.plan.direction;
        let session = self.locked.session();
        let whole = session.has(Capability::TransactionalDdl);
        let ran = self
            .hooks
            .run(point, direction, step, session, self.context)
            .await;
        // The only one that failed was rolled back where that can be done.
        let only = self.hooks.statements_of(point) == 1 && whole;
        self.hooks_wrote |= self.hooks.statements_of(point) > 0 && (ran.is_ok() || !only);
        ran
    }

    /// Runs the statements before a step, in the transaction that is open.
    async fn hook_statements(&mut self, step: &Step) -> Result<(), StepError> {
        let session = self.locked.session();
        self.hooks.run_statements(step, session, self.context).await
    }

    /// After a step that found somebody in the way: rolls back what is open, pauses, and names the step to go on with.
    async fn again(&mut self, index: usize, failed: StepError) -> Result<usize, StepError> {
        let transaction = self.plan.steps[index].transaction;
        if !failed.is_busy() || transaction.is_recorded_in_parts() {
            return Err(failed);
        }
        let mut patience = match self.patience.take() {
            Some(patience) => patience,
            None => self.context.patience(),
        };
        // The database is given back before the pause: whoever is in the way may be waiting for it.
        let mut error = rolled_back(self.locked.session(), failed.error).await;
        error.message = self.context.url.redact(&error.message);
        match patience.pause().await {
            Ok(true) => {}
            Ok(false) => return Err(StepError { error, ..failed }),
            Err(error) => return Err(StepError { error, ..failed }),
        }
        self.patience = Some(patience);
        self.context.observer.event(&Event::TriedAgain {
            step: &self.plan.steps[index],
            error: &error,
        });
        let first = index - self.uncommitted.len();
        self.uncommitted.clear();
        Ok(first)
    }

    /// Tells the session how long the statements of a step may wait, if that is not what it was told last.
    async fn limit_waiting(&mut self, step: &Step) -> Result<(), AdapterError> {
        let timeout = self.context.lock_timeout_of(step);
        let session = self.locked.session();
        if self.lock_timeout == Some(timeout) || !session.has(Capability::LockTimeout) {
            return Ok(());
        }
        session.set_lock_timeout(timeout).await?;
        self.lock_timeout = Some(timeout);
        Ok(())
    }

    fn record<'s>(&mut self, step: &'r Step, started: Instant) -> StepRecord<'s>
    where
        'r: 's,
    {
        let before = self.rows.get(step.revision.as_str()).copied().cloned();
        let position = match &before {
            Some(row) => row.position,
            None => *self
                .positions
                .entry(step.revision.as_str())
                .or_insert_with(|| {
                    self.last_position += 1;
                    self.last_position
                }),
        };
        StepRecord {
            step,
            identity: self.context.identity,
            before,
            position,
            started,
        }
    }

    async fn own(&mut self, record: &StepRecord<'_>, lock: LockChange) -> Result<(), StepError> {
        self.begin().await.map_err(StepError::between)?;
        self.hook_statements(record.step).await?;
        in_transaction(self.locked.session(), record, lock.clone(), self.context).await?;
        self.commit().await.map_err(StepError::at_commit)?;
        self.note_release(&lock);
        Ok(())
    }

    async fn shared(&mut self, record: &StepRecord<'_>, lock: LockChange) -> Result<(), StepError> {
        if self.uncommitted.is_empty() {
            self.begin().await.map_err(StepError::between)?;
        }
        self.hook_statements(record.step).await?;
        in_transaction(self.locked.session(), record, lock, self.context).await
    }

    async fn in_parts(
        &mut self,
        record: &StepRecord<'_>,
        lock: LockChange,
    ) -> Result<(), StepError> {
        self.commit_shared().await?;
        let require = self.locked.require();
        let session = self.locked.session();
        let hooks = self.hooks;
        self.hooks_wrote |= hooks.statements_of(HookPoint::BeforeRevision) > 0;
        hooks
            .run_statements_apart(record.step, session, self.context)
            .await?;
        journalled(self.locked.session(), record, &require, &lock, self.context).await?;
        self.note_release(&lock);
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), AdapterError> {
        let patience = self.context.patience();
        patience
            .repeat(self.locked.session(), |session| Box::pin(session.begin()))
            .await
    }

    async fn commit(&mut self) -> Result<(), AdapterError> {
        let patience = self.context.patience();
        patience
            .repeat(self.locked.session(), |session| Box::pin(session.commit()))
            .await
    }

    /// Commits the common transaction, if one is open.
    async fn commit_shared(&mut self) -> Result<(), StepError> {
        if self.uncommitted.is_empty() {
            return Ok(());
        }
        self.commit().await.map_err(StepError::at_commit)?;
        let first = self.done.len();
        self.done.append(&mut self.uncommitted);
        if self.done.len() == self.plan.steps.len() && !self.hooks.run_behind_steps() {
            self.locked.released();
        }
        let plan = self.plan;
        for step in &plan.steps[first..self.done.len()] {
            self.hook(HookPoint::AfterRevision, Some(step)).await?;
        }
        Ok(())
    }

    fn note_release(&mut self, lock: &LockChange) {
        if matches!(lock, LockChange::Release(_)) {
            self.locked.released();
        }
    }

    /// Rolls back what is open and says what is the case now.
    async fn fail(mut self, index: Option<usize>, failed: StepError) -> Box<RunFailure> {
        let StepError {
            statement,
            done,
            in_doubt,
            mut error,
            hook,
        } = failed;
        let step = index.map(|index| &self.plan.steps[index]);
        let is_behind = hook.as_ref().is_some_and(|hook| hook.point.is_after());
        // A step without a transaction may have failed before the common one of the steps below it was committed.
        if !self.uncommitted.is_empty()
            || step.is_some_and(|step| !is_behind && !step.transaction.is_recorded_in_parts())
        {
            error = rolled_back(self.locked.session(), error).await;
        }
        let state = match step {
            _ if in_doubt => DatabaseState::Unknown,
            _ if is_behind => DatabaseState::Done,
            Some(step) if done > 0 || step.done > 0 => DatabaseState::Partial {
                done: done.max(step.done),
                total: step.statements.len(),
            },
            _ if self.done.is_empty() && !self.hooks_wrote => DatabaseState::Unchanged,
            _ => DatabaseState::RolledBack,
        };
        if let Some((step, index)) = step.zip(statement) {
            let offset = error.position.and_then(|at| usize::try_from(at).ok());
            let written = offset.map(|at| step.statements[index].text.written_offset(at));
            error.position = written.and_then(|at| u64::try_from(at).ok());
        }
        let interrupted =
            error.kind == ErrorKind::Cancelled && self.context.interrupt.is_interrupted();
        Box::new(RunFailure {
            direction: self.plan.direction,
            backup: None,
            revision: match &hook {
                Some(hook) => hook.revision.clone(),
                None => step.map(|step| step.revision.clone()),
            },
            path: step.map(|step| step.path.clone()),
            statement: step
                .zip(statement)
                .and_then(|(step, index)| StatementFailure::of(&step.statements, index as u64)),
            error,
            pending: self.plan.revisions_from(self.done.len()),
            done: self.done.drain(..).map(|step| step.revision).collect(),
            state,
            interrupted,
            hook,
        })
    }
}
