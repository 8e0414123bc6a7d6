//! `dapter status`.

use std::fmt::Write;

use clap::Args;
use dapter::api::{LockRow, Operation};
use dapter::diff::summary;
use dapter::plan::Direction;
use dapter::project::Target;
use dapter::{HalfDone, MigrationError, Migrator, NextRun, RepeatableState, Scripts, Status};
use serde_json::{Value, json};

use super::arguments::Many;
use super::counted::counted;
use super::fleet::{Done, Style, Work};
use super::output::{Failure, Output};
use super::paths::shown;
use super::progress::holder_text;
use super::scratch_url::Drift;
use super::session::Session;
use super::time::minute;

const DRIFT_HELP: [&str; 2] = [
    "to take it into a script: dapter create \"What was done\" --drift",
    "to put it back: dapter diff database scripts --sql",
];

/// How many lines of a statement are shown.
const SHOWN_LINES: usize = 4;

/// What is asked besides, and of how many databases.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatusOptions {
    #[command(flatten)]
    pub(super) drift: Drift,
    #[command(flatten)]
    pub(super) many: Many,
}

/// Where a database is, and what was changed in it by hand; `None` if that was not asked.
struct Told {
    status: Status,
    drift: Option<Vec<Operation>>,
}

impl Told {
    fn ask(asked: &Drift, migrator: &Migrator) -> Result<Self, MigrationError> {
        let status = migrator.status()?;
        // Where it is not known which scripts built it, nobody can tell what was done by hand.
        let is_known = status.refusal.is_none() && status.half_done.is_empty();
        let drift = match asked.drift && is_known {
            true => Some(migrator.drift()?),
            false => None,
        };
        Ok(Self { status, drift })
    }

    fn changes(&self) -> Option<Vec<String>> {
        let operations = self.drift.as_ref()?;
        Some(operations.iter().map(summary).collect())
    }
}

pub(super) fn run(
    options: &StatusOptions,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let target = session.target()?;
    let told = Told::ask(
        &options.drift,
        &session.reading_migrator(&target, Scripts::load)?,
    )?;
    output.result(&document(&told, &target), &text(&told, &target))
}

/// The same of each of many databases.
pub(super) fn each(asked: Drift) -> Work<'static> {
    Work {
        style: Style::Reading,
        act: Box::new(move |target, migrator| {
            let told = Told::ask(&asked, migrator)?;
            Ok(Done {
                document: document(&told, target),
                lines: lines(&told),
                changed: false,
            })
        }),
    }
}

/// Where a database is and what is to be done, in a line; then what is out of the ordinary.
fn lines(told: &Told) -> Vec<String> {
    let status = &told.status;
    let mut lines = vec![format!("at {}, {} pending", at(status), pending(status))];
    if let Some(row) = &status.holder {
        lines.push(format!("locked by {}", lock_text(row)));
    }
    if let Some(changes) = told.changes().filter(|changes| !changes.is_empty()) {
        lines.push(format!("changed by hand: {}", changes.join("; ")));
    }
    let more = out_of_the_ordinary(status);
    lines.extend(more.trim_start().lines().map(str::to_owned));
    lines
}

fn document(told: &Told, target: &Target) -> Value {
    let status = &told.status;
    let refusal = status.refusal.as_ref();
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "current": status.current,
        "pending": status.pending,
        "half_done": status.half_done,
        "repeatable": status.repeatable,
        "lock_holder": status.holder.as_ref().map(holder),
        "drift": told.drift.as_ref().map(|operations| json!({
            "changes": told.changes(),
            "operations": operations,
        })),
        "refusal": refusal.map(|error| json!({"message": error.to_string(), "hint": error.hint()})),
    })
}

/// A holder without the token that only it may know.
pub(super) fn holder(holder: &LockRow) -> Value {
    json!({"host": holder.host, "pid": holder.pid, "user": holder.user, "since": holder.since})
}

fn text(told: &Told, target: &Target) -> String {
    let status = &told.status;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "database   {}", target.url.value);
    let _ = writeln!(text, "at         {}", at(status));
    let _ = writeln!(text, "pending    {}", pending(status));
    text.push_str(&repeatable(status));
    if let Some(row) = &status.holder {
        let _ = writeln!(text, "locked by  {}", lock_text(row));
    }
    if let Some(changes) = told.changes() {
        text.push_str(&drift(&changes));
    }
    text.push_str(&out_of_the_ordinary(status));
    text
}

/// What was changed by hand, and what can be done about it.
fn drift(changes: &[String]) -> String {
    let mut text = String::new();
    let mut changes = changes.iter();
    let first = changes.next();
    let _ = writeln!(text, "drift      {}", first.map_or("nothing", |it| it));
    for change in changes {
        let _ = writeln!(text, "           {change}");
    }
    if first.is_some() {
        for line in DRIFT_HELP {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

/// How many revisions and repeatable scripts are to run.
fn pending(status: &Status) -> String {
    let scripts = status.repeatable.iter();
    let scripts = scripts.filter(|script| script.state.is_pending()).count();
    match (status.pending.len(), scripts) {
        (0, 0) => "nothing".to_owned(),
        (revisions, scripts) => counted(revisions, scripts),
    }
}

/// A line for each repeatable script that is out of the ordinary, if there is one; else how many there are.
fn repeatable(status: &Status) -> String {
    let mut text = String::new();
    for script in &status.repeatable {
        let state = match script.state {
            RepeatableState::UpToDate => continue,
            RepeatableState::Changed => "has changed since it ran",
            RepeatableState::NeverRan => "never ran",
            RepeatableState::HalfDone => "is half done",
            RepeatableState::Gone => "is gone; what it made is still there",
        };
        let ran = match &script.ran_at {
            Some(at) => format!(" ({})", minute(at)),
            None => String::new(),
        };
        let _ = writeln!(text, "repeatable {} {state}{ran}", script.name);
    }
    if text.is_empty() && !status.repeatable.is_empty() {
        let _ = writeln!(text, "repeatable {} up to date", status.repeatable.len());
    }
    text
}

fn at(status: &Status) -> String {
    let heads: Vec<String> = status
        .current
        .iter()
        .filter(|current| current.state != "upgrading")
        .map(|current| format!("{} {}", current.revision, current.message))
        .collect();
    match heads.is_empty() {
        true => "base (nothing is applied)".to_owned(),
        false => heads.join(", "),
    }
}

/// What is half done, and why runs would be refused.
fn out_of_the_ordinary(status: &Status) -> String {
    let mut text = String::new();
    for step in &status.half_done {
        text.push('\n');
        text.push_str(&explained(step));
    }
    if let Some(error) = &status.refusal {
        let _ = writeln!(
            text,
            "\nevery run would be refused: {error}\n  {}",
            error.hint()
        );
    }
    text
}

pub(super) fn lock_text(row: &LockRow) -> String {
    match row.pid {
        0 => "somebody else; the database does not tell who".to_owned(),
        _ => holder_text(Some(row)),
    }
}

/// A half-done step: where it stopped, why, and what comes next.
pub(super) fn explained(step: &HalfDone) -> String {
    let mut text = String::new();
    let direction = step.direction;
    let _ = writeln!(
        text,
        "half done: {} {}",
        match step.revision.repeatable_name() {
            Some(_) => step.revision.described(),
            None => format!("the {direction} of {}", step.revision),
        },
        step.message
    );
    let by = match step.by.is_empty() {
        true => String::new(),
        false => format!(" by {}", step.by),
    };
    let _ = writeln!(
        text,
        "  {} of {} statements are done, since {}{by}",
        step.statements_done,
        step.statements_total,
        minute(&step.since)
    );
    if let Some(statement) = &step.statement {
        let place = match &step.path {
            Some(path) => format!(", {}:{}", shown(path), statement.line),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "  statement {} of {}{place}:",
            statement.number, statement.total
        );
        for line in statement.text.lines().take(SHOWN_LINES) {
            let _ = writeln!(text, "      {line}");
        }
        if statement.text.lines().count() > SHOWN_LINES {
            let _ = writeln!(text, "      …");
        }
    }
    if !step.error.is_empty() {
        let _ = writeln!(text, "  it failed: {}", step.error);
    }
    if let Some(statement) = &step.in_flight {
        let since = minute(&statement.since);
        let effect = match statement.took_effect {
            Some(true) => "and what it touches has changed since: it took effect",
            Some(false) => "and what it touches is as it was before: it did not take effect",
            None => "and the database does not tell whether it took effect",
        };
        let _ = writeln!(text, "  it was about to run at {since}, {effect}");
    }
    let _ = writeln!(text, "  next: {}", next(step));
    text
}

fn next(step: &HalfDone) -> String {
    let command = match step.direction {
        Direction::Upgrade => "`dapter upgrade`",
        Direction::Downgrade => "`dapter downgrade`",
    };
    match step.next {
        NextRun::GoesOnAt(number) => format!("{command} goes on at statement {number}"),
        NextRun::Finishes => {
            format!("{command} runs nothing more of it and records it as finished")
        }
        NextRun::BeginsAnew => format!("{command} runs it again from its beginning"),
        NextRun::InDoubt => format!(
            "{command} refuses until `dapter repair` is told whether statement {} took effect",
            step.statements_done + 1
        ),
        NextRun::Edited => format!(
            "{command} refuses: what ran is not what the script says now; restore it, or use `dapter repair`"
        ),
        NextRun::NoScript => {
            format!(
                "{command} refuses: no script has this step; bring it back, or use `dapter repair`"
            )
        }
    }
}
