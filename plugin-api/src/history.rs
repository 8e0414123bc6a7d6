//! What a database remembers of its migrations, and how it is changed.

use crate::{AdapterError, Result};
use serde::{Deserialize, Serialize};

/// One applied revision, or one script that runs again whenever its text changes: a row of `dapter_revision`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AppliedRevision {
    /// The key of the table: the revision's id, or `repeatable:NAME` for a script that runs again. No id holds a colon. An
    /// adapter treats both alike, only hosts tell them apart.
    pub revision: String,
    /// What the script said it does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The script's checksum with the name of its algorithm, `text1-sha256:…`; empty for a revision whose script was
    /// not at hand.
    pub checksum: String,
    /// The order of application: greater is later. Unique among the rows.
    pub position: u64,
    /// Whether the step that this row stands for is finished.
    pub state: RevisionState,
    /// Statements that have taken effect.
    pub statements_done: u64,
    /// Statements that the step has in all.
    pub statements_total: u64,
    /// A checksum over the statements that have taken effect, so that an edited script is resumed only where what
    /// already ran is unchanged in it. Empty unless the step is unfinished.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub done_checksum: String,
    /// What made the unfinished step stop, if it said so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// The statement behind those that are done, if it was announced and nobody recorded how it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<InFlight>,
    /// How long the step took, in milliseconds.
    pub duration_ms: u64,
    /// When it was applied: UTC, RFC 3339.
    pub applied_at: String,
    /// Who applied it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub applied_by: String,
    /// The version of dapter that applied it.
    pub dapter_version: String,
}

/// A statement that was announced before it ran, because its effect and its record cannot be made together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InFlight {
    /// The beginning of its text, for people.
    pub statement: String,
    /// The [`done_checksum`](AppliedRevision::done_checksum) of the row once this statement counts as done.
    pub done_checksum: String,
    /// When it was about to run: UTC, RFC 3339.
    pub since: String,
    /// Whether it took effect, as the adapter finds out when it reads the history; `None` where it cannot tell. Never
    /// stored.
    pub took_effect: Option<bool>,
}

/// How far the step of an [`AppliedRevision`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionState {
    /// Applied, whole.
    #[default]
    Applied,
    /// Its upgrade stopped on the way, outside a transaction.
    Upgrading,
    /// Its downgrade stopped on the way, outside a transaction: the revision still counts as applied.
    Downgrading,
}

impl RevisionState {
    /// The word in the table and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            RevisionState::Applied => "applied",
            RevisionState::Upgrading => "upgrading",
            RevisionState::Downgrading => "downgrading",
        }
    }

    /// The state with this name.
    ///
    /// # Errors
    /// [`ErrorKind::Other`](crate::ErrorKind::Other) for any other word.
    pub fn from_name(name: &str) -> Result<Self> {
        [Self::Applied, Self::Upgrading, Self::Downgrading]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| {
                AdapterError::new(
                    crate::ErrorKind::Other,
                    format!("the history holds a row in state `{name}`"),
                )
                .with_hint("a newer dapter wrote it: use that version")
            })
    }
}

/// Who holds the right to change a database: the row of `dapter_lock`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LockRow {
    /// A random word that only the holder knows to be its own; every change of the history names it.
    pub token: String,
    /// The holder's host name.
    pub host: String,
    /// What tells one running system (and process space) of that host from another; empty where nothing does.
    pub machine: String,
    /// The holder's process id.
    pub pid: u32,
    /// When that process started, in a form that only the same machine can compare; empty where it is not known.
    pub process_started: String,
    /// On whose behalf.
    pub user: String,
    /// Since when: UTC, RFC 3339.
    pub since: String,
    /// Counted up by the holder as long as it lives, so that others see whether it does, without comparing clocks.
    pub beat: u64,
}

/// A line of `dapter_log`: something that was done to the history, ever. Lines are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogEntry {
    /// When: UTC, RFC 3339.
    pub at: String,
    /// What: `upgrade`, `downgrade`, `stamp` or `repair`.
    pub operation: String,
    /// To which revision.
    pub revision: String,
    /// How it ended: `done`, or `failed`.
    pub outcome: String,
    /// Statements that took effect.
    pub statements: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Who did it.
    pub by: String,
    /// From which host.
    pub host: String,
    /// With which version of dapter.
    pub dapter_version: String,
    /// Anything else worth knowing: the error, say.
    pub note: String,
}

/// All that a database remembers, but for the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Whether there is a place to write to, in the form this version of the adapter writes:
    /// [`ensure_history`](crate::SyncSession::ensure_history) has nothing to do.
    pub ready: bool,
    /// The applied revisions, in the order of application.
    pub rows: Vec<AppliedRevision>,
    /// The lock row, if somebody holds it.
    pub lock: Option<LockRow>,
    /// The heads that Alembic recorded in `alembic_version`, where that table exists.
    pub alembic_heads: Vec<String>,
}

/// One compare-and-swap of the history: what must be there, and what to write then.
///
/// All of it takes effect or none of it, within the running transaction if there is one. No revision appears in it twice;
/// two rows may exchange their positions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryChange {
    /// What must be true of the lock row, and what becomes of it.
    pub lock: LockChange,
    /// The rows to write and delete, each with what must be there before.
    pub rows: Vec<RowChange>,
    /// Lines to add to the log.
    pub log: Vec<LogEntry>,
}

impl HistoryChange {
    /// A change that changes nothing, and is refused if the lock row that this one demands is not there.
    #[must_use]
    pub fn lock_check(&self) -> HistoryChange {
        let lock = match &self.lock {
            LockChange::Require(token)
            | LockChange::Renew { token, .. }
            | LockChange::Release(token) => LockChange::Require(token.clone()),
            LockChange::Ignore | LockChange::Take { .. } => LockChange::Ignore,
        };
        HistoryChange {
            lock,
            ..HistoryChange::default()
        }
    }
}

/// How a statement is recorded that runs outside the host's transactions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Records the statement as done; expects the history as it is before the statement.
    pub change: HistoryChange,
    /// Announces the statement: the row of its step with [`in_flight`](AppliedRevision::in_flight) set. An adapter that
    /// cannot make effect and record together makes this change last first, and then [`Self::after_intent`]. `None` from
    /// a host too old to say it.
    pub intent: Option<HistoryChange>,
}

impl Record {
    /// The change that records the statement once it was announced: it expects what the announcement wrote.
    #[must_use]
    pub fn after_intent(&self) -> HistoryChange {
        let mut change = self.change.clone();
        let announced = self.intent.iter().flat_map(|intent| &intent.rows);
        for written in announced {
            for row in &mut change.rows {
                if row.revision == written.revision {
                    row.expect = Expect::exactly(written.row.as_ref());
                }
            }
        }
        change
    }
}

impl From<HistoryChange> for Record {
    fn from(change: HistoryChange) -> Self {
        Record {
            change,
            intent: None,
        }
    }
}

/// What a [`HistoryChange`] demands of the lock row, and does to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockChange {
    /// The lock row is not looked at.
    #[default]
    Ignore,
    /// The lock row must hold this token.
    Require(String),
    /// The lock row must be absent, or hold the token `instead_of`; then it becomes `row`.
    Take {
        /// The token of a holder known to be dead.
        instead_of: Option<String>,
        /// The new holder.
        row: LockRow,
    },
    /// The lock row must hold this token; then its `beat` is this one.
    Renew {
        /// The holder's token.
        token: String,
        /// Its sign of life.
        beat: u64,
    },
    /// The lock row must hold this token; then it is deleted.
    Release(String),
}

/// One row of a [`HistoryChange`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// The revision whose row it is.
    pub revision: String,
    /// What must be there.
    pub expect: Expect,
    /// What is there afterwards: a row of that revision, or none.
    pub row: Option<AppliedRevision>,
}

/// What must be there before a row is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// No row of this revision.
    Absent,
    /// A row in this state with so many statements done.
    Present {
        /// The state that the row must have.
        state: RevisionState,
        /// The statements done that the row must have.
        statements_done: u64,
    },
}

impl Expect {
    /// Expects exactly this row, or its absence.
    pub fn exactly(row: Option<&AppliedRevision>) -> Self {
        row.map_or(Expect::Absent, |row| Expect::Present {
            state: row.state,
            statements_done: row.statements_done,
        })
    }

    /// Checks what is there.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict), saying what was found instead.
    pub fn check(self, revision: &str, found: Option<&AppliedRevision>) -> Result<()> {
        if self == Expect::exactly(found) {
            return Ok(());
        }
        let found = match found {
            None => "is not in the history any more".to_owned(),
            Some(row) if self == Expect::Absent => {
                format!("is in the history already ({})", row.state.name())
            }
            Some(row) => format!(
                "is {} with {} statements done",
                row.state.name(),
                row.statements_done
            ),
        };
        Err(AdapterError::conflict(format!(
            "revision {revision} {found}"
        )))
    }
}

impl LockChange {
    /// Checks the lock row that is there.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict), naming the holder found.
    pub fn check(&self, found: Option<&LockRow>) -> Result<()> {
        let found_token = found.map(|row| row.token.as_str());
        let holds = match self {
            LockChange::Ignore => true,
            LockChange::Require(token)
            | LockChange::Renew { token, .. }
            | LockChange::Release(token) => found_token == Some(token),
            LockChange::Take { instead_of, .. } => {
                found_token.is_none() || found_token == instead_of.as_deref()
            }
        };
        if holds {
            return Ok(());
        }
        Err(AdapterError::conflict(match found {
            None => "the lock is gone: somebody else released it".to_owned(),
            Some(row) => format!(
                "the lock is held by process {} on {} since {}",
                row.pid, row.host, row.since
            ),
        }))
    }
}

impl History {
    /// The row of a revision.
    pub fn row(&self, revision: &str) -> Option<&AppliedRevision> {
        self.rows.iter().find(|row| row.revision == revision)
    }

    /// Checks a change and makes it, all or nothing: what `swap_history` means, for an adapter whose database is a file
    /// or a map. The log lines are left to the caller.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if anything expected is not there; nothing is changed then.
    pub fn apply(&mut self, change: &HistoryChange) -> Result<()> {
        change.lock.check(self.lock.as_ref())?;
        for row in &change.rows {
            row.expect.check(&row.revision, self.row(&row.revision))?;
        }
        match &change.lock {
            LockChange::Take { row, .. } => self.lock = Some(row.clone()),
            LockChange::Renew { beat, .. } => {
                if let Some(row) = &mut self.lock {
                    row.beat = *beat;
                }
            }
            LockChange::Release(_) => self.lock = None,
            LockChange::Ignore | LockChange::Require(_) => {}
        }
        for change in &change.rows {
            self.rows.retain(|row| row.revision != change.revision);
            self.rows.extend(change.row.clone());
        }
        self.rows.sort_by_key(|row| row.position);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn row(revision: &str, position: u64) -> AppliedRevision {
        AppliedRevision {
            revision: revision.to_owned(),
            position,
            ..AppliedRevision::default()
        }
    }

    fn write(expect: Expect, revision: &str, row: Option<AppliedRevision>) -> HistoryChange {
        HistoryChange {
            rows: vec![RowChange {
                revision: revision.to_owned(),
                expect,
                row,
            }],
            ..HistoryChange::default()
        }
    }

    #[test]
    fn a_row_is_written_once_and_deleted_once() {
        let mut history = History::default();
        let add = write(Expect::Absent, "a", Some(row("a", 1)));
        history.apply(&add).expect("nothing is there");
        assert_eq!(
            history.apply(&add).expect_err("it is there").kind,
            ErrorKind::Conflict
        );
        let remove = write(Expect::exactly(Some(&row("a", 1))), "a", None);
        history.apply(&remove).expect("it is there");
        assert_eq!(
            history.apply(&remove).expect_err("it is gone").kind,
            ErrorKind::Conflict
        );
    }

    #[test]
    fn a_change_that_fails_changes_nothing() {
        let mut history = History::default();
        history
            .apply(&write(Expect::Absent, "a", Some(row("a", 1))))
            .expect("applies");
        let before = history.clone();
        let mut change = write(Expect::Absent, "b", Some(row("b", 2)));
        change.rows.extend(write(Expect::Absent, "a", None).rows);
        history.apply(&change).expect_err("a is there");
        assert_eq!(history, before);
    }

    #[test]
    fn the_lock_goes_from_hand_to_hand() {
        let holder = |token: &str| LockRow {
            token: token.to_owned(),
            ..LockRow::default()
        };
        let take = |token: &str, instead_of: Option<&str>| HistoryChange {
            lock: LockChange::Take {
                instead_of: instead_of.map(str::to_owned),
                row: holder(token),
            },
            ..HistoryChange::default()
        };
        let with = |lock| HistoryChange {
            lock,
            ..HistoryChange::default()
        };
        let mut history = History::default();
        history.apply(&take("one", None)).expect("free");
        history.apply(&take("two", None)).expect_err("held");
        history
            .apply(&take("two", Some("zero")))
            .expect_err("held by another");
        history
            .apply(&take("two", Some("one")))
            .expect("the dead holder is named");
        history
            .apply(&with(LockChange::Require("one".into())))
            .expect_err("one lost it");
        let renew = |token: &str, beat| {
            with(LockChange::Renew {
                token: token.to_owned(),
                beat,
            })
        };
        history.apply(&renew("one", 9)).expect_err("one lost it");
        history.apply(&renew("two", 7)).expect("two holds it");
        assert_eq!(history.lock.as_ref().map(|row| row.beat), Some(7));
        history
            .apply(&with(LockChange::Release("one".into())))
            .expect_err("one lost it");
        history
            .apply(&with(LockChange::Release("two".into())))
            .expect("two holds it");
        assert_eq!(history.lock, None);
    }
}
