//! How a run fails, and in which state it leaves the database.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use dapter_plugin_api::{AdapterError, LockRow};
use serde::Serialize;

use super::backup::BackupMade;
use super::hook::HookFailure;
use crate::plan::{Direction, PlannedStatement};
use crate::revision::RevisionId;

/// In which state a failed run left the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseState {
    /// Exactly as it was before the run.
    Unchanged,
    /// The failing step was rolled back; the steps before it are done and stay.
    RolledBack,
    /// What was to be done is done and stays, up to the hook that failed behind it.
    Done,
    /// The failing step is done in part, and the history says so.
    Partial {
        /// Statements that took effect.
        done: usize,
        /// Statements that the step has.
        total: usize,
    },
    /// The connection broke, or the adapter did, while something was made to last: the history will tell at the next
    /// run.
    Unknown,
}

/// The statement that a run failed at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementFailure {
    /// Its number in the step, from 1.
    pub number: usize,
    /// How many the step has.
    pub total: usize,
    /// The line of the script that it begins on, from 1.
    pub line: usize,
    /// The column that it begins at, from 1 in characters.
    pub column: usize,
    /// Its text, as the script has it.
    pub text: String,
    /// What ran, where the script is portable and an adapter has made a statement of it; secrets are masked.
    pub made: Option<String>,
}

impl StatementFailure {
    /// The statement behind the first `done` of a step; `None` if there is none.
    pub(crate) fn of(statements: &[PlannedStatement], done: u64) -> Option<Self> {
        let index = usize::try_from(done).ok()?;
        let statement = statements.get(index)?;
        Some(Self {
            number: index + 1,
            total: statements.len(),
            line: statement.line,
            column: statement.column,
            text: statement.text.written().to_owned(),
            made: (statement.text.is_made()).then(|| statement.text.shown().into_owned()),
        })
    }
}

/// Why a run stopped, where, and what is the case now.
#[derive(Debug)]
pub struct RunFailure {
    /// The way the run went.
    pub direction: Direction,
    /// The revision that failed; `None` if it failed between steps (at the common commit, say).
    pub revision: Option<RevisionId>,
    /// The script of that revision.
    pub path: Option<PathBuf>,
    /// The statement that failed; `None` if it was the step's beginning, its history row or its commit.
    pub statement: Option<StatementFailure>,
    /// What the adapter said.
    pub error: AdapterError,
    /// The revisions whose steps are done and stay, in order.
    pub done: Vec<RevisionId>,
    /// The revisions whose steps are not done, in order: the failing one, those rolled back with it, and those that were
    /// to follow.
    pub pending: Vec<RevisionId>,
    /// In which state the database is.
    pub state: DatabaseState,
    /// Whether somebody told the run to stop.
    pub interrupted: bool,
    /// The copy of the database that was made before.
    pub backup: Option<BackupMade>,
    /// The hook that failed, if the steps themselves did not.
    pub hook: Option<HookFailure>,
}

impl RunFailure {
    /// Whether the database is as it was before the run.
    #[must_use]
    pub fn left_unchanged(&self) -> bool {
        self.done.is_empty() && self.state == DatabaseState::Unchanged
    }
}

impl fmt::Display for RunFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.interrupted {
            "was interrupted"
        } else {
            "failed"
        };
        if let Some(hook) = &self.hook {
            write!(f, "the hook {} of the {}", hook.point, self.direction)?;
            if let Some(revision) = &hook.revision {
                write!(f, " of {}", revision.described())?;
            }
            return write!(f, " {verb}: {}", hook.what);
        }
        match &self.revision {
            Some(id) if id.repeatable_name().is_some() => {
                write!(f, "the {} {verb}", id.described())
            }
            Some(id) => write!(f, "the {} of {} {verb}", self.direction, id.described()),
            None => write!(f, "the {} {verb}", self.direction),
        }
    }
}

impl std::error::Error for RunFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The lock was not acquired in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFailure {
    /// Who holds it, as far as the database knows.
    pub holder: Option<LockRow>,
    /// How long was waited.
    pub waited: Duration,
    /// What the database said when it was last asked, if it said anything.
    pub error: Option<AdapterError>,
}

impl fmt::Display for LockFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.holder {
            Some(holder) => {
                write!(
                    f,
                    "the database is locked by process {} on {}",
                    holder.pid, holder.host
                )?;
                if !holder.user.is_empty() {
                    write!(f, " ({})", holder.user)?;
                }
                write!(f, " since {}", holder.since)?;
            }
            None => f.write_str("the database is in use by somebody else")?,
        }
        write!(f, "; gave up after {:.1} s", self.waited.as_secs_f64())
    }
}

impl std::error::Error for LockFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.as_ref().map(|error| error as _)
    }
}
