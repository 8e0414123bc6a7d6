//! The statements that make a table.

use super::name::{full, made, name};
use super::{Script, alter_column, column, numbering, option, part};
use dapter_plugin_api::schema::{Column, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, TablePart};

/// A table with its constraints; indexes and what else cannot be part of the statement behind it.
pub(super) fn create(script: &mut Script<'_>, of: &ObjectName, table: &Table) {
    let key = part::inline_key(of, table.primary_key.as_ref());
    let own = |column: &&Column| !column.options.contains_key("inherited");
    let key = key.filter(|key| table.column(key).is_some_and(|it| own(&it)));
    let typed = table.options.get("of type");
    let mut lines = Vec::new();
    for column in table.columns.iter().filter(own) {
        lines.extend(match typed {
            Some(_) => typed_column(column),
            None => Some(definition(table, column, key)),
        });
    }
    let constraints = constraints(table);
    let constraints = constraints.iter().filter(|part| {
        // It is written at its column.
        !(key.is_some() && typed.is_none() && matches!(part, TablePart::PrimaryKey(_)))
    });
    lines.extend(constraints.filter_map(part::constraint));
    script.put(statement(of, table, &lines));
    finish(script, of, table);
}

fn definition(table: &Table, column: &Column, key: Option<&str>) -> String {
    let line = column::definition(column, key);
    // A primary key says so for all its columns.
    let in_key = table.primary_key.as_ref().is_some_and(|key| {
        let mut columns = key.columns.iter();
        columns.any(|part| part.column == column.name)
    });
    match line.strip_suffix(" NOT NULL") {
        Some(short) if in_key => short.to_owned(),
        _ => line,
    }
}

fn typed_column(column: &Column) -> Option<String> {
    let mut said = column::qualities(&Column {
        collation: String::new(),
        ..column.clone()
    });
    if column.not_null {
        said.push_str(" NOT NULL");
    }
    (!said.is_empty()).then(|| format!("{} WITH OPTIONS{said}", name(&column.name)))
}

fn constraints(table: &Table) -> Vec<TablePart> {
    let primary = table.primary_key.iter().cloned().map(TablePart::PrimaryKey);
    let uniques = table.uniques.iter().cloned().map(TablePart::Unique);
    let references = table
        .foreign_keys
        .iter()
        .cloned()
        .map(TablePart::ForeignKey);
    let checks = table.checks.iter().cloned().map(TablePart::Check);
    let exclusions = table.exclusions.iter().cloned().map(TablePart::Exclusion);
    let all = primary.chain(uniques).chain(references).chain(checks);
    all.chain(exclusions).collect()
}

fn statement(of: &ObjectName, table: &Table, lines: &[String]) -> String {
    let said = |option: &str| table.options.get(option);
    let unlogged = if said("unlogged").is_some() {
        "UNLOGGED "
    } else {
        ""
    };
    let mut line = format!("CREATE {unlogged}TABLE {}", full(of));
    let body = match lines.is_empty() {
        true => String::new(),
        false => format!(" (\n    {}\n)", lines.join(",\n    ")),
    };
    let spread = &table.partitioning;
    match (&spread.of, said("of type")) {
        (Some(parent), _) => {
            line.push_str(&format!(
                " PARTITION OF {}{body} {}",
                full(parent),
                spread.bound
            ));
        }
        (None, Some(typed)) => line.push_str(&format!(" OF {typed}{body}")),
        (None, None) if body.is_empty() => line.push_str(" ()"),
        (None, None) => line.push_str(&body),
    }
    if !table.inherits.is_empty() {
        let parents: Vec<String> = table.inherits.iter().map(full).collect();
        line.push_str(&format!(" INHERITS ({})", parents.join(", ")));
    }
    if !spread.by.is_empty() {
        line.push_str(&format!(" PARTITION BY {}", spread.by));
    }
    if let Some(method) = said("method") {
        line.push_str(&format!(" USING {}", name(method)));
    }
    let toast = said("toast").map(|list| {
        let list: Vec<String> = list.split(", ").map(|it| format!("toast.{it}")).collect();
        list.join(", ")
    });
    let with: Vec<String> = said("with").cloned().into_iter().chain(toast).collect();
    if !with.is_empty() {
        line.push_str(&format!(" WITH ({})", with.join(", ")));
    }
    if let Some(space) = said("tablespace") {
        line.push_str(&format!(" TABLESPACE {}", name(space)));
    }
    line
}

fn finish(script: &mut Script<'_>, of: &ObjectName, table: &Table) {
    let mut actions = Vec::new();
    for column in &table.columns {
        if column.options.contains_key("inherited") {
            actions.extend(alter_column::inherited(column));
        }
        actions.extend(column::actions(None, column));
    }
    // The replica identity may be one of the indexes.
    let options = table.options.iter();
    let (late, early): (Vec<_>, Vec<_>) =
        options.partition(|(name, _)| *name == "replica identity");
    let written = |options: Vec<(&String, &String)>| -> Vec<String> {
        let actions = options
            .into_iter()
            .filter_map(|(name, value)| option::after_create(name, value));
        actions.collect()
    };
    actions.extend(written(early));
    if !actions.is_empty() {
        script.put(format!("ALTER TABLE {} {}", full(of), actions.join(", ")));
    }
    let online = std::mem::take(&mut script.online);
    for index in &table.indexes {
        // Nobody uses a table that is new.
        part::create_index(script, of, index);
    }
    script.online = online;
    for action in written(late) {
        script.put(format!("ALTER TABLE {} {action}", full(of)));
    }
    for column in &table.columns {
        numbering::after_serial(script, of, column);
        column::remarks(script, of, None, column);
    }
    let indexes = table.indexes.iter().cloned().map(TablePart::Index);
    for part in constraints(table).into_iter().chain(indexes) {
        part::remarks(script, of, &part);
    }
}

/// Sequences of columns are called after the table.
pub(super) fn rename_sequences(
    script: &mut Script<'_>,
    object: &SchemaObject,
    table: &Table,
    to: &str,
) {
    for column in &table.columns {
        if column.identity.is_some() && !column.options.contains_key("sequence name") {
            script.put(format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                full(&numbering::usual(&object.name, &column.name)),
                name(&made(to, &column.name, "seq"))
            ));
        }
    }
}
