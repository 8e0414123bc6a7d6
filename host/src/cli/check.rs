//! `dapter check`.

use dapter::api::ErrorKind;
use dapter::check::{Branch, CheckCode, CheckFinding};
use dapter::plan::Direction;
use dapter::revision::RevisionId;
use dapter::{MigrationError, Migrator};
use serde_json::json;

use super::annotation::{data, property};
use super::arguments::{Check, FindingsFormat};
use super::git;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Check, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let migrator = session.migrator(&target)?;
    let branch = match &command.against {
        Some(reference) => Some(git::branch(reference, &session.directory()?)?),
        None => None,
    };
    let mut findings = migrator.check_scripts()?;
    let scripts_are_right = !findings.iter().any(|f| f.code == CheckCode::Script);
    if scripts_are_right {
        if let Some(branch) = &branch {
            findings.extend(migrator.check_merge(branch)?);
        }
        if !command.offline {
            findings.extend(migrator.check_database()?);
        }
        if command.drift.drift {
            findings.extend(migrator.check_drift()?);
        }
    }
    findings.extend(lint(&findings, branch.as_ref(), &migrator)?);
    findings.retain(|finding| !command.ignore.contains(&finding.code));
    let document = json!({
        "target": target.name,
        "database": (!command.offline).then(|| target.url.value.to_string()),
        "against": branch.as_ref().map(|branch: &Branch| &branch.name),
        "findings": findings,
    });
    let text = match command.format {
        FindingsFormat::Github => findings.iter().map(github).collect(),
        FindingsFormat::Text => text(&findings, *output),
    };
    output.result(&document, &text)?;
    match findings.is_empty() {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

/// What the scripts do to a live system that another branch does not have yet, or else those that the database does not.
fn lint(
    findings: &[CheckFinding],
    branch: Option<&Branch>,
    migrator: &Migrator,
) -> Result<Vec<CheckFinding>, Failure> {
    let revisions: Vec<RevisionId> = match branch {
        Some(branch) => match migrator.scripts() {
            Ok(scripts) => branch.our_revisions(&scripts),
            // That is a finding already.
            Err(_) => Vec::new(),
        },
        None => findings
            .iter()
            .filter(|finding| matches!(finding.code, CheckCode::Pending | CheckCode::OutOfOrder))
            .filter_map(|finding| finding.revision.clone())
            .collect(),
    };
    let found = match super::lint::with_hooks(migrator, &revisions) {
        Ok(found) => found,
        // Adapters need not know how to lint.
        Err(MigrationError::Lint(error)) if error.kind == ErrorKind::Unsupported => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    // What the next deployment runs is the way up.
    let counting = found.into_iter().filter(|finding| {
        finding.counts()
            && finding
                .direction
                .is_none_or(|way| way == Direction::Upgrade)
    });
    Ok(counting.map(CheckFinding::from).collect())
}

fn text(findings: &[CheckFinding], output: Output) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&line(finding));
        // Several findings with one thing to do are told so once.
        let hint = finding.hint.as_ref().filter(|_| is_last(finding, findings));
        if let Some(hint) = hint {
            text.push_str(&format!("  help: {hint}\n"));
        }
    }
    if output.is_chatty() {
        let summary = match findings.len() {
            0 => "no finding\n".to_owned(),
            1 => "1 finding\n".to_owned(),
            count => format!("{count} findings\n"),
        };
        text.push_str(&summary);
    }
    text
}

fn line(finding: &CheckFinding) -> String {
    let place = match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("{}:{line}: ", shown(path)),
        (Some(path), None) => format!("{}: ", shown(path)),
        (None, _) => String::new(),
    };
    format!("{place}{} [{}]\n", finding.message, finding.code)
}

fn is_last(finding: &CheckFinding, findings: &[CheckFinding]) -> bool {
    let alike = findings
        .iter()
        .rfind(|other| other.code == finding.code && other.hint == finding.hint);
    alike.is_some_and(|last| std::ptr::eq(last, finding))
}

/// A finding as a workflow command.
fn github(finding: &CheckFinding) -> String {
    let mut properties = Vec::new();
    if let Some(path) = &finding.path {
        properties.push(format!("file={}", property(&shown(path))));
    }
    if let Some(line) = finding.line {
        properties.push(format!("line={line}"));
    }
    properties.push(format!("title={}", finding.code));
    let mut message = finding.message.clone();
    if let Some(hint) = &finding.hint {
        message.push('\n');
        message.push_str(hint);
    }
    format!("::error {}::{}\n", properties.join(","), data(&message))
}
