//! Running one statement.

use crate::dialect::Form;
use crate::error::database;
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Rows, Value};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Statement};

/// Prepares a text that must hold exactly one statement.
pub(crate) fn prepare<'c>(connection: &'c Connection, text: &str) -> Result<Statement<'c>> {
    // SQLite would take a NUL for the end of the text and not run what follows.
    if let Some(at) = text.find('\0') {
        return Err(script_error("the statement holds a NUL character").at(at as u64));
    }
    let mut batch = Batch::new(connection, text);
    let statement = batch
        .next()
        .map_err(|error| located(error, text))?
        .ok_or_else(|| script_error("the text holds no statement"))?;
    // The rest may well not compile before the first statement has run, so an error is a second statement too.
    if !matches!(batch.next(), Ok(None)) {
        return Err(
            script_error("the text holds more than one statement").with_hint("run them one by one")
        );
    }
    if statement.parameter_count() > 0 {
        return Err(
            AdapterError::new(ErrorKind::Statement, "the statement has parameters, and nothing to bind to them")
                .with_hint("write the values themselves; a text that only looks like a parameter belongs in quotes"),
        );
    }
    Ok(statement)
}

fn script_error(message: &str) -> AdapterError {
    AdapterError::new(ErrorKind::Script, message)
}

/// An error whose position counts from the start of `text`, of which SQLite may have been given the rest only.
fn located(error: rusqlite::Error, text: &str) -> AdapterError {
    let skipped = match &error {
        rusqlite::Error::SqlInputError { sql, .. } => text.len().saturating_sub(sql.len()),
        _ => 0,
    };
    let mut made = database(error);
    made.position = made.position.map(|position| position + skipped as u64);
    made
}

/// Runs one statement to its end, discards the rows it returns, and tells how many it changed.
pub(crate) fn run(connection: &Connection, text: &str) -> Result<u64> {
    let mut statement = prepare(connection, text)?;
    let changes = Form::of(text) == Form::Change && !statement.readonly();
    let mut rows = statement.raw_query();
    while rows.next().map_err(database)?.is_some() {}
    // SQLite keeps the count of the last statement that changed rows, so for any other it is an old one.
    Ok(if changes { connection.changes() } else { 0 })
}

/// The rows that a prepared statement returns.
pub(crate) fn collect(mut statement: Statement<'_>) -> Result<Rows> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(database)? {
        let values = (0..columns.len()).map(|index| row.get_ref(index).map(value));
        found.push(
            values
                .collect::<Result<Vec<Value>, _>>()
                .map_err(database)?,
        );
    }
    drop(rows);
    Ok(Rows {
        columns,
        rows: found,
    })
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) if number.is_finite() => Value::Real(number),
        // As SQLite prints it; not-a-number is NULL there.
        ValueRef::Real(number) => Value::Text(if number > 0.0 { "Inf" } else { "-Inf" }.to_owned()),
        // SQLite checks no encoding: what is no UTF-8 is handed on as the bytes it is.
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(bytes.to_owned()),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
    }
}
