//! Names and texts in statements.

use dapter_plugin_api::ObjectName;
use dapter_plugin_api::sql::{self, Rules};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The words that are no name, or not everywhere.
///
/// Source: `pg_get_keywords()` of PostgreSQL 15, without those of the category "unreserved".
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean \
    both case cast char character check coalesce collate collation column concurrently constraint create cross \
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default \
    deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest \
    group grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array \
    json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral \
    leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null \
    nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references \
    returning right row select session_user setof similar smallint some substring symmetric system_user table tablesample then \
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where window with \
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// The same, by which the names of thousands of columns are looked up.
static KEYWORD_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| KEYWORDS.split(' ').collect());

/// A name, in quotes where it needs them.
pub(super) fn name(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match starts && name.chars().all(plain) && !KEYWORD_SET.contains(name) {
        true => name.to_owned(),
        false => sql::quote_identifier(name, &Rules::POSTGRESQL),
    }
}

/// Names with commas between.
pub(super) fn names<S: AsRef<str>>(all: &[S]) -> String {
    let all: Vec<String> = all.iter().map(|it| name(it.as_ref())).collect();
    all.join(", ")
}

/// An object's name with its schema, without what it belongs to.
pub(super) fn full(object: &ObjectName) -> String {
    match object.schema.is_empty() {
        true => name(&object.name),
        false => format!("{}.{}", name(&object.schema), name(&object.name)),
    }
}

/// A text.
pub(super) fn text(value: &str) -> String {
    sql::quote_string(value, &Rules::POSTGRESQL)
}

/// A text, or `NULL` for none.
pub(super) fn text_or_null(value: &str) -> String {
    match value.is_empty() {
        true => "NULL".to_owned(),
        false => text(value),
    }
}

/// The name that the server gives to what belongs to a column.
///
/// Source: `makeObjectName` in PostgreSQL's src/backend/commands/indexcmds.c.
pub(super) fn made(table: &str, column: &str, label: &str) -> String {
    let label = format!("_{label}");
    let room = 63 - label.len() - usize::from(!column.is_empty());
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > room {
        match first > second {
            true => first -= 1,
            false => second -= 1,
        }
    }
    let cut = |text: &str, mut length: usize| {
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        text[..length].to_owned()
    };
    let table = cut(table, first);
    match column.is_empty() {
        true => format!("{table}{label}"),
        false => format!("{table}_{}{label}", cut(column, second)),
    }
}

/// Whether a text names this, as a word by itself or in quotes.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        !part(before) && !part(behind)
    })
}
