//! `CREATE TABLE`.

use super::column::{self, Writing};
use super::constraint;
use super::dialect::Dialect;
use super::names::{name, object, text};
use super::refusal::cannot;
use super::suspend::State;
use dapter_plugin_api::schema::{Partitioning, Table};
use dapter_plugin_api::{Result, SchemaObject};

/// The statements that make a table.
pub(super) fn table(
    of: &SchemaObject,
    table: &Table,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    refuse(of, table)?;
    let mut lines = Vec::new();
    let inline = table
        .primary_key
        .as_ref()
        .and_then(|key| match key.columns.as_slice() {
            [only]
                if only.length.is_none()
                    && !only.descending
                    && key.comment.is_empty()
                    && key.options.is_empty() =>
            {
                Some(&only.column)
            }
            _ => None,
        });
    let writing = Writing {
        object: of,
        before: None,
        table,
        dialect,
    };
    for column in &table.columns {
        lines.push(match Some(&column.name) == inline {
            true => column::primary(column, writing)?,
            false => column::definition(column, writing)?,
        });
    }
    if let Some(key) = table.primary_key.as_ref().filter(|_| inline.is_none()) {
        lines.push(constraint::primary_key(of, key)?);
    }
    for key in &table.uniques {
        lines.push(constraint::unique(of, key)?);
    }
    for index in &table.indexes {
        lines.push(constraint::index(of, index)?);
    }
    for key in &table.foreign_keys {
        lines.push(constraint::foreign_key(of, key, known)?);
    }
    for check in table.checks.iter().filter(|check| check.column.is_empty()) {
        lines.push(constraint::check(of, check)?);
    }
    for (option, value) in &table.options {
        if let Some(period) = option.strip_prefix("period for ") {
            lines.push(format!("PERIOD FOR {} {value}", period_name(period)));
        }
    }
    let mut written = format!(
        "CREATE TABLE {} (\n  {}\n)",
        object(&of.name),
        lines.join(",\n  ")
    );
    for (option, value) in &table.options {
        if !is_usual(option, value)
            && !option.starts_with("period for ")
            && option != "system versioning"
        {
            written.push_str(&format!(" {}", table_option(option, value)));
        }
    }
    if !of.comment.is_empty() {
        written.push_str(&format!(" COMMENT={}", text(&of.comment)));
    }
    if table.options.contains_key("system versioning") {
        written.push_str(" WITH SYSTEM VERSIONING");
    }
    if !table.partitioning.by.is_empty() {
        written.push_str(&format!("\n{}", partition_by(&table.partitioning)));
    }
    let mut statements = vec![written];
    statements.extend(of.grants.iter().map(|given| grant(of, given)));
    Ok(statements)
}

fn refuse(of: &SchemaObject, table: &Table) -> Result<()> {
    let missing = [
        (!table.exclusions.is_empty(), "exclusion constraints"),
        (
            !table.inherits.is_empty(),
            "tables that inherit from others",
        ),
        (
            table.partitioning.of.is_some(),
            "tables that are parts of others",
        ),
    ];
    match missing.into_iter().find(|(is, _)| *is) {
        Some((_, what)) => Err(cannot(of, what)),
        None => Ok(()),
    }
}

/// What every server takes where nothing is said.
fn is_usual(option: &str, value: &str) -> bool {
    option == "engine" && value.eq_ignore_ascii_case("InnoDB")
}

pub(super) fn period_name(period: &str) -> String {
    match period {
        "system_time" => "SYSTEM_TIME".to_owned(),
        period => name(period),
    }
}

/// An option as `CREATE TABLE` and `ALTER TABLE` write it.
pub(super) fn table_option(option: &str, value: &str) -> String {
    let option = option.to_ascii_uppercase();
    match value {
        "" => option,
        value => format!("{option}={value}"),
    }
}

/// `PARTITION BY …` with its parts.
pub(super) fn partition_by(partitioning: &Partitioning) -> String {
    let mut written = format!("PARTITION BY {}", partitioning.by);
    if !partitioning.parts.is_empty() {
        written.push_str(&format!(" (\n  {}\n)", partitioning.parts.join(",\n  ")));
    }
    written
}

/// `GRANT … ON table TO …` of `… to …`.
pub(super) fn grant(of: &SchemaObject, given: &str) -> String {
    let (rights, whom) = given.split_once(" to ").unwrap_or((given, ""));
    format!("GRANT {rights} ON {} TO {whom}", object(&of.name))
}

/// `REVOKE … ON table FROM …` of `… to …`.
pub(super) fn revoke(of: &SchemaObject, given: &str) -> String {
    let (rights, whom) = given.split_once(" to ").unwrap_or((given, ""));
    format!("REVOKE {rights} ON {} FROM {whom}", object(&of.name))
}
