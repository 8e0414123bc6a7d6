//! What `ALTER TABLE` can do.

use super::table::{column_line, create_index, references};
use crate::canonical::name;
use crate::definition::names_in;
use dapter_plugin_api::schema::{Column, ForeignKey, SchemaObject, Table};
use dapter_plugin_api::{TableChange, TablePart};

/// The statements that change a table where it is, if there are such.
pub(super) fn statements(
    before: &SchemaObject,
    after: &SchemaObject,
    changes: &[TableChange],
) -> Option<Vec<String>> {
    let (old, new) = (before.as_table()?, after.as_table()?);
    let called = &before.name.name;
    let table = name(called);
    let inline = inline_keys(changes);
    // An index may name a column that comes after it in the list.
    let (mut statements, mut indexes) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            TableChange::RenameColumn { from, to } => statements.push(format!(
                "ALTER TABLE {table} RENAME COLUMN {} TO {}",
                name(from),
                name(to)
            )),
            TableChange::AddColumn { column, .. } => {
                let keys: Vec<&ForeignKey> = inline
                    .iter()
                    .copied()
                    .filter(|key| key.columns[0] == column.name)
                    .collect();
                if !can_add(column, new, !keys.is_empty()) {
                    return None;
                }
                let mut line = format!("ALTER TABLE {table} ADD COLUMN {}", column_line(column));
                for key in keys {
                    line.push(' ');
                    line.push_str(&references(key));
                }
                statements.push(line);
            }
            TableChange::DropColumn { column, .. } => {
                if !can_drop(column, old, new) {
                    return None;
                }
                let column = name(&column.name);
                statements.push(format!("ALTER TABLE {table} DROP COLUMN {column}"));
            }
            TableChange::Add {
                part: TablePart::Index(index),
            } => indexes.push(create_index(called, index)),
            TableChange::Remove {
                part: TablePart::Index(index),
            } => statements.push(format!("DROP INDEX {}", name(&index.name))),
            TableChange::RenamePart {
                part: part @ TablePart::Index(index),
                to,
            } => {
                statements.push(format!("DROP INDEX {}", name(&index.name)));
                if let TablePart::Index(renamed) = part.clone().named(to.clone()) {
                    indexes.push(create_index(called, &renamed));
                }
            }
            TableChange::Add {
                part: TablePart::ForeignKey(key),
            } if inline.contains(&key) => {}
            TableChange::MoveColumn { .. } => {}
            _ => return None,
        }
    }
    statements.extend(indexes);
    Some(statements)
}

/// Foreign keys of a single new column, which are written at it.
fn inline_keys(changes: &[TableChange]) -> Vec<&ForeignKey> {
    let is_new = |name: &String| {
        changes.iter().any(|change| {
            matches!(change, TableChange::AddColumn { column, .. } if column.name == *name)
        })
    };
    let keys = changes.iter().filter_map(|change| match change {
        TableChange::Add {
            part: TablePart::ForeignKey(key),
        } => {
            let fits = key.name.is_empty() && key.columns.len() == 1 && is_new(&key.columns[0]);
            fits.then_some(key)
        }
        _ => None,
    });
    keys.collect()
}

/// Source: "ALTER TABLE ADD COLUMN" in SQLite's documentation.
fn can_add(column: &Column, new: &Table, refers: bool) -> bool {
    let default = column.default.as_deref().unwrap_or("NULL");
    let is_null = default.eq_ignore_ascii_case("NULL");
    let is_constant = !default.starts_with('(') && !default.starts_with("CURRENT_");
    let is_stored = column.generated.as_ref().is_some_and(|it| it.stored);
    let in_key = |key: &dapter_plugin_api::schema::Key| {
        key.columns.iter().any(|part| part.column == column.name)
    };
    let is_key = new.primary_key.iter().chain(&new.uniques).any(in_key);
    is_constant && !is_stored && !is_key && (!column.not_null || !is_null) && (!refers || is_null)
}

/// Source: "ALTER TABLE DROP COLUMN" in SQLite's documentation.
fn can_drop(column: &Column, old: &Table, new: &Table) -> bool {
    let is = |name: &String| *name == column.name;
    let in_key =
        |key: &dapter_plugin_api::schema::Key| key.columns.iter().any(|part| is(&part.column));
    let in_text = |text: &str| names_in(text).contains(&column.name.to_ascii_lowercase());
    let in_keys = old.primary_key.iter().chain(&old.uniques).any(in_key);
    let in_references = old
        .foreign_keys
        .iter()
        .any(|key| key.columns.iter().any(is));
    let in_checks = old.checks.iter().any(|check| in_text(&check.expression));
    let in_generated = old.columns.iter().any(|other| {
        let generated = other.generated.as_ref();
        generated.is_some_and(|generated| in_text(&generated.expression))
    });
    // Indexes on it are gone by then, or it is no drop alone.
    let in_indexes = new.indexes.iter().any(|index| {
        let parts = index.columns.iter();
        let in_parts = parts
            .into_iter()
            .any(|part| is(&part.column) || in_text(&part.expression));
        in_parts || index.predicate.as_deref().is_some_and(in_text)
    });
    !in_keys && !in_references && !in_checks && !in_generated && !in_indexes
}
