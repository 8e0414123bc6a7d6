//! What a database holds, in a form that two databases can be compared by.

use super::project::Project;
use dapter::api::Value;
use dapter::api::abi::{Session, block_on};
use std::collections::BTreeMap;

/// Everything a database holds but the times in the history.
#[derive(PartialEq, Eq, Clone)]
pub(super) struct Contents {
    /// Type, name, table and definition of everything that is none of dapter's own.
    pub(super) schema: Vec<String>,
    /// The history by position.
    pub(super) history: Vec<String>,
    /// What the log says was done, in order.
    pub(super) log: Vec<String>,
    /// The rows of each table.
    pub(super) tables: BTreeMap<String, String>,
}

impl Contents {
    /// Reads a database that must be whole and unlocked.
    pub(super) fn of(project: &Project) -> Contents {
        let mut session = project.session();
        assert_eq!(lines(&mut session, "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(lines(&mut session, "PRAGMA foreign_key_check"), [""; 0]);
        assert_eq!(
            lines(&mut session, "SELECT * FROM dapter_lock"),
            [""; 0],
            "the lock is held"
        );
        let schema = lines(
            &mut session,
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'dapter\\_%' ESCAPE '\\'
             ORDER BY type, name",
        );
        let history = history(&mut session);
        let log = lines(
            &mut session,
            "SELECT operation, revision, outcome FROM dapter_log WHERE outcome = 'done' ORDER BY id",
        );
        let names = lines(
            &mut session,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'dapter\\_%' ESCAPE '\\'",
        );
        let tables = names.into_iter().map(|name| {
            let rows = rows(&mut session, &name);
            (name, rows)
        });
        Contents {
            schema,
            history,
            log,
            tables: tables.collect(),
        }
    }

    /// The first difference to what is expected.
    pub(super) fn difference(&self, expected: &Contents) -> Option<String> {
        let lists = [
            ("schema", &self.schema, &expected.schema),
            ("history", &self.history, &expected.history),
            ("log", &self.log, &expected.log),
        ];
        for (what, found, expected) in lists {
            if found != expected {
                return Some(format!("{what}: {found:#?} instead of {expected:#?}"));
            }
        }
        let differs = |table: &&String| self.tables.get(*table) != expected.tables.get(*table);
        let table = self
            .tables
            .keys()
            .chain(expected.tables.keys())
            .find(differs)?;
        let rows = |contents: &Contents| -> Vec<String> {
            contents
                .tables
                .get(table)
                .map(|rows| rows.lines().map(str::to_owned).collect())
                .unwrap_or_default()
        };
        let (found, expected) = (rows(self), rows(expected));
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these
                .iter()
                .filter(|row| !those.contains(row))
                .take(5)
                .cloned()
                .collect()
        };
        let (more, fewer) = (only(&found, &expected), only(&expected, &found));
        Some(format!(
            "table {table}: {more:?} too many, {fewer:?} missing"
        ))
    }

    /// Requires the same contents as expected.
    #[track_caller]
    pub(super) fn expect(&self, expected: &Contents) {
        if let Some(difference) = self.difference(expected) {
            panic!("{difference}");
        }
    }
}

/// The history by position.
pub(super) fn history(session: &mut Session) -> Vec<String> {
    lines(
        session,
        "SELECT position, revision, state, checksum, statements_done, statements_total, error FROM dapter_revision
         ORDER BY position",
    )
}

/// All rows of a table, in the order in which it keeps them.
fn rows(session: &mut Session, table: &str) -> String {
    let quoted = table.replace('\'', "''");
    let columns = lines(
        session,
        &format!("SELECT name FROM pragma_table_info('{quoted}')"),
    );
    let columns: Vec<String> = columns
        .iter()
        .map(|name| format!("quote(\"{}\")", name.replace('"', "\"\"")))
        .collect();
    let line = columns.join(" || '|' || ");
    // The counters of the history's own tables count attempts too.
    let which = if table == "sqlite_sequence" {
        "WHERE name NOT LIKE 'dapter%'"
    } else {
        ""
    };
    let table = table.replace('"', "\"\"");
    let all = format!(
        "SELECT coalesce(group_concat(line, char(10)), '') FROM (SELECT {line} AS line FROM \"{table}\" {which})"
    );
    lines(session, &all).concat()
}

/// The rows of a query, a line each.
pub(super) fn lines(session: &mut Session, query: &str) -> Vec<String> {
    let rows = block_on(session.query(query)).unwrap_or_else(|error| panic!("{query}: {error}"));
    let line = |row: &Vec<Value>| row.iter().map(cell).collect::<Vec<_>>().join(" | ");
    rows.rows.iter().map(line).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Null => "NULL".to_owned(),
        other => format!("{other:?}"),
    }
}
