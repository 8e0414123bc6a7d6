//! What happens during a run, a line of JSON each, for whoever collects logs: `--log-format json`.

use std::io::Write;

use clap::ValueEnum;
use dapter::Event;
use dapter::api::Severity;
use dapter::plan::Step;
use serde_json::{Value, json};

use super::progress::remark;
use super::status::holder;

/// How standard error tells what happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// A line of JSON for each event
    Json,
}

/// Writes a line with the time on standard error.
pub(super) fn write(level: &str, mut document: Value) {
    document["time"] = json!(format!("{:.3}", jiff::Timestamp::now()));
    document["level"] = json!(level);
    // Nobody is left to be told that standard error cannot be written.
    let _ = writeln!(anstream::stderr(), "{document}");
}

/// An event of a run: how much it matters, and its document.
pub(super) fn entry(event: &Event<'_>) -> Option<(&'static str, Value)> {
    let said = || remark(event).unwrap_or_default();
    Some(match event {
        Event::Locking => (
            "debug",
            json!({"event": "locking", "message": "taking the lock"}),
        ),
        Event::Waiting { holder: row, .. } => (
            "info",
            json!({"event": "waiting", "message": said(), "holder": row.map(holder)}),
        ),
        Event::LockRow { reason } => (
            "info",
            json!({"event": "lock_row", "message": said(), "error": reason}),
        ),
        Event::TookOver { holder: row } => (
            "warn",
            json!({"event": "took_over", "message": said(), "holder": holder(row)}),
        ),
        Event::Adopted { table, revisions } => (
            "info",
            json!({"event": "adopted", "message": said(), "table": table, "revisions": revisions}),
        ),
        Event::BackedUp(made) => (
            "info",
            json!({"event": "backed_up", "message": said(), "backup": made}),
        ),
        Event::Planned(plan) => (
            "info",
            json!({
                "event": "planned",
                "message": format!("{} steps to do", plan.steps.len()),
                "direction": plan.direction,
                "steps": plan.steps.len(),
            }),
        ),
        Event::Notice(notice) => (
            match notice.severity {
                Severity::Debug => "debug",
                Severity::Info => "info",
                Severity::Warning => "warn",
            },
            json!({"event": "notice", "message": notice.message}),
        ),
        other => return of_step(other),
    })
}

/// An event of a step.
fn of_step(event: &Event<'_>) -> Option<(&'static str, Value)> {
    let (level, step, mut document) = match event {
        Event::StepStarted {
            step,
            number,
            total,
        } => (
            "info",
            step,
            json!({"event": "step_started", "step": number, "steps": total, "statements": step.statements.len()}),
        ),
        Event::Statement {
            step,
            statement,
            number,
        } => (
            "debug",
            step,
            json!({"event": "statement", "statement": number, "statements": step.statements.len(), "line": statement.line}),
        ),
        Event::TriedAgain { step, error } => (
            "warn",
            step,
            json!({"event": "tried_again", "error": error}),
        ),
        Event::StepFinished {
            step,
            number,
            total,
            duration,
        } => (
            "info",
            step,
            json!({
                "event": "step_finished",
                "step": number,
                "steps": total,
                "duration_ms": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            }),
        ),
        _ => return None,
    };
    let step: &Step = step;
    document["message"] = json!(step.message);
    document["revision"] = json!(step.revision);
    document["direction"] = json!(step.direction);
    Some((level, document))
}
