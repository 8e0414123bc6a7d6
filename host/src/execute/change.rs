//! The rows and log lines that steps and stamps leave behind.

use std::collections::HashMap;
use std::time::Instant;

use dapter_plugin_api::{
    AppliedRevision, Expect, History, HistoryChange, InFlight, LogEntry, RevisionState, RowChange,
};

use super::clock::{milliseconds_since, now};
use super::identity::Identity;
use crate::plan::{Direction, Step};
use crate::revision::RevisionId;
use crate::script::Script;

/// The version of dapter that writes the rows.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The row of a revision that is applied as a whole.
pub(crate) fn applied_row(script: &Script, position: u64, identity: &Identity) -> AppliedRevision {
    AppliedRevision {
        revision: script.revision.id.to_string(),
        message: script.revision.message.clone(),
        checksum: script.checksum.to_string(),
        position,
        applied_at: now(),
        applied_by: identity.user.clone(),
        dapter_version: VERSION.to_owned(),
        ..AppliedRevision::default()
    }
}

/// The rows of an Alembic history: what its heads imply, in topological order. When they were applied is not known.
pub(crate) fn adopted_rows<'i>(
    scripts: &HashMap<&RevisionId, &Script>,
    revisions: impl IntoIterator<Item = &'i RevisionId>,
    identity: &Identity,
) -> Vec<AppliedRevision> {
    revisions
        .into_iter()
        .filter_map(|id| scripts.get(id))
        .zip(1..)
        .map(|(script, position)| adopted_row(script, position, "", identity))
        .collect()
}

/// The row of a revision that another tool has applied, at this moment if it is known.
pub(crate) fn adopted_row(
    script: &Script,
    position: u64,
    at: &str,
    identity: &Identity,
) -> AppliedRevision {
    AppliedRevision {
        applied_at: at.to_owned(),
        applied_by: String::new(),
        ..applied_row(script, position, identity)
    }
}

/// The change that a stamp makes, or what the log calls otherwise: rows to forget, rows to write anew, rows to add, and a log line for each.
pub(crate) fn stamp_change(
    history: &History,
    remove: &[RevisionId],
    write: Vec<AppliedRevision>,
    identity: &Identity,
    operation: &str,
    note: &str,
) -> HistoryChange {
    let removals = remove.iter().map(|id| RowChange {
        revision: id.to_string(),
        expect: Expect::exactly(history.row(id.as_str())),
        row: None,
    });
    let writes = write.into_iter().map(|row| RowChange {
        revision: row.revision.clone(),
        expect: Expect::exactly(history.row(&row.revision)),
        row: Some(row),
    });
    let rows: Vec<RowChange> = removals.chain(writes).collect();
    let log = rows
        .iter()
        .map(|change| {
            let what = if change.row.is_some() {
                "recorded as applied"
            } else {
                "forgotten"
            };
            LogEntry {
                note: if note.is_empty() {
                    what.to_owned()
                } else {
                    format!("{what}: {note}")
                },
                ..log_entry(operation, &change.revision, identity)
            }
        })
        .collect();
    HistoryChange {
        rows,
        log,
        ..HistoryChange::default()
    }
}

/// The log line of a repair.
pub(crate) fn repair_entry(revision: &str, identity: &Identity, note: &str) -> LogEntry {
    LogEntry {
        note: note.to_owned(),
        ..log_entry("repair", revision, identity)
    }
}

fn log_entry(operation: &str, revision: &str, identity: &Identity) -> LogEntry {
    LogEntry {
        at: now(),
        operation: operation.to_owned(),
        revision: revision.to_owned(),
        outcome: "done".to_owned(),
        by: identity.user.clone(),
        host: identity.host.clone(),
        dapter_version: VERSION.to_owned(),
        ..LogEntry::default()
    }
}

/// What one step writes into the history.
pub(super) struct StepRecord<'a> {
    pub(super) step: &'a Step,
    pub(super) identity: &'a Identity,
    /// The row that was there before the step, if there was one.
    pub(super) before: Option<AppliedRevision>,
    pub(super) position: u64,
    pub(super) started: Instant,
}

impl StepRecord<'_> {
    /// The change that finishes the step; what must be there is the row `before`, or the last one of the journal.
    pub(super) fn finish(&self, before: Option<&AppliedRevision>) -> HistoryChange {
        let row = match self.step.direction {
            Direction::Upgrade => Some(self.row(
                RevisionState::Applied,
                self.step.statements.len(),
                String::new(),
            )),
            Direction::Downgrade => None,
        };
        HistoryChange {
            rows: vec![self.change(before, row)],
            log: vec![LogEntry {
                statements: count(self.step.statements.len()),
                duration_ms: milliseconds_since(self.started),
                ..log_entry(
                    self.step.direction.name(),
                    self.step.revision.as_str(),
                    self.identity,
                )
            }],
            ..HistoryChange::default()
        }
    }

    /// The change that records that `done` statements have taken effect.
    pub(super) fn progress(
        &self,
        before: Option<&AppliedRevision>,
        done: usize,
        done_checksum: String,
    ) -> HistoryChange {
        let row = self.row(self.unfinished(), done, done_checksum);
        HistoryChange {
            rows: vec![self.change(before, Some(row))],
            ..HistoryChange::default()
        }
    }

    /// The change that announces the statement behind the first `done`, in the row `before` as it is.
    pub(super) fn intent(
        &self,
        before: Option<&AppliedRevision>,
        done: usize,
        checksums: Checksums<'_>,
    ) -> HistoryChange {
        let mut row = self.row(self.unfinished(), done, checksums.before.to_owned());
        row.in_flight = Some(InFlight {
            statement: beginning(&self.step.statements[done].text.shown()),
            done_checksum: checksums.after.to_owned(),
            since: now(),
            took_effect: None,
        });
        HistoryChange {
            rows: vec![self.change(before, Some(row))],
            ..HistoryChange::default()
        }
    }

    /// The change that records where and why the step stopped half-way.
    pub(super) fn stopped(
        &self,
        before: &AppliedRevision,
        settled: &AppliedRevision,
        error: &str,
    ) -> HistoryChange {
        let row = AppliedRevision {
            error: error.to_owned(),
            ..settled.clone()
        };
        HistoryChange {
            rows: vec![self.change(Some(before), Some(row))],
            log: vec![LogEntry {
                outcome: "failed".to_owned(),
                statements: settled.statements_done,
                duration_ms: milliseconds_since(self.started),
                note: error.to_owned(),
                ..log_entry(
                    self.step.direction.name(),
                    self.step.revision.as_str(),
                    self.identity,
                )
            }],
            ..HistoryChange::default()
        }
    }

    fn unfinished(&self) -> RevisionState {
        match self.step.direction {
            Direction::Upgrade => RevisionState::Upgrading,
            Direction::Downgrade => RevisionState::Downgrading,
        }
    }

    fn change(&self, before: Option<&AppliedRevision>, row: Option<AppliedRevision>) -> RowChange {
        RowChange {
            revision: self.step.revision.to_string(),
            expect: Expect::exactly(before),
            row,
        }
    }

    fn row(&self, state: RevisionState, done: usize, done_checksum: String) -> AppliedRevision {
        AppliedRevision {
            revision: self.step.revision.to_string(),
            message: self.step.message.clone(),
            checksum: self.step.checksum.to_string(),
            position: self.position,
            state,
            statements_done: count(done),
            statements_total: count(self.step.statements.len()),
            done_checksum,
            error: String::new(),
            in_flight: None,
            duration_ms: milliseconds_since(self.started),
            applied_at: now(),
            applied_by: self.identity.user.clone(),
            dapter_version: VERSION.to_owned(),
        }
    }
}

/// The checksums of the statements done, without and with the one that is about to run.
#[derive(Clone, Copy)]
pub(super) struct Checksums<'a> {
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

/// The most that a history keeps of a statement's text, in characters.
const LONGEST_BEGINNING: usize = 500;

fn beginning(statement: &str) -> String {
    match statement.char_indices().nth(LONGEST_BEGINNING) {
        Some((end, _)) => format!("{} …", &statement[..end]),
        None => statement.to_owned(),
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
