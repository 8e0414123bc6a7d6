//! Failures for people: what failed, where, why, what is the case now, what to do next.

use std::error::Error;

use annotate_snippets::{Annotation, Element, Group, Level, Renderer, Snippet, Title};
use dapter::adopt::AdoptError;
use dapter::api::{AdapterError, ErrorKind};
use dapter::diagnostic::{Diagnostic, Diagnostics};
use dapter::script::ScriptError;
use dapter::{DatabaseState, MigrationError, RunFailure};

use super::counted::counted_ids;
use super::excerpt::{Excerpt, Fault};
use super::output::Failure;
use super::paths::{from_here, shown};

/// How many of the revisions that are not done a message names.
const SHOWN_PENDING: usize = 3;

/// The failure as text, styled; whoever prints it takes the styles out where they do not belong.
pub(super) fn report(failure: &Failure) -> String {
    let parts = match failure {
        Failure::Migration { error, notes } => migration(error, notes),
        Failure::Usage { message, hint } | Failure::Refused { message, hint } => {
            vec![plain(message, &[], &lines(hint.as_deref()))]
        }
        Failure::Found => Vec::new(),
        Failure::Print(error) => vec![plain("cannot print the result", &[error.to_string()], &[])],
    };
    parts.join("\n\n") + "\n"
}

fn migration(error: &MigrationError, more: &[String]) -> Vec<String> {
    if let Some(diagnostics) = problems(error) {
        return of_scripts(diagnostics);
    }
    if let MigrationError::Config(config) = error
        && !config.problems().is_empty()
    {
        let problems = config.problems().iter();
        return problems
            .map(|problem| plain(&problem.to_string(), &[], &lines(problem.hint.as_deref())))
            .collect();
    }
    if let Some(failure) = error.run_failure() {
        return vec![of_run(failure)];
    }
    let help = lines(error.hint().as_deref());
    if let MigrationError::Split {
        path,
        line,
        column,
        source,
    } = error
    {
        let excerpt = Excerpt::of_line(path, *line, Some(*column));
        let snippet = excerpt.snippet(path, &source.message);
        let notes = ["nothing was run".to_owned()];
        return vec![pointing(
            "the script cannot be split into statements",
            snippet,
            &notes,
            &help,
        )];
    }
    let mut notes = causes(error);
    notes.extend(more.iter().cloned());
    let title = Level::ERROR.primary_title(from_here(&error.to_string()));
    let title = match code(error) {
        Some(code) => title.id(code),
        None => title,
    };
    vec![titled(title, &notes, &help)]
}

/// The code that an error has in every message, if it has one.
pub(super) fn code(error: &MigrationError) -> Option<&'static str> {
    match error {
        MigrationError::Plugin(error) => Some(error.step().code()),
        _ => None,
    }
}

/// The problems of the scripts or of their template, if that is what the error is about.
pub(super) fn problems(error: &MigrationError) -> Option<&Diagnostics> {
    match error {
        MigrationError::Scripts(problems)
        | MigrationError::Init(ScriptError::Invalid(problems))
        | MigrationError::Creation(ScriptError::Invalid(problems))
        | MigrationError::Script(ScriptError::Invalid(problems))
        | MigrationError::Adoption(AdoptError::Files { problems, .. }) => Some(problems),
        _ => None,
    }
}

/// The messages beneath an error, outermost first; an adapter's error carries its own chain as text.
pub(super) fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        match source.downcast_ref::<AdapterError>() {
            Some(adapter) => {
                causes.push(said(adapter));
                causes.extend(adapter.chain.iter().cloned());
            }
            None => causes.push(source.to_string()),
        }
        next = source.source();
    }
    causes
}

/// What the database or the adapter said, with its codes and its place in the plugin.
fn said(error: &AdapterError) -> String {
    let mut text = error.message.clone();
    let mut codes: Vec<&str> = [&error.code, &error.sqlstate]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    // Some databases have no codes but those of the standard.
    codes.dedup();
    if !codes.is_empty() {
        text.push_str(&format!(" ({})", codes.join(", ")));
    }
    if let Some(location) = &error.location {
        text.push_str(&format!(", at {location} of the plugin"));
    }
    text
}

/// Every problem of the scripts, and how many there are: the last lines are those that are read first.
fn of_scripts(diagnostics: &Diagnostics) -> Vec<String> {
    let mut parts: Vec<String> = diagnostics.0.iter().map(of_script).collect();
    if parts.len() > 1 {
        let count = format!("{} errors; nothing was done", parts.len());
        parts.push(plain(&count, &[], &[]));
    }
    parts
}

fn of_script(diagnostic: &Diagnostic) -> String {
    let help = lines(diagnostic.hint.as_deref());
    let Some(line) = diagnostic.line else {
        let message = format!("{}: {}", diagnostic.path.display(), diagnostic.message);
        return plain(&message, &[], &help);
    };
    let excerpt = Excerpt::of_line(&diagnostic.path, line, None);
    let snippet = excerpt.snippet(&diagnostic.path, "");
    pointing(&diagnostic.message, snippet, &[], &help)
}

fn of_run(failure: &RunFailure) -> String {
    let error = &failure.error;
    let mut notes = error.chain.clone();
    notes.push(state(failure));
    notes.extend(pending(failure));
    let backup = failure.backup.as_ref();
    notes.extend(backup.filter(|_| !failure.left_unchanged()).map(|made| {
        format!(
            "the database as it was before is in {}; to have it back: {}",
            shown(&made.path),
            made.restore
        )
    }));
    let help = run_hints(failure);
    let (Some(statement), Some(path)) = (&failure.statement, &failure.path) else {
        notes.insert(0, said(error));
        return plain(&failure.to_string(), &notes, &help);
    };
    let title = format!(
        "{failure} at statement {} of {}",
        statement.number, statement.total
    );
    let fault = Fault::of(statement, error.position);
    let excerpt = Excerpt::of_fault(path, statement, fault);
    if let Some(made) = &statement.made {
        notes.insert(0, format!("the statement that was made of it: {made}"));
    }
    let said = said(error);
    pointing(&title, excerpt.snippet(path, &said), &notes, &help)
}

fn state(failure: &RunFailure) -> String {
    let done = match &failure.done[..] {
        [] => String::new(),
        [one] => format!("; {} before it is done and stays", one.described()),
        several => format!("; {} before it are done and stay", counted_ids(several)),
    };
    match &failure.state {
        DatabaseState::Unchanged => "the database is as it was before".to_owned(),
        DatabaseState::Done => {
            let done = counted_ids(&failure.done);
            format!("what is done stays ({done}): only the hook failed")
        }
        DatabaseState::RolledBack if failure.hook.is_some() => {
            format!("it ran before its step, which was not begun or was rolled back{done}")
        }
        DatabaseState::RolledBack => format!("this step was rolled back{done}"),
        DatabaseState::Partial {
            done: statements,
            total,
        } => {
            let verb = match statements {
                1 => "is done and stays",
                _ => "are done and stay",
            };
            format!("{statements} of {total} statements of this step {verb}{done}")
        }
        DatabaseState::Unknown => {
            format!(
                "the connection broke at the commit: whether this step lasts is not known{done}"
            )
        }
    }
}

/// What is still to be done, where that is more than the step that failed.
fn pending(failure: &RunFailure) -> Option<String> {
    let ids: Vec<&str> = failure.pending.iter().map(|id| id.as_str()).collect();
    let (first, more) = ids.split_at(ids.len().min(SHOWN_PENDING));
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let count = counted_ids(&failure.pending);
    let text = format!("{count} are not done: {}", first.join(", "));
    (ids.len() > 1).then(|| text + &more)
}

/// What to do about a failed run: what the database advises, and how to go on.
pub(super) fn run_hints(failure: &RunFailure) -> Vec<String> {
    let mut hints = lines(failure.error.hint.as_deref());
    hints.push(next(failure));
    hints
}

fn next(failure: &RunFailure) -> String {
    let command = failure.direction.name();
    let again = format!("run `dapter {command}` again");
    match (&failure.state, failure.interrupted) {
        (DatabaseState::Partial { .. }, false) => {
            let mend = match failure.error.kind {
                ErrorKind::Statement => "mend the script behind what is done",
                _ => "mend the cause",
            };
            format!("{mend}, and {again}: it goes on at that statement")
        }
        (DatabaseState::Partial { .. }, true) => format!("{again}: it goes on at that statement"),
        (DatabaseState::Done, _) if failure.pending.is_empty() => {
            "nothing else is to be done; run by hand what the hook was to do".to_owned()
        }
        (DatabaseState::Unknown, _) => format!("{again}: the history tells it where to go on"),
        (_, true) => again,
        (_, false) => format!("mend the cause and {again}"),
    }
}

fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines();
    lines.map(str::to_owned).collect()
}

/// A failure that is nowhere in a script.
fn plain(message: &str, notes: &[String], help: &[String]) -> String {
    let title = Level::ERROR.primary_title(from_here(message));
    titled(title, notes, help)
}

fn titled(title: Title<'_>, notes: &[String], help: &[String]) -> String {
    let renderer = Renderer::styled();
    let mut text = renderer.render(&[Group::with_title(title)]);
    let notes = notes.iter().map(|note| (Level::NOTE, note));
    for (level, line) in notes.chain(help.iter().map(|line| (Level::HELP, line))) {
        let line = from_here(line);
        let group = Group::with_title(level.secondary_title(&*line));
        text.push_str(&format!("\n  {}", renderer.render(&[group])));
    }
    text
}

/// A failure at a place in a script.
fn pointing(
    message: &str,
    snippet: Snippet<'_, Annotation<'_>>,
    notes: &[String],
    help: &[String],
) -> String {
    let message = from_here(message);
    let notes: Vec<String> = notes.iter().map(|note| from_here(note)).collect();
    let mut group = Level::ERROR.primary_title(&*message).element(snippet);
    for note in &notes {
        group = group.element(Element::from(Level::NOTE.message(note)));
    }
    for line in help {
        group = group.element(Element::from(Level::HELP.message(line)));
    }
    Renderer::styled().render(&[group])
}
