//! `dapter lint`.

use std::path::Path;

use annotate_snippets::{Element, Level, Renderer};
use dapter::api::LintSeverity;
use dapter::lint::LintFinding;
use dapter::plan::Direction;
use dapter::project::Target;
use dapter::revision::RevisionId;
use dapter::{MigrationError, Migrator};
use serde_json::{Value, json};

use super::annotation::{data, property};
use super::arguments::{FindingsFormat, Lint};
use super::excerpt::Excerpt;
use super::output::{Failure, Output};
use super::paths::{absolute, shown};
use super::session::Session;
use super::{lint_rules, named, trial};

pub(super) fn run(command: &Lint, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let migrator = session.migrator(&target)?;
    if command.rules {
        return lint_rules::run(&migrator, output);
    }
    if command.trace {
        return trial::run(command, &migrator, &target, *output);
    }
    let mut findings = found(command, &migrator, session)?;
    let wanted = match command.downgrade {
        true => Direction::Downgrade,
        false => Direction::Upgrade,
    };
    findings.retain(|finding| {
        finding
            .direction
            .is_none_or(|direction| direction == wanted)
    });
    let text = match command.format {
        FindingsFormat::Text => text(&findings, *output),
        FindingsFormat::Github => findings
            .iter()
            .filter(|f| f.allowed.is_none())
            .map(github)
            .collect(),
    };
    output.result(&document(&findings, &target), &text)?;
    match findings.iter().any(LintFinding::counts) {
        true => Err(Failure::Found),
        false => Ok(()),
    }
}

/// The findings of what was named; without names those of the scripts that are not applied.
fn found(
    command: &Lint,
    migrator: &Migrator,
    session: &Session<'_>,
) -> Result<Vec<LintFinding>, Failure> {
    if command.all {
        let scripts = session.scripts()?;
        let all: Vec<RevisionId> = scripts
            .graph()
            .topological()
            .map(|revision| revision.id.clone())
            .chain(
                scripts
                    .repeatable()
                    .map(|script| script.revision.id.clone()),
            )
            .collect();
        return Ok(with_hooks(migrator, &all)?);
    }
    if command.what.is_empty() {
        return Ok(with_hooks(migrator, &pending(migrator)?)?);
    }
    let mut findings = Vec::new();
    for what in &command.what {
        let path = Path::new(what);
        if path.is_file() {
            findings.extend(migrator.lint_file(&absolute(path))?);
        } else {
            findings.extend(migrator.lint(&named::revisions(what, session)?.1)?);
        }
    }
    Ok(findings)
}

/// The findings of revisions, and those of the hooks that run around them.
pub(super) fn with_hooks(
    migrator: &Migrator,
    revisions: &[RevisionId],
) -> Result<Vec<LintFinding>, MigrationError> {
    let mut findings = migrator.lint_hooks()?;
    // Hooks can be looked at also where no script can be read.
    if !revisions.is_empty() {
        findings.splice(0..0, migrator.lint(revisions)?);
    }
    Ok(findings)
}

fn pending(migrator: &Migrator) -> Result<Vec<RevisionId>, Failure> {
    let (entries, repeatable) = migrator.full_history().map_err(|error| {
        let reached = !matches!(error, MigrationError::Database { .. });
        let mut failure = Failure::from(error);
        if let Failure::Migration { notes, .. } = &mut failure
            && !reached
        {
            let note = "it is asked which scripts are not applied; those that are named, files, and --all need no database";
            notes.push(note.to_owned());
        }
        failure
    })?;
    let pending = entries.into_iter().filter(|entry| {
        entry.path.is_some() && entry.state != Some("applied") && entry.state != Some("downgrading")
    });
    let scripts = repeatable.iter().filter(|script| script.state.is_pending());
    let scripts = scripts.filter_map(|script| RevisionId::of_repeatable(&script.name).ok());
    Ok(pending.map(|entry| entry.revision).chain(scripts).collect())
}

fn document(findings: &[LintFinding], target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "findings": findings,
    })
}

fn text(findings: &[LintFinding], output: Output) -> String {
    let shown: Vec<&LintFinding> = findings.iter().filter(|f| f.allowed.is_none()).collect();
    let mut text: String = shown.iter().map(|finding| one(finding) + "\n\n").collect();
    if output.is_chatty() {
        text.push_str(&summary(&shown, findings.len() - shown.len()));
    }
    text
}

fn summary(shown: &[&LintFinding], allowed: usize) -> String {
    let counts = [
        LintSeverity::Error,
        LintSeverity::Warning,
        LintSeverity::Info,
    ]
    .map(|severity| {
        let count = shown.iter().filter(|f| f.severity == severity).count();
        (count, severity)
    });
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| match (count, severity) {
            (1, severity) => format!("1 {}", severity.name()),
            (count, LintSeverity::Info) => format!("{count} infos"),
            (count, severity) => format!("{count} {}s", severity.name()),
        })
        .collect();
    if parts.is_empty() {
        parts.push("no finding".to_owned());
    }
    if allowed > 0 {
        parts.push(format!("{allowed} allowed"));
    }
    parts.join(", ") + "\n"
}

/// A finding as a compiler draws it: what, where, why, and what to write instead.
fn one(finding: &LintFinding) -> String {
    let level = match finding.severity {
        LintSeverity::Error => Level::ERROR,
        LintSeverity::Warning => Level::WARNING,
        LintSeverity::Info => Level::INFO,
    };
    let excerpt = Excerpt::of_line(&finding.path, finding.line, Some(finding.column));
    let title = level.primary_title(&*finding.message).id(&*finding.code);
    let group = title
        .element(excerpt.snippet(&finding.path, ""))
        .element(Element::from(
            Level::NOTE.with_name("why").message(&*finding.reason),
        ))
        .element(Element::from(
            Level::HELP.with_name("instead").message(&*finding.advice),
        ));
    Renderer::styled().render(&[group])
}

/// A finding as a line that GitHub shows beside the code: the workflow command `::warning file=…::message`.
fn github(finding: &LintFinding) -> String {
    let command = match finding.severity {
        LintSeverity::Error => "error",
        LintSeverity::Warning => "warning",
        LintSeverity::Info => "notice",
    };
    let message = format!(
        "{}\nwhy: {}\ninstead: {}",
        finding.message, finding.reason, finding.advice
    );
    format!(
        "::{command} file={},line={},col={},title={}::{}\n",
        property(&shown(&finding.path)),
        finding.line,
        finding.column,
        property(&finding.code),
        data(&message)
    )
}
