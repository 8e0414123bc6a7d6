//! The statements that make a table and its indexes.

use crate::canonical::name;
use dapter_plugin_api::schema::{
    Check, Column, Deferral, ForeignKey, Index, IndexPart, Key, ReferentialAction, Table,
};

/// `CREATE TABLE` with everything but indexes.
pub(super) fn create(called: &str, table: &Table) -> String {
    let inline = inline_key(table);
    let mut lines: Vec<String> = Vec::new();
    for column in &table.columns {
        let mut line = column_line(column);
        if let Some(key) = inline.filter(|key| key.columns[0].column == column.name) {
            line.push_str(" PRIMARY KEY");
            if key.columns[0].descending {
                line.push_str(" DESC");
            }
            line.push_str(&on_conflict(key));
            if column.identity.is_some() {
                line.push_str(" AUTOINCREMENT");
            }
        }
        for key in table.uniques.iter().filter(|key| is_of(key, column)) {
            line.push_str(" UNIQUE");
            line.push_str(&on_conflict(key));
        }
        for key in table.foreign_keys.iter().filter(|key| refers(key, column)) {
            line.push(' ');
            line.push_str(&references(key));
        }
        lines.push(line);
    }
    let key = table.primary_key.iter().filter(|_| inline.is_none());
    lines.extend(key.map(|key| key_line("PRIMARY KEY", key)));
    let any = |fits: &dyn Fn(&Column) -> bool| table.columns.iter().any(fits);
    let uniques = table.uniques.iter();
    let uniques = uniques.filter(|key| !any(&|column| is_of(key, column)));
    lines.extend(uniques.map(|key| key_line("UNIQUE", key)));
    lines.extend(table.checks.iter().map(check_line));
    let references = table.foreign_keys.iter();
    let references = references.filter(|key| !any(&|column| refers(key, column)));
    lines.extend(references.map(foreign_key_line));
    let mut options = Vec::new();
    if table.options.contains_key("strict") {
        options.push("STRICT");
    }
    if table.options.contains_key("without rowid") {
        options.push("WITHOUT ROWID");
    }
    let options = match options.is_empty() {
        true => String::new(),
        false => format!(" {}", options.join(", ")),
    };
    format!(
        "CREATE TABLE {} (\n    {}\n){options}",
        name(called),
        lines.join(",\n    ")
    )
}

/// Whether a key is of one column, and written at it.
fn is_of(key: &Key, column: &Column) -> bool {
    let [only] = key.columns.as_slice() else {
        return false;
    };
    key.name.is_empty() && *only == IndexPart::column(&column.name)
}

/// Whether a reference is of one column, and written at it.
fn refers(key: &ForeignKey, column: &Column) -> bool {
    key.name.is_empty() && key.columns == [column.name.as_str()]
}

/// The primary key, if it is written at its column.
fn inline_key(table: &Table) -> Option<&Key> {
    let key = table.primary_key.as_ref()?;
    let [only] = key.columns.as_slice() else {
        return None;
    };
    let plain = key.name.is_empty() && only.collation.is_empty() && only.expression.is_empty();
    plain.then_some(key)
}

/// A column with everything that is its own.
pub(super) fn column_line(column: &Column) -> String {
    let mut line = name(&column.name);
    add(&mut line, "", &column.data_type);
    if let Some(generated) = &column.generated {
        line.push_str(&format!(" GENERATED ALWAYS AS ({})", generated.expression));
        line.push_str(if generated.stored {
            " STORED"
        } else {
            " VIRTUAL"
        });
    }
    if column.not_null {
        line.push_str(" NOT NULL");
        let action = column.options.get("not null on conflict");
        add(&mut line, "ON CONFLICT ", action.map_or("", String::as_str));
    }
    add(
        &mut line,
        "DEFAULT ",
        column.default.as_deref().unwrap_or_default(),
    );
    if !column.collation.is_empty() {
        add(&mut line, "COLLATE ", &name(&column.collation));
    }
    line
}

fn key_line(word: &str, key: &Key) -> String {
    format!(
        "{}{word} ({}){}",
        constraint(&key.name),
        parts(&key.columns),
        on_conflict(key)
    )
}

fn on_conflict(key: &Key) -> String {
    let action = key.options.get("on conflict");
    action.map_or_else(String::new, |action| format!(" ON CONFLICT {action}"))
}

fn check_line(check: &Check) -> String {
    format!("{}CHECK ({})", constraint(&check.name), check.expression)
}

fn foreign_key_line(key: &ForeignKey) -> String {
    format!(
        "{}FOREIGN KEY ({}) {}",
        constraint(&key.name),
        names(&key.columns),
        references(key)
    )
}

/// A reference, as it stands behind a column or the columns of a constraint.
pub(super) fn references(key: &ForeignKey) -> String {
    let mut line = format!("REFERENCES {}", name(&key.table.name));
    if !key.references.is_empty() {
        line.push_str(&format!(" ({})", names(&key.references)));
    }
    for (word, action) in [("ON DELETE ", key.on_delete), ("ON UPDATE ", key.on_update)] {
        if action != ReferentialAction::NoAction {
            add(&mut line, word, action.sql());
        }
    }
    add(&mut line, "MATCH ", &key.match_type);
    line.push_str(match key.deferral {
        Deferral::NotDeferrable => "",
        Deferral::Immediate => " DEFERRABLE",
        Deferral::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    line
}

pub(super) fn create_index(table: &str, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut line = format!(
        "CREATE {unique}INDEX {} ON {} ({})",
        name(&index.name),
        name(table),
        parts(&index.columns)
    );
    add(
        &mut line,
        "WHERE ",
        index.predicate.as_deref().unwrap_or_default(),
    );
    line
}

fn parts(parts: &[IndexPart]) -> String {
    let written = parts.iter().map(|part| {
        let mut line = match part.expression.is_empty() {
            true => name(&part.column),
            false => part.expression.clone(),
        };
        if !part.collation.is_empty() {
            add(&mut line, "COLLATE ", &name(&part.collation));
        }
        add(&mut line, "", if part.descending { "DESC" } else { "" });
        line
    });
    written.collect::<Vec<_>>().join(", ")
}

pub(super) fn names(names: &[String]) -> String {
    let quoted = names.iter().map(|it| name(it));
    quoted.collect::<Vec<_>>().join(", ")
}

fn constraint(called: &str) -> String {
    match called.is_empty() {
        true => String::new(),
        false => format!("CONSTRAINT {} ", name(called)),
    }
}

fn add(line: &mut String, word: &str, value: &str) {
    if !value.is_empty() {
        line.push(' ');
        line.push_str(word);
        line.push_str(value);
    }
}
