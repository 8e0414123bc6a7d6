//! What happens during a run, told while it happens.

use std::time::Duration;

use dapter_plugin_api::{AdapterError, LockRow, Notice};

use super::backup::BackupMade;
use crate::plan::{Plan, PlannedStatement, Step};

/// Something that happened during a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The lock is about to be taken: from here on a run that is ended from outside leaves something behind.
    Locking,
    /// Somebody else holds the lock; the run waits for at most `timeout`. Told once per holder.
    Waiting {
        /// The holder, as far as the database knows.
        holder: Option<&'a LockRow>,
        /// How long the run waits in all.
        timeout: Duration,
    },
    /// The database's own lock cannot be held over this connection: a lock row is kept instead.
    LockRow {
        /// Why.
        reason: &'a AdapterError,
    },
    /// The lock of a dead holder was taken over.
    TookOver {
        /// The dead holder.
        holder: &'a LockRow,
    },
    /// The history of another tool was taken over.
    Adopted {
        /// The table that it was read from.
        table: &'a str,
        /// How many revisions are recorded as applied now.
        revisions: usize,
    },
    /// A copy of the database was made.
    BackedUp(&'a BackupMade),
    /// The plan is made, and about to run.
    Planned(&'a Plan),
    /// A step begins.
    StepStarted {
        /// The step.
        step: &'a Step,
        /// Its number in the plan, from 1.
        number: usize,
        /// The number of steps.
        total: usize,
    },
    /// A statement is about to run.
    Statement {
        /// The step it belongs to.
        step: &'a Step,
        /// The statement.
        statement: &'a PlannedStatement,
        /// Its number in the step, from 1.
        number: usize,
    },
    /// Somebody was in the way of a step: what it had done since it last lasted was rolled back, and is done again.
    TriedAgain {
        /// The step.
        step: &'a Step,
        /// What the database said.
        error: &'a AdapterError,
    },
    /// A step's work is done. With one transaction for all, it lasts only once the run is done.
    StepFinished {
        /// The step.
        step: &'a Step,
        /// Its number in the plan, from 1.
        number: usize,
        /// The number of steps.
        total: usize,
        /// How long it took.
        duration: Duration,
    },
    /// A hook of a failed run failed too.
    HookFailed {
        /// What it was to do.
        what: &'a str,
        /// Why it did not.
        error: &'a AdapterError,
    },
    /// The adapter or the database had something to say.
    Notice(&'a Notice),
}

/// Is told of everything that happens during a run. Closures are observers.
pub trait Observer: Send + Sync {
    /// Called on the thread that runs; a slow observer makes a slow run.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}

/// An observer that does not look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}
