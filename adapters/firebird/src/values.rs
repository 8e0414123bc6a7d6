//! Values of the server and of the protocol.

use crate::attachment::Row;
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Rows, Value};
use rsfbclient_core::{Column, SqlType};

/// Text as a value of a statement.
pub(crate) fn text(text: &str) -> SqlType {
    SqlType::Text(text.to_owned())
}

/// A number as a value of a statement.
pub(crate) fn number(number: u64) -> Result<SqlType> {
    match i64::try_from(number) {
        Ok(number) => Ok(SqlType::Integer(number)),
        Err(_) => Err(AdapterError::new(
            ErrorKind::Other,
            format!("{number} is too great for a BIGINT"),
        )),
    }
}

/// The text in a column; nothing is empty.
pub(crate) fn text_at(row: &Row, at: usize) -> Result<String> {
    match row.get(at).map(|column| &column.value) {
        Some(SqlType::Text(text)) => Ok(text.clone()),
        Some(SqlType::Null) => Ok(String::new()),
        other => Err(unexpected("text", other)),
    }
}

/// The text in a column, if there is any.
pub(crate) fn some_text_at(row: &Row, at: usize) -> Result<Option<String>> {
    match row.get(at).map(|column| &column.value) {
        Some(SqlType::Null) => Ok(None),
        _ => text_at(row, at).map(Some),
    }
}

/// The number in a column.
pub(crate) fn number_at(row: &Row, at: usize) -> Result<u64> {
    match row.get(at).map(|column| &column.value) {
        Some(SqlType::Integer(number)) if *number >= 0 => Ok(number.unsigned_abs()),
        other => Err(unexpected("a number", other)),
    }
}

fn unexpected(what: &str, found: Option<&SqlType>) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("the server answered {found:?} where {what} was asked for"),
    )
}

/// A result for the host. The client does not tell the columns of one without rows.
pub(crate) fn rows(rows: Vec<Row>) -> Rows {
    let columns = rows
        .first()
        .map(|row| row.iter().map(|column| column.name.to_string()).collect());
    Rows {
        columns: columns.unwrap_or_default(),
        rows: rows
            .into_iter()
            .map(|row| row.into_iter().map(value).collect())
            .collect(),
    }
}

fn value(column: Column) -> Value {
    match column.value {
        SqlType::Null => Value::Null,
        SqlType::Boolean(truth) => Value::Bool(truth),
        SqlType::Integer(number) => Value::Integer(number),
        SqlType::Int128(number) => match i64::try_from(number) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Text(number.to_string()),
        },
        SqlType::Floating(number) if number.is_finite() => Value::Real(number),
        SqlType::Floating(number) => Value::Text(number.to_string()),
        SqlType::Text(text) => Value::Text(text),
        SqlType::Binary(bytes) => Value::Bytes(bytes),
        SqlType::Timestamp(moment) => Value::Text(moment.to_string()),
    }
}
