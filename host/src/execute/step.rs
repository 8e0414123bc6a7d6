//! One step within a transaction, and what every kind of step has in common.

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AdapterError, ErrorKind, HistoryChange, LockChange, Result};

use super::change::StepRecord;
use super::context::Context;
use super::deadline::Deadline;
use super::event::Event;
use super::hook::HookFailure;
use super::patience::check;
use crate::plan::{PlannedStatement, Step};

/// Why a step stopped.
#[derive(Debug)]
pub(super) struct StepError {
    /// The statement it stopped at, from 0; `None` if it was none of them.
    pub(super) statement: Option<usize>,
    /// Statements that took effect and stay, although the step failed.
    pub(super) done: usize,
    /// Whether the call that failed may have made something last all the same.
    pub(super) in_doubt: bool,
    pub(super) error: AdapterError,
    /// The hook that failed, if it was no part of the step itself.
    pub(super) hook: Option<HookFailure>,
}

impl StepError {
    /// A failure at no statement, of a call that makes nothing last.
    pub(super) fn between(error: AdapterError) -> Self {
        Self {
            statement: None,
            done: 0,
            in_doubt: false,
            error,
            hook: None,
        }
    }

    /// A failure of a statement whose transaction is rolled back.
    pub(super) fn at_statement(index: usize, error: AdapterError) -> Self {
        Self {
            statement: Some(index),
            ..Self::between(error)
        }
    }

    /// A failure at no statement, of a call that would have made things last.
    pub(super) fn at_commit(error: AdapterError) -> Self {
        Self {
            in_doubt: leaves_doubt(&error),
            ..Self::between(error)
        }
    }

    /// Whether somebody was in the way: once what is open is rolled back, the same may be tried again.
    pub(super) fn is_busy(&self) -> bool {
        let lasts = self.hook.as_ref().is_some_and(|hook| hook.point.is_after());
        self.error.kind == ErrorKind::Busy && !self.in_doubt && !lasts
    }
}

/// Whether a call that failed so may have taken effect.
pub(super) fn leaves_doubt(error: &AdapterError) -> bool {
    matches!(
        error.kind,
        ErrorKind::ConnectionLost | ErrorKind::Panic | ErrorKind::Protocol
    )
}

/// Runs the statements and writes the history, within the transaction that is open.
pub(super) async fn in_transaction(
    session: &mut Session,
    record: &StepRecord<'_>,
    lock: LockChange,
    context: &Context<'_>,
) -> Result<(), StepError> {
    for (index, statement) in record.step.statements.iter().enumerate() {
        execute(session, record.step, index, statement, context).await?;
    }
    let change = HistoryChange {
        lock,
        ..record.finish(record.before.as_ref())
    };
    session
        .swap_history(&change)
        .await
        .map_err(StepError::between)
}

/// Runs one statement within the transaction that is open.
pub(super) async fn execute(
    session: &mut Session,
    step: &Step,
    index: usize,
    statement: &PlannedStatement,
    context: &Context<'_>,
) -> Result<(), StepError> {
    announce(step, statement, index, context);
    let running = context.interrupt.statement();
    let deadline = Deadline::start(session, context.statement_timeout_of(step));
    let result = match check(context.interrupt) {
        Ok(()) => session.execute(&statement.text).await,
        Err(error) => Err(error),
    };
    drop(running);
    context.tell_notices(session);
    let result = deadline.judge(result);
    result
        .map(drop)
        .map_err(|error| StepError::at_statement(index, error))
}

pub(super) fn announce(
    step: &Step,
    statement: &PlannedStatement,
    index: usize,
    context: &Context<'_>,
) {
    context.observer.event(&Event::Statement {
        step,
        statement,
        number: index + 1,
    });
}
