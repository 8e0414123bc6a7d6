//! The tables of the history: what they are made of, and how they come to be.

use crate::answer::{ResultSet, TextRow};
use crate::literal;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// A table of the history.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
    key: &'static str,
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    declaration: &'static str,
    /// What is read where an older table lacks the column; one without it was there from the start.
    default: Option<&'static str>,
}

impl Column {
    fn declared(&self) -> String {
        format!("{} {}", self.name, self.declaration)
    }
}

/// Text of any length. No default: MySQL allows none for it, so every row is written whole.
const fn text(name: &'static str) -> Column {
    Column {
        name,
        declaration: "LONGTEXT NULL",
        default: Some("NULL"),
    }
}

const fn number(name: &'static str) -> Column {
    Column {
        name,
        declaration: "BIGINT UNSIGNED NOT NULL DEFAULT 0",
        default: Some("0"),
    }
}

const fn key(name: &'static str, declaration: &'static str) -> Column {
    Column {
        name,
        declaration,
        default: None,
    }
}

/// One row per applied revision.
///
/// The last columns are MySQL's own: the statement that was announced before it ran (`NULL` if none was), how to tell
/// whether it took effect, the statements of an unfinished step that set something for the session alone, and a number that
/// makes every update change the row, so that the server counts it.
pub(crate) const REVISION: Table = Table {
    name: "dapter_revision",
    columns: &[
        key("revision", "VARCHAR(255) NOT NULL"),
        text("message"),
        text("checksum"),
        key("position", "BIGINT UNSIGNED NOT NULL"),
        key("state", "VARCHAR(32) NOT NULL"),
        number("statements_done"),
        number("statements_total"),
        text("done_checksum"),
        text("error"),
        number("duration_ms"),
        text("applied_at"),
        text("applied_by"),
        text("dapter_version"),
        text("in_flight"),
        text("in_flight_checksum"),
        text("in_flight_since"),
        text("in_flight_fingerprint"),
        text("settings"),
        number("changes"),
    ],
    key: "PRIMARY KEY (revision)",
};

/// The log; rows are only ever added.
pub(crate) const LOG: Table = Table {
    name: "dapter_log",
    columns: &[
        key("id", "BIGINT UNSIGNED NOT NULL AUTO_INCREMENT"),
        text("logged_at"),
        text("operation"),
        text("revision"),
        text("outcome"),
        number("statements"),
        number("duration_ms"),
        text("logged_by"),
        text("host"),
        text("dapter_version"),
        text("note"),
    ],
    key: "PRIMARY KEY (id)",
};

/// Row 1, if it is there: who holds the lock that the host keeps. Row 2: who took the server's lock last; it says something
/// as long as that connection holds the lock.
pub(crate) const LOCK: Table = Table {
    name: "dapter_lock",
    columns: &[
        key("id", "INT NOT NULL"),
        key("token", "VARCHAR(255) NOT NULL"),
        text("host"),
        text("machine"),
        number("pid"),
        text("process_started"),
        text("locked_by"),
        text("locked_since"),
        number("beat"),
        number("connection_id"),
    ],
    key: "PRIMARY KEY (id)",
};

pub(crate) const TABLES: [&Table; 3] = [&REVISION, &LOG, &LOCK];

/// A table of the history with the database it is in, as statements name it.
pub(crate) fn qualified(database: &str, table: &str) -> String {
    format!("{}.{table}", literal::name(database))
}

/// Which columns there are of the tables of the history and of Alembic's.
#[derive(Debug)]
pub(crate) struct Present(Vec<(String, String)>);

impl Present {
    /// The query that looks into the database.
    pub(crate) fn query(database: &str) -> String {
        format!(
            "SELECT LOWER(table_name), LOWER(column_name) FROM information_schema.columns \
             WHERE table_schema = {} AND table_name IN ('dapter_revision', 'dapter_log', 'dapter_lock', 'alembic_version')",
            literal::text(database)
        )
    }

    /// What the query found.
    pub(crate) fn of(set: ResultSet) -> Present {
        let text =
            |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
        let pair = |row: TextRow| {
            let mut values = row.cells();
            (text(values.next().flatten()), text(values.next().flatten()))
        };
        Present(set.rows.into_iter().map(pair).collect())
    }

    /// Whether the table is there, in whatever form.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.0.iter().any(|(table, _)| table == name)
    }

    /// Whether the table has the column.
    pub(crate) fn has_column(&self, name: &str, column: &str) -> bool {
        self.0
            .iter()
            .any(|(table, present)| table == name && present == column)
    }

    /// Whether all tables are there with all columns.
    pub(crate) fn is_complete(&self) -> bool {
        TABLES.iter().all(|table| {
            table
                .columns
                .iter()
                .all(|column| self.has_column(table.name, column.name))
        })
    }
}

impl Table {
    /// The query for all columns in their order.
    pub(crate) fn select(&self, database: &str) -> String {
        let columns = self.columns.iter().map(|column| column.name);
        self.select_these(database, columns)
    }

    /// The query for all columns, whatever is missing replaced by its default; `None` without the table.
    pub(crate) fn select_present(
        &self,
        database: &str,
        present: &Present,
    ) -> Result<Option<String>> {
        if !present.has_table(self.name) {
            return Ok(None);
        }
        let columns = self.columns.iter().map(|column| match column.default {
            _ if present.has_column(self.name, column.name) => Ok(column.name),
            Some(default) => Ok(default),
            None => Err(self.foreign(column)),
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(Some(self.select_these(database, columns.into_iter())))
    }

    /// Bytes, so that no character set of the session changes them on the way.
    fn select_these(&self, database: &str, columns: impl Iterator<Item = &'static str>) -> String {
        let columns: Vec<String> = columns
            .map(|column| format!("CAST({column} AS BINARY)"))
            .collect();
        let table = qualified(database, self.name);
        format!("SELECT {} FROM {table}", columns.join(", "))
    }

    /// The statements that make the table, or add the columns it lacks.
    pub(crate) fn ensure(&self, database: &str, present: &Present) -> Result<Vec<String>> {
        let name = qualified(database, self.name);
        if !present.has_table(self.name) {
            return Ok(vec![self.creation(database)]);
        }
        let missing = self
            .columns
            .iter()
            .filter(|column| !present.has_column(self.name, column.name));
        missing
            .map(|column| match column.default {
                None => Err(self.foreign(column)),
                Some(_) => Ok(format!(
                    "ALTER TABLE {name} ADD COLUMN {}",
                    column.declared()
                )),
            })
            .collect()
    }

    /// The statement that makes the table where it is not.
    pub(crate) fn creation(&self, database: &str) -> String {
        let mut parts: Vec<String> = self.columns.iter().map(Column::declared).collect();
        parts.push(self.key.to_owned());
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n  {}\n) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            qualified(database, self.name),
            parts.join(",\n  ")
        )
    }

    fn foreign(&self, column: &Column) -> AdapterError {
        AdapterError::new(
            ErrorKind::Other,
            format!(
                "the table {} has no column {}: it is none of dapter's",
                self.name, column.name
            ),
        )
        .with_hint("rename the table; dapter needs its name")
    }
}
