//! A plan as the items of a script that somebody else runs, with the history rows and log lines of a run.

use std::path::PathBuf;
use std::time::Instant;

use dapter_plugin_api::{HistoryChange, OfflineChange, OfflineItem, Requirement};

use super::change::StepRecord;
use super::identity::Identity;
use super::journal::parts;
use crate::plan::{Direction, Plan, Step, StepTransaction};
use crate::script::DoneChecksum;

/// What the log says of everything that such a script does.
const NOTE: &str = "by a script for the database's own client";

/// A script that grows item by item.
pub(crate) struct Draft<'a> {
    pub(crate) items: Vec<OfflineItem>,
    /// Whether structure can be rolled back.
    transactional: bool,
    identity: &'a Identity,
    /// Where the statements of the items stand, by the items' indices.
    places: Vec<(usize, PathBuf, usize)>,
}

impl<'a> Draft<'a> {
    /// A script that fails unless it begins where it is meant to.
    pub(crate) fn new(
        title: String,
        start: Requirement,
        transactional: bool,
        identity: &'a Identity,
    ) -> Self {
        let mut draft = Self {
            items: vec![OfflineItem::Comment(title)],
            transactional,
            identity,
            places: Vec::new(),
        };
        let begins_at_base = start.applied.is_empty();
        draft.open();
        if begins_at_base {
            draft.items.push(OfflineItem::EnsureHistory);
        }
        draft.items.push(OfflineItem::Require(start));
        draft.close();
        draft
    }

    /// Adds the steps of a plan.
    pub(crate) fn run(&mut self, plan: &Plan) {
        let mut shared = false;
        for step in &plan.steps {
            let shares = step.transaction == StepTransaction::Shared;
            if shared && !shares {
                self.items.push(OfflineItem::Commit);
            }
            self.items.push(OfflineItem::Comment(title(step)));
            if shares && !shared || step.transaction == StepTransaction::Own {
                self.items.push(OfflineItem::Begin);
            }
            self.items.push(OfflineItem::Require(before(step)));
            self.step(step);
            if step.transaction == StepTransaction::Own {
                self.items.push(OfflineItem::Commit);
            }
            shared = shares;
        }
        if shared {
            self.items.push(OfflineItem::Commit);
        }
    }

    /// Adds a change of the history alone.
    pub(crate) fn change(&mut self, change: HistoryChange) {
        self.open();
        let changes = changes(change).into_iter().map(OfflineItem::Change);
        self.items.extend(changes);
        self.close();
    }

    /// The script and the line of the statement that an item runs.
    pub(crate) fn place(&self, item: u64) -> Option<(PathBuf, usize)> {
        let found = self.places.iter().find(|place| place.0 as u64 == item)?;
        Some((found.1.clone(), found.2))
    }

    fn open(&mut self) {
        if self.transactional {
            self.items.push(OfflineItem::Begin);
        }
    }

    fn close(&mut self) {
        if self.transactional {
            self.items.push(OfflineItem::Commit);
        }
    }

    fn step(&mut self, step: &Step) {
        let record = StepRecord {
            step,
            identity: self.identity,
            before: None,
            position: 0,
            started: Instant::now(),
        };
        if !step.transaction.is_recorded_in_parts() {
            for index in 0..step.statements.len() {
                self.statement(step, index, OfflineItem::Execute);
            }
            self.items.push(OfflineItem::Change(finish(&record)));
            return;
        }
        let mut checksum = DoneChecksum::default();
        for part in parts(step) {
            for statement in &step.statements[part.clone()] {
                checksum.add(&statement.text);
            }
            let change = match part.end == step.statements.len() {
                true => finish(&record),
                false => progress(&record, part.end, checksum.to_string()),
            };
            let alone =
                step.transaction == StepTransaction::None || step.statements[part.start].alone;
            if alone {
                self.statement(step, part.start, |statement| OfflineItem::ExecuteRecorded {
                    statement,
                    change,
                });
                continue;
            }
            self.items.push(OfflineItem::Begin);
            for index in part {
                self.statement(step, index, OfflineItem::Execute);
            }
            self.items.push(OfflineItem::Change(change));
            self.items.push(OfflineItem::Commit);
        }
        if step.statements.is_empty() {
            self.items.push(OfflineItem::Change(finish(&record)));
        }
    }

    fn statement(&mut self, step: &Step, index: usize, item: impl FnOnce(String) -> OfflineItem) {
        let statement = &step.statements[index];
        self.places
            .push((self.items.len(), step.path.clone(), statement.line));
        self.items.push(item(statement.text.to_string()));
    }
}

fn title(step: &Step) -> String {
    let file = step.path.file_name().unwrap_or_default();
    format!(
        "{} {}: {}\n{}",
        step.direction,
        step.revision,
        step.message,
        file.to_string_lossy()
    )
}

/// Whatever came before, a step is done once, unless it is one that runs again.
fn before(step: &Step) -> Requirement {
    if step.revision.repeatable_name().is_some() {
        return Requirement {
            otherwise: "the database is locked, or half done".to_owned(),
            ..Requirement::default()
        };
    }
    let revision = vec![step.revision.to_string()];
    match step.direction {
        Direction::Upgrade => Requirement {
            otherwise: format!("{} is applied, or the database locked", step.revision),
            absent: revision,
            ..Requirement::default()
        },
        Direction::Downgrade => Requirement {
            otherwise: format!("{} is not applied, or the database locked", step.revision),
            applied: revision,
            ..Requirement::default()
        },
    }
}

fn finish(record: &StepRecord<'_>) -> OfflineChange {
    changes(record.finish(None)).pop().unwrap_or_default()
}

fn progress(record: &StepRecord<'_>, done: usize, checksum: String) -> OfflineChange {
    let change = record.progress(None, done, checksum);
    changes(change).pop().unwrap_or_default()
}

/// The changes of one, row by row, as somebody makes them who was not there: how long it took is not known, nor from where
/// it was done.
fn changes(change: HistoryChange) -> Vec<OfflineChange> {
    let mut log = change.log;
    let rows = change.rows.into_iter();
    rows.map(|row| {
        let at = log.iter().position(|line| line.revision == row.revision);
        OfflineChange {
            row: row.row.map(|mut row| {
                row.duration_ms = 0;
                row.applied_at.clear();
                row
            }),
            log: at.map(|at| {
                let mut line = log.remove(at);
                line.duration_ms = 0;
                line.at.clear();
                line.host.clear();
                line.note = match line.note.is_empty() {
                    true => NOTE.to_owned(),
                    false => format!("{}, {NOTE}", line.note),
                };
                line
            }),
            revision: row.revision,
        }
    })
    .collect()
}
