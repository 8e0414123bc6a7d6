//! `dapter create`.

use dapter::revision::{BranchLabel, RevisionId};
use dapter::{NewMigration, ScriptWriter};
use serde_json::json;

use super::arguments::Create;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Create, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let migration = NewMigration {
        message: command.message.clone(),
        id: command.rev_id.as_deref().map(id).transpose()?,
        revises: command.revises.clone(),
        branch_labels: command
            .branch
            .iter()
            .map(|label| self::label(label))
            .collect::<Result<_, _>>()?,
        depends_on: command.depends_on.clone(),
    };
    let writer = ScriptWriter::new(session.scripts()?);
    if session.global.dry_run {
        let (path, text) = writer.preview(migration)?;
        return output.result(&json!({"dry_run": true, "path": path, "text": text}), &text);
    }
    let script = writer.write(migration)?;
    let document = json!({
        "revision": script.revision.id,
        "revises": script.revision.revises,
        "path": script.path,
    });
    output.result(&document, &format!("{}\n", shown(&script.path)))
}

fn id(text: &str) -> Result<RevisionId, Failure> {
    RevisionId::parse(text)
        .map_err(|error| Failure::usage(format!("--rev-id: {error}")).hint(error.hint()))
}

fn label(text: &str) -> Result<BranchLabel, Failure> {
    BranchLabel::parse(text)
        .map_err(|error| Failure::usage(format!("--branch: {error}")).hint(error.hint()))
}
