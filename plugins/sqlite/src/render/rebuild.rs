//! A new table that takes the place of the old one, with its rows.
//!
//! Source: "Making Other Kinds Of Table Schema Changes" in SQLite's documentation.

use super::table::{create, create_index, names};
use crate::canonical::name;
use crate::definition::table_of_trigger;
use dapter_plugin_api::schema::{Body, Column, Table};
use dapter_plugin_api::sql::{Rules, quote_string};
use dapter_plugin_api::{
    AdapterError, ErrorKind, ObjectName, Operation, Result, Schema, SchemaObject, TableChange,
};

/// The statements that make a table anew and copy its rows. Indexes and triggers go with the old table and are made again;
/// everything else that refers to it is left alone.
pub(super) fn statements(
    before: &SchemaObject,
    after: &SchemaObject,
    changes: &[TableChange],
    current: &Schema,
    earlier: &[Operation],
) -> Result<Vec<String>> {
    let (Some(old), Some(new)) = (before.as_table(), after.as_table()) else {
        return Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!("{} {} cannot be made anew", before.kind, before.name),
        ));
    };
    let called = &before.name.name;
    let temporary = format!("dapter_new_{called}");
    let (table, fresh) = (name(called), name(&temporary));
    let mut statements = vec![create(&temporary, new)];
    let (targets, sources) = copied(old, new, changes);
    if !targets.is_empty() {
        statements.push(format!(
            "INSERT INTO {fresh} ({}) SELECT {} FROM {table}",
            names(&targets),
            sources.join(", ")
        ));
    }
    let counts = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    if counts(old) && counts(new) {
        // What was deleted at the end is not given out again.
        let quoted = |text: &str| quote_string(text, &Rules::SQLITE);
        let (old, new) = (quoted(called), quoted(&temporary));
        statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new}"));
        statements.push(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        ));
    }
    statements.push(format!("DROP TABLE {table}"));
    let rename = format!("ALTER TABLE {fresh} RENAME TO {table}");
    let (triggers, is_mentioned) = dependents(before, current, earlier);
    if is_mentioned {
        // While the table is not there, a view on it is no reason to stop.
        statements.push("PRAGMA legacy_alter_table = ON".to_owned());
        statements.push(rename);
        statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
    } else {
        statements.push(rename);
    }
    statements.extend(new.indexes.iter().map(|index| create_index(called, index)));
    statements.extend(triggers);
    Ok(statements)
}

/// The columns that keep their values, and what these are taken from.
fn copied(old: &Table, new: &Table, changes: &[TableChange]) -> (Vec<String>, Vec<String>) {
    let former = |column: &Column| {
        let renamed = changes.iter().find_map(|change| match change {
            TableChange::RenameColumn { from, to } if *to == column.name => Some(from.as_str()),
            _ => None,
        });
        old.column(renamed.unwrap_or(&column.name))
    };
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    for column in new
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
    {
        let Some(before) = former(column) else {
            continue;
        };
        targets.push(column.name.clone());
        let source = renamed_values(name(&before.name), column, changes);
        let default = column.default.as_deref().filter(|it| *it != "NULL");
        sources.push(
            match default.filter(|_| column.not_null && !before.not_null) {
                // Rows without a value get the one that new rows get.
                Some(default) => format!("ifnull({source}, {default})"),
                None => source,
            },
        );
    }
    (targets, sources)
}

/// A column whose listed values have other names in the new table.
fn renamed_values(source: String, column: &Column, changes: &[TableChange]) -> String {
    let quoted = |text: &str| quote_string(text, &Rules::SQLITE);
    let whens = changes.iter().filter_map(|change| match change {
        TableChange::RenameValue {
            column: of,
            from,
            to,
        } if *of == column.name => Some(format!(" WHEN {} THEN {}", quoted(from), quoted(to))),
        _ => None,
    });
    let whens: String = whens.collect();
    match whens.is_empty() {
        true => source,
        false => format!("CASE {source}{whens} ELSE {source} END"),
    }
}

/// The statements of the table's triggers, and whether views or triggers name it.
fn dependents(
    table: &SchemaObject,
    current: &Schema,
    earlier: &[Operation],
) -> (Vec<String>, bool) {
    let is_gone = |object: &SchemaObject| {
        earlier.iter().any(|operation| {
            matches!(operation, Operation::Drop { object: gone } if gone.kind == object.kind && gone.name == object.name)
        })
    };
    let mut triggers = Vec::new();
    let mut is_mentioned = false;
    for object in &current.objects {
        if !object.needs(&table.kind, &table.name) || is_gone(object) {
            continue;
        }
        match &object.body {
            Body::Definition(definition) if object.kind == "trigger" => {
                if is_on(&definition.create, &table.name) {
                    triggers.extend(definition.create.iter().cloned());
                } else {
                    is_mentioned = true;
                }
            }
            _ => is_mentioned = true,
        }
    }
    (triggers, is_mentioned)
}

/// Whether a trigger belongs to a table.
fn is_on(create: &[String], table: &ObjectName) -> bool {
    let on = create.first().and_then(|sql| table_of_trigger(sql));
    on.is_some_and(|on| on.eq_ignore_ascii_case(&table.name))
}
