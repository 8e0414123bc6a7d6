//! Which revision each migration becomes.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::migration::Migration;
use super::tool::Tool;
use crate::diagnostic::Diagnostic;
use crate::revision::{Alias, BranchLabel, Revision, RevisionId};

/// The hexadecimal digits of an id, as many as a new script's has.
const ID_DIGITS: usize = 12;

/// A migration and the revision that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chained<'m> {
    pub(crate) migration: &'m Migration,
    pub(crate) revision: Revision,
}

/// The revisions that migrations become, in their order; where the tool has no graph, each revises the one before it.
///
/// Ids come from what the tool itself calls a migration, so that everybody who adopts a directory gets the same. What is
/// `known` already, of an adoption before, stays where it is, and what has come since goes behind it.
///
/// # Errors
/// Every name that cannot be one here.
pub(crate) fn chained<'m>(
    tool: Tool,
    migrations: &'m [Migration],
    known: &HashSet<RevisionId>,
) -> Result<Vec<Chained<'m>>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut chain: Vec<Chained<'m>> = Vec::new();
    for migration in migrations {
        match revision(tool, migration) {
            Ok(revision) => chain.push(Chained {
                migration,
                revision,
            }),
            Err(message) => problems.push(Diagnostic {
                path: migration.file.clone().into(),
                line: None,
                message,
                hint: None,
            }),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if tool != Tool::Alembic {
        chain.sort_by_key(|link| !known.contains(&link.revision.id));
        let ids: Vec<RevisionId> = chain.iter().map(|link| link.revision.id.clone()).collect();
        for (link, parent) in chain.iter_mut().skip(1).zip(ids) {
            link.revision.revises = vec![parent];
        }
    }
    Ok(chain)
}

fn revision(tool: Tool, migration: &Migration) -> Result<Revision, String> {
    let id = |key: &str| RevisionId::parse(&revision_id(tool, key));
    let ids = |keys: &[String]| -> Result<Vec<RevisionId>, String> {
        let ids = keys.iter().map(|key| id(key));
        ids.collect::<Result<_, _>>()
            .map_err(|error| error.to_string())
    };
    let labels = migration
        .labels
        .iter()
        .map(|label| BranchLabel::parse(label));
    let labels = labels.collect::<Result<Vec<_>, _>>();
    Ok(Revision {
        id: id(&migration.key).map_err(|error| error.to_string())?,
        revises: ids(migration.parents.as_deref().unwrap_or_default())?,
        depends_on: migration.depends_on.clone(),
        branch_labels: labels.map_err(|error| error.to_string())?,
        aliases: aliases(tool, migration),
        message: migration.message.clone(),
    })
}

/// What the tool calls a migration, as far as it can be written in an expression. Alembic's ids are ids here too.
fn aliases(tool: Tool, migration: &Migration) -> Vec<Alias> {
    if tool == Tool::Alembic {
        return Vec::new();
    }
    let mut aliases: Vec<Alias> = Vec::new();
    for name in [&migration.key, &migration.name] {
        if let Ok(alias) = Alias::parse(name)
            && !aliases.contains(&alias)
        {
            aliases.push(alias);
        }
    }
    aliases
}

fn revision_id(tool: Tool, key: &str) -> String {
    if tool == Tool::Alembic {
        return key.to_owned();
    }
    let digest = Sha256::digest(format!("{tool}\n{key}").as_bytes());
    let mut id = dapter_plugin_api::foreign::hexadecimal(&digest);
    id.truncate(ID_DIGITS);
    id
}
