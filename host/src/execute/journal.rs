//! A step that is recorded in parts: a statement at a time where nothing else is possible, else all between two
//! statements that run alone.

use std::ops::Range;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Capability, ErrorKind, HistoryChange, LockChange, Record,
    Result, RevisionState,
};

use super::change::{Checksums, StepRecord};
use super::context::Context;
use super::deadline::Deadline;
use super::event::Event;
use super::patience::{check, swap};
use super::rollback::rolled_back;
use super::step::{StepError, announce, execute, leaves_doubt};
use crate::plan::{Step, StepTransaction};
use crate::script::DoneChecksum;

/// Runs the parts of a step one by one and records each; goes on behind those that are done.
pub(super) async fn journalled(
    session: &mut Session,
    record: &StepRecord<'_>,
    require: &LockChange,
    last: &LockChange,
    context: &Context<'_>,
) -> Result<(), StepError> {
    let mut journal = Journal {
        session,
        record,
        require,
        last,
        context,
        before: record.before.clone(),
        checksum: DoneChecksum::default(),
    };
    for statement in &record.step.statements[..record.step.done] {
        journal.checksum.add(&statement.text);
    }
    journal.settle().await.map_err(StepError::at_commit)?;
    for part in parts(record.step) {
        journal.run(part).await?;
    }
    // Nothing ran: every statement was done already, or there is none. The history still has to say that it is whole.
    if record.step.done == record.step.statements.len() {
        let change = journal.change(record.step.done);
        let patience = context.patience();
        swap(journal.session, &change, &patience)
            .await
            .map_err(StepError::at_commit)?;
    }
    Ok(())
}

/// What is left of a step, as the parts that are recorded one by one.
pub(super) fn parts(step: &Step) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for index in step.done..step.statements.len() {
        let joins = |part: &Range<usize>| {
            step.transaction == StepTransaction::Parts
                && !step.statements[index].alone
                && !step.statements[part.start].alone
        };
        match parts.last_mut() {
            Some(part) if joins(part) => part.end = index + 1,
            _ => parts.push(index..index + 1),
        }
    }
    parts
}

struct Journal<'j> {
    session: &'j mut Session,
    record: &'j StepRecord<'j>,
    require: &'j LockChange,
    last: &'j LockChange,
    context: &'j Context<'j>,
    /// The row of the step as it is.
    before: Option<AppliedRevision>,
    /// Of the statements that are done.
    checksum: DoneChecksum,
}

impl Journal<'_> {
    /// Records the statement that was in flight and is known to have taken effect.
    async fn settle(&mut self) -> Result<()> {
        let done = self.record.step.done;
        let behind = |row: &AppliedRevision| usize::try_from(row.statements_done) != Ok(done);
        let in_flight = |row: &&AppliedRevision| row.in_flight.is_some() && behind(row);
        if self.before.as_ref().filter(in_flight).is_none()
            || done == self.record.step.statements.len()
        {
            return Ok(());
        }
        let change = self.change(done);
        swap(self.session, &change, &self.context.patience()).await?;
        self.recorded(change);
        Ok(())
    }

    async fn run(&mut self, part: Range<usize>) -> Result<(), StepError> {
        let alone = self.record.step.transaction == StepTransaction::None
            || self.record.step.statements[part.start].alone;
        let before = self.checksum.clone();
        for statement in &self.record.step.statements[part.clone()] {
            self.checksum.add(&statement.text);
        }
        let change = self.change(part.end);
        let ran = if alone {
            self.statement(part.start, &before, &change).await
        } else {
            self.together(part, &change).await
        };
        match ran {
            Ok(()) => {
                self.recorded(change);
                Ok(())
            }
            Err(error) => Err(self.stopped(error).await),
        }
    }

    /// One statement, recorded by the adapter.
    async fn statement(
        &mut self,
        index: usize,
        checksum: &DoneChecksum,
        change: &HistoryChange,
    ) -> Result<(), StepError> {
        let step = self.record.step;
        let statement = &step.statements[index];
        let checksums = Checksums {
            before: &checksum.to_string(),
            after: &self.checksum.to_string(),
        };
        let record = Record {
            change: change.clone(),
            intent: Some(HistoryChange {
                lock: self.require.clone(),
                ..self.record.intent(self.before.as_ref(), index, checksums)
            }),
        };
        announce(step, statement, index, self.context);
        let running = self.context.interrupt.statement();
        let deadline = Deadline::start(self.session, self.context.statement_timeout_of(step));
        let result = match check(self.context.interrupt) {
            Ok(()) => {
                execute_recorded(self.session, step, &statement.text, &record, self.context).await
            }
            Err(error) => Err(error),
        };
        drop(running);
        self.context.tell_notices(self.session);
        deadline.judge(result).map(drop).map_err(|error| StepError {
            in_doubt: leaves_doubt(&error),
            ..StepError::at_statement(index, error)
        })
    }

    /// Several statements and their record in one transaction, again from its begin as long as somebody is in the way.
    async fn together(
        &mut self,
        part: Range<usize>,
        change: &HistoryChange,
    ) -> Result<(), StepError> {
        let mut patience = self.context.patience();
        loop {
            match self.attempt(part.clone(), change).await {
                Err(busy) if busy.is_busy() => {
                    let error = rolled_back(self.session, busy.error).await;
                    match patience.pause().await {
                        Ok(true) => tell_again(self.record.step, &error, self.context),
                        Ok(false) => return Err(StepError { error, ..busy }),
                        Err(error) => return Err(StepError { error, ..busy }),
                    }
                }
                other => return other,
            }
        }
    }

    async fn attempt(
        &mut self,
        part: Range<usize>,
        change: &HistoryChange,
    ) -> Result<(), StepError> {
        let step = self.record.step;
        let begun = self.session.begin().await;
        begun.map_err(StepError::between)?;
        for index in part {
            let statement = &step.statements[index];
            execute(self.session, step, index, statement, self.context).await?;
        }
        let swapped = self.session.swap_history(change).await;
        swapped.map_err(StepError::between)?;
        let patience = self.context.patience();
        patience
            .repeat(self.session, |session| Box::pin(session.commit()))
            .await
            .map_err(StepError::at_commit)
    }

    /// The change that records the first `done` statements, the last of which finishes the step.
    fn change(&self, done: usize) -> HistoryChange {
        let before = self.before.as_ref();
        if done == self.record.step.statements.len() {
            return HistoryChange {
                lock: self.last.clone(),
                ..self.record.finish(before)
            };
        }
        HistoryChange {
            lock: self.require.clone(),
            ..self
                .record
                .progress(before, done, self.checksum.to_string())
        }
    }

    fn recorded(&mut self, change: HistoryChange) {
        self.before = change.rows.into_iter().next().and_then(|row| row.row);
    }

    /// Writes down why a step stopped half-way. If even that fails, both errors are told.
    async fn stopped(&mut self, failed: StepError) -> StepError {
        let StepError {
            statement,
            mut in_doubt,
            mut error,
            hook,
            ..
        } = failed;
        let mut row = self.before.clone();
        if self.session.has(Capability::Transactions) {
            error = rolled_back(self.session, error).await;
            // A transaction of the script's own takes back with it what had been recorded inside.
            if let Ok(history) = self.session.read_history().await {
                row = history.row(self.record.step.revision.as_str()).cloned();
            }
        }
        let unfinished = row.filter(|row| row.state != RevisionState::Applied);
        let settled = unfinished.as_ref().map(|row| settled(row.clone()));
        in_doubt |= settled == Some(None);
        let settled = settled.flatten();
        if let Some((before, row)) = unfinished.as_ref().zip(settled.as_ref()) {
            let said = self.context.url.redact(&error.message);
            let change = HistoryChange {
                lock: self.require.clone(),
                ..self.record.stopped(before, row, &said)
            };
            match swap(self.session, &change, &self.context.patience()).await {
                // The row says how far the step came.
                Ok(()) => in_doubt = false,
                Err(second) if second.kind == ErrorKind::Poisoned => {}
                Err(second) => error
                    .chain
                    .push(format!("and the history could not be told: {second}")),
            }
        }
        let done = settled.map_or(0, |row| row.statements_done);
        StepError {
            statement,
            done: usize::try_from(done).unwrap_or(usize::MAX),
            in_doubt,
            error,
            hook,
        }
    }
}

/// The row with the statement in flight counted as done or not; `None` if it is not known which.
fn settled(mut row: AppliedRevision) -> Option<AppliedRevision> {
    if let Some(statement) = row.in_flight.take()
        && statement.took_effect?
    {
        row.statements_done += 1;
        row.done_checksum = statement.done_checksum;
    }
    Some(row)
}

/// Tells that somebody was in the way, and that it is tried again.
fn tell_again(step: &Step, error: &AdapterError, context: &Context<'_>) {
    let mut error = error.clone();
    error.message = context.url.redact(&error.message);
    context.observer.event(&Event::TriedAgain {
        step,
        error: &error,
    });
}

async fn execute_recorded(
    session: &mut Session,
    step: &Step,
    text: &str,
    record: &Record,
    context: &Context<'_>,
) -> Result<u64, AdapterError> {
    let mut patience = context.patience();
    loop {
        match session.execute_recorded(text, record).await {
            Err(error) if error.kind == ErrorKind::Busy => {
                if !patience.pause().await? {
                    return Err(error);
                }
                tell_again(step, &error, context);
            }
            other => return other,
        }
    }
}
