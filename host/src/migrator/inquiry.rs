//! What a database and its scripts look like, for people and programs that ask.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use dapter_plugin_api::{AppliedRevision, History, RevisionState};
use serde::Serialize;

use super::planning::{applied_ids, id};
use super::scripts::Scripts;
use crate::error::HistoryError;
use crate::revision::{Applied, BranchLabel, Expression, ResolveError, RevisionId, resolve_range};

/// A head of a database, or a revision that is half done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrentRevision {
    /// The revision.
    pub revision: RevisionId,
    /// What it does, as the history says.
    pub message: String,
    /// Whether no revision of the scripts follows it.
    pub is_head: bool,
    /// Whether a script defines it.
    pub has_script: bool,
    /// Whether its step is finished.
    pub state: &'static str,
    /// Statements that have taken effect, where the step is not finished.
    pub statements_done: u64,
    /// Statements that the step has, where it is not finished.
    pub statements_total: u64,
    /// When it was applied: UTC, RFC 3339.
    pub applied_at: String,
    /// Who applied it.
    pub applied_by: String,
}

/// A revision in the history of the scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryEntry {
    /// The revision.
    pub revision: RevisionId,
    /// What it does.
    pub message: String,
    /// Its parents.
    pub revises: Vec<RevisionId>,
    /// What it depends on besides.
    pub depends_on: Vec<String>,
    /// The branch labels that it declares.
    pub branch_labels: Vec<BranchLabel>,
    /// When it was made, as its script says.
    pub created: Option<String>,
    /// The script; absent for an applied revision that no script defines.
    pub path: Option<PathBuf>,
    /// Whether no other revision revises it.
    pub is_head: bool,
    /// Whether it is a head of the database.
    pub is_current: bool,
    /// `pending`, `applied`, `upgrading` or `downgrading`; absent where no database was asked.
    pub state: Option<&'static str>,
    /// When it was applied: UTC, RFC 3339.
    pub applied_at: Option<String>,
}

/// The heads of the database, those without a script among them, and what is half done.
pub(super) fn current(
    history: &History,
    scripts: &Scripts,
) -> Result<Vec<CurrentRevision>, HistoryError> {
    let (applied, unknown) = Applied::split(scripts.graph(), &applied_ids(history)?);
    let mut shown = applied.heads();
    shown.extend(unknown);
    for row in history
        .rows
        .iter()
        .filter(|row| row.state != RevisionState::Applied)
    {
        let id = id(&row.revision)?;
        if !shown.contains(&id) {
            shown.push(id);
        }
    }
    let current = |revision: RevisionId| {
        let row = history.row(revision.as_str()).cloned().unwrap_or_default();
        CurrentRevision {
            is_head: scripts.graph().heads().any(|head| head.id == revision),
            has_script: scripts.get(revision.as_str()).is_some(),
            message: row.message,
            state: row.state.name(),
            statements_done: row.statements_done,
            statements_total: row.statements_total,
            applied_at: row.applied_at,
            applied_by: row.applied_by,
            revision,
        }
    };
    Ok(shown.into_iter().map(current).collect())
}

/// The heads of the database among the scripts.
pub(super) fn current_heads(
    history: &History,
    scripts: &Scripts,
) -> Result<Vec<RevisionId>, HistoryError> {
    Ok(Applied::split(scripts.graph(), &applied_ids(history)?)
        .0
        .heads())
}

/// The history of the scripts, each revision after those it needs, then applied revisions without a script; without a
/// history no revision has a state.
pub(super) fn entries(
    scripts: &Scripts,
    current: &[RevisionId],
    history: Option<&History>,
) -> Vec<HistoryEntry> {
    let heads: HashSet<&RevisionId> = scripts
        .graph()
        .heads()
        .map(|revision| &revision.id)
        .collect();
    let current: HashSet<&RevisionId> = current.iter().collect();
    let rows: HashMap<&str, &AppliedRevision> = history
        .into_iter()
        .flat_map(|history| &history.rows)
        .map(|row| (row.revision.as_str(), row))
        .collect();
    let entry = |revision: &crate::revision::Revision| {
        let row = rows.get(revision.id.as_str());
        let script = scripts.get(revision.id.as_str());
        HistoryEntry {
            revision: revision.id.clone(),
            message: revision.message.clone(),
            revises: revision.revises.clone(),
            depends_on: revision.depends_on.clone(),
            branch_labels: revision.branch_labels.clone(),
            created: script.and_then(|script| script.created.clone()),
            path: script.map(|script| script.path.clone()),
            is_head: heads.contains(&revision.id),
            is_current: current.contains(&revision.id),
            state: history.map(|_| row.map_or("pending", |row| row.state.name())),
            applied_at: row.map(|row| row.applied_at.clone()),
        }
    };
    let mut entries: Vec<HistoryEntry> = scripts.graph().topological().map(entry).collect();
    let rows = history.into_iter().flat_map(|history| &history.rows);
    let lost = rows.filter(|row| scripts.get(&row.revision).is_none());
    entries.extend(lost.filter_map(without_script));
    entries
}

/// What is known of an applied revision that no script defines.
fn without_script(row: &AppliedRevision) -> Option<HistoryEntry> {
    Some(HistoryEntry {
        revision: id(&row.revision).ok()?,
        message: row.message.clone(),
        revises: Vec::new(),
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        created: None,
        path: None,
        is_head: false,
        is_current: false,
        state: Some(row.state.name()),
        applied_at: Some(row.applied_at.clone()),
    })
}

/// Those of the entries that a range means.
pub(super) fn within(
    mut entries: Vec<HistoryEntry>,
    range: &Expression,
    scripts: &Scripts,
    applied: &[RevisionId],
) -> Result<Vec<HistoryEntry>, ResolveError> {
    let (applied, _) = Applied::split(scripts.graph(), applied);
    let wanted: HashSet<RevisionId> = resolve_range(&applied, range)?.into_iter().collect();
    entries.retain(|entry| wanted.contains(&entry.revision));
    Ok(entries)
}

impl HistoryEntry {
    /// Those revisions of the scripts that a range means, without what a database knows of them: nothing counts as
    /// applied.
    ///
    /// # Errors
    /// If the range cannot be resolved.
    pub fn range(scripts: &Scripts, range: &Expression) -> Result<Vec<HistoryEntry>, ResolveError> {
        within(Self::all(scripts), range, scripts, &[])
    }

    /// All revisions of the scripts, each after those it needs, without what a database knows of them.
    #[must_use]
    pub fn all(scripts: &Scripts) -> Vec<HistoryEntry> {
        entries(scripts, &[], None)
    }
}
