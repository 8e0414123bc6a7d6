//! Commands on an adapter that drives a tool with scripts of its own: the tool makes what dapter would write elsewhere.

use dapter::adopt::AdoptError;
use dapter::api::Capability;
use dapter::script::ScriptFormat;
use dapter::{MigrationError, Migrator, NewMigration};
use serde_json::{Value, json};

use super::autogenerate::Autogenerate;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

/// The migrator, if its adapter drives a tool with scripts of its own. Only then is it loaded.
pub(super) fn migrator(session: &Session<'_>) -> Result<Option<Migrator>, Failure> {
    match is_driven(session)? {
        true => session.migrator(&session.target()?).map(Some),
        false => Ok(None),
    }
}

/// Whether the adapter drives a tool with scripts of its own; nothing is loaded.
fn is_driven(session: &Session<'_>) -> Result<bool, Failure> {
    // Scripts are written also where no URL is known.
    let Ok(target) = session.target() else {
        return Ok(false);
    };
    let catalog = session.catalog()?;
    let choice = catalog.choose(target.url.value.scheme());
    let choice = choice.map_err(MigrationError::from)?;
    Ok(choice.adapter.has(Capability::Scripts))
}

/// Refuses to change a script: it says what the tool's own says.
pub(super) fn refuse_changes(session: &Session<'_>) -> Result<(), Failure> {
    match is_driven(session)? {
        true => Err(Failure::usage(
            "the parents of revisions are told by the tool that the adapter drives",
        )
        .hint("change them there, and take it in with `dapter init`")),
        false => Ok(()),
    }
}

/// Refuses a script that is no revision, which the tool does not know.
pub(super) fn refuse_repeatable(session: &Session<'_>) -> Result<(), Failure> {
    match is_driven(session)? {
        true => Err(refused("--repeatable").hint("have a revision do it")),
        false => Ok(()),
    }
}

/// Refuses to take over scripts that nobody would run.
pub(super) fn refuse_adoption(session: &Session<'_>) -> Result<(), Failure> {
    match is_driven(session)? {
        true => Err(MigrationError::from(AdoptError::Driven).into()),
        false => Ok(()),
    }
}

/// Has the tool make a revision, with what was said of where its sections come from.
pub(super) fn create(
    migrator: &Migrator,
    migration: NewMigration,
    options: &Autogenerate,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let has_models = !options.empty && session.target()?.models.is_some();
    let comparison = &options.comparison;
    let given = [
        (options.drift, "--drift"),
        (comparison.models.is_some(), "--models"),
        (comparison.python.is_some(), "--python"),
        (!comparison.rename.is_empty(), "--rename"),
        (!comparison.include.is_empty(), "--include"),
        (!comparison.exclude.is_empty(), "--exclude"),
        (comparison.online, "--online"),
        (comparison.has_scratch_url(), "--scratch-url"),
        (has_models, "`models` of dapter.toml"),
    ];
    if let Some((_, what)) = given.into_iter().find(|(is_given, _)| *is_given) {
        return Err(refused(what)
            .hint("the tool compares its own models with the database: --autogenerate alone"));
    }
    let migration = NewMigration {
        format: options.format(session)?,
        autogenerate: options.autogenerate,
        ..migration
    };
    write(migrator, migration, session, output)
}

/// Has the tool make a revision, and tells its script and its own file.
pub(super) fn write(
    migrator: &Migrator,
    migration: NewMigration,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    if migration.format == ScriptFormat::Portable {
        return Err(
            refused("the format `toml`").hint("the tool's scripts are its own: --format sql")
        );
    }
    if session.global.dry_run {
        let text = "would have the tool make a revision, and write its script\n";
        return output.result(&nothing(true), &text);
    }
    let Some(made) = migrator.create_with_tool(migration)? else {
        return output.result(
            &nothing(false),
            &"nothing to do: the tool has made no revision\n",
        );
    };
    let mut text = format!("{}\n", shown(&made.script.path));
    if let Some(file) = &made.file {
        text.push_str(&format!("{}\n", shown(file)));
    }
    let document = json!({
        "dry_run": false,
        "revision": made.script.revision.id,
        "revises": made.script.revision.revises,
        "path": made.script.path,
        "text": null,
        "tool_file": made.file,
    });
    output.result(&document, &text)
}

/// What is told where nothing is made.
fn nothing(dry_run: bool) -> Value {
    json!({
        "dry_run": dry_run,
        "revision": null,
        "revises": [],
        "path": null,
        "text": null,
    })
}

fn refused(what: &str) -> Failure {
    Failure::usage(format!(
        "{what} cannot be passed on to the tool that makes the revision"
    ))
}
