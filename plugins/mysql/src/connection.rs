//! What a session needs of a client library: to run text, and to stop that.

use crate::answer::{Answer, Column, Kind};
use crate::connect::Settings;
use dapter_plugin_api::{Canceller, Result};
use mysql::consts::ColumnType;
use std::future::Future;

/// What becomes of the rows that statements return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returned {
    Kept,
    Dropped,
}

/// One connection of a client library. A blocking one's futures are done when they are first polled.
pub(crate) trait Connection: Sized + Send + 'static {
    /// Connects as the settings say.
    fn open(settings: &Settings) -> impl Future<Output = Result<Self>> + Send;

    /// Connects to the server alone, to no database of it.
    fn open_server(settings: &Settings) -> impl Future<Output = Result<Self>> + Send {
        let settings = settings.without_database();
        async move { Self::open(&settings).await }
    }

    /// Runs a text of one or more statements by the text protocol. A future that is dropped stops what it runs.
    fn run(&mut self, text: String, rows: Returned) -> impl Future<Output = Answer> + Send;

    /// What stops the text that runs.
    fn canceller(&self) -> Canceller;
}

/// The character set that stands for no character set: raw bytes.
const BINARY: u16 = 63;

/// A column as both client libraries describe it.
pub(crate) fn column(column: &mysql::Column) -> Column {
    let kind = match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR => Kind::Integer,
        ColumnType::MYSQL_TYPE_FLOAT | ColumnType::MYSQL_TYPE_DOUBLE => Kind::Real,
        ColumnType::MYSQL_TYPE_BIT | ColumnType::MYSQL_TYPE_GEOMETRY => Kind::Bytes,
        ColumnType::MYSQL_TYPE_VARCHAR
        | ColumnType::MYSQL_TYPE_VAR_STRING
        | ColumnType::MYSQL_TYPE_STRING
        | ColumnType::MYSQL_TYPE_TINY_BLOB
        | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
        | ColumnType::MYSQL_TYPE_LONG_BLOB
        | ColumnType::MYSQL_TYPE_BLOB
            if column.character_set() == BINARY =>
        {
            Kind::Bytes
        }
        _ => Kind::Text,
    };
    Column {
        name: column.name_str().into_owned(),
        kind,
    }
}

/// A value of the text protocol.
pub(crate) fn value(value: mysql::Value) -> Option<Vec<u8>> {
    match value {
        mysql::Value::NULL => None,
        mysql::Value::Bytes(bytes) => Some(bytes),
        // The text protocol has no other values; this is what they would look like in it.
        other => Some(other.as_sql(true).into_bytes()),
    }
}
