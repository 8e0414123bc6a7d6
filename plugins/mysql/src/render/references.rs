//! Foreign keys among tables and indexes: what they need, and what they are called.

use super::change::{breaks_references, finds_by};
use dapter_plugin_api::TableChange;
use dapter_plugin_api::schema::{ForeignKey, Index, Table};
use std::collections::BTreeSet;

/// Whether an index looks like one that a foreign key got by itself, which no catalog tells: it goes when this key comes,
/// unless it is made anew.
pub(super) fn goes_with(index: &Index, key: &ForeignKey, table: &Table) -> bool {
    let columns: Vec<&String> = index.columns.iter().map(|part| &part.column).collect();
    let of_key = |key: &ForeignKey| {
        let first = key.columns.first().map_or("", String::as_str);
        columns.iter().copied().eq(&key.columns)
            && (index.name == key.name || index.name.starts_with(first))
    };
    let covers = columns.len() <= key.columns.len()
        && columns
            .iter()
            .zip(&key.columns)
            .all(|(own, other)| *own == other);
    let renamed = index.name.contains("_ibfk_");
    !index.unique && covers && (renamed || of_key(key) || table.foreign_keys.iter().any(of_key))
}

/// Whether a foreign key can refer to a table as it is.
pub(super) fn fits(own: &Table, key: &ForeignKey, other: &Table) -> bool {
    let pairs = key.columns.iter().zip(&key.references);
    let alike = pairs.into_iter().all(|(column, referred)| {
        match (own.column(column), other.column(referred)) {
            (Some(column), Some(referred)) => !breaks_references(column, referred, own, other),
            _ => false,
        }
    });
    key.references.is_empty() || (alike && finds_by(other, &key.references))
}

/// The columns that must have a value, and needed none before, or are numbered from now on, or no more.
pub(super) fn filled<'t>(was: &Table, is: &'t Table) -> BTreeSet<&'t str> {
    let filled = is.columns.iter().filter(|after| {
        let before = was.column(&after.name);
        before.is_some_and(|before| {
            after.not_null && !before.not_null
                || after.identity.is_some() != before.identity.is_some()
        })
    });
    filled.map(|column| column.name.as_str()).collect()
}

/// The columns whose type changes so that foreign keys do not allow it.
pub(super) fn broken<'t>(was: &'t Table, is: &'t Table) -> BTreeSet<&'t str> {
    let changed = is.columns.iter().filter(|after| {
        let before = was.column(&after.name);
        before.is_some_and(|before| breaks_references(before, after, was, is))
    });
    changed.map(|column| column.name.as_str()).collect()
}

pub(super) fn new_names(columns: &[String], changes: &[TableChange]) -> Vec<String> {
    let renamed = columns.iter().map(|column| {
        let mut name = column.clone();
        for change in changes {
            if let TableChange::RenameColumn { from, to } = change
                && *from == name
            {
                name.clone_from(to);
            }
        }
        name
    });
    renamed.collect()
}
