//! A column that becomes another of the same name.

use super::name::{mentions, name};
use super::{Script, cast, column, numbering, part};
use dapter_plugin_api::schema::{Body, Column, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, TablePart};

/// What a column's change consists of.
#[derive(Default)]
pub(super) struct Alteration {
    /// Actions of `ALTER TABLE`.
    pub(super) actions: Vec<String>,
    /// Statements behind them, and actions behind those.
    pub(super) numbering: numbering::Renumbering,
    /// Constraints and indexes that went with the column, and are to be there again.
    pub(super) again: Vec<TablePart>,
}

pub(super) fn alteration(
    script: &Script<'_>,
    tables: (&SchemaObject, &Table),
    before: &Column,
    after: &Column,
) -> Alteration {
    let (object, table) = tables;
    let mut it = Alteration::default();
    let named = name(&after.name);
    if after.generated.is_some() && before.generated != after.generated {
        // Nothing is lost: it is computed.
        let is_gone = (object.name.clone(), after.name.clone());
        if !script.removed.contains(&is_gone) {
            it.actions.push(format!("DROP COLUMN {named}"));
        }
        it.actions
            .push(format!("ADD COLUMN {}", column::definition(after, None)));
        it.actions.extend(column::actions(None, after));
        it.again = parts_of(table, &after.name);
        return it;
    }
    if before.generated.is_some() && after.generated.is_none() {
        it.actions
            .push(format!("ALTER COLUMN {named} DROP EXPRESSION"));
    }
    it.numbering = numbering::change(script, &object.name, before, after);
    it.actions.append(&mut it.numbering.first);
    it.actions.extend(type_and_default(script, before, after));
    let (old, new) = (before.not_null, after.not_null);
    if old != new {
        let verb = if new { "SET" } else { "DROP" };
        it.actions
            .push(format!("ALTER COLUMN {named} {verb} NOT NULL"));
    }
    it.actions.extend(column::actions(Some(before), after));
    it
}

fn type_and_default(script: &Script<'_>, before: &Column, after: &Column) -> Vec<String> {
    let named = name(&after.name);
    let mut actions = Vec::new();
    let retyped = before.data_type != after.data_type || before.collation != after.collation;
    let had_default = before.default.is_some();
    let keeps = before.default == after.default && cast::alike(&before.data_type, &after.data_type);
    // A default that is another must not stand in the way of the type.
    let goes = had_default && (after.default.is_none() || retyped && !keeps);
    if goes {
        actions.push(format!("ALTER COLUMN {named} DROP DEFAULT"));
    }
    if retyped {
        let mut action = format!("ALTER COLUMN {named} TYPE {}", after.data_type);
        if !after.collation.is_empty() {
            action.push_str(&format!(" COLLATE {}", after.collation));
        }
        let listed = is_enumeration(script, &before.data_type);
        let using = cast::using(&named, &before.data_type, &after.data_type, listed);
        if let Some(using) = using {
            action.push_str(&format!(" USING {using}"));
        }
        actions.push(action);
    }
    if let Some(default) = &after.default
        && (before.default != after.default || goes)
    {
        actions.push(format!("ALTER COLUMN {named} SET DEFAULT {default}"));
    }
    actions
}

fn is_enumeration(script: &Script<'_>, data_type: &str) -> bool {
    let element = data_type.trim_end_matches("[]");
    let current = script.current.objects.iter();
    let dropped = script.operations.iter().map(Operation::object);
    current.chain(dropped).any(|object| {
        matches!(object.body, Body::Enumeration(_)) && super::name::full(&object.name) == element
    })
}

/// What an inherited column says that its parent does not.
pub(super) fn inherited(column: &Column) -> Vec<String> {
    let named = name(&column.name);
    let default = match &column.default {
        Some(default) => format!("ALTER COLUMN {named} SET DEFAULT {default}"),
        None => format!("ALTER COLUMN {named} DROP DEFAULT"),
    };
    let mut actions = vec![default];
    if column.not_null {
        actions.push(format!("ALTER COLUMN {named} SET NOT NULL"));
    }
    actions
}

/// What makes an inherited column say the same as its parent again.
pub(super) fn inherited_again(script: &Script<'_>, table: &Table, column: &Column) -> Vec<String> {
    let parents: Vec<&ObjectName> = table
        .inherits
        .iter()
        .chain(&table.partitioning.of)
        .collect();
    let mut tables = script.current.objects.iter();
    let of_parent = tables.find_map(|object| {
        let table = object
            .as_table()
            .filter(|_| parents.contains(&&object.name))?;
        table.column(&column.name)
    });
    let named = name(&column.name);
    let mut actions = Vec::new();
    let default = of_parent.and_then(|parent| parent.default.as_ref());
    if column.default.as_ref() != default {
        actions.push(match default {
            Some(default) => format!("ALTER COLUMN {named} SET DEFAULT {default}"),
            None => format!("ALTER COLUMN {named} DROP DEFAULT"),
        });
    }
    if column.not_null && !of_parent.is_some_and(|parent| parent.not_null) {
        actions.push(format!("ALTER COLUMN {named} DROP NOT NULL"));
    }
    actions
}

/// The constraints and indexes that a column takes along when it goes.
pub(super) fn parts_of(table: &Table, column: &str) -> Vec<TablePart> {
    let mut parts: Vec<TablePart> = Vec::new();
    let keys = table.uniques.iter().cloned().map(TablePart::Unique);
    parts.extend(table.primary_key.iter().cloned().map(TablePart::PrimaryKey));
    parts.extend(keys);
    parts.extend(
        table
            .foreign_keys
            .iter()
            .cloned()
            .map(TablePart::ForeignKey),
    );
    parts.extend(table.checks.iter().cloned().map(TablePart::Check));
    parts.extend(table.exclusions.iter().cloned().map(TablePart::Exclusion));
    parts.extend(table.indexes.iter().cloned().map(TablePart::Index));
    parts.retain(|it| match it {
        TablePart::Index(index) => {
            let texts = index.columns.iter().map(|part| &part.expression);
            index.columns.iter().any(|part| part.column == column)
                || index.include.iter().any(|name| name == column)
                || texts
                    .chain(&index.predicate)
                    .any(|text| mentions(text, column))
        }
        _ => part::constraint(it).is_some_and(|text| mentions(&text, column)),
    });
    parts
}
