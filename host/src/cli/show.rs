//! `dapter show`.

use std::fmt::Write;

use dapter::revision::RevisionId;
use dapter::{MigrationError, Scripts};
use serde_json::json;

use super::arguments::Show;
use super::named;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Show, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let (scripts, revisions) = named::revisions(&command.revision, session)?;
    let mut text = String::new();
    let mut documents = Vec::new();
    for revision in &revisions {
        documents.push(one(revision, &scripts, &mut text)?);
    }
    match (revisions.is_empty(), scripts.graph().is_empty()) {
        (false, _) => {}
        (true, true) => output.note("there are no revisions yet"),
        (true, false) => output.note(&format!("`{}` is no revision", command.revision)),
    }
    output.result(&json!({ "revisions": documents }), &text)
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
