//! `dapter create`.

use dapter::revision::{BranchLabel, RevisionId};
use dapter::script::{Script, ScriptError, parse};
use dapter::{MigrationError, NewMigration, ScriptWriter};
use serde_json::{Value, json};

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
        let script = parse(&path, &text)
            .map_err(|problems| MigrationError::Creation(ScriptError::Invalid(problems)))?;
        return output.result(&document(&script, Some(&text)), &text);
    }
    let script = writer.write(migration)?;
    let path = format!("{}\n", shown(&script.path));
    output.result(&document(&script, None), &path)
}

/// The new script; its text only if it is not written.
fn document(script: &Script, text: Option<&str>) -> Value {
    json!({
        "dry_run": text.is_some(),
        "revision": script.revision.id,
        "revises": script.revision.revises,
        "path": script.path,
        "text": text,
    })
}

fn id(text: &str) -> Result<RevisionId, Failure> {
    RevisionId::parse(text)
        .map_err(|error| Failure::usage(format!("--rev-id: {error}")).hint(error.hint()))
}

fn label(text: &str) -> Result<BranchLabel, Failure> {
    BranchLabel::parse(text)
        .map_err(|error| Failure::usage(format!("--branch: {error}")).hint(error.hint()))
}
