//! Failures for programs. The shape is part of the interface: members are added, never renamed or taken away.

use dapter::diagnostic::Diagnostic;
use dapter::project::{ConfigError, Origin, Problem};
use dapter::{DatabaseState, MigrationError, RunFailure};
use serde_json::{Value, json};

use super::diagnostics::{causes, code, problems, run_hints};
use super::excerpt::Fault;
use super::output::Failure;
use super::paths::absolute;

/// The failure as a JSON document.
pub(super) fn document(failure: &Failure) -> Value {
    let mut error = match failure {
        Failure::Migration { error, .. } => of_migration(error),
        Failure::Usage { message, hint } => of_usage(message, hint.as_deref()),
        Failure::Refused { message, hint } => {
            json!({"kind": "refused", "message": message, "causes": [], "hint": hint})
        }
        Failure::Found => json!({"kind": "found"}),
        Failure::Print(error) => {
            json!({"kind": "print", "message": error.to_string(), "causes": [], "hint": null})
        }
    };
    error["exit_code"] = json!(failure.exit() as u8);
    json!({ "error": error })
}

fn of_usage(message: &str, hint: Option<&str>) -> Value {
    json!({"kind": "usage", "message": message, "causes": [], "hint": hint})
}

fn of_migration(error: &MigrationError) -> Value {
    let mut document = json!({
        "kind": kind(error),
        "message": error.to_string(),
        "causes": causes(error),
        "hint": error.hint(),
    });
    if let Some(code) = code(error) {
        document["code"] = json!(code);
    }
    if let Some(diagnostics) = problems(error) {
        // The problems are the cause.
        document["causes"] = json!([]);
        document["problems"] = diagnostics.0.iter().map(of_diagnostic).collect();
    }
    match error {
        MigrationError::Config(ConfigError::Invalid(mistakes)) => {
            document["message"] = json!("the settings cannot be used");
            document["hint"] = Value::Null;
            document["problems"] = mistakes.iter().map(of_problem).collect();
        }
        MigrationError::Destroys(findings) => document["findings"] = json!(findings),
        MigrationError::Split {
            path, line, column, ..
        } => {
            document["path"] = json!(path);
            document["line"] = json!(line);
            document["column"] = json!(column);
        }
        _ => {}
    }
    if let Some(failure) = error.run_failure() {
        document["hint"] = json!(run_hints(failure).join("\n"));
        document["run"] = of_run(failure);
    }
    document
}

fn of_diagnostic(diagnostic: &Diagnostic) -> Value {
    json!({
        "path": diagnostic.path,
        "line": diagnostic.line,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    })
}

fn of_problem(problem: &Problem) -> Value {
    let (path, line) = match &problem.origin {
        Origin::File { path, line, .. } => (Some(absolute(path)), Some(line)),
        _ => (None, None),
    };
    let origin = problem.origin.to_string();
    json!({
        "path": path,
        "line": line,
        "origin": origin,
        "message": problem.message,
        "hint": problem.hint,
    })
}

fn of_run(failure: &RunFailure) -> Value {
    let (state, progress) = match failure.state {
        DatabaseState::Unchanged => ("unchanged", None),
        DatabaseState::Done => ("done", None),
        DatabaseState::RolledBack => ("rolled_back", None),
        DatabaseState::Partial { done, total } => ("partial", Some((done, total))),
        DatabaseState::Unknown => ("unknown", None),
    };
    let statement = failure.statement.as_ref();
    let fault = statement.map(|statement| Fault::of(statement, failure.error.position));
    json!({
        "direction": failure.direction,
        "revision": failure.revision,
        "path": failure.path,
        "line": fault.map(|fault| fault.line),
        "column": fault.map(|fault| fault.column),
        "statement": failure.statement,
        "error": failure.error,
        "done": failure.done,
        "pending": failure.pending,
        "state": state,
        "statements_done": progress.map(|(done, _)| done),
        "statements_total": progress.map(|(_, total)| total),
        "interrupted": failure.interrupted,
        "backup": failure.backup,
        "hook": failure.hook.as_ref().map(|hook| hook.point.name()),
    })
}

fn kind(error: &MigrationError) -> &'static str {
    match error {
        MigrationError::Init(_) => "init",
        MigrationError::Creation(_) => "creation",
        MigrationError::Upgrade(_) => "upgrade",
        MigrationError::Downgrade(_) => "downgrade",
        MigrationError::NotFound(_) => "not_found",
        MigrationError::Expression(_) => "expression",
        MigrationError::Plugin(_) => "plugin",
        MigrationError::Config(_) => "config",
        MigrationError::Lock(_) => "lock",
        MigrationError::Scripts(_) => "scripts",
        MigrationError::Script(_) | MigrationError::Section(_) | MigrationError::Split { .. } => {
            "script"
        }
        MigrationError::History(_) => "history",
        MigrationError::Database { .. } => "database",
        MigrationError::Lint(_) => "lint",
        MigrationError::Destroys(_) => "destroys",
        MigrationError::Trial(_) => "trial",
        MigrationError::PlanChanged(_) => "plan_changed",
        MigrationError::Autogenerate(_) => "autogenerate",
        MigrationError::Offline(_) => "offline",
        MigrationError::Backup(_) => "backup",
        MigrationError::Adoption(_) => "adoption",
        _ => "other",
    }
}
