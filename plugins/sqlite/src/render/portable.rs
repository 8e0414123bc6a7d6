//! Portable types in SQLite's words.

/// The type; what is no portable one is taken as it is.
pub(super) fn data_type(portable: &str) -> String {
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
