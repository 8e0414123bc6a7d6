//! The rows that let another tool know what is applied.

use std::collections::HashMap;

use dapter_plugin_api::{ForeignChange, Rows, Value};
use sha2::{Digest, Sha256};

use super::columns::columns;
use crate::adopt::{Directory, Migration, Tool, hex_sha256, hex_sha384, moment_of_version};

/// A migration that is applied, as the other tool calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedHere {
    /// The migration.
    pub migration: Migration,
    /// When it was applied, as RFC 3339; empty if that is not known.
    pub at: String,
    /// How many statements it has.
    pub statements: usize,
    /// Whether no applied migration comes behind it.
    pub is_head: bool,
}

type Row = Vec<(String, Value)>;

/// What must change in a tool's table, so that it says that these migrations are applied and no others: rows that say so
/// already stay as they are.
#[must_use]
pub fn table_change(
    tool: Tool,
    table: &str,
    there: Option<&Rows>,
    applied: &[AppliedHere],
) -> ForeignChange {
    let key = key_column(tool);
    let wanted: Vec<&AppliedHere> = match tool {
        Tool::Alembic | Tool::GolangMigrate => applied.iter().filter(|one| one.is_head).collect(),
        _ => applied.iter().collect(),
    };
    let mut insert: Vec<Row> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    let mut remove: Vec<Row> = Vec::new();
    let rows: Vec<HashMap<&str, &Value>> = there
        .into_iter()
        .flat_map(|rows| rows.rows.iter().map(|row| named(&rows.columns, row)))
        .collect();
    for row in &rows {
        let value = row.get(key).copied().unwrap_or(&Value::Null);
        let shown = shown(value);
        let same = wanted.iter().find(|one| one.migration.key == shown);
        let is_right = same.is_some_and(|one| says_so(tool, row, &one.migration));
        if is_right && !kept.contains(&shown) {
            kept.push(shown);
        } else if !is_marker(tool, &shown) {
            remove.push(vec![(key.to_owned(), value.clone())]);
            // What has several rows of one key loses them all.
            kept.retain(|other| *other != shown);
        }
    }
    remove.dedup();
    if tool == Tool::Goose
        && !rows
            .iter()
            .any(|row| row.get(key).is_some_and(|it| shown(it) == "0"))
    {
        let named = |name: &str, value| (name.to_owned(), value);
        insert.push(vec![
            named("version_id", Value::Integer(0)),
            named("is_applied", Value::Bool(true)),
        ]);
    }
    let ranks = rows
        .iter()
        .filter_map(|row| shown(row.get("installed_rank")?).parse::<i64>().ok());
    let first_rank = ranks.max().unwrap_or_default() + 1;
    let missing = wanted
        .iter()
        .filter(|one| !kept.contains(&one.migration.key));
    insert.extend(
        missing
            .zip(first_rank..)
            .map(|(one, rank)| row(tool, one, rank)),
    );
    let keys: Vec<&str> = (applied.iter())
        .map(|one| one.migration.key.as_str())
        .collect();
    ForeignChange {
        table: table.to_owned(),
        columns: columns(tool, &keys),
        remove,
        insert,
    }
}

/// The column that names the migration.
fn key_column(tool: Tool) -> &'static str {
    match tool {
        Tool::Alembic => "version_num",
        Tool::Goose => "version_id",
        Tool::Prisma => "migration_name",
        _ => "version",
    }
}

/// Rows that are about no migration.
fn is_marker(tool: Tool, key: &str) -> bool {
    match tool {
        Tool::Goose => key == "0",
        Tool::Atlas => key.starts_with('.'),
        Tool::Flyway => key.is_empty(),
        _ => false,
    }
}

fn named<'r>(columns: &'r [String], row: &'r [Value]) -> HashMap<&'r str, &'r Value> {
    columns.iter().map(String::as_str).zip(row).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Bytes(bytes) => dapter_plugin_api::foreign::hexadecimal(bytes),
        Value::Null | Value::Real(_) => String::new(),
    }
}

/// Whether a row says that its migration, as it is now, is applied.
fn says_so(tool: Tool, row: &HashMap<&str, &Value>, migration: &Migration) -> bool {
    let is = |column: &str, truth: bool| {
        let text = row
            .get(column)
            .map(|value| shown(value))
            .unwrap_or_default();
        matches!(text.as_str(), "true" | "t" | "1") == truth
    };
    let sum = |column: &str| {
        let found = row
            .get(column)
            .map(|value| shown(value))
            .unwrap_or_default();
        migration.checksums.first().is_none_or(|sum| *sum == found)
    };
    match tool {
        Tool::GolangMigrate => is("dirty", false),
        Tool::Goose => is("is_applied", true),
        Tool::Sqlx => is("success", true) && sum("checksum"),
        Tool::Flyway => is("success", true) && (sum("checksum") || shown_null(row, "checksum")),
        Tool::Prisma => {
            !shown_null(row, "finished_at") && shown_null(row, "rolled_back_at") && sum("checksum")
        }
        // One of two, by the way in which refinery was built.
        Tool::Refinery => {
            let found = row.get("checksum").map(|value| shown(value));
            found.is_some_and(|found| migration.checksums.contains(&found))
        }
        Tool::Atlas => sum("hash"),
        Tool::Alembic | Tool::Dbmate | Tool::Diesel => true,
    }
}

fn shown_null(row: &HashMap<&str, &Value>, column: &str) -> bool {
    row.get(column)
        .is_none_or(|value| matches!(value, Value::Null))
}

/// The row of a migration. A column that says when is left out where that is not known: then it says now.
fn row(tool: Tool, one: &AppliedHere, rank: i64) -> Row {
    let at = moment(&one.at);
    let mut row = values(tool, one, rank);
    let when: &[&str] = match tool {
        Tool::Atlas => &["executed_at"],
        Tool::Diesel => &["run_on"],
        Tool::Goose => &["tstamp"],
        Tool::Flyway | Tool::Sqlx => &["installed_on"],
        Tool::Prisma => &["started_at", "finished_at"],
        _ => &[],
    };
    let at = match tool {
        // Prisma takes what has no end for failed, and Atlas has no default.
        Tool::Prisma | Tool::Atlas => at.or_else(|| moment(&applied_on(one))),
        _ => at,
    };
    let when = when
        .iter()
        .filter_map(|column| Some((*column, Value::Text(at.clone()?))));
    row.extend(when);
    row.into_iter()
        .map(|(column, value)| (column.to_owned(), value))
        .collect()
}

/// What the row of a migration says besides when.
fn values(tool: Tool, one: &AppliedHere, rank: i64) -> Vec<(&'static str, Value)> {
    let migration = &one.migration;
    let key = || Value::Text(migration.key.clone());
    let number = || Value::Integer(migration.key.parse().unwrap_or_default());
    let text = |text: &str| Value::Text(text.to_owned());
    let sum = || text(migration.checksums.first().map_or("", String::as_str));
    let count = i64::try_from(one.statements).unwrap_or(i64::MAX);
    match tool {
        Tool::Alembic => vec![("version_num", key())],
        Tool::Dbmate | Tool::Diesel => vec![("version", key())],
        Tool::GolangMigrate => vec![("version", number()), ("dirty", Value::Bool(false))],
        Tool::Goose => vec![("version_id", number()), ("is_applied", Value::Bool(true))],
        Tool::Atlas => vec![
            ("version", key()),
            ("description", text(&migration.message.replace(' ', "_"))),
            // The bit that says: executed.
            ("type", Value::Integer(2)),
            ("applied", Value::Integer(count)),
            ("total", Value::Integer(count)),
            ("execution_time", Value::Integer(0)),
            ("hash", sum()),
            ("operator_version", text("dapter")),
        ],
        Tool::Flyway => vec![
            ("installed_rank", Value::Integer(rank)),
            ("version", key()),
            ("description", text(&migration.message)),
            ("type", text("SQL")),
            ("script", text(&migration.file)),
            ("checksum", Value::Integer(crc(migration))),
            ("installed_by", text("dapter")),
            ("execution_time", Value::Integer(0)),
            ("success", Value::Bool(true)),
        ],
        Tool::Prisma => vec![
            ("id", Value::Text(uuid(&migration.key))),
            ("checksum", Value::Text(hex_sha256(&migration.upgrade))),
            ("migration_name", key()),
            ("applied_steps_count", Value::Integer(1)),
        ],
        Tool::Refinery => vec![
            ("version", number()),
            (
                "name",
                text(migration.name.split_once("__").map_or("", |(_, name)| name)),
            ),
            ("applied_on", Value::Text(applied_on(one))),
            ("checksum", sum()),
        ],
        Tool::Sqlx => vec![
            ("version", number()),
            ("description", text(&migration.message)),
            ("success", Value::Bool(true)),
            ("checksum", Value::Bytes(sha384_bytes(&migration.upgrade))),
            ("execution_time", Value::Integer(0)),
        ],
    }
}

/// A moment as databases read it: `2025-05-16 10:30:00`, in UTC.
fn moment(at: &str) -> Option<String> {
    let moment = at.get(..19)?;
    Some(moment.replace('T', " "))
}

/// When a migration was applied; if nobody knows, when it was made, or else so long ago as every database can say in every
/// time zone.
fn applied_on(one: &AppliedHere) -> String {
    let made = || moment_of_version(&one.migration.key.chars().take(14).collect::<String>());
    match one.at.is_empty() {
        false => one.at.clone(),
        true => made().unwrap_or_else(|| "1970-01-02T00:00:00Z".to_owned()),
    }
}

fn crc(migration: &Migration) -> i64 {
    let sum = migration.checksums.first().and_then(|sum| sum.parse().ok());
    sum.unwrap_or_default()
}

fn sha384_bytes(text: &str) -> Vec<u8> {
    let digits = hex_sha384(text);
    let pairs = (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16));
    pairs.flatten().collect()
}

/// An id in the form that Prisma keeps, always the same for one migration.
fn uuid(key: &str) -> String {
    let digits = dapter_plugin_api::foreign::hexadecimal(&Sha256::digest(key.as_bytes()));
    let part = |from: usize, to: usize| &digits[from..to];
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// The migrations of a directory that are applied, by the positions of their scripts.
pub(crate) fn applied_here(
    directory: &Directory,
    applied: &HashMap<usize, String>,
    statements: &[usize],
) -> Vec<AppliedHere> {
    let last = applied.keys().max().copied();
    let migrations = directory.migrations.iter().zip(statements).enumerate();
    migrations
        .filter_map(|(at, (migration, statements))| {
            Some(AppliedHere {
                migration: migration.clone(),
                at: applied.get(&at)?.clone(),
                statements: *statements,
                is_head: Some(at) == last,
            })
        })
        .collect()
}
