//! Hooks of a run: what is done before and after its steps.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AdapterError, Capability, ErrorKind};

use super::context::Context;
use super::deadline::Deadline;
use super::patience::check;
use super::rollback::rolled_back;
use super::step::StepError;
use crate::plan::{Direction, PlannedStatement, Step};
use crate::project::HookPoint;
use crate::revision::RevisionId;

/// What a command of a hook is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HookFacts<'a> {
    /// When it runs.
    pub point: HookPoint,
    /// The way the run goes.
    pub direction: Direction,
    /// The revision or the repeatable script, where it is about one.
    pub revision: Option<&'a RevisionId>,
    /// What its script says it does.
    pub message: Option<&'a str>,
    /// Its script.
    pub path: Option<&'a Path>,
    /// Why the run failed, without the secrets of the URL.
    pub error: Option<String>,
}

/// Runs the command of a hook: a program with its arguments, and what it is told. The error is a sentence that says how it
/// failed. Closures are such.
pub trait HookCommands: Send + Sync {
    /// Runs it to its end.
    ///
    /// # Errors
    /// If it cannot be run, or does not succeed.
    fn run(&self, command: &[String], facts: &HookFacts<'_>) -> Result<(), String>;
}

impl<F: Fn(&[String], &HookFacts<'_>) -> Result<(), String> + Send + Sync> HookCommands for F {
    fn run(&self, command: &[String], facts: &HookFacts<'_>) -> Result<(), String> {
        self(command, facts)
    }
}

/// A hook that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFailure {
    /// When it ran.
    pub point: HookPoint,
    /// The revision or the repeatable script, where it was about one.
    pub revision: Option<RevisionId>,
    /// What it was to do: the command, the file, or the beginning of the statements.
    pub what: String,
}

/// A hook, ready to run.
#[derive(Debug)]
pub(crate) struct PreparedHook {
    /// What it does, for people.
    pub(crate) what: String,
    pub(crate) act: HookAct,
}

#[derive(Debug)]
pub(crate) enum HookAct {
    Statements(Vec<PlannedStatement>),
    Command(Vec<String>),
}

/// The hooks of a run, ready to run.
#[derive(Default)]
pub(crate) struct PreparedHooks {
    pub(crate) hooks: BTreeMap<HookPoint, Vec<PreparedHook>>,
    pub(crate) commands: Option<Arc<dyn HookCommands>>,
}

/// What the hooks of a run have done already.
#[derive(Default)]
pub(super) struct Ran(HashSet<RevisionId>);

impl Ran {
    /// Whether the commands before this step are still to run; they are no more from now on, however often it is tried.
    pub(super) fn is_first(&mut self, step: &Step) -> bool {
        self.0.insert(step.revision.clone())
    }
}

impl PreparedHooks {
    fn of(&self, point: HookPoint) -> &[PreparedHook] {
        self.hooks.get(&point).map_or(&[], Vec::as_slice)
    }

    /// How many hooks of a point are statements.
    pub(super) fn statements_of(&self, point: HookPoint) -> usize {
        let is_statements = |hook: &&PreparedHook| matches!(hook.act, HookAct::Statements(_));
        self.of(point).iter().filter(is_statements).count()
    }

    /// Whether anything runs behind the last step, for which the lock is kept.
    pub(super) fn run_behind_steps(&self) -> bool {
        let after = self.hooks.iter().filter(|(point, _)| point.is_after());
        after.into_iter().any(|(_, hooks)| !hooks.is_empty())
    }

    /// Runs the hooks of a point one by one, the statements of each in a transaction of their own where there are any.
    pub(super) async fn run(
        &self,
        point: HookPoint,
        direction: Direction,
        step: Option<&Step>,
        session: &mut Session,
        context: &Context<'_>,
    ) -> Result<(), StepError> {
        for hook in self.of(point) {
            let ran = match &hook.act {
                HookAct::Statements(statements) => on_its_own(session, statements, context).await,
                HookAct::Command(_) => self.command(hook, &facts(point, direction, step)),
            };
            ran.map_err(|error| failed(point, step, hook, error))?;
        }
        Ok(())
    }

    /// Runs the commands before a step; its statements run in its transaction.
    pub(super) fn run_commands(&self, step: &Step) -> Result<(), StepError> {
        let point = HookPoint::BeforeRevision;
        for hook in self.of(point) {
            self.command(hook, &facts(point, step.direction, Some(step)))
                .map_err(|error| failed(point, Some(step), hook, error))?;
        }
        Ok(())
    }

    /// Runs the statements before a step, in the transaction that is open.
    pub(super) async fn run_statements(
        &self,
        step: &Step,
        session: &mut Session,
        context: &Context<'_>,
    ) -> Result<(), StepError> {
        let point = HookPoint::BeforeRevision;
        for hook in self.of(point) {
            if let HookAct::Statements(statements) = &hook.act {
                let ran = all(session, statements, context).await;
                ran.map_err(|error| failed(point, Some(step), hook, error))?;
            }
        }
        Ok(())
    }

    /// The same where there is no transaction to be in.
    pub(super) async fn run_statements_apart(
        &self,
        step: &Step,
        session: &mut Session,
        context: &Context<'_>,
    ) -> Result<(), StepError> {
        let point = HookPoint::BeforeRevision;
        for hook in self.of(point) {
            if let HookAct::Statements(statements) = &hook.act {
                let ran = on_its_own(session, statements, context).await;
                ran.map_err(|error| failed(point, Some(step), hook, error))?;
            }
        }
        Ok(())
    }

    /// Runs the hooks of a failed run, all of them; what fails of them is returned.
    pub(crate) async fn run_on_failure(
        &self,
        facts: &HookFacts<'_>,
        session: &mut Session,
        context: &Context<'_>,
    ) -> Vec<(String, AdapterError)> {
        let mut failures = Vec::new();
        for hook in self.of(HookPoint::OnFailure) {
            let ran = match &hook.act {
                HookAct::Statements(statements) => on_its_own(session, statements, context).await,
                HookAct::Command(_) => self.command(hook, facts),
            };
            failures.extend(ran.err().map(|error| (hook.what.clone(), error)));
        }
        failures
    }

    fn command(&self, hook: &PreparedHook, facts: &HookFacts<'_>) -> Result<(), AdapterError> {
        let (HookAct::Command(command), Some(commands)) = (&hook.act, &self.commands) else {
            return Ok(());
        };
        let ran = commands.run(command, facts);
        ran.map_err(|message| AdapterError::new(ErrorKind::Other, message))
    }
}

fn facts<'f>(point: HookPoint, direction: Direction, step: Option<&'f Step>) -> HookFacts<'f> {
    HookFacts {
        point,
        direction,
        revision: step.map(|step| &step.revision),
        message: step.map(|step| step.message.as_str()),
        path: step.map(|step| step.path.as_path()),
        error: None,
    }
}

fn failed(
    point: HookPoint,
    step: Option<&Step>,
    hook: &PreparedHook,
    error: AdapterError,
) -> StepError {
    StepError {
        hook: Some(HookFailure {
            point,
            revision: step.map(|step| step.revision.clone()),
            what: hook.what.clone(),
        }),
        ..StepError::between(error)
    }
}

/// Runs statements in a transaction of their own; one by one where there is none, or one of them wants none.
async fn on_its_own(
    session: &mut Session,
    statements: &[PlannedStatement],
    context: &Context<'_>,
) -> Result<(), AdapterError> {
    let alone = statements.iter().any(|statement| statement.alone);
    if alone || !session.has(Capability::Transactions) {
        return all(session, statements, context).await;
    }
    session.begin().await?;
    let ran = match all(session, statements, context).await {
        Ok(()) => session.commit().await,
        Err(error) => Err(error),
    };
    match ran {
        Ok(()) => Ok(()),
        Err(error) => Err(rolled_back(session, error).await),
    }
}

async fn all(
    session: &mut Session,
    statements: &[PlannedStatement],
    context: &Context<'_>,
) -> Result<(), AdapterError> {
    for statement in statements {
        // What is left to do after an interrupt is told by whoever was interrupted.
        let running = context.interrupt.statement();
        let deadline = Deadline::start(session, context.statement_timeout);
        let result = match check(context.interrupt) {
            Ok(()) => session.execute(&statement.text).await,
            Err(error) => Err(error),
        };
        drop(running);
        context.tell_notices(session);
        deadline.judge(result)?;
    }
    Ok(())
}

/// The facts of a run that failed.
pub(crate) fn facts_of_failure<'f>(
    direction: Direction,
    revision: Option<&'f RevisionId>,
    path: Option<&'f PathBuf>,
    error: String,
) -> HookFacts<'f> {
    HookFacts {
        point: HookPoint::OnFailure,
        direction,
        revision,
        message: None,
        path: path.map(PathBuf::as_path),
        error: Some(error),
    }
}
