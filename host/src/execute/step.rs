//! One step: its statements, and what the history says of it.

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Capability, ErrorKind, HistoryChange, LockChange, RevisionState,
};

use super::change::StepRecord;
use super::context::Context;
use super::event::Event;
use super::patience::{check, swap};
use super::rollback::rolled_back;
use crate::plan::{PlannedStatement, Step};
use crate::script::DoneChecksum;

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
}

impl StepError {
    /// A failure at no statement, of a call that makes nothing last.
    pub(super) fn between(error: AdapterError) -> Self {
        Self {
            statement: None,
            done: 0,
            in_doubt: false,
            error,
        }
    }

    /// A failure at no statement, of a call that would have made things last.
    pub(super) fn at_commit(error: AdapterError) -> Self {
        Self {
            in_doubt: leaves_doubt(&error),
            ..Self::between(error)
        }
    }
}

/// Whether a call that failed so may have taken effect.
fn leaves_doubt(error: &AdapterError) -> bool {
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
        announce(record.step, statement, index, context);
        let running = context.interrupt.statement();
        let result = match check(context.interrupt) {
            Ok(()) => session.execute(&statement.text).await,
            Err(error) => Err(error),
        };
        drop(running);
        context.tell_notices(session);
        if let Err(error) = result {
            return Err(StepError {
                statement: Some(index),
                ..StepError::between(error)
            });
        }
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

/// Runs the statements one by one and records each; goes on behind those that are done.
pub(super) async fn journalled(
    session: &mut Session,
    record: &StepRecord<'_>,
    require: &LockChange,
    last: &LockChange,
    context: &Context<'_>,
) -> Result<(), StepError> {
    let step = record.step;
    let mut before = record.before.clone();
    let mut checksum = DoneChecksum::default();
    for statement in &step.statements[..step.done] {
        checksum.add(&statement.text);
    }
    for (index, statement) in step.statements.iter().enumerate().skip(step.done) {
        announce(step, statement, index, context);
        checksum.add(&statement.text);
        let done = index + 1;
        let mut change = if done == step.statements.len() {
            record.finish(before.as_ref())
        } else {
            record.progress(before.as_ref(), done, checksum.to_string())
        };
        change.lock = if done == step.statements.len() {
            last.clone()
        } else {
            require.clone()
        };
        let running = context.interrupt.statement();
        let result = match check(context.interrupt) {
            Ok(()) => execute_recorded(session, statement, &change, context).await,
            Err(error) => Err(error),
        };
        drop(running);
        context.tell_notices(session);
        if let Err(error) = result {
            return Err(stopped(
                session,
                record,
                before.as_ref(),
                index,
                require,
                context,
                error,
            )
            .await);
        }
        before = change.rows.into_iter().next().and_then(|row| row.row);
    }
    // Nothing ran: every statement was done already, or there is none. The history still has to say that it is whole.
    if step.done == step.statements.len() {
        let change = HistoryChange {
            lock: last.clone(),
            ..record.finish(before.as_ref())
        };
        let patience = context.patience();
        swap(session, &change, &patience)
            .await
            .map_err(StepError::at_commit)?;
    }
    Ok(())
}

async fn execute_recorded(
    session: &mut Session,
    statement: &PlannedStatement,
    change: &HistoryChange,
    context: &Context<'_>,
) -> Result<u64, AdapterError> {
    context
        .patience()
        .repeat(session, |session| {
            let (text, record) = (statement.text.clone(), change.clone().into());
            Box::pin(async move { session.execute_recorded(&text, &record).await })
        })
        .await
}

/// Writes down why a step stopped half-way. If even that fails, both errors are told.
async fn stopped(
    session: &mut Session,
    record: &StepRecord<'_>,
    before: Option<&AppliedRevision>,
    statement: usize,
    require: &LockChange,
    context: &Context<'_>,
    mut error: AdapterError,
) -> StepError {
    let mut in_doubt = leaves_doubt(&error);
    let mut row = before.cloned();
    if session.has(Capability::Transactions) {
        error = rolled_back(session, error).await;
        // A transaction of the script's own takes back with it what had been recorded inside.
        if let Ok(history) = session.read_history().await {
            row = history.row(record.step.revision.as_str()).cloned();
        }
    }
    let unfinished = row.filter(|row| row.state != RevisionState::Applied);
    if let Some(row) = &unfinished {
        let change = HistoryChange {
            lock: require.clone(),
            ..record.stopped(row, &context.url.redact(&error.message))
        };
        match swap(session, &change, &context.patience()).await {
            // The row is the one of the statement before: the failed one did not take effect.
            Ok(()) => in_doubt = false,
            Err(second) if second.kind == ErrorKind::Poisoned => {}
            Err(second) => error
                .chain
                .push(format!("and the history could not be told: {second}")),
        }
    }
    let done = unfinished.map_or(0, |row| row.statements_done);
    StepError {
        statement: Some(statement),
        done: usize::try_from(done).unwrap_or(usize::MAX),
        in_doubt,
        error,
    }
}

fn announce(step: &Step, statement: &PlannedStatement, index: usize, context: &Context<'_>) {
    context.observer.event(&Event::Statement {
        step,
        statement,
        number: index + 1,
    });
}
