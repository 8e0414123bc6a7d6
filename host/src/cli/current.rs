//! `dapter current`.

use dapter::project::Target;
use dapter::{CurrentRevision, Scripts};
use serde_json::{Value, json};

use super::fleet::{Done, Style, Work};
use super::output::{Failure, Output};
use super::session::Session;
use super::table::table;
use super::time::minute;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let current = session
        .reading_migrator(&target, Scripts::load)?
        .current_revision()?;
    let rows: Vec<Vec<String>> = current.iter().map(row).collect();
    let mut text = table(&rows);
    if current.is_empty() && output.is_chatty() {
        text.push_str("base (nothing is applied)\n");
    }
    output.result(&document(&current, &target), &text)
}

/// The same of each of many databases.
pub(super) fn each() -> Work<'static> {
    Work {
        style: Style::Reading,
        act: Box::new(|target, migrator| {
            let current = migrator.current_revision()?;
            let rows: Vec<Vec<String>> = current.iter().map(row).collect();
            let mut lines: Vec<String> = table(&rows).lines().map(str::to_owned).collect();
            if lines.is_empty() {
                lines.push("base (nothing is applied)".to_owned());
            }
            Ok(Done {
                document: document(&current, target),
                lines,
                changed: false,
            })
        }),
    }
}

fn document(current: &[CurrentRevision], target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "current": current,
    })
}

/// Revision, when it was applied, and what it does with its marks.
fn row(current: &CurrentRevision) -> Vec<String> {
    let mut marks = Vec::new();
    if current.is_head {
        marks.push("head".to_owned());
    }
    if !current.has_script {
        marks.push("no script defines it".to_owned());
    }
    if current.state != "applied" {
        marks.push(format!(
            "{}: {} of {} statements done",
            current.state, current.statements_done, current.statements_total
        ));
    }
    let marks = match &marks[..] {
        [] => String::new(),
        marks => format!(" ({})", marks.join(", ")),
    };
    vec![
        current.revision.to_string(),
        minute(&current.applied_at),
        format!("{}{marks}", current.message),
    ]
}
