//! Steps and their statements.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::text::StatementText;
use crate::project::TransactionMode;
use crate::revision::RevisionId;
use crate::script::{Checksum, Script, ScriptTimeouts, ScriptTransaction};

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Applies a revision.
    Upgrade,
    /// Undoes a revision.
    Downgrade,
}

impl Direction {
    /// The word in the log, in JSON and in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a step is kept whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepTransaction {
    /// Its statements and its history row commit together, in a transaction of its own.
    Own,
    /// The same, in one transaction with the steps beside it.
    Shared,
    /// Some of its statements cannot run in a transaction and run alone; those between them share one. Each part is
    /// recorded when it has run, and a later run goes on behind the last.
    Parts,
    /// No transaction of dapter's: every statement is recorded when it has run, and a later run goes on behind the last.
    None,
}

impl StepTransaction {
    /// What applies to a script under a mode, on a database that can roll structure back.
    #[must_use]
    pub fn of(script: ScriptTransaction, mode: TransactionMode, has_alone: bool) -> Self {
        match (script, mode) {
            (ScriptTransaction::None, _) | (_, TransactionMode::None) => Self::None,
            (ScriptTransaction::Default, _) if has_alone => Self::Parts,
            (ScriptTransaction::Default, TransactionMode::Each) => Self::Own,
            (ScriptTransaction::Default, TransactionMode::All) => Self::Shared,
        }
    }

    /// Whether what is done of the step stays when the rest fails.
    #[must_use]
    pub fn is_recorded_in_parts(self) -> bool {
        matches!(self, Self::Parts | Self::None)
    }
}

/// One statement of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStatement {
    /// Its text.
    pub text: StatementText,
    /// The line of the script that it begins on, counted from 1.
    pub line: usize,
    /// The column that it begins at, counted from 1 in characters.
    pub column: usize,
    /// Whether it cannot run in a transaction.
    pub alone: bool,
}

/// One revision in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The revision.
    pub revision: RevisionId,
    /// What its script says it does.
    pub message: String,
    /// The script.
    pub path: PathBuf,
    /// The way it goes.
    pub direction: Direction,
    /// How it is kept whole.
    pub transaction: StepTransaction,
    /// How long its statements may take, where the script says so.
    #[serde(skip)]
    pub timeouts: ScriptTimeouts,
    /// The script's checksum.
    #[serde(skip)]
    pub checksum: Checksum,
    /// Statements that an earlier, interrupted run has done already.
    pub done: usize,
    /// All its statements, those done already included.
    pub statements: Vec<PlannedStatement>,
}

impl Step {
    /// A step of a script, not yet begun.
    #[must_use]
    pub fn new(
        script: &Script,
        direction: Direction,
        transaction: StepTransaction,
        statements: Vec<PlannedStatement>,
    ) -> Self {
        Self {
            revision: script.revision.id.clone(),
            message: script.revision.message.clone(),
            path: script.path.clone(),
            direction,
            transaction,
            timeouts: script.timeouts,
            checksum: script.checksum,
            done: 0,
            statements,
        }
    }
}

/// The steps of one command, in the order in which they run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The way all its steps go.
    pub direction: Direction,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The revisions of the steps from `first` on.
    #[must_use]
    pub fn revisions_from(&self, first: usize) -> Vec<RevisionId> {
        self.steps
            .iter()
            .skip(first)
            .map(|step| step.revision.clone())
            .collect()
    }
}
