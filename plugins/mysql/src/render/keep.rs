//! What servers do to indexes and checks by themselves, and must not.

use super::alter::{Altered, Parts};
use super::change::{Columns, foreign_keys};
use super::constraint;
use super::names::name;
use super::references::goes_with;
use super::suspend::State;
use dapter_plugin_api::schema::{Check, ForeignKey, Index, Table};
use dapter_plugin_api::{Result, TableChange, TablePart};

/// MySQL renames no column that a check names: MariaDB writes the check anew. Where foreign keys are, it does so without a copy
/// of the table alone, which a new check needs (error 1846, tried with 9.7.4).
pub(super) fn rename_in_checks(
    parts: &mut Parts,
    altered: Altered<'_>,
    known: &State<'_>,
    (was, is): (&Table, &Table),
) -> Result<()> {
    let renames = renames_columns(altered.changes);
    for check in is
        .checks
        .iter()
        .filter(|check| renames && check.column.is_empty())
    {
        let said = altered.changes.iter().any(|change| match change {
            TableChange::Add { part } | TableChange::RenamePart { part, .. } => {
                part.name() == check.name
            }
            _ => false,
        });
        let other =
            |before: &Check| before.name == check.name && before.expression != check.expression;
        if !said && was.checks.iter().any(other) {
            parts
                .drops
                .push(format!("DROP CONSTRAINT {}", name(&check.name)));
            let place = match known.is_in_references(&altered.before.name) {
                true => &mut parts.behind,
                false => &mut parts.adds,
            };
            place.push(format!("ADD {}", constraint::check(altered.after, check)?));
        }
    }
    Ok(())
}

fn renames_columns(changes: &[TableChange]) -> bool {
    let mut changes = changes.iter();
    changes.any(|change| matches!(change, TableChange::RenameColumn { .. }))
}

/// What servers do to indexes by themselves, and must not: an index that a foreign key got by itself goes when another one
/// finds rows by its columns too, and one of a column that is made anew loses it.
pub(super) fn keep_indexes(
    parts: &mut Parts,
    altered: Altered<'_>,
    columns: &Columns,
    known: &State<'_>,
    (was, is): (&Table, &Table),
) -> Result<()> {
    let renames = renames_columns(altered.changes);
    let added = altered.changes.iter().filter_map(|change| match change {
        TableChange::Add {
            part: TablePart::Index(index),
        } => Some(index),
        _ => None,
    });
    let added: Vec<&Index> = added.collect();
    let there = is.indexes.iter().filter(|index| {
        let new = added.iter().any(|added| added.name == index.name);
        !new && was.indexes.iter().any(|before| before.name == index.name)
    });
    let (_, keys) = foreign_keys(altered.changes);
    for index in there {
        let before = was.indexes.iter().find(|before| before.name == index.name);
        let rewritten = before.is_some_and(|before| {
            let pairs = before.columns.iter().zip(&index.columns);
            pairs
                .into_iter()
                .any(|(before, after)| before.expression != after.expression)
        });
        let remade = rewritten
            || index
                .columns
                .iter()
                .any(|part| columns.remade.contains(&part.column));
        let found_too = added
            .iter()
            .any(|added| added.columns.starts_with(&index.columns));
        let of_key = |key: &ForeignKey| goes_with(index, key, is);
        if remade
            || (found_too && is.foreign_keys.iter().any(of_key))
            || keys.iter().copied().any(of_key)
        {
            let drop = format!("DROP INDEX {}", name(&index.name));
            let add = format!("ADD {}", constraint::index(altered.after, index)?);
            // As with checks; what is computed for an index needs a copy when it goes, too.
            if rewritten && renames && known.is_in_references(&altered.before.name) {
                parts.first.push(drop);
                parts.behind.push(add);
            } else {
                parts.drops.push(drop);
                parts.adds.insert(0, add);
            }
        }
    }
    Ok(())
}
