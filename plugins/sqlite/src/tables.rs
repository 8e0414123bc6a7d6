//! The tables of the history: what they are made of, and how they come to be.

use crate::error::database;
use crate::transaction::atomically;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};
use rusqlite::Connection;

/// A table of the history.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
struct Column {
    name: &'static str,
    declaration: &'static str,
    /// What is read where an older table lacks the column; one without it was there from the start.
    default: Option<&'static str>,
}

const fn text(name: &'static str) -> Column {
    Column {
        name,
        declaration: "TEXT NOT NULL DEFAULT ''",
        default: Some("''"),
    }
}

const fn number(name: &'static str) -> Column {
    Column {
        name,
        declaration: "INTEGER NOT NULL DEFAULT 0",
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
/// `settings` is SQLite's own: the statements of an unfinished step that set something for the connection alone.
pub(crate) const REVISION: Table = Table {
    name: "dapter_revision",
    columns: &[
        key("revision", "TEXT NOT NULL PRIMARY KEY"),
        text("message"),
        text("checksum"),
        key("position", "INTEGER NOT NULL UNIQUE"),
        key("state", "TEXT NOT NULL"),
        number("statements_done"),
        number("statements_total"),
        text("done_checksum"),
        text("error"),
        number("duration_ms"),
        text("applied_at"),
        text("applied_by"),
        text("dapter_version"),
        text("settings"),
    ],
};

/// The log; rows are only ever added.
pub(crate) const LOG: Table = Table {
    name: "dapter_log",
    columns: &[
        key("id", "INTEGER PRIMARY KEY"),
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
};

/// At most one row: who holds the right to change the database.
pub(crate) const LOCK: Table = Table {
    name: "dapter_lock",
    columns: &[
        key("id", "INTEGER PRIMARY KEY CHECK (id = 1)"),
        key("token", "TEXT NOT NULL"),
        text("host"),
        text("machine"),
        number("pid"),
        text("process_started"),
        text("locked_by"),
        text("locked_since"),
        number("beat"),
    ],
};

const TABLES: [&Table; 3] = [&REVISION, &LOG, &LOCK];

/// Which columns there are of the tables of the history and of Alembic's.
#[derive(Debug)]
pub(crate) struct Present(Vec<(String, String)>);

impl Present {
    /// Looks into the database.
    pub(crate) fn read(connection: &Connection) -> Result<Present> {
        let mut statement = connection
            .prepare_cached(
                "WITH tables (name) AS
                   (VALUES ('dapter_revision'), ('dapter_log'), ('dapter_lock'), ('alembic_version'))
                 SELECT tables.name, lower(columns.name)
                   FROM tables, pragma_table_info(tables.name, 'main') AS columns",
            )
            .map_err(database)?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(database)?;
        Ok(Present(rows.collect::<Result<_, _>>().map_err(database)?))
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
    /// The query for all columns in their order, whatever is missing replaced by its default; `None` without the table.
    pub(crate) fn select(&self, present: &Present) -> Result<Option<String>> {
        if !present.has_table(self.name) {
            return Ok(None);
        }
        let columns = self.columns.iter().map(|column| match column.default {
            _ if present.has_column(self.name, column.name) => Ok(column.name),
            Some(default) => Ok(default),
            None => Err(self.foreign(column)),
        });
        let columns = columns.collect::<Result<Vec<_>>>()?.join(", ");
        Ok(Some(format!("SELECT {columns} FROM main.{}", self.name)))
    }

    fn ensure(&self, connection: &Connection, present: &Present) -> Result<()> {
        let Table { name, columns } = self;
        if !present.has_table(name) {
            let create = format!("CREATE TABLE {}", self.made_of());
            return connection.execute_batch(&create).map_err(database);
        }
        for column in columns
            .iter()
            .filter(|column| !present.has_column(name, column.name))
        {
            if column.default.is_none() {
                return Err(self.foreign(column));
            }
            let add = format!(
                "ALTER TABLE main.{name} ADD COLUMN {} {}",
                column.name, column.declaration
            );
            connection.execute_batch(&add).map_err(database)?;
        }
        Ok(())
    }

    /// The table's name and its columns, as a statement makes it.
    fn made_of(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("  {} {}", column.name, column.declaration))
            .collect();
        format!("main.{} (\n{}\n)", self.name, columns.join(",\n"))
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

/// The statements that make the tables where they are not.
pub(crate) fn creations() -> impl Iterator<Item = String> {
    let tables = TABLES.into_iter();
    tables.map(|table| format!("CREATE TABLE IF NOT EXISTS {}", table.made_of()))
}

/// Makes the tables, or adds the columns they lack; writes nothing if they are complete.
pub(crate) fn ensure(connection: &Connection) -> Result<()> {
    if Present::read(connection)?.is_complete() {
        return Ok(());
    }
    atomically(connection, || {
        // Somebody else may have done it meanwhile.
        let present = Present::read(connection)?;
        TABLES
            .iter()
            .try_for_each(|table| table.ensure(connection, &present))
    })
}
