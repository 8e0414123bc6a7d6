//! `dapter rebase`.

use std::collections::HashSet;

use dapter::revision::{Applied, Expression, RevisionId, resolve_one};
use dapter::{MigrationError, ScriptWriter, Scripts};
use serde_json::json;

use super::arguments::Rebase;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;
use super::tool;

pub(super) fn run(command: &Rebase, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    tool::refuse_changes(session)?;
    let scripts = session.scripts()?;
    let revision = resolved(&command.revision, &scripts)?;
    let moved = scripts.descendants(&revision);
    let onto = match &command.onto {
        Some(onto) => resolved(onto, &scripts)?,
        None => only_other_head(&revision, &moved, &scripts)?,
    };
    if !command.offline {
        refuse_applied(&moved, session)?;
    }
    let dry_run = session.global.dry_run;
    let old = scripts.get(revision.as_str()).map(|script| &script.path);
    let path = old.cloned().unwrap_or_default();
    if !dry_run {
        ScriptWriter::new(scripts).rebase(&revision, &onto)?;
    }
    let document = json!({
        "dry_run": dry_run,
        "revision": revision,
        "revises": [onto],
        "path": path,
        "moved": moved,
    });
    let verb = if dry_run { "would revise" } else { "revises" };
    output.result(
        &document,
        &format!("{revision} {verb} {onto} now: {}\n", shown(&path)),
    )
}

fn resolved(expression: &str, scripts: &Scripts) -> Result<RevisionId, Failure> {
    let expression = Expression::parse(expression).map_err(MigrationError::from)?;
    let none = Applied::none(scripts.graph());
    Ok(resolve_one(&none, &expression).map_err(MigrationError::from)?)
}

/// The only head that would not move along.
fn only_other_head(
    revision: &RevisionId,
    moved: &[RevisionId],
    scripts: &Scripts,
) -> Result<RevisionId, Failure> {
    let heads = scripts.graph().heads().map(|head| &head.id);
    let others: Vec<&RevisionId> = heads.filter(|head| !moved.contains(head)).collect();
    match &others[..] {
        [only] => Ok((*only).clone()),
        [] => Err(
            Failure::usage(format!("no other head is there to move {revision} behind"))
                .hint("name where it goes: --onto REVISION"),
        ),
        several => {
            let names: Vec<&str> = several.iter().map(|head| head.as_str()).collect();
            let message = format!("{revision} could go behind each of {}", names.join(", "));
            Err(Failure::usage(message).hint("name one: --onto REVISION"))
        }
    }
}

/// Fails if something that would be moved is applied to the database: what ran there would not be what the scripts say.
fn refuse_applied(moved: &[RevisionId], session: &Session<'_>) -> Result<(), Failure> {
    let target = session.target()?;
    let entries = session.migrator(&target)?.migration_history()?;
    let moved: HashSet<&RevisionId> = moved.iter().collect();
    let applied: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.state != Some("pending") && moved.contains(&entry.revision))
        .map(|entry| entry.revision.as_str())
        .collect();
    if applied.is_empty() {
        return Ok(());
    }
    let database = &target.url.value;
    let message = format!("applied to {database} already: {}", applied.join(", "));
    Err(Failure::refused(message).hint(
        "join the branches instead: `dapter merge`; or undo it first: `dapter downgrade`; or move a revision \
         that is not applied anywhere",
    ))
}
