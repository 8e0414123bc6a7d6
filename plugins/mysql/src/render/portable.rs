//! Portable types in the words of MySQL and MariaDB.

use super::dialect::Dialect;

/// The type; what is no portable one is taken as it is.
pub(super) fn data_type(written: &str, dialect: Dialect) -> String {
    if !dialect.portable_types {
        return written.to_owned();
    }
    let lower = written.trim().to_ascii_lowercase();
    let (word, arguments) = match lower.split_once('(') {
        Some((word, rest)) => (word.trim_end(), rest.trim_end_matches(')').trim()),
        None => (lower.as_str(), ""),
    };
    let native = match (word, arguments) {
        ("integer", "") => "int",
        ("real", "") => "float",
        ("binary", "") => "blob",
        // With what the other databases keep of a second.
        ("time", "") => "time(6)",
        ("timestamp", "") => "datetime(6)",
        ("timestamptz", "") => "timestamp(6)",
        ("string", "") => "varchar(255)",
        ("string", length) => return format!("varchar({length})"),
        ("uuid", "") if dialect.has_uuid() => "uuid",
        ("uuid", "") => "char(36)",
        _ => return written.to_owned(),
    };
    native.to_owned()
}

/// A default that fits a type: the present time in as many digits as that has.
pub(super) fn default(written: &str, native_type: &str) -> String {
    let now = ["CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP()", "NOW()"];
    let digits = native_type.ends_with("(6)");
    match digits
        && now
            .iter()
            .any(|now| now.eq_ignore_ascii_case(written.trim()))
    {
        true => "CURRENT_TIMESTAMP(6)".to_owned(),
        false => written.to_owned(),
    }
}
