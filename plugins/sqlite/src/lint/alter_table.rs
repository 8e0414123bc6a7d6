//! `ALTER TABLE`.

use super::rules;
use super::statement::Reader;
use dapter_plugin_api::sql::{Phrase, bare_name};

/// Reads what follows `ALTER`.
pub(super) fn read(reader: &mut Reader, mut phrase: Phrase<'_>, position: usize) {
    phrase.accept(&["TABLE"]);
    let Some(table) = phrase.name() else { return };
    if phrase.accept(&["RENAME", "TO"]) {
        rename(reader, &table, phrase, position);
    } else if reader.own.has(&table) {
        // Nobody uses it yet.
    } else if phrase.accept(&["RENAME"]) {
        phrase.accept(&["COLUMN"]);
        let column = phrase.name().unwrap_or_default();
        if !reader.own.has_column(&table, &column) {
            let names = [("table", table.as_str()), ("column", &column)];
            reader.find(&rules::RENAME_COLUMN, position, &names);
        }
    } else if phrase.accept(&["ADD"]) {
        phrase.accept(&["COLUMN"]);
        add(reader, &table, phrase, position);
    } else if phrase.accept(&["DROP"]) {
        phrase.accept(&["COLUMN"]);
        let column = phrase.name().unwrap_or_default();
        if !reader.own.has_column(&table, &column) {
            let names = [("table", table.as_str()), ("column", &column)];
            reader.find(&rules::DROP_COLUMN, position, &names);
        }
    }
}

fn rename(reader: &mut Reader, table: &str, mut phrase: Phrase<'_>, position: usize) {
    let new = phrase.name().unwrap_or_default();
    if reader.own.has(table) {
        reader.own.add(&new);
        return;
    }
    let names = [("table", table), ("new", new.as_str())];
    if reader.makes_table(table) {
        reader.find(&rules::RENAMED_AWAY, position, &names);
    } else if !reader.makes_view(table) {
        reader.find(&rules::RENAME_TABLE, position, &names);
    }
}

fn add(reader: &mut Reader, table: &str, mut phrase: Phrase<'_>, position: usize) {
    let Some(column) = phrase.name() else { return };
    reader.own.add_column(table, &column);
    let names = [("table", table), ("column", column.as_str())];
    for (words, kind) in [
        (["PRIMARY", "KEY"].as_slice(), "PRIMARY KEY"),
        (&["UNIQUE"], "UNIQUE"),
    ] {
        if phrase.has(words) {
            let names = [("table", table), ("column", &column), ("kind", kind)];
            reader.find(&rules::ADD_KEY, position, &names);
            return;
        }
    }
    let is_generated = phrase.has(&["AS"]);
    if is_generated && phrase.has(&["STORED"]) {
        reader.find(&rules::ADD_STORED, position, &names);
        return;
    }
    let not_null = phrase.has(&["NOT", "NULL"]);
    match phrase.behind(&["DEFAULT"]) {
        Some(default) if is_changing(&default) => {
            reader.find(&rules::CHANGING_DEFAULT, position, &names);
        }
        Some(default) if not_null && default.at(&["NULL"]) => {
            reader.find(&rules::NOT_NULL_WITHOUT_DEFAULT, position, &names);
        }
        None if not_null && !is_generated => {
            reader.find(&rules::NOT_NULL_WITHOUT_DEFAULT, position, &names);
        }
        _ => {}
    }
    if phrase.has(&["CHECK"]) || (is_generated && not_null) {
        reader.find(&rules::ADD_CHECKED, position, &names);
    }
}

/// Whether SQLite takes a default for one that is no constant: the current time, or anything in brackets but a literal.
fn is_changing(default: &Phrase<'_>) -> bool {
    let mut default = default.clone();
    let times = ["CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"];
    if times.iter().any(|time| default.at(&[time])) {
        return true;
    }
    let Some(inside) = default.bracketed() else {
        return false;
    };
    let text = inside.rest();
    let is_literal = text.starts_with('\'') && text.ends_with('\'')
        || bare_name(text) == "null"
        || text.parse::<f64>().is_ok();
    !is_literal
}
