//! `dapter history`.

use dapter::HistoryEntry;
use serde_json::json;

use super::arguments::History;
use super::output::{Failure, Output};
use super::session::Session;
use super::table::table;
use super::time::minute;

pub(super) fn run(
    command: &History,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let (target, database, mut entries) = if command.offline {
        (None, None, HistoryEntry::all(&session.scripts()?))
    } else {
        let target = session.target()?;
        let entries = session.migrator(&target)?.migration_history()?;
        (
            Some(target.name),
            Some(target.url.value.to_string()),
            entries,
        )
    };
    entries.reverse();
    if entries.is_empty() {
        output.note("there are no revisions yet");
    }
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let document = json!({"target": target, "database": database, "revisions": entries});
    output.result(&document, &table(&rows))
}

/// State, revision, when it was applied, and what it does with its marks.
fn row(entry: &HistoryEntry) -> Vec<String> {
    let state = match entry.state {
        Some("upgrading" | "downgrading") => "half done",
        other => other.unwrap_or_default(),
    };
    let applied_at = entry.applied_at.as_deref().map(minute);
    vec![
        state.to_owned(),
        entry.revision.to_string(),
        applied_at.unwrap_or_default(),
        format!("{}{}", entry.message, marks(entry)),
    ]
}

fn marks(entry: &HistoryEntry) -> String {
    let labels = entry.branch_labels.iter();
    let mut marks: Vec<String> = labels.map(|label| format!("branch {label}")).collect();
    for (holds, mark) in [
        (entry.revises.len() > 1, "merge"),
        (entry.is_head, "head"),
        (entry.is_current, "current"),
        (entry.path.is_none(), "no script"),
    ] {
        if holds {
            marks.push(mark.to_owned());
        }
    }
    match &marks[..] {
        [] => String::new(),
        marks => format!(" ({})", marks.join(", ")),
    }
}
