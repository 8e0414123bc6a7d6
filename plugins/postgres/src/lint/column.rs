//! A column that is added to a table that is there.

use super::rules;
use super::statement::{Reader, changing_part};
use dapter_plugin_api::sql::Phrase;

/// The words that a column's default ends before.
const BEHIND_DEFAULT: &[&str] = &[
    "NOT",
    "NULL",
    "CHECK",
    "UNIQUE",
    "PRIMARY",
    "REFERENCES",
    "CONSTRAINT",
    "GENERATED",
    "COLLATE",
    "DEFERRABLE",
    "INITIALLY",
];

/// Reads a column's name and definition, behind `ADD COLUMN`.
pub(super) fn read(reader: &mut Reader, table: &str, mut phrase: Phrase<'_>, position: usize) {
    let Some(column) = phrase.name() else { return };
    reader.held.own.add_column(table, &column);
    let default = phrase
        .behind(&["DEFAULT"])
        .map(|behind| behind.before_any(BEHIND_DEFAULT))
        // `DEFAULT NULL` has nothing before its NULL.
        .filter(|value| !value.is_at_end());
    let is_filled = fills_itself(&phrase);
    let cause = match &default {
        Some(value) => changing_part(value),
        None => is_filled.map(str::to_owned),
    };
    let names = [("table", table), ("column", column.as_str())];
    if let Some(cause) = &cause {
        let names = [("table", table), ("column", &column), ("cause", cause)];
        reader.find(&rules::VOLATILE_DEFAULT, position, &names);
    }
    let has_value = default.is_some() || is_filled.is_some();
    if (phrase.has(&["NOT", "NULL"]) || phrase.has(&["PRIMARY", "KEY"])) && !has_value {
        reader.find(&rules::NOT_NULL_WITHOUT_DEFAULT, position, &names);
    }
    constraints(reader, table, &phrase, default.is_some(), position);
}

/// What fills the column's rows without a default, if anything does.
fn fills_itself(phrase: &Phrase<'_>) -> Option<&'static str> {
    let serial = [
        "SERIAL",
        "BIGSERIAL",
        "SMALLSERIAL",
        "SERIAL4",
        "SERIAL8",
        "SERIAL2",
    ];
    if serial.iter().any(|word| phrase.at(&[word])) {
        return Some("a sequence");
    }
    if phrase.has(&["AS", "IDENTITY"]) {
        return Some("an identity column");
    }
    // A virtual column (PostgreSQL 18) is computed when it is read.
    let is_generated = phrase.has(&["GENERATED", "ALWAYS", "AS"]) && !phrase.has(&["VIRTUAL"]);
    is_generated.then_some("a generated column")
}

fn constraints(
    reader: &mut Reader,
    table: &str,
    phrase: &Phrase<'_>,
    has_default: bool,
    position: usize,
) {
    let kind = match (phrase.has(&["PRIMARY", "KEY"]), phrase.has(&["UNIQUE"])) {
        (true, _) => Some("PRIMARY KEY"),
        (_, true) => Some("UNIQUE"),
        _ => None,
    };
    if let Some(kind) = kind {
        let names = [("table", table), ("name", "NAME"), ("kind", kind)];
        reader.find(&rules::UNIQUE, position, &names);
    }
    if phrase.has(&["CHECK"]) {
        let names = [("table", table), ("name", "NAME")];
        reader.find(&rules::CHECK, position, &names);
    }
    // Where every row holds NULL, there is nothing to compare.
    let other = phrase.behind(&["REFERENCES"]).and_then(|mut p| p.name());
    if let Some(other) = other.filter(|_| has_default) {
        let constraint = format!("FOREIGN KEY … REFERENCES {other}");
        let names = [
            ("table", table),
            ("other", other.as_str()),
            ("constraint", &constraint),
            ("name", "NAME"),
        ];
        reader.find(&rules::FOREIGN_KEY, position, &names);
    }
}
