//! Types whose values are listed, and how a type takes the place of another in the columns that have it.

use super::Script;
use super::name::{full, name, text};
use dapter_plugin_api::schema::{Column, Enumeration, SchemaObject};
use dapter_plugin_api::{AdapterError, ErrorKind, ObjectName, Result};

pub(super) fn create(of: &str, enumeration: &Enumeration) -> String {
    let values: Vec<String> = enumeration.values.iter().map(|value| text(value)).collect();
    format!("CREATE TYPE {of} AS ENUM ({})", values.join(", "))
}

pub(super) fn replace(
    script: &mut Script<'_>,
    object: &SchemaObject,
    before: &Enumeration,
    after: &Enumeration,
) -> Result<()> {
    let mut rest = after.values.iter();
    let only_adds = before.values.iter().all(|value| rest.any(|it| it == value));
    if !only_adds {
        // A value that is in use makes the cast fail, which is how the rows are checked.
        let make = |of: &str| vec![create(of, after)];
        return rebuild(script, object, &make, "text");
    }
    for (place, value) in after.values.iter().enumerate() {
        if before.values.contains(value) {
            continue;
        }
        let next = after.values[place..].iter();
        let next = next.clone().find(|it| before.values.contains(it));
        let place = match next {
            None => String::new(),
            Some(next) => format!(" BEFORE {}", text(next)),
        };
        script.put(format!(
            "ALTER TYPE {} ADD VALUE {}{place}",
            full(&object.name),
            text(value)
        ));
        // A value cannot be used in the transaction that adds it.
        script.outside |= is_used(script, value);
    }
    Ok(())
}

/// Whether what is made or changed besides may use a value.
fn is_used(script: &Script<'_>, value: &str) -> bool {
    let value = text(value);
    let mut after = script.tables_in_the_end().into_iter();
    after.any(|object| {
        let lines = object.lines();
        let old = script.current.get(&object.kind, &object.name);
        let old = old.map(SchemaObject::lines).unwrap_or_default();
        lines
            .iter()
            .any(|line| line.contains(&value) && !old.contains(line))
    })
}

/// Puts a new type of the same name into all columns that have the old one.
pub(super) fn rebuild(
    script: &mut Script<'_>,
    object: &SchemaObject,
    make: &dyn Fn(&str) -> Vec<String>,
    through: &str,
) -> Result<()> {
    let of = full(&object.name);
    let old = ObjectName::within(&object.name.schema, format!("{}_old", object.name.name));
    script.put(format!("ALTER TYPE {of} RENAME TO {}", name(&old.name)));
    make(&of)
        .into_iter()
        .for_each(|statement| script.put(statement));
    let tables = script.current.objects.iter();
    let columns: Vec<(&ObjectName, &Column)> = tables
        .filter_map(|table| Some((&table.name, table.as_table()?)))
        .flat_map(|(table, it)| it.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| column.data_type.trim_end_matches("[]") == of)
        .collect();
    for (table, column) in columns {
        if column.generated.is_some() {
            return Err(AdapterError::new(
                ErrorKind::Unsupported,
                format!(
                    "the type {of} cannot be made anew: the column {}.{} is computed",
                    table, column.name
                ),
            )
            .with_hint(
                "remove the column in one script, change the type, and make the column again",
            ));
        }
        let named = name(&column.name);
        let array = &column.data_type[of.len()..];
        let mut actions = vec![format!(
            "ALTER COLUMN {named} TYPE {of}{array} USING {named}::{through}{array}::{of}{array}"
        )];
        if let Some(default) = &column.default {
            actions.insert(0, format!("ALTER COLUMN {named} DROP DEFAULT"));
            actions.push(format!("ALTER COLUMN {named} SET DEFAULT {default}"));
        }
        script.put(format!(
            "ALTER TABLE {} {}",
            full(table),
            actions.join(", ")
        ));
    }
    script.put(format!("DROP TYPE {}", full(&old)));
    Ok(())
}
