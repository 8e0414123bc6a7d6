//! `dapter show`.

use std::fmt::Write;

use dapter::revision::{Anchor, Applied, Expression, RevisionId, resolve_many};
use dapter::{MigrationError, Scripts};
use serde_json::json;

use super::arguments::Show;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Show, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let expression = Expression::parse(&command.revision).map_err(MigrationError::from)?;
    let scripts = session.scripts()?;
    let revisions = resolved(&expression, &scripts, session)?;
    let mut text = String::new();
    let mut documents = Vec::new();
    for revision in &revisions {
        documents.push(one(revision, &scripts, &mut text)?);
    }
    if scripts.graph().is_empty() {
        output.note("there are no revisions yet");
    } else if revisions.is_empty() {
        output.note(&format!("`{}` is no revision", command.revision));
    }
    output.result(&json!({ "revisions": documents }), &text)
}

/// The revisions that an expression names; the database is asked only where that depends on what is applied.
pub(super) fn resolved(
    expression: &Expression,
    scripts: &Scripts,
    session: &Session<'_>,
) -> Result<Vec<RevisionId>, Failure> {
    let applied = if needs_database(expression) {
        let target = session.target()?;
        let current = session.migrator(&target)?.current_revision()?;
        current
            .into_iter()
            .filter(|current| current.has_script)
            .map(|current| current.revision)
            .collect()
    } else {
        Vec::new()
    };
    let (applied, _) = Applied::split(scripts.graph(), &applied);
    Ok(resolve_many(&applied, expression).map_err(MigrationError::from)?)
}

/// Whether the answer depends on what is applied.
fn needs_database(expression: &Expression) -> bool {
    match expression {
        Expression::Point(point) => matches!(point.anchor, None | Some(Anchor::Current)),
        Expression::Range { .. } => false,
    }
}

fn one(
    id: &RevisionId,
    scripts: &Scripts,
    text: &mut String,
) -> Result<serde_json::Value, Failure> {
    let script = scripts
        .get(id.as_str())
        .expect("resolved in the graph of the scripts");
    let body = scripts
        .directory()
        .read_body(script)
        .map_err(MigrationError::from)?;
    let revision = &script.revision;
    if !text.is_empty() {
        text.push('\n');
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}\n{}", shown(&script.path), body.text().trim_end());
    Ok(json!({
        "revision": revision.id,
        "message": revision.message,
        "revises": revision.revises,
        "depends_on": revision.depends_on,
        "branch_labels": revision.branch_labels,
        "created": script.created,
        "irreversible": script.irreversible,
        "checksum": script.checksum.to_string(),
        "path": script.path,
        "text": body.text(),
    }))
}
