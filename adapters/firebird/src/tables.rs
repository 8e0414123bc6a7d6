//! The tables of the history: what they are made of, and how they come to be.
//!
//! Texts have columns that people can read in isql, which have a length. Of a row with a longer text the columns hold the
//! beginning, and the column `WHOLE` holds the row as JSON.

use crate::attachment::{Attachment, LOOKING, Row, Transaction, changing};
use crate::values::{some_text_at, text, text_at};
use dapter_plugin_api::{AdapterError, ErrorKind, Result};
use rsfbclient_core::{SqlType, TrLockResolution};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::thread;
use std::time::{Duration, Instant};

/// A table of the history.
pub(crate) struct Table {
    name: &'static str,
    columns: &'static [Column],
    key: &'static str,
}

/// A column: its name, and how many characters of text it holds, if it holds text.
pub(crate) struct Column {
    name: &'static str,
    characters: Option<usize>,
}

const fn number(name: &'static str) -> Column {
    Column {
        name,
        characters: None,
    }
}

const fn of(name: &'static str, characters: usize) -> Column {
    Column {
        name,
        characters: Some(characters),
    }
}

/// One row per applied revision. Its key is the position: two ids that differ in a blank at the end are equal for an index.
pub(crate) const REVISION: Table = Table {
    name: "DAPTER_REVISION",
    columns: &[
        of("REVISION", 1000),
        of("MESSAGE", 1000),
        of("CHECKSUM", 255),
        number("APPLIED_ORDER"),
        of("STATE", 32),
        number("STATEMENTS_DONE"),
        number("STATEMENTS_TOTAL"),
        of("DONE_CHECKSUM", 255),
        of("FAILURE", 1000),
        number("DURATION_MS"),
        of("APPLIED_AT", 64),
        of("APPLIED_BY", 255),
        of("DAPTER_VERSION", 64),
    ],
    key: "APPLIED_ORDER",
};

/// The log; rows are only ever added.
pub(crate) const LOG: Table = Table {
    name: "DAPTER_LOG",
    columns: &[
        number("ID"),
        of("LOGGED_AT", 64),
        of("OPERATION", 32),
        of("REVISION", 1000),
        of("OUTCOME", 32),
        number("STATEMENTS"),
        number("DURATION_MS"),
        of("LOGGED_BY", 255),
        of("HOST", 255),
        of("DAPTER_VERSION", 64),
        of("NOTE", 1000),
    ],
    key: "ID",
};

/// Row 0 is always there: every change of the history counts its `BEAT` up by the lines of the log that it adds and 1, and so
/// comes behind the others. Row 1, if it is there, says who holds the lock that the host keeps.
pub(crate) const LOCK: Table = Table {
    name: "DAPTER_LOCK",
    columns: &[
        number("ID"),
        of("TOKEN", 255),
        of("HOST", 255),
        of("MACHINE", 255),
        number("PID"),
        of("PROCESS_STARTED", 255),
        of("LOCKED_BY", 255),
        of("LOCKED_SINCE", 64),
        number("BEAT"),
    ],
    key: "ID",
};

const TABLES: [&Table; 3] = [&REVISION, &LOG, &LOCK];

/// The table of Alembic.
const ALEMBIC: &str = "ALEMBIC_VERSION";

/// How long to try again where others make the tables at the same moment, and the pause before that.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

impl Table {
    /// The statement that makes it.
    fn creation(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| match column.characters {
                Some(characters) => format!(
                    "{} VARCHAR({characters}) CHARACTER SET UTF8 NOT NULL",
                    column.name
                ),
                None => format!("{} BIGINT NOT NULL", column.name),
            })
            .collect();
        format!(
            "CREATE TABLE {} (\n  {},\n  WHOLE BLOB SUB_TYPE TEXT CHARACTER SET UTF8,\n  PRIMARY KEY ({})\n)",
            self.name,
            columns.join(",\n  "),
            self.key
        )
    }

    /// The query for all columns in their order, `WHOLE` last.
    pub(crate) fn select(&self, behind: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        format!(
            "SELECT {}, WHOLE FROM {} {behind}",
            names.join(", "),
            self.name
        )
    }

    /// The statement that adds a row.
    pub(crate) fn insert(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let values = vec!["?"; self.columns.len() + 1];
        format!(
            "INSERT INTO {} ({}, WHOLE) VALUES ({})",
            self.name,
            names.join(", "),
            values.join(", ")
        )
    }

    /// The statement that writes a row anew.
    pub(crate) fn update(&self, behind: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        format!(
            "UPDATE {} SET {} = ?, WHOLE = ? {behind}",
            self.name,
            names.join(" = ?, ")
        )
    }

    /// The values for [`insert`](Self::insert) and [`update`](Self::update), with texts as long as their columns.
    pub(crate) fn values(
        &self,
        values: Vec<SqlType>,
        row: &impl Serialize,
    ) -> Result<Vec<SqlType>> {
        let mut is_cut = false;
        let mut bounded: Vec<SqlType> = values
            .into_iter()
            .zip(self.columns)
            .map(|(value, column)| match (value, column.characters) {
                (SqlType::Text(text), Some(characters)) => {
                    let end = text.char_indices().nth(characters).map(|(end, _)| end);
                    is_cut |= end.is_some();
                    SqlType::Text(text[..end.unwrap_or(text.len())].to_owned())
                }
                (value, _) => value,
            })
            .collect();
        bounded.push(match is_cut {
            true => text(&serde_json::to_string(row).map_err(unwritten)?),
            false => SqlType::Null,
        });
        Ok(bounded)
    }

    /// A row that does not fit its columns.
    pub(crate) fn whole<T: DeserializeOwned>(&self, row: &Row) -> Result<Option<T>> {
        let whole = some_text_at(row, self.columns.len())?;
        let read = whole.map(|whole| serde_json::from_str(&whole)).transpose();
        read.map_err(|error| {
            AdapterError::new(
                ErrorKind::Other,
                format!("a row of {} cannot be read: {error}", self.name),
            )
            .with_hint("a newer version of the adapter may have written it: use that version")
        })
    }
}

fn unwritten(error: serde_json::Error) -> AdapterError {
    AdapterError::from_source(ErrorKind::Other, &error)
}

/// Which of the tables there are.
#[derive(Debug, Default)]
pub(crate) struct Present(Vec<String>);

impl Present {
    /// Looks into the database.
    pub(crate) fn read(
        attachment: &mut Attachment,
        transaction: &mut Transaction,
    ) -> Result<Present> {
        let query = format!(
            "SELECT TRIM(RDB$RELATION_NAME) FROM RDB$RELATIONS WHERE RDB$RELATION_NAME IN ('{}', '{}', '{}', '{ALEMBIC}')",
            REVISION.name, LOG.name, LOCK.name
        );
        let rows = attachment.rows(transaction, &query, Vec::new())?;
        Ok(Present(
            rows.iter()
                .map(|row| text_at(row, 0))
                .collect::<Result<_>>()?,
        ))
    }

    /// Whether the table is there.
    pub(crate) fn has(&self, table: &Table) -> bool {
        self.0.iter().any(|name| name == table.name)
    }

    /// Whether Alembic's table is there.
    pub(crate) fn has_alembic(&self) -> bool {
        self.0.iter().any(|name| name == ALEMBIC)
    }
}

/// Whether the history can be written: the tables are there, and row 0 of the lock.
pub(crate) fn are_ready(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    present: &Present,
) -> Result<bool> {
    if !TABLES.iter().all(|table| present.has(table)) {
        return Ok(false);
    }
    let query = format!("SELECT ID FROM {} WHERE ID = 0", LOCK.name);
    Ok(!attachment.rows(transaction, &query, Vec::new())?.is_empty())
}

/// Makes the tables where they are not.
pub(crate) fn ensure(attachment: &mut Attachment) -> Result<()> {
    let started = Instant::now();
    loop {
        let missing = attachment.within(LOOKING, |attachment, transaction| {
            let present = Present::read(attachment, transaction)?;
            let ready = are_ready(attachment, transaction, &present)?;
            Ok((!ready).then_some(present))
        })?;
        let Some(present) = missing else {
            return Ok(());
        };
        // Somebody else may make them at this moment, which has many faces; what it was is seen when looking again.
        match make(attachment, &present) {
            Ok(()) => {}
            Err(error)
                if matches!(error.kind, ErrorKind::Busy | ErrorKind::Statement)
                    && started.elapsed() < PATIENCE =>
            {
                thread::sleep(PAUSE);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Structure is used behind its commit only, so this is two transactions.
fn make(attachment: &mut Attachment, present: &Present) -> Result<()> {
    let manner = changing(TrLockResolution::Wait(Some(1)));
    attachment.within(manner, |attachment, transaction| {
        for table in TABLES.iter().filter(|table| !present.has(table)) {
            attachment.run(transaction, &table.creation(), Vec::new())?;
        }
        Ok(())
    })?;
    attachment.within(manner, |attachment, transaction| {
        let mut values = vec![SqlType::Integer(0)];
        values.extend(
            LOCK.columns[1..]
                .iter()
                .map(|column| match column.characters {
                    Some(_) => text(""),
                    None => SqlType::Integer(0),
                }),
        );
        values.push(SqlType::Null);
        attachment.run(transaction, &LOCK.insert(), values)?;
        Ok(())
    })
}
