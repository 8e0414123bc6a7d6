//! Databases that know the revisions that one script has taken the place of.

use dapter_plugin_api::{AppliedRevision, History, HistoryChange, RevisionState};

use super::scripts::Scripts;
use crate::error::HistoryError;
use crate::execute::{Identity, applied_row, stamp_change};
use crate::revision::RevisionId;
use crate::script::Script;

/// The history as the scripts see it, if it holds revisions that one of them replaces, and the change that makes it so.
///
/// The script has the id of the last of them: where that is applied, all are, and the script is.
pub(super) fn recognised(
    history: &History,
    scripts: &Scripts,
    identity: &Identity,
) -> Result<Option<(History, HistoryChange)>, HistoryError> {
    let mut seen = history.clone();
    let mut gone = Vec::new();
    let mut written = Vec::new();
    for script in scripts.iter().filter(|script| !script.replaces.is_empty()) {
        let is_replaced =
            |row: &&AppliedRevision| script.replaces.iter().any(|id| id.as_str() == row.revision);
        let found: Vec<&AppliedRevision> = history.rows.iter().filter(is_replaced).collect();
        if found.is_empty() {
            continue;
        }
        let last = history.row(script.revision.id.as_str());
        let mut rows = found.iter().copied().chain(last);
        let is_whole = rows.all(|row| row.state == RevisionState::Applied);
        let Some(last) = last.filter(|_| is_whole) else {
            return Err(partly(script, &found));
        };
        let row = AppliedRevision {
            applied_at: last.applied_at.clone(),
            applied_by: last.applied_by.clone(),
            ..applied_row(script, last.position, identity)
        };
        seen.rows
            .retain(|other| !is_replaced(&other) && other.revision != row.revision);
        seen.rows.push(row.clone());
        gone.extend(
            script
                .replaces
                .iter()
                .filter(|id| history.row(id.as_str()).is_some()),
        );
        written.push(row);
    }
    if written.is_empty() {
        return Ok(None);
    }
    seen.rows.sort_by_key(|row| row.position);
    let gone: Vec<RevisionId> = gone.into_iter().cloned().collect();
    let change = stamp_change(history, &gone, written, identity, "squash", "");
    Ok(Some((seen, change)))
}

fn partly(script: &Script, found: &[&AppliedRevision]) -> HistoryError {
    HistoryError::PartlySquashed {
        revision: script.revision.id.clone(),
        path: script.path.clone(),
        applied: found.iter().map(|row| row.revision.clone()).collect(),
    }
}
