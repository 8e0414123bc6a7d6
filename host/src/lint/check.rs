//! Linting one script.

use std::path::Path;
use std::sync::Arc;

use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{AdapterError, Capability, ConnectOptions, Finding, LintRule, LintScript};

use super::allowed::{Covered, mistakes, names};
use super::finding::LintFinding;
use super::place;
use crate::error::MigrationError;
use crate::migrator::{planned, planned_text};
use crate::plan::{Direction, PlannedStatement};
use crate::script::{Allow, Script, ScriptBody, ScriptTransaction, Section, allowed_in};

type Result<T> = std::result::Result<T, MigrationError>;

/// What both directions of a script do to a live system, in the order of its lines: what it allows is marked so, and
/// what is wrong with what it allows is found too. A script without a section for the adapter's dialect has none.
///
/// Meets no database; the options are only read for settings that rules depend on.
///
/// # Errors
/// [`MigrationError::Split`] if the script cannot be split, [`MigrationError::Lint`] if the adapter cannot lint.
pub async fn lint_script(
    body: &ScriptBody,
    adapter: &Adapter,
    options: &ConnectOptions,
) -> Result<Vec<LintFinding>> {
    let rules = rules(adapter).await?;
    let script = body.script();
    let mut findings = Vec::new();
    let mut used = Vec::new();
    let mut sections = Vec::new();
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        let Some(section) = section(script, adapter, direction) else {
            continue;
        };
        sections.push(section.line);
        let statements = planned(body, adapter, options, direction).await?;
        let covered = Covered {
            section_line: section.line,
            statements: &statements,
        };
        for found in ask(
            body.text(),
            &statements,
            script.transaction_of(section),
            adapter,
            options,
        )
        .await?
        {
            let allow = script
                .allows
                .iter()
                .find(|allow| names(allow, &found.code) && covered.by(allow, found.statement));
            used.extend(allow.map(|allow| (allow.line, found.code.clone())));
            let statement = &statements[found.statement];
            findings.push(LintFinding {
                revision: Some(script.revision.id.clone()),
                direction: Some(direction),
                allowed: allow.map(|allow| allow.reason.clone()),
                ..placed(found, statement, &script.path)
            });
        }
    }
    let is_read = |allow: &Allow| allow.in_header || sections.contains(&above(script, allow));
    findings.extend(mistakes(script, &rules, &used, is_read));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    Ok(findings)
}

/// What the statements of a text do, which is no script but a file in the adapter's own language. What it allows is marked
/// so, but not asked whether it is of use.
///
/// # Errors
/// As [`lint_script`], and [`MigrationError::Scripts`] for lines that allow something and cannot be read.
pub async fn lint_text(
    path: &Path,
    text: &str,
    adapter: &Adapter,
    options: &ConnectOptions,
) -> Result<Vec<LintFinding>> {
    let text = Arc::new(text.to_owned());
    let statements = planned_text(path, &text, adapter, options).await?;
    let allows = allowed_in(path, &text).map_err(MigrationError::Scripts)?;
    let covered = Covered {
        section_line: 0,
        statements: &statements,
    };
    let found = ask(
        &text,
        &statements,
        ScriptTransaction::Default,
        adapter,
        options,
    )
    .await?;
    let placed = |found: Finding| {
        let allow = allows
            .iter()
            .find(|allow| names(allow, &found.code) && covered.by(allow, found.statement));
        let statement = &statements[found.statement];
        LintFinding {
            allowed: allow.map(|allow| allow.reason.clone()),
            ..placed(found, statement, path)
        }
    };
    Ok(found.into_iter().map(placed).collect())
}

async fn rules(adapter: &Adapter) -> Result<Vec<LintRule>> {
    adapter.lint_rules().await.map_err(MigrationError::Lint)
}

async fn ask(
    text: &str,
    statements: &[PlannedStatement],
    wants: ScriptTransaction,
    adapter: &Adapter,
    options: &ConnectOptions,
) -> Result<Vec<Finding>> {
    let statements: Vec<_> = statements
        .iter()
        .map(|statement| place::at(statement.text.range(), statement))
        .collect();
    let script = LintScript {
        text,
        statements: &statements,
        in_transaction: wants == ScriptTransaction::Default
            && adapter.info().has(Capability::TransactionalDdl),
        options: Some(options),
    };
    let found: std::result::Result<Vec<Finding>, AdapterError> = adapter.lint(&script).await;
    found.map_err(MigrationError::Lint)
}

/// The section that the adapter runs, if there is one.
fn section<'s>(script: &'s Script, adapter: &Adapter, direction: Direction) -> Option<&'s Section> {
    let dialect = adapter.info().dialect();
    match direction {
        Direction::Upgrade => script.upgrade_for(dialect).ok(),
        Direction::Downgrade => script.downgrade_for(dialect).ok(),
    }
}

/// The line of the section that something stands in.
fn above(script: &Script, allow: &Allow) -> usize {
    let sections = script.upgrade.iter().chain(&script.downgrade);
    let lines = sections.map(|section| section.line);
    lines.filter(|&line| line < allow.line).max().unwrap_or(0)
}

fn placed(found: Finding, statement: &PlannedStatement, path: &Path) -> LintFinding {
    let (line, column) = place::of(&found, statement);
    LintFinding {
        code: found.code,
        severity: found.severity,
        revision: None,
        direction: None,
        path: path.to_owned(),
        line,
        column,
        message: found.message,
        reason: found.reason,
        advice: found.advice,
        destroys_data: found.destroys_data,
        allowed: None,
    }
}
