//! Types whose values are listed, and how a type takes the place of another in the columns that have it.

use super::name::{full, name, text};
use super::{Script, part};
use dapter_plugin_api::schema::{Column, Enumeration, Index, SchemaObject, Table};
use dapter_plugin_api::{AdapterError, ErrorKind, ObjectName, Result, TableChange, TablePart};

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
    for object in script.tables_now() {
        let Some(table) = object.as_table() else {
            continue;
        };
        let is_of_it = |column: &&Column| column.data_type.trim_end_matches("[]") == of;
        let columns: Vec<&Column> = table.columns.iter().filter(is_of_it).collect();
        if !columns.is_empty() {
            retype(script, &object.name, table, &columns, (&of, through))?;
        }
    }
    script.put(format!("DROP TYPE {}", full(&old)));
    Ok(())
}

/// Gives columns of a table the new type. What compares their values compares them as the old type, and is made anew.
fn retype(
    script: &mut Script<'_>,
    called: &ObjectName,
    table: &Table,
    columns: &[&Column],
    (of, through): (&str, &str),
) -> Result<()> {
    let names_it = |text: &str| columns.iter().any(|column| text.contains(&column.name));
    let indexes: Vec<&Index> = table
        .indexes
        .iter()
        .filter(|index| {
            let mut parts = index.columns.iter();
            index.predicate.as_deref().is_some_and(names_it)
                || parts.any(|part| names_it(&part.expression))
        })
        .collect();
    for index in &indexes {
        let index = ObjectName::within(&called.schema, &index.name);
        script.put(format!("DROP INDEX {}", full(&index)));
    }
    let checks = table
        .checks
        .iter()
        .filter(|check| names_it(&check.expression));
    let checks = checks.cloned().map(TablePart::Check);
    let exclusions = table
        .exclusions
        .iter()
        .filter(|it| names_it(&it.definition));
    let constraints: Vec<TablePart> = checks
        .chain(exclusions.cloned().map(TablePart::Exclusion))
        .collect();
    let drops = constraints.iter();
    let mut actions: Vec<String> = drops
        .map(|part| format!("DROP CONSTRAINT {}", name(part.name())))
        .collect();
    for column in columns {
        let keeps_default = !script.changes_to_come(called).any(|change| {
            matches!(change, TableChange::AlterColumn { before, after } if before.name == column.name && before.default != after.default)
        });
        let default = column.default.as_deref().filter(|_| keeps_default);
        actions.extend(retyped(called, column, default, (of, through))?);
    }
    let going: Vec<String> = script.changes_to_come(called).filter_map(removed).collect();
    let stay = constraints
        .iter()
        .filter(|part| !going.iter().any(|it| it == part.name()));
    let adds = stay.filter_map(part::constraint);
    actions.extend(adds.map(|constraint| format!("ADD {constraint}")));
    script.put(format!(
        "ALTER TABLE {} {}",
        full(called),
        actions.join(", ")
    ));
    for part in constraints {
        match going.contains(&part.name().to_owned()) {
            true => drop(
                script
                    .removed
                    .insert((called.clone(), part.name().to_owned())),
            ),
            false => part::remarks(script, called, &part),
        }
    }
    for index in indexes {
        if going.contains(&index.name) {
            script.removed.insert((called.clone(), index.name.clone()));
            continue;
        }
        part::create_index(script, called, index);
        part::remarks(script, called, &TablePart::Index(index.clone()));
    }
    Ok(())
}

fn removed(change: &TableChange) -> Option<String> {
    match change {
        TableChange::Remove { part } => Some(part.name().to_owned()),
        _ => None,
    }
}

/// The actions that give a column the new type, and a default again.
fn retyped(
    table: &ObjectName,
    column: &Column,
    default: Option<&str>,
    (of, through): (&str, &str),
) -> Result<Vec<String>> {
    if column.generated.is_some() {
        return Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!(
                "the type {of} cannot be made anew: the column {table}.{} is computed",
                column.name
            ),
        )
        .with_hint("remove the column in one script, change the type, and make the column again"));
    }
    let named = name(&column.name);
    let array = &column.data_type[of.len()..];
    let mut actions = vec![format!(
        "ALTER COLUMN {named} TYPE {of}{array} USING {named}::{through}{array}::{of}{array}"
    )];
    if column.default.is_some() {
        actions.insert(0, format!("ALTER COLUMN {named} DROP DEFAULT"));
    }
    let again = default.iter();
    actions.extend(again.map(|it| format!("ALTER COLUMN {named} SET DEFAULT {it}")));
    Ok(actions)
}
