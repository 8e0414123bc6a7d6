//! `dapter merge`.

use dapter::ScriptWriter;
use dapter::revision::RevisionId;

use super::arguments::Merge;
use super::create::{new_migration, write};
use super::output::{Failure, Output};
use super::session::Session;
use super::tool;

pub(super) fn run(command: &Merge, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let writer = ScriptWriter::new(session.scripts()?);
    let revises = match &command.revisions[..] {
        [] => vec!["heads".to_owned()],
        revisions => revisions.to_vec(),
    };
    let parents = writer.parents(&revises)?;
    if parents.len() < 2 {
        let message = match &parents[..] {
            [only] => format!("nothing to merge: there is only {only}"),
            _ => "nothing to merge".to_owned(),
        };
        return Err(Failure::usage(message).hint("`dapter heads` lists what can be joined"));
    }
    let message = command.message.clone().unwrap_or_else(|| named(&parents));
    // By their ids, since a tool may have no word for all heads.
    let revises = parents.iter().map(RevisionId::to_string).collect();
    // What is joined need not be a head: others may go on from it.
    let mut migration = new_migration(message, revises, true, &command.new)?;
    migration.format = session.script_format()?;
    if let Some(migrator) = tool::migrator(session)? {
        return tool::write(&migrator, migration, session, output);
    }
    write(&writer, migration, None, session, output)?;
    Ok(())
}

/// The message of a merge that has none.
fn named(parents: &[RevisionId]) -> String {
    let names: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
    match names.split_last() {
        Some((last, others)) => format!("Merge {} and {last}", others.join(", ")),
        None => "Merge".to_owned(),
    }
}
