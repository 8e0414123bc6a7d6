//! What changes in a table.

use std::collections::BTreeSet;

use dapter_plugin_api::schema::{Column, SchemaObject, SchemaRules, Table};
use dapter_plugin_api::{TableChange, TablePart};

/// The changes that make a table into another one of the same name, in an order in which they can be done.
pub(super) fn changes(
    before: &SchemaObject,
    after: &SchemaObject,
    rules: &SchemaRules,
) -> Vec<TableChange> {
    let (Some(old), Some(new)) = (before.as_table(), after.as_table()) else {
        return Vec::new();
    };
    let Parts {
        removed,
        added,
        renamed,
    } = parts(old, new);
    let mut changes = Vec::new();
    if old.partitioning != new.partitioning || old.inherits != new.inherits {
        changes.push(TableChange::Rebuild);
    }
    changes.extend(removed.into_iter().map(|part| TableChange::Remove { part }));
    changes.extend(columns(old, new, rules));
    changes.extend(renamed);
    changes.extend(added.into_iter().map(|part| TableChange::Add { part }));
    changes.extend(options(old, new));
    if before.comment != after.comment {
        changes.push(TableChange::SetComment {
            before: before.comment.clone(),
            after: after.comment.clone(),
        });
    }
    let only_in = |some: &[String], others: &[String]| -> Vec<String> {
        let only = some.iter().filter(|grant| !others.contains(grant));
        only.cloned().collect()
    };
    let revoked = only_in(&before.grants, &after.grants).into_iter();
    changes.extend(revoked.map(|grant| TableChange::Revoke { grant }));
    let granted = only_in(&after.grants, &before.grants).into_iter();
    changes.extend(granted.map(|grant| TableChange::Grant { grant }));
    changes
}

fn columns(old: &Table, new: &Table, rules: &SchemaRules) -> Vec<TableChange> {
    let mut changes = Vec::new();
    for (index, column) in old.columns.iter().enumerate() {
        if new.column(&column.name).is_none() {
            changes.push(TableChange::DropColumn {
                column: column.clone(),
                behind: index
                    .checked_sub(1)
                    .map(|index| old.columns[index].name.clone()),
            });
        }
    }
    if rules.columns_have_places {
        changes.extend(places(old, new));
    } else {
        let added = new.columns.iter().enumerate();
        let added = added.filter(|(_, column)| old.column(&column.name).is_none());
        changes.extend(added.map(|(index, column)| {
            TableChange::AddColumn {
                column: column.clone(),
                behind: index
                    .checked_sub(1)
                    .map(|index| new.columns[index].name.clone()),
            }
        }));
    }
    for column in &new.columns {
        let before = old.column(&column.name).filter(|before| *before != column);
        changes.extend(before.map(|before| TableChange::AlterColumn {
            before: before.clone(),
            after: column.clone(),
        }));
    }
    changes.sort_by_key(column_rank);
    changes
}

/// Computed columns go before and come behind those that they are computed from.
fn column_rank(change: &TableChange) -> u8 {
    match change {
        TableChange::DropColumn { column, .. } if column.generated.is_some() => 0,
        TableChange::AddColumn { column, .. } if column.generated.is_some() => 3,
        TableChange::DropColumn { .. } => 4,
        TableChange::AlterColumn { .. } => 2,
        _ => 1,
    }
}

/// New columns, and those that move, from the first place to the last.
fn places(old: &Table, new: &Table) -> Vec<TableChange> {
    let mut changes = Vec::new();
    let stays = |column: &&Column| new.column(&column.name).is_some();
    let mut now: Vec<&str> = old
        .columns
        .iter()
        .filter(stays)
        .map(|column| column.name.as_str())
        .collect();
    for (place, column) in new.columns.iter().enumerate() {
        let name = column.name.as_str();
        if now.get(place) == Some(&name) {
            continue;
        }
        let behind = place
            .checked_sub(1)
            .map(|before| new.columns[before].name.clone());
        match now.iter().position(|other| *other == name) {
            None => changes.push(TableChange::AddColumn {
                column: column.clone(),
                behind,
            }),
            Some(from) => {
                changes.push(TableChange::MoveColumn {
                    column: column.clone(),
                    before: from.checked_sub(1).map(|before| now[before].to_owned()),
                    after: behind,
                });
                now.remove(from);
            }
        }
        now.insert(place, name);
    }
    changes
}

fn options(old: &Table, new: &Table) -> Vec<TableChange> {
    let names: BTreeSet<&String> = old.options.keys().chain(new.options.keys()).collect();
    let changed = names.into_iter().filter_map(|name| {
        let (before, after) = (old.options.get(name), new.options.get(name));
        (before != after).then(|| TableChange::SetOption {
            name: name.clone(),
            before: before.cloned(),
            after: after.cloned(),
        })
    });
    changed.collect()
}

/// Constraints and indexes that do not stay as they are.
struct Parts {
    removed: Vec<TablePart>,
    added: Vec<TablePart>,
    renamed: Vec<TableChange>,
}

fn parts(old: &Table, new: &Table) -> Parts {
    let mut removed = all_parts(old);
    let mut added = Vec::new();
    // The same several times is taken as often as it is there.
    for part in all_parts(new) {
        match removed.iter().position(|other| *other == part) {
            Some(at) => drop(removed.remove(at)),
            None => added.push(part),
        }
    }
    let mut renamed = Vec::new();
    added.retain(|part| {
        let same = |other: &TablePart| {
            !other.name().is_empty() && other.clone().named(part.name().to_owned()) == *part
        };
        let Some(at) = removed.iter().position(same) else {
            return true;
        };
        // One that takes over another's name has to wait until that one is gone.
        let is_taken = removed.iter().any(|other| other.name() == part.name());
        if part.name().is_empty() || is_taken {
            return true;
        }
        renamed.push(TableChange::RenamePart {
            part: removed.remove(at),
            to: part.name().to_owned(),
        });
        false
    });
    // Foreign keys go first: what they refer to, or are checked by, may go too.
    removed.sort_by_key(|part| std::cmp::Reverse(rank(part)));
    added.sort_by_key(rank);
    Parts {
        removed,
        added,
        renamed,
    }
}

fn rank(part: &TablePart) -> u8 {
    match part {
        TablePart::PrimaryKey(_) => 0,
        TablePart::Unique(_) => 1,
        TablePart::Index(_) => 2,
        TablePart::Check(_) => 3,
        TablePart::Exclusion(_) => 4,
        TablePart::ForeignKey(_) => 5,
    }
}

/// All constraints and indexes of a table.
pub(super) fn all_parts(table: &Table) -> Vec<TablePart> {
    let primary = table.primary_key.iter().cloned().map(TablePart::PrimaryKey);
    let uniques = table.uniques.iter().cloned().map(TablePart::Unique);
    let indexes = table.indexes.iter().cloned().map(TablePart::Index);
    let checks = table.checks.iter().cloned().map(TablePart::Check);
    let exclusions = table.exclusions.iter().cloned().map(TablePart::Exclusion);
    let references = table
        .foreign_keys
        .iter()
        .cloned()
        .map(TablePart::ForeignKey);
    primary
        .chain(uniques)
        .chain(indexes)
        .chain(checks)
        .chain(exclusions)
        .chain(references)
        .collect()
}
