//! `dapter history`.

use std::fmt::Write;

use dapter::HistoryEntry;
use serde_json::json;

use super::arguments::History;
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(
    command: &History,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let (database, mut entries) = if command.offline {
        (None, session.scripts()?.entries())
    } else {
        let target = session.target()?;
        let entries = session.migrator(&target)?.migration_history()?;
        (Some(target.url.value.to_string()), entries)
    };
    entries.reverse();
    let mut text = String::new();
    for entry in &entries {
        line(&mut text, entry);
    }
    output.result(&json!({"database": database, "revisions": entries}), &text)
}

fn line(text: &mut String, entry: &HistoryEntry) {
    let state = match entry.state {
        Some("applied") => "applied ",
        Some("pending") => "pending ",
        Some(_) => "half done ",
        None => "",
    };
    let mut marks = Vec::new();
    marks.extend(
        entry
            .branch_labels
            .iter()
            .map(|label| format!("branch {label}")),
    );
    if entry.is_head {
        marks.push("head".to_owned());
    }
    if entry.is_current {
        marks.push("current".to_owned());
    }
    if entry.revises.len() > 1 {
        marks.push("merge".to_owned());
    }
    let marks = if marks.is_empty() {
        String::new()
    } else {
        format!(" ({})", marks.join(", "))
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{state}{}{marks} {}", entry.revision, entry.message);
}
