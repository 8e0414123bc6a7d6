//! Settles by hand what is half done.

use dapter_plugin_api::{AppliedRevision, Expect, HistoryChange, RevisionState, RowChange};

use super::core::Core;
use super::planning;
use super::portable::Basis;
use super::repeatable;
use super::scripts::Scripts;
use super::status::direction_of;
use crate::error::{HistoryError, MigrationError};
use crate::execute::{Locked, applied_row, repair_entry, swap};
use crate::plan::{Direction, PlannedStatement};
use crate::revision::RevisionId;
use crate::script::Script;

type Result<T> = std::result::Result<T, MigrationError>;

/// What a person found in the database, or did by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairChoice {
    /// The statement behind those that are recorded took effect.
    Done,
    /// The statement in flight did not take effect.
    NotDone,
    /// So many statements of the step, as its script is now, have taken effect.
    Statements(u64),
    /// The whole step was finished by hand.
    Finished,
    /// What had been done of the step was undone by hand.
    Undone,
}

/// What a repair wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The revision.
    pub revision: RevisionId,
    /// What the history says of it now; `None` if it counts as not applied.
    pub row: Option<AppliedRevision>,
}

impl Core {
    /// Settles a half-done step, the only one if none is named.
    pub(super) async fn repair(
        &self,
        revision: Option<&str>,
        choice: RepairChoice,
    ) -> Result<Repaired> {
        let (scripts, session, known) = self.open().await?;
        let _running = self.interrupt.while_running(session.canceller());
        // A wrong name is told before anybody is kept waiting.
        find(known.rows(), revision)?;
        let context = self.context();
        let mut locked = self.acquire(session, &known.history, &context).await?;
        let result = self
            .repair_locked(&mut locked, revision, choice, &scripts)
            .await;
        self.give_back(locked, &context, result).await
    }

    async fn repair_locked(
        &self,
        locked: &mut Locked,
        revision: Option<&str>,
        choice: RepairChoice,
        scripts: &Scripts,
    ) -> Result<Repaired> {
        let known = self.history(locked.session(), scripts).await?;
        let row = find(known.rows(), revision)?;
        let id = repeatable::id(&row.revision)?;
        let direction = direction_of(row);
        let basis = Basis::Database(locked.session());
        let statements = self.statements_of(&id, scripts, direction, basis).await?;
        let repair = Repair {
            row,
            script: scripts.get(id.as_str()),
            statements: statements.as_deref(),
            direction,
        };
        let after = repair.after(choice)?.map(|after| match after {
            After::Row(row) => *row,
            After::Applied => repair.applied(&self.settings.identity),
        });
        let change = HistoryChange {
            lock: locked.give_back(),
            rows: vec![RowChange {
                revision: row.revision.clone(),
                expect: Expect::exactly(Some(row)),
                row: after.clone(),
            }],
            log: vec![repair_entry(
                &row.revision,
                &self.settings.identity,
                &told(choice),
            )],
        };
        let swapped = swap(locked.session(), &change, &self.context().patience()).await;
        swapped.map_err(|error| self.database("repair the history of", error))?;
        locked.released();
        Ok(Repaired {
            revision: id,
            row: after,
        })
    }
}

/// The row of the half-done step that is meant: an id or its beginning, or nothing if there is only one.
fn find<'r>(
    rows: impl Iterator<Item = &'r AppliedRevision>,
    revision: Option<&str>,
) -> std::result::Result<&'r AppliedRevision, HistoryError> {
    let half_done: Vec<&AppliedRevision> = rows
        .filter(|row| row.state != RevisionState::Applied)
        .collect();
    let meant: Vec<&AppliedRevision> = half_done
        .iter()
        .copied()
        .filter(|row| revision.is_none_or(|begin| row.revision.starts_with(begin)))
        .collect();
    let names: Vec<&str> = half_done.iter().map(|row| row.revision.as_str()).collect();
    match (&meant[..], revision) {
        ([row], _) => Ok(row),
        (_, _) if names.is_empty() => Err(cannot(
            "nothing is half done",
            "to record what was done by hand, use `dapter stamp`",
        )),
        ([], Some(name)) => Err(cannot(
            &format!("{} is not half done", named(name)),
            &format!("half done: {}", names.join(", ")),
        )),
        _ => Err(cannot(
            "several revisions are half done",
            &format!("name one: {}", names.join(", ")),
        )),
    }
}

/// A name as somebody wrote it, for a sentence.
fn named(name: &str) -> String {
    match repeatable::key_of(name) {
        Some(id) => id.described(),
        None => format!("revision {name}"),
    }
}

fn cannot(why: &str, hint: &str) -> HistoryError {
    HistoryError::CannotRepair {
        why: why.to_owned(),
        hint: hint.to_owned(),
    }
}

/// The choice as the log tells it.
fn told(choice: RepairChoice) -> String {
    match choice {
        RepairChoice::Done => "the next statement counts as done".to_owned(),
        RepairChoice::NotDone => "the statement in flight counts as not done".to_owned(),
        RepairChoice::Statements(done) => format!("{done} statements count as done"),
        RepairChoice::Finished => "the step counts as finished".to_owned(),
        RepairChoice::Undone => "the step counts as not begun".to_owned(),
    }
}

/// A half-done step and what its script says now.
struct Repair<'r> {
    row: &'r AppliedRevision,
    script: Option<&'r Script>,
    statements: Option<&'r [PlannedStatement]>,
    direction: Direction,
}

/// What the history says of a revision after a repair.
enum After {
    Row(Box<AppliedRevision>),
    /// It is applied, as its script is now.
    Applied,
}

impl Repair<'_> {
    /// The row after the choice; `None` if the revision is not applied then.
    fn after(&self, choice: RepairChoice) -> std::result::Result<Option<After>, HistoryError> {
        match choice {
            RepairChoice::Finished => Ok(self.end(self.direction)),
            RepairChoice::Undone => Ok(self.end(match self.direction {
                Direction::Upgrade => Direction::Downgrade,
                Direction::Downgrade => Direction::Upgrade,
            })),
            RepairChoice::NotDone if self.row.in_flight.is_none() => Err(cannot(
                "no statement was running when the step stopped",
                "run the same command again: it goes on at the statement that failed",
            )),
            RepairChoice::NotDone => Ok(Some(
                self.row_with(self.row.statements_done, self.row.done_checksum.clone()),
            )),
            RepairChoice::Done => self.at(self.row.statements_done + 1),
            RepairChoice::Statements(done) => self.at(done),
        }
    }

    /// The step with so many statements done.
    fn at(&self, done: u64) -> std::result::Result<Option<After>, HistoryError> {
        let statements = self.statements.ok_or_else(|| {
            cannot(
                "no script says what the statements of the step are",
                "bring the script back, or choose --finished or --undone",
            )
        })?;
        let ran = usize::try_from(done)
            .ok()
            .and_then(|done| statements.get(..done))
            .ok_or_else(|| {
                cannot(
                    &format!("the step has {} statements, not {done}", statements.len()),
                    "count the statements of the section as `dapter upgrade --dry-run` shows them",
                )
            })?;
        if ran.len() == statements.len() {
            return Ok(self.end(self.direction));
        }
        Ok(Some(self.row_with(done, planning::done_checksum(ran))))
    }

    /// The step as if it had been made in this direction.
    fn end(&self, direction: Direction) -> Option<After> {
        match direction {
            Direction::Upgrade => Some(After::Applied),
            Direction::Downgrade => None,
        }
    }

    fn row_with(&self, done: u64, done_checksum: String) -> After {
        After::Row(Box::new(AppliedRevision {
            statements_done: done,
            done_checksum,
            in_flight: None,
            error: String::new(),
            ..self.row.clone()
        }))
    }

    /// The row of the revision as applied.
    fn applied(&self, identity: &crate::execute::Identity) -> AppliedRevision {
        match self.script {
            Some(script) => applied_row(script, self.row.position, identity),
            None => AppliedRevision {
                state: RevisionState::Applied,
                statements_done: 0,
                statements_total: 0,
                done_checksum: String::new(),
                error: String::new(),
                in_flight: None,
                ..self.row.clone()
            },
        }
    }
}
