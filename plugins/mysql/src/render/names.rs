//! Names, in quotes where they need them.

use super::reserved::is_reserved;
use crate::literal;
use dapter_plugin_api::schema::ObjectName;
use dapter_plugin_api::sql::{Rules, quote_string};

/// A name, in quotes only where it needs them.
pub(crate) fn name(name: &str) -> String {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let plain = name.starts_with(starts) && name.chars().all(goes_on) && !is_reserved(name);
    match plain {
        true => name.to_owned(),
        false => literal::name(name),
    }
}

/// Names with commas between them.
pub(super) fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|each| name(each))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The name of an object, with its database where that is another one.
pub(super) fn object(of: &ObjectName) -> String {
    match of.schema.is_empty() {
        true => name(&of.name),
        false => format!("{}.{}", name(&of.schema), name(&of.name)),
    }
}

/// A text as a literal.
pub(super) fn text(value: &str) -> String {
    quote_string(value, &Rules::MYSQL)
}
