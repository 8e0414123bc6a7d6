//! Scripts that run again whenever their text has changed: which are to run, and what the database remembers of them.

use std::path::PathBuf;

use dapter_plugin_api::{AppliedRevision, RevisionState};
use serde::Serialize;

use super::planning;
use super::scripts::Scripts;
use crate::error::HistoryError;
use crate::revision::RevisionId;
use crate::script::Script;

/// A repeatable script, or what a database remembers of one that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepeatableStatus {
    /// Its name.
    pub name: String,
    /// What it does: as the script says, or the history if there is no script any more.
    pub message: String,
    /// The script, if there is one.
    pub path: Option<PathBuf>,
    /// Whether it is to run.
    pub state: RepeatableState,
    /// When it ran last: UTC, RFC 3339; `None` if it never did.
    pub ran_at: Option<String>,
    /// Who ran it last.
    pub ran_by: Option<String>,
}

/// Whether a repeatable script is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatableState {
    /// It ran as it is.
    UpToDate,
    /// Its text is another than when it ran.
    Changed,
    /// It never ran.
    NeverRan,
    /// It stopped on the way, outside a transaction.
    HalfDone,
    /// It ran, and the script is gone. What it made is still there.
    Gone,
}

impl RepeatableState {
    /// The state of a script of which the database remembers this.
    pub(super) fn of(script: &Script, row: Option<&AppliedRevision>) -> Self {
        match row {
            None => Self::NeverRan,
            Some(row) if row.state != RevisionState::Applied => Self::HalfDone,
            Some(row) if row.checksum.parse() == Ok(script.checksum) => Self::UpToDate,
            Some(_) => Self::Changed,
        }
    }

    /// Whether an upgrade runs the script.
    #[must_use]
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Changed | Self::NeverRan | Self::HalfDone)
    }
}

/// Whether this is the key of a row that belongs to a repeatable script.
pub(super) fn is_repeatable(key: &str) -> bool {
    key_of(key).is_some()
}

/// The id of the repeatable script that a row belongs to; `None` for a row of a revision.
pub(super) fn key_of(key: &str) -> Option<RevisionId> {
    let (_, name) = key.split_once(':')?;
    let id = RevisionId::of_repeatable(name).ok()?;
    (id.as_str() == key).then_some(id)
}

/// The id that a row is about: of a repeatable script, or of a revision.
pub(super) fn id(key: &str) -> Result<RevisionId, HistoryError> {
    match key_of(key) {
        Some(id) => Ok(id),
        None => planning::id(key),
    }
}

/// The repeatable scripts that an upgrade runs, in their order.
pub(super) fn pending(scripts: &Scripts, rows: &[AppliedRevision]) -> Vec<RevisionId> {
    let is_pending = |script: &&Script| RepeatableState::of(script, row(rows, script)).is_pending();
    let pending = scripts.repeatable().filter(is_pending);
    pending.map(|script| script.revision.id.clone()).collect()
}

/// The repeatable scripts in their order, then those that are gone.
pub(super) fn all(scripts: &Scripts, rows: &[AppliedRevision]) -> Vec<RepeatableStatus> {
    let mut all: Vec<RepeatableStatus> = scripts
        .repeatable()
        .map(|script| {
            let row = row(rows, script);
            RepeatableStatus {
                message: script.revision.message.clone(),
                path: Some(script.path.clone()),
                ..status(&script.revision.id, row, RepeatableState::of(script, row))
            }
        })
        .collect();
    for row in rows {
        let id = key_of(&row.revision).filter(|id| scripts.get(id.as_str()).is_none());
        all.extend(id.map(|id| RepeatableStatus {
            message: row.message.clone(),
            ..status(&id, Some(row), RepeatableState::Gone)
        }));
    }
    all
}

fn status(
    id: &RevisionId,
    row: Option<&AppliedRevision>,
    state: RepeatableState,
) -> RepeatableStatus {
    RepeatableStatus {
        name: id.repeatable_name().unwrap_or_default().to_owned(),
        message: String::new(),
        path: None,
        state,
        ran_at: row.map(|row| row.applied_at.clone()),
        ran_by: row.map(|row| row.applied_by.clone()),
    }
}

fn row<'r>(rows: &'r [AppliedRevision], script: &Script) -> Option<&'r AppliedRevision> {
    rows.iter()
        .find(|row| script.revision.id == *row.revision.as_str())
}
