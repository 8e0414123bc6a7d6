//! `dapter create`.

use dapter::revision::{BranchLabel, RevisionId};
use dapter::script::{Script, ScriptError, parse};
use dapter::{MigrationError, NewMigration, ScriptWriter};
use serde_json::{Value, json};

use super::arguments::{Create, NewRevision};
use super::create_repeatable;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Create, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let message = command.message.clone().unwrap_or_default();
    if let Some(name) = &command.repeatable {
        return create_repeatable::run(name, &message, session, output);
    }
    let migration = new_migration(message, command.head.clone(), command.splice, &command.new)?;
    write(
        &ScriptWriter::new(session.scripts()?),
        migration,
        session,
        output,
    )
}

/// What was said of a new revision.
pub(super) fn new_migration(
    message: String,
    revises: Vec<String>,
    splice: bool,
    new: &NewRevision,
) -> Result<NewMigration, Failure> {
    Ok(NewMigration {
        message,
        id: new.rev_id.as_deref().map(id).transpose()?,
        revises,
        splice,
        branch_labels: new
            .branch_label
            .iter()
            .map(|label| self::label(label))
            .collect::<Result<_, _>>()?,
        depends_on: new.depends_on.clone(),
    })
}

/// Writes the script of a new revision, or shows what would be written.
pub(super) fn write(
    writer: &ScriptWriter,
    migration: NewMigration,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
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
        .map_err(|error| Failure::usage(format!("--branch-label: {error}")).hint(error.hint()))
}
