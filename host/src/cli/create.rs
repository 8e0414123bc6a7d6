//! `dapter create`.

use dapter::autogenerate::Generated;
use dapter::revision::{BranchLabel, RevisionId};
use dapter::script::{Script, ScriptError, parse};
use dapter::{AutogenerateOptions, MigrationError, NewMigration, ScriptWriter};
use serde_json::{Value, json};

use super::arguments::{Create, NewRevision};
use super::autogenerate::{self, Autogenerate};
use super::create_repeatable;
use super::output::{Failure, Output};
use super::paths::shown;
use super::rename_question;
use super::session::Session;
use super::tool;

pub(super) fn run(command: &Create, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let message = command.message.clone().unwrap_or_default();
    if let Some(name) = &command.repeatable {
        tool::refuse_repeatable(session)?;
        return create_repeatable::run(name, &message, session, output);
    }
    let mut migration = new_migration(message, command.head.clone(), command.splice, &command.new)?;
    if let Some(migrator) = tool::migrator(session)? {
        return tool::create(&migrator, migration, &command.autogenerate, session, output);
    }
    migration.format = command.autogenerate.format(session)?;
    let generated = match generated(&command.autogenerate, session, *output)? {
        Some(generated) if generated.is_empty() => {
            let mut document = autogenerate::document(&generated);
            lay_over(
                &mut document,
                &json!({
                    "dry_run": session.global.dry_run,
                    "revision": null,
                    "revises": [],
                    "path": null,
                    "text": null,
                }),
            );
            let text = match command.autogenerate.drift {
                true => "nothing to do: the database is as its scripts build it\n",
                false => "nothing to do: the database is as its models say\n",
            };
            return output.result(&document, &text);
        }
        other => other,
    };
    if let Some(generated) = &generated {
        migration.upgrade.clone_from(&generated.upgrade_text);
        migration.downgrade.clone_from(&generated.downgrade_text);
        for change in autogenerate::changes(generated) {
            output.note(&change);
        }
        autogenerate::warn(generated, *output);
    }
    let written = write(
        &ScriptWriter::new(session.scripts()?),
        migration,
        generated.as_ref(),
        session,
        output,
    )?;
    if let Some(id) = written.filter(|_| command.autogenerate.drift) {
        output.note(&format!(
            "next: `dapter stamp {id}`, since this database has it already"
        ));
    }
    Ok(())
}

/// What leads to the models, or to what was changed by hand, if a script is to come of it.
fn generated(
    command: &Autogenerate,
    session: &Session<'_>,
    output: Output,
) -> Result<Option<Generated>, Failure> {
    let wanted = command.autogenerate || command.comparison.models.is_some();
    let comparison = &command.comparison;
    if command.empty {
        return Ok(None);
    }
    let options = AutogenerateOptions {
        format: command.format(session)?,
        ..comparison.options()
    };
    if command.drift {
        let target = session.target()?;
        let migrator = comparison.migrator(&target, &session.adapter(&target)?, session)?;
        let migrator = rename_question::asking(migrator, output);
        return Ok(Some(migrator.autogenerate_drift(&options)?));
    }
    let target = match session.target() {
        Ok(target) if wanted || target.models.is_some() => target,
        Err(failure) if wanted => return Err(failure),
        _ => return Ok(None),
    };
    let adapter = session.adapter(&target)?;
    let models = comparison.models(&target, &adapter, session)?;
    let migrator = comparison.remembering(&target, &adapter, session)?;
    let migrator = rename_question::asking(migrator, output);
    let generated = migrator.autogenerate_meanwhile(|| models.finish(), &options)?;
    Ok(Some(generated))
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
        ..NewMigration::default()
    })
}

/// Writes the script of a new revision and tells its id, or shows what would be written.
pub(super) fn write(
    writer: &ScriptWriter,
    migration: NewMigration,
    generated: Option<&Generated>,
    session: &Session<'_>,
    output: &Output,
) -> Result<Option<RevisionId>, Failure> {
    let document = |script: &Script, text: Option<&str>| {
        let mut document = document(script, text);
        if let Some(generated) = generated {
            lay_over(&mut document, &autogenerate::document(generated));
        }
        document
    };
    if session.global.dry_run {
        let (path, text) = writer.preview(migration)?;
        let script = parse(&path, &text)
            .map_err(|problems| MigrationError::Creation(ScriptError::Invalid(problems)))?;
        output.result(&document(&script, Some(&text)), &text)?;
        return Ok(None);
    }
    let script = writer.write(migration)?;
    let path = format!("{}\n", shown(&script.path));
    output.result(&document(&script, None), &path)?;
    Ok(Some(script.revision.id.clone()))
}

/// Adds the members of another document.
fn lay_over(document: &mut Value, other: &Value) {
    if let (Value::Object(document), Value::Object(other)) = (document, other) {
        document.extend(other.clone());
    }
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
