//! Failures for people and for programs: what failed, where, why, what is the case now, what to do next.

use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};
use dapter::diagnostic::Diagnostic;
use dapter::{DatabaseState, MigrationError, RunFailure, StatementFailure};
use serde_json::{Value, json};

use super::output::Failure;

/// The failure as text, styled; whoever prints it takes the styles out where they do not belong.
pub(super) fn report(failure: &Failure) -> String {
    let groups: Vec<String> = match failure {
        Failure::Migration(error) => migration(error),
        Failure::Usage { message, hint } => vec![plain(message, &[], hint.as_deref())],
        Failure::Print(error) => vec![plain("cannot print the result", &[error.to_string()], None)],
    };
    groups.join("\n\n") + "\n"
}

fn migration(error: &MigrationError) -> Vec<String> {
    if let MigrationError::Scripts(diagnostics) = error {
        return diagnostics.0.iter().map(of_script).collect();
    }
    if let Some(failure) = error.run_failure() {
        return vec![of_run(failure)];
    }
    if let MigrationError::Split {
        path,
        line,
        column,
        source,
    } = error
    {
        let text = line_of(path, *line);
        let at = text
            .char_indices()
            .nth(column - 1)
            .map_or(text.len(), |(at, _)| at);
        let span = at..text.len().max(at);
        let snippet = snippet(path, &text, *line, span, &source.message);
        return vec![rendered(
            &error.to_string(),
            Some(snippet),
            &[],
            error.hint().as_deref(),
        )];
    }
    vec![plain(
        &error.to_string(),
        &causes(error),
        error.hint().as_deref(),
    )]
}

/// The messages beneath an error, outermost first; an adapter's error carries its own chain as text.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        causes.push(source.to_string());
        if let Some(adapter) = source.downcast_ref::<dapter::api::AdapterError>() {
            causes.pop();
            causes.push(said(adapter));
            causes.extend(adapter.chain.iter().cloned());
        }
        next = source.source();
    }
    causes
}

/// What the database or the adapter said, with its codes and its place in the plugin.
fn said(error: &dapter::api::AdapterError) -> String {
    let mut text = error.message.clone();
    let codes: Vec<&str> = [&error.code, &error.sqlstate]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !codes.is_empty() {
        text.push_str(&format!(" ({})", codes.join(", ")));
    }
    if let Some(location) = &error.location {
        text.push_str(&format!(", at {location} of the plugin"));
    }
    text
}

fn of_script(diagnostic: &Diagnostic) -> String {
    let Some(line) = diagnostic.line else {
        let message = format!("{}: {}", diagnostic.path.display(), diagnostic.message);
        return plain(&message, &[], diagnostic.hint.as_deref());
    };
    let text = line_of(&diagnostic.path, line);
    let span = text.len() - text.trim_start().len()..text.len();
    let snippet = snippet(&diagnostic.path, &text, line, span, "");
    rendered(
        &diagnostic.message,
        Some(snippet),
        &[],
        diagnostic.hint.as_deref(),
    )
}

fn of_run(failure: &RunFailure) -> String {
    let error = &failure.error;
    let mut notes = error.chain.clone();
    notes.push(state(failure));
    let hint = error
        .hint
        .clone()
        .into_iter()
        .chain([next(failure)])
        .collect::<Vec<_>>()
        .join("; ");
    let (Some(statement), Some(path)) = (&failure.statement, &failure.path) else {
        notes.insert(0, said(error));
        return rendered(&failure.to_string(), None, &notes, Some(&hint));
    };
    let title = format!(
        "{failure} at statement {} of {}",
        statement.number, statement.total
    );
    let (text, line, span) = excerpt(statement, error.position);
    let said = said(error);
    let snippet = snippet(path, &text, line, span, &said);
    rendered(&title, Some(snippet), &notes, Some(&hint))
}

/// The part of a statement to show: around the fault where the database tells where it is, otherwise its first line.
fn excerpt(statement: &StatementFailure, position: Option<u64>) -> (String, usize, Range<usize>) {
    let text = &statement.text;
    let fault = position
        .and_then(|position| usize::try_from(position).ok())
        .filter(|&fault| fault <= text.len() && text.is_char_boundary(fault));
    let at = fault.unwrap_or_default();
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline);
    let line = statement.line + text[..start].matches('\n').count();
    // The first line of a statement may stand behind something else; blanks keep the columns right.
    let indent = if start == 0 {
        statement.column.saturating_sub(1)
    } else {
        0
    };
    let shown = format!("{}{}", " ".repeat(indent), text[start..end].trim_end());
    let from = indent + at - start;
    let to = match fault {
        Some(_) => from + word_length(&shown[from.min(shown.len())..]),
        None => shown.len(),
    };
    (
        shown.clone(),
        line,
        from.min(shown.len())..to.max(from).min(shown.len()),
    )
}

fn word_length(text: &str) -> usize {
    let word = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    word.max(text.chars().next().map_or(0, char::len_utf8))
}

fn state(failure: &RunFailure) -> String {
    let done = match failure.done.len() {
        0 => String::new(),
        1 => format!("; revision {} before it is done and stays", failure.done[0]),
        count => format!("; {count} revisions before it are done and stay"),
    };
    match &failure.state {
        DatabaseState::Unchanged => "the database is as it was before".to_owned(),
        DatabaseState::RolledBack => format!("this step was rolled back{done}"),
        DatabaseState::Partial {
            done: statements,
            total,
        } => {
            format!("{statements} of {total} statements of this step are done and stay{done}")
        }
        DatabaseState::Unknown => {
            format!(
                "the connection broke at the commit: whether this step lasts is not known{done}"
            )
        }
    }
}

fn next(failure: &RunFailure) -> String {
    let command = failure.direction.name();
    let again = format!("run `dapter {command}` again");
    match (&failure.state, failure.interrupted) {
        (DatabaseState::Partial { .. }, false) => {
            format!(
                "mend the script behind what is done, and {again}: it goes on at that statement"
            )
        }
        (DatabaseState::Partial { .. }, true) => format!("{again}: it goes on at that statement"),
        (DatabaseState::Unknown, _) => format!("{again}: the history tells it where to go on"),
        (_, true) => again,
        (_, false) => format!("mend the cause and {again}"),
    }
}

fn plain(message: &str, causes: &[String], hint: Option<&str>) -> String {
    rendered(message, None, causes, hint)
}

fn snippet<'a>(
    path: &Path,
    text: &'a str,
    line: usize,
    span: Range<usize>,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotation = AnnotationKind::Primary.span(span);
    let annotation = if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    };
    Snippet::source(text)
        .path(shown(path))
        .line_start(line)
        .annotation(annotation)
}

fn rendered<'a>(
    title: &'a str,
    snippet: Option<Snippet<'a, annotate_snippets::Annotation<'a>>>,
    notes: &'a [String],
    hint: Option<&'a str>,
) -> String {
    let title = Level::ERROR.primary_title(title);
    let mut group = match snippet {
        Some(snippet) => title.element(snippet),
        None => Group::with_title(title),
    };
    for note in notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(hint) = hint {
        for line in hint.lines() {
            group = group.element(Element::from(Level::HELP.message(line)));
        }
    }
    Renderer::styled().render(&[group])
}

/// The line of a file, for an error that points at it; empty if it is not there any more.
fn line_of(path: &Path, line: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

/// A path as short as it can be said from here.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    short
        .filter(|short| !short.as_os_str().is_empty())
        .unwrap_or_else(|| path.to_owned())
        .display()
        .to_string()
}

/// The failure as a JSON document.
pub(super) fn document(failure: &Failure) -> Value {
    let mut error = match failure {
        Failure::Migration(error) => of_migration(error),
        Failure::Usage { message, hint } => {
            json!({"kind": "usage", "message": message, "causes": [], "hint": hint})
        }
        Failure::Print(error) => {
            json!({"kind": "print", "message": error.to_string(), "causes": [], "hint": null})
        }
    };
    error["exit_code"] = json!(failure.exit() as u8);
    json!({ "error": error })
}

fn of_migration(error: &MigrationError) -> Value {
    let mut document = json!({
        "kind": kind(error),
        "message": error.to_string(),
        "causes": causes(error),
        "hint": error.hint(),
    });
    if let MigrationError::Scripts(diagnostics) = error {
        let problem = |diagnostic: &Diagnostic| {
            json!({
                "path": diagnostic.path,
                "line": diagnostic.line,
                "message": diagnostic.message,
                "hint": diagnostic.hint,
            })
        };
        document["causes"] = json!([]);
        document["problems"] = diagnostics.0.iter().map(problem).collect();
    }
    if let Some(failure) = error.run_failure() {
        document["run"] = json!({
            "direction": failure.direction,
            "revision": failure.revision,
            "path": failure.path,
            "statement": failure.statement,
            "error": failure.error,
            "done": failure.done,
            "pending": failure.pending,
            "state": failure.state,
            "interrupted": failure.interrupted,
        });
    }
    document
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
        _ => "other",
    }
}
