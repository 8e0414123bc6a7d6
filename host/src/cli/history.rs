//! `dapter history`.

use dapter::project::Target;
use dapter::revision::{DrawnRevision, Expression, draw};
use dapter::{HistoryEntry, MigrationError, Migrator, RepeatableState, RepeatableStatus, Scripts};
use serde_json::{Value, json};

use super::arguments::{History, HistoryFormat};
use super::diagram;
use super::fleet::{Done, Style, Work};
use super::output::{Failure, Output};
use super::session::Session;
use super::table::table;
use super::time::minute;

pub(super) fn run(
    command: &History,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let read = match command.offline {
        true => without_database(command, session)?,
        false => {
            let target = session.target()?;
            of_database(
                command,
                &target,
                &session.reading_migrator(&target, Scripts::load)?,
            )?
        }
    };
    if read.entries.is_empty() {
        output.note("there are no revisions yet");
    }
    let output = match command.format {
        HistoryFormat::Json => Output::json(),
        _ => *output,
    };
    match output.is_json() {
        true => output.result(&document(&read), &""),
        false => output.text(&text(command, &read)),
    }
}

/// The same of each of many databases.
pub(super) fn each(command: &History) -> Result<Work<'_>, Failure> {
    if command.format == HistoryFormat::Json {
        let message = "--format json is one document, and many databases are asked for";
        return Err(Failure::usage(message).hint("--json prints a line a database"));
    }
    Ok(Work {
        style: Style::Reading,
        act: Box::new(move |target, migrator| {
            let read = of_database(command, target, migrator)?;
            let lines = text(command, &read);
            let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
            if lines.is_empty() {
                lines.push("there are no revisions yet".to_owned());
            }
            Ok(Done {
                document: document(&read),
                lines,
                changed: false,
            })
        }),
    })
}

fn document(read: &Read) -> Value {
    json!({
        "target": read.target,
        "database": read.database,
        "revisions": read.entries,
        "repeatable": read.repeatable,
    })
}

fn text(command: &History, read: &Read) -> String {
    match command.format {
        HistoryFormat::Mermaid => diagram::mermaid(&read.entries),
        HistoryFormat::Dot => diagram::dot(&read.entries),
        HistoryFormat::Text if command.graph => graph(&read.entries),
        HistoryFormat::Text | HistoryFormat::Json => {
            let scripts = read.repeatable.iter().flatten().map(script_row);
            let rows: Vec<Vec<String>> = read.entries.iter().map(row).chain(scripts).collect();
            table(&rows)
        }
    }
}

/// The target and its database, where one is asked, the revisions, the newest first, and the scripts that run again, where the whole history of a database is asked for.
#[derive(Default)]
struct Read {
    target: Option<String>,
    database: Option<String>,
    entries: Vec<HistoryEntry>,
    repeatable: Option<Vec<RepeatableStatus>>,
}

fn without_database(command: &History, session: &Session<'_>) -> Result<Read, Failure> {
    let scripts = session.scripts()?;
    let mut entries = match &command.range {
        None => HistoryEntry::all(&scripts),
        Some(range) => {
            let range = Expression::parse(range).map_err(MigrationError::from)?;
            HistoryEntry::range(&scripts, &range).map_err(MigrationError::from)?
        }
    };
    entries.reverse();
    Ok(Read {
        entries,
        ..Read::default()
    })
}

fn of_database(command: &History, target: &Target, migrator: &Migrator) -> Result<Read, Failure> {
    let (mut entries, repeatable) = match &command.range {
        None => {
            let (entries, repeatable) = migrator.full_history()?;
            (entries, Some(repeatable))
        }
        Some(range) => (migrator.migration_history_range(range)?, None),
    };
    entries.reverse();
    Ok(Read {
        target: Some(target.name.clone()),
        database: Some(target.url.value.to_string()),
        entries,
        repeatable,
    })
}

/// The lanes of the graph, and beside each revision what a line says of it. What is not applied is drawn as `o`.
fn graph(entries: &[HistoryEntry]) -> String {
    let revisions: Vec<DrawnRevision<'_>> = entries
        .iter()
        .map(|entry| DrawnRevision {
            id: &entry.revision,
            revises: &entry.revises,
            mark: match entry.state {
                Some("pending") => 'o',
                _ => '*',
            },
        })
        .collect();
    let lines = draw(&revisions);
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| match line.row {
            None => vec![line.lanes.clone()],
            Some(place) => {
                let [state, revision, applied_at, message] = cells(&entries[place]);
                vec![line.lanes.clone(), revision, state, applied_at, message]
            }
        })
        .collect();
    table(&rows)
}

/// State, revision, when it was applied, and what it does with its marks.
fn row(entry: &HistoryEntry) -> Vec<String> {
    cells(entry).to_vec()
}

/// The same of a script that runs again, whose last run counts.
fn script_row(script: &RepeatableStatus) -> Vec<String> {
    let state = match script.state {
        RepeatableState::UpToDate => "applied",
        RepeatableState::Changed => "changed",
        RepeatableState::NeverRan => "pending",
        RepeatableState::HalfDone => "half done",
        RepeatableState::Gone => "gone",
    };
    let ran_at = script.ran_at.as_deref().map(minute);
    vec![
        state.to_owned(),
        format!("repeatable:{}", script.name),
        ran_at.unwrap_or_default(),
        script.message.clone(),
    ]
}

fn cells(entry: &HistoryEntry) -> [String; 4] {
    let state = match entry.state {
        Some("upgrading" | "downgrading") => "half done",
        other => other.unwrap_or_default(),
    };
    let applied_at = entry.applied_at.as_deref().map(minute);
    [
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
