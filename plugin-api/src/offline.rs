//! A run that nobody connects for: what a script holds that the database's own client carries out.

use crate::{AppliedRevision, ConnectOptions, LogEntry};
use serde::{Deserialize, Serialize};

/// What an adapter is to write down, in its order, for the client that comes with the database.
///
/// Carried out as a whole it leaves in the database what the same calls of a session would have left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfflineScript {
    /// Which database it is for. Nothing is connected to.
    pub options: ConnectOptions,
    /// What it does.
    pub items: Vec<OfflineItem>,
}

/// One thing that an [`OfflineScript`] does. A failure of any ends the script, and what is open is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineItem {
    /// Nothing: lines for people to read.
    Comment(String),
    /// Makes the place where the history is kept, if it is not there yet.
    EnsureHistory,
    /// Fails unless the history is as described.
    Require(Requirement),
    /// Begins a transaction.
    Begin,
    /// Makes the transaction last.
    Commit,
    /// Runs one statement within the transaction that is open, as [`split`](crate::SyncMigrationAdapter::split) found it.
    Execute(String),
    /// Runs one statement outside the host's transactions and records it: both take effect together where the database can
    /// do that, else the statement first.
    ExecuteRecorded {
        /// The statement, as [`split`](crate::SyncMigrationAdapter::split) found it.
        statement: String,
        /// What records it.
        change: OfflineChange,
    },
    /// Changes the history.
    Change(OfflineChange),
}

/// What a script demands of the history before it goes on. Nobody holds the lock row, and no step is half done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirement {
    /// Revisions whose rows are there.
    pub applied: Vec<String>,
    /// Revisions whose rows are not there.
    pub absent: Vec<String>,
    /// Where it is said: every row is one of [`applied`](Self::applied) or one of these.
    pub others: Option<Vec<String>>,
    /// What is the case if it is otherwise: the words that the script fails with.
    pub otherwise: String,
}

/// A change of the history that a script makes, whatever is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfflineChange {
    /// The revision whose row it is.
    pub revision: String,
    /// What is there afterwards, or that there is none. When it was applied is the database's time when the script runs; a
    /// new row comes behind all that are there, and one that is there keeps its position.
    pub row: Option<AppliedRevision>,
    /// A line for the log; when, again, is the database's time.
    pub log: Option<LogEntry>,
}
