//! What only the definition of a table tells: partitions, periods, parsers of full texts.

use crate::words::Words;
use dapter_plugin_api::schema::{Partitioning, Table};
use dapter_plugin_api::sql::Rules;

/// Adds to a table what its definition tells beyond the catalog.
pub(super) fn complete(table: &mut Table, definition: &str) {
    table.partitioning = partitioning(
        definition,
        table.options.get("engine").map_or("", String::as_str),
    );
    for line in definition.lines() {
        let line = line.trim().trim_end_matches(',');
        if let Some(period) = line.strip_prefix("PERIOD FOR ") {
            complete_period(table, period);
        }
        if let Some(rest) = line.split_once(" KEY `").map(|(_, rest)| rest) {
            complete_index(table, rest);
        }
    }
}

/// A period, whose condition the catalog tells as a check.
fn complete_period(table: &mut Table, period: &str) {
    let mut words = Words::new(period, &Rules::MARIADB);
    let Some(name) = words.name() else {
        return;
    };
    let columns = period.split_once(" (").map_or("", |(_, columns)| columns);
    table.checks.retain(|check| check.name != name);
    let name = match name.as_str() {
        "SYSTEM_TIME" => "system_time",
        name => name,
    };
    table
        .options
        .insert(format!("period for {name}"), format!("({columns}"));
}

/// A parser of full texts, and keys without overlaps.
fn complete_index(table: &mut Table, line: &str) {
    let Some((name, rest)) = line.split_once("` (") else {
        return;
    };
    let name = name.replace("``", "`");
    let index = table.indexes.iter_mut().find(|index| index.name == name);
    let Some(index) = index else {
        return;
    };
    if let Some((_, parser)) = rest.split_once("WITH PARSER `") {
        let parser = parser.split('`').next().unwrap_or_default();
        index
            .options
            .insert("with parser".to_owned(), parser.to_owned());
    }
    if let Some((before, _)) = rest.split_once(" WITHOUT OVERLAPS)") {
        let period = before
            .rsplit(',')
            .next()
            .unwrap_or_default()
            .trim_matches('`');
        // Both ends of the period, which the index holds last.
        index
            .columns
            .truncate(index.columns.len().saturating_sub(2));
        index
            .options
            .insert("without overlaps".to_owned(), period.to_owned());
    }
}

fn partitioning(definition: &str, engine: &str) -> Partitioning {
    let Some((_, tail)) = definition
        .rsplit_once("PARTITION BY ")
        .filter(|_| !definition.contains("SUBPARTITION BY "))
        .or_else(|| definition.split_once("\n PARTITION BY "))
        .or_else(|| definition.split_once(" PARTITION BY "))
    else {
        return Partitioning::default();
    };
    let tail = tail.trim_end().trim_end_matches("*/").trim_end();
    let (by, parts) = match tail.split_once("\n(PARTITION ") {
        Some((by, parts)) => (by, parts.strip_suffix(')').unwrap_or(parts)),
        None => (tail, ""),
    };
    let own_engine = format!(" ENGINE = {engine}");
    let part = |text: &str| {
        format!(
            "PARTITION {}",
            text.replace(&own_engine, "").replace('\n', "")
        )
    };
    let parts = match parts.is_empty() {
        true => Vec::new(),
        false => parts.split(",\n PARTITION ").map(part).collect(),
    };
    Partitioning {
        by: by.replace('\n', " "),
        parts,
        ..Partitioning::default()
    }
}
