//! Running a plan to see which locks it takes, and rolling all of it back.

use std::path::PathBuf;
use std::time::Instant;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AdapterError, Capability, HeldLock};
use serde::Serialize;

use super::context::Context;
use super::deadline::Deadline;
use super::patience::check;
use crate::plan::{Plan, PlannedStatement, Step, StepTransaction};
use crate::revision::RevisionId;

/// A statement that ran in a trial, and what it locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialStatement {
    /// The revision.
    pub revision: RevisionId,
    /// The script.
    pub path: PathBuf,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The locks that it took and that were held until the end of the trial; those of earlier statements are theirs.
    pub locks: Vec<HeldLock>,
}

/// Why there is no trial.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The database cannot roll structure back, or does not tell which locks it holds.
    #[error("there is no trial run on {dialect}: {why}")]
    Unsupported {
        /// The adapter's dialect.
        dialect: String,
        /// Why.
        why: &'static str,
    },
    /// A statement cannot run in a transaction, or its script does not want one.
    #[error(
        "{}:{line}: there is no trial run of this statement: it would run outside of a transaction and could not be rolled back",
        path.display()
    )]
    Outside {
        /// The script.
        path: PathBuf,
        /// The statement's line, from 1.
        line: usize,
    },
    /// A statement failed; everything was rolled back.
    #[error("{}:{line}: the trial run failed and was rolled back", path.display())]
    Statement {
        /// The script.
        path: PathBuf,
        /// The statement's line, from 1.
        line: usize,
        /// What the database said.
        source: AdapterError,
    },
    /// The transaction could not be begun or rolled back.
    #[error("the trial run could not be {doing}")]
    Transaction {
        /// `begun` or `rolled back`.
        doing: &'static str,
        /// What the database said.
        source: AdapterError,
    },
}

impl TrialError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unsupported { .. } => {
                "`dapter lint` without --trace tells what is known without running anything"
                    .to_owned()
            }
            Self::Outside { .. } => {
                "name a revision before it, or run it on a copy of the database".to_owned()
            }
            Self::Statement { source, .. } | Self::Transaction { source, .. } => {
                let hint = source.hint.clone();
                hint.unwrap_or_else(|| "the database is as it was before".to_owned())
            }
        }
    }

    /// The same with this done to what the database said.
    pub(crate) fn map_source(self, map: impl FnOnce(AdapterError) -> AdapterError) -> Self {
        match self {
            Self::Statement { path, line, source } => Self::Statement {
                path,
                line,
                source: map(source),
            },
            Self::Transaction { doing, source } => Self::Transaction {
                doing,
                source: map(source),
            },
            other => other,
        }
    }
}

/// Runs what is to be done of a plan in one transaction, notes the locks of each statement, and rolls it back.
pub(crate) async fn trial(
    session: &mut Session,
    plan: &Plan,
    context: &Context<'_>,
) -> Result<Vec<TrialStatement>, TrialError> {
    is_possible(session, plan)?;
    let transaction = |doing| move |source| TrialError::Transaction { doing, source };
    if session.has(Capability::LockTimeout) {
        let set = session.set_lock_timeout(context.lock_timeout).await;
        set.map_err(transaction("begun"))?;
    }
    session.begin().await.map_err(transaction("begun"))?;
    let traced = statements(session, plan, context).await;
    let rolled_back = session.rollback().await;
    let traced = traced?;
    rolled_back.map_err(transaction("rolled back"))?;
    Ok(traced)
}

fn is_possible(session: &Session, plan: &Plan) -> Result<(), TrialError> {
    let why = match () {
        () if !session.has(Capability::TransactionalDdl) => Some(
            "a statement that changes structure commits by itself there and cannot be rolled back",
        ),
        () if !session.has(Capability::Trace) => {
            Some("its adapter does not tell which locks a transaction holds")
        }
        () => None,
    };
    if let Some(why) = why {
        let dialect = session.info().dialect().to_owned();
        return Err(TrialError::Unsupported { dialect, why });
    }
    for step in &plan.steps {
        let runs_outside = step.transaction == StepTransaction::None;
        let statement = step
            .statements
            .iter()
            .find(|statement| statement.alone || runs_outside);
        if let Some(statement) = statement {
            return Err(TrialError::Outside {
                path: step.path.clone(),
                line: statement.line,
            });
        }
    }
    Ok(())
}

async fn statements(
    session: &mut Session,
    plan: &Plan,
    context: &Context<'_>,
) -> Result<Vec<TrialStatement>, TrialError> {
    let mut known = Vec::new();
    let mut traced = Vec::new();
    for step in &plan.steps {
        for statement in step.statements.iter().skip(step.done) {
            let ran = one(session, step, statement, &mut known, context).await;
            traced.push(ran.map_err(|source| TrialError::Statement {
                path: step.path.clone(),
                line: statement.line,
                source,
            })?);
        }
    }
    Ok(traced)
}

async fn one(
    session: &mut Session,
    step: &Step,
    statement: &PlannedStatement,
    known: &mut Vec<HeldLock>,
    context: &Context<'_>,
) -> Result<TrialStatement, AdapterError> {
    check(context.interrupt)?;
    let started = Instant::now();
    let running = context.interrupt.statement();
    let deadline = Deadline::start(session, context.statement_timeout_of(step));
    let result = session.execute(&statement.text).await;
    drop(running);
    deadline.judge(result)?;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut locks = session.held_locks().await?;
    context.tell_notices(session);
    let is_known = |lock: &HeldLock, known: &[HeldLock]| {
        known
            .iter()
            .any(|other| (&other.object, &other.mode) == (&lock.object, &lock.mode))
    };
    locks.retain(|lock| !is_known(lock, known));
    known.extend(locks.iter().cloned());
    Ok(TrialStatement {
        revision: step.revision.clone(),
        path: step.path.clone(),
        line: statement.line,
        text: statement.text.shown().into_owned(),
        duration_ms,
        locks,
    })
}
