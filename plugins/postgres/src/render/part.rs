//! Constraints and indexes.

use super::Script;
use super::name::full;
use super::name::{made, name, names, text};
use dapter_plugin_api::ObjectName;
use dapter_plugin_api::TablePart;
use dapter_plugin_api::schema::{
    Check, Deferral, ForeignKey, Index, IndexPart, Key, ReferentialAction,
};

/// A constraint with its name, as it stands in `CREATE TABLE` and behind `ADD`; none if it is an index.
pub(super) fn constraint(part: &TablePart) -> Option<String> {
    let written = match part {
        TablePart::PrimaryKey(key) => self::key("PRIMARY KEY", key),
        TablePart::Unique(key) => self::key("UNIQUE", key),
        TablePart::ForeignKey(key) => foreign_key(key),
        TablePart::Check(check) => self::check(check),
        TablePart::Exclusion(exclusion) => exclusion.definition.clone(),
        TablePart::Index(_) => return None,
    };
    Some(match part.name().is_empty() {
        true => written,
        false => format!("CONSTRAINT {} {written}", name(part.name())),
    })
}

fn key(word: &str, key: &Key) -> String {
    let mut line = word.to_owned();
    if key.options.contains_key("nulls not distinct") {
        line.push_str(" NULLS NOT DISTINCT");
    }
    let columns: Vec<&str> = key
        .columns
        .iter()
        .map(|part| part.column.as_str())
        .collect();
    line.push_str(&format!(" ({})", names(&columns)));
    if !key.include.is_empty() {
        line.push_str(&format!(" INCLUDE ({})", names(&key.include)));
    }
    if let Some(parameters) = key.options.get("with") {
        line.push_str(&format!(" WITH ({parameters})"));
    }
    if let Some(space) = key.options.get("tablespace") {
        line.push_str(&format!(" USING INDEX TABLESPACE {}", name(space)));
    }
    line + deferral(key.deferral)
}

fn foreign_key(key: &ForeignKey) -> String {
    let mut line = format!(
        "FOREIGN KEY ({}) REFERENCES {}",
        names(&key.columns),
        full(&key.table)
    );
    if !key.references.is_empty() {
        line.push_str(&format!(" ({})", names(&key.references)));
    }
    if !key.match_type.is_empty() {
        line.push_str(&format!(" MATCH {}", key.match_type));
    }
    if key.on_delete != ReferentialAction::NoAction {
        line.push_str(&format!(" ON DELETE {}", key.on_delete.sql()));
        if !key.on_delete_columns.is_empty() {
            line.push_str(&format!(" ({})", names(&key.on_delete_columns)));
        }
    }
    if key.on_update != ReferentialAction::NoAction {
        line.push_str(&format!(" ON UPDATE {}", key.on_update.sql()));
    }
    line + deferral(key.deferral) + not_valid(key.not_valid)
}

/// A condition without its name.
pub(super) fn check(check: &Check) -> String {
    let mut line = format!("CHECK ({})", check.expression);
    if check.options.contains_key("no inherit") {
        line.push_str(" NO INHERIT");
    }
    line + not_valid(check.not_valid)
}

fn deferral(deferral: Deferral) -> &'static str {
    match deferral {
        Deferral::NotDeferrable => "",
        Deferral::Immediate => " DEFERRABLE",
        Deferral::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn not_valid(not_valid: bool) -> &'static str {
    if not_valid { " NOT VALID" } else { "" }
}

/// The column of a primary key that can be written at it, because the server would give it the same name.
pub(super) fn inline_key<'k>(table: &ObjectName, key: Option<&'k Key>) -> Option<&'k str> {
    let key = key?;
    let [IndexPart { column, .. }] = &key.columns[..] else {
        return None;
    };
    let usual = key.name.is_empty() || key.name == made(&table.name, "", "pkey");
    let plain = key.include.is_empty()
        && key.deferral == Deferral::NotDeferrable
        && !key.options.contains_key("with")
        && !key.options.contains_key("tablespace");
    (usual && plain).then_some(column)
}

/// The statements that make an index, while others go on writing if need be.
pub(super) fn create_index(script: &mut Script<'_>, table: &ObjectName, index: &Index) {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let concurrently = concurrently(script);
    let mut line = format!(
        "CREATE {unique}INDEX {concurrently}{} ON {}",
        name(&index.name),
        full(table)
    );
    if !index.method.is_empty() {
        line.push_str(&format!(" USING {}", name(&index.method)));
    }
    let parts: Vec<String> = index.columns.iter().map(index_part).collect();
    line.push_str(&format!(" ({})", parts.join(", ")));
    if !index.include.is_empty() {
        line.push_str(&format!(" INCLUDE ({})", names(&index.include)));
    }
    if index.options.contains_key("nulls not distinct") {
        line.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(parameters) = index.options.get("with") {
        line.push_str(&format!(" WITH ({parameters})"));
    }
    if let Some(space) = index.options.get("tablespace") {
        line.push_str(&format!(" TABLESPACE {}", name(space)));
    }
    if let Some(predicate) = &index.predicate {
        line.push_str(&format!(" WHERE {predicate}"));
    }
    script.put(line);
    let in_schema = full(&ObjectName::within(&table.schema, &index.name));
    for (option, value) in &index.options {
        if let Some(place) = option.strip_prefix("statistics ") {
            script.put(format!(
                "ALTER INDEX {in_schema} ALTER COLUMN {place} SET STATISTICS {value}"
            ));
        }
    }
}

/// The word between, if indexes are made and removed while others go on writing.
pub(super) fn concurrently(script: &mut Script<'_>) -> &'static str {
    script.outside |= script.online;
    if script.online { "CONCURRENTLY " } else { "" }
}

fn index_part(part: &IndexPart) -> String {
    let mut line = match part.expression.is_empty() {
        true => name(&part.column),
        false => expression(&part.expression),
    };
    if !part.collation.is_empty() {
        line.push_str(&format!(" COLLATE {}", part.collation));
    }
    if !part.operator_class.is_empty() {
        line.push_str(&format!(" {}", part.operator_class));
    }
    if part.descending {
        line.push_str(" DESC");
    }
    match part.nulls_first {
        Some(true) => line.push_str(" NULLS FIRST"),
        Some(false) => line.push_str(" NULLS LAST"),
        None => {}
    }
    line
}

/// An expression, in parentheses unless it is a call of a function.
fn expression(expression: &str) -> String {
    let callee = expression.split('(').next().unwrap_or_default();
    let is_name = callee
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
    let mut depth = 0_usize;
    let closes_last = expression.char_indices().all(|(at, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 || at < callee.len() || at + 1 == expression.len()
    });
    let is_call = !callee.is_empty() && is_name && expression.ends_with(')') && closes_last;
    match is_call && !expression.contains('\'') {
        true => expression.to_owned(),
        false => format!("({expression})"),
    }
}

/// What is said about constraints and indexes, and what else is made after them.
pub(super) fn remarks(script: &mut Script<'_>, table: &ObjectName, part: &TablePart) {
    let on = full(table);
    let index = |named: &str| full(&ObjectName::within(&table.schema, named));
    let (comment, options) = match part {
        TablePart::PrimaryKey(key) | TablePart::Unique(key) => (&key.comment, Some(&key.options)),
        TablePart::ForeignKey(key) => (&key.comment, None),
        TablePart::Check(check) => (&check.comment, None),
        TablePart::Exclusion(exclusion) => (&exclusion.comment, None),
        TablePart::Index(index) => (&index.comment, Some(&index.options)),
    };
    if options.is_some_and(|options| options.contains_key("clustered")) {
        script.put(format!("ALTER TABLE {on} CLUSTER ON {}", name(part.name())));
    }
    if let Some(said) = options.and_then(|options| options.get("index comment")) {
        script.put(format!(
            "COMMENT ON INDEX {} IS {}",
            index(part.name()),
            text(said)
        ));
    }
    if !comment.is_empty() {
        let of = match part {
            TablePart::Index(_) => format!("INDEX {}", index(part.name())),
            _ => format!("CONSTRAINT {} ON {on}", name(part.name())),
        };
        script.put(format!("COMMENT ON {of} IS {}", text(comment)));
    }
}
