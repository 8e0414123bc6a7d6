//! Portable types in SQLite's words.

use dapter_plugin_api::schema::Column;

/// The type of a column. One that the database numbers is `INTEGER`, however great its numbers become elsewhere:
/// `AUTOINCREMENT` is allowed on no other, and a number has up to 64 bits in any.
pub(super) fn type_of(column: &Column) -> String {
    let is_numbered = column.identity.is_some();
    match column.data_type.as_str() {
        "smallint" | "integer" | "bigint" if is_numbered => "INTEGER".to_owned(),
        portable => data_type(portable),
    }
}

/// What is no portable one is taken as it is.
fn data_type(portable: &str) -> String {
    let (word, size) = match portable.split_once('(') {
        Some((word, size)) => (word.trim(), format!("({size}")),
        None => (portable, String::new()),
    };
    let native = match word {
        "boolean" => "BOOLEAN",
        "smallint" => "SMALLINT",
        "integer" => "INTEGER",
        "bigint" => "BIGINT",
        "real" => "REAL",
        "double" => "DOUBLE",
        "decimal" => "DECIMAL",
        "text" => "TEXT",
        "string" => "VARCHAR",
        "binary" => "BLOB",
        "date" => "DATE",
        "time" => "TIME",
        "timestamp" | "timestamptz" => "TIMESTAMP",
        "uuid" => "CHAR(36)",
        "json" => "JSON",
        _ => return portable.to_owned(),
    };
    format!("{native}{size}")
}
