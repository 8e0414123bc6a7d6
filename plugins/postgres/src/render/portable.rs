//! Portable types in PostgreSQL's words.

/// The type; what is no portable one is taken as it is.
pub(super) fn data_type(portable: &str) -> String {
    let (word, size) = match portable.split_once('(') {
        Some((word, size)) => (word.trim(), format!("({size}")),
        None => (portable, String::new()),
    };
    let native = match word {
        "double" => "double precision",
        "decimal" => "numeric",
        "string" => "character varying",
        "binary" => "bytea",
        "json" => "jsonb",
        // The others have their name here too.
        _ => return portable.to_owned(),
    };
    format!("{native}{size}")
}
