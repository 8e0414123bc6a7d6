//! A listed value that is called otherwise: one of a type, or of a column whose type or conditions list it.

use std::sync::Arc;

use dapter_plugin_api::schema::{Body, Check, Column, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange, TablePart};

use super::column_names::{Piece, each_expression, escape, pieces, pieces_with};

/// What lists a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lister {
    /// A type, by its kind and name.
    Type(String, ObjectName),
    /// A column of a table: its type, or a condition that names it.
    Column(ObjectName, String),
}

/// What lists a value of this name, with what stands before the value: `mood.sad`, `users.mood.sad`.
pub(super) fn listers(schema: &Schema, named: &str) -> Vec<(Lister, String)> {
    let mut found: Vec<(Lister, String)> = Vec::new();
    for object in &schema.objects {
        let before = format!("{}.", object.name);
        let Some(rest) = named.strip_prefix(&before) else {
            continue;
        };
        match &object.body {
            Body::Enumeration(it) if it.values.iter().any(|value| value == rest) => {
                let lister = Lister::Type(object.kind.clone(), object.name.clone());
                found.push((lister, before));
            }
            Body::Table(table) => {
                for column in &table.columns {
                    let of_column = format!("{}.", column.name);
                    let Some(value) = rest.strip_prefix(&of_column) else {
                        continue;
                    };
                    let lister = lister(schema, &object.name, column);
                    if lists(schema, &lister, value) {
                        found.push((lister, format!("{before}{of_column}")));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// What lists the values of a column: its type, if that has a name of its own.
pub(crate) fn lister(schema: &Schema, table: &ObjectName, column: &Column) -> Lister {
    let of = type_name(&column.data_type);
    let is_it = |object: &&SchemaObject| {
        matches!(object.body, Body::Enumeration(_)) && object.name.to_string() == of
    };
    match schema.objects.iter().find(is_it) {
        Some(object) => Lister::Type(object.kind.clone(), object.name.clone()),
        None => Lister::Column(table.clone(), column.name.clone()),
    }
}

/// Whether a value is listed.
pub(crate) fn lists(schema: &Schema, lister: &Lister, value: &str) -> bool {
    match lister {
        Lister::Type(kind, name) => match schema.get(kind, name).map(|object| &object.body) {
            Some(Body::Enumeration(it)) => it.values.iter().any(|it| it == value),
            _ => false,
        },
        Lister::Column(name, column) => {
            let table = schema.get(SchemaObject::TABLE, name);
            let Some(table) = table.and_then(SchemaObject::as_table) else {
                return false;
            };
            let column = table.column(column);
            column.is_some_and(|column| {
                literals(&column.data_type).any(|it| it == value)
                    || listing(table, &column.name, value).next().is_some()
            })
        }
    }
}

/// The operation that calls a value otherwise, after which the schema has the new one. Conditions become those that are wanted,
/// where that is known.
pub(crate) fn call_value(
    schema: &mut Schema,
    lister: &Lister,
    (old, new): (&str, &str),
    wanted: Option<&Schema>,
) -> Option<Operation> {
    let (kind, name) = match lister {
        Lister::Type(kind, name) => (kind.as_str(), name),
        Lister::Column(name, _) => (SchemaObject::TABLE, name),
    };
    let before = schema.get(kind, name)?.clone();
    let changes = match lister {
        Lister::Type(..) => {
            in_type(schema, name, (old, new), wanted);
            vec![TableChange::RenameValue {
                column: String::new(),
                from: old.to_owned(),
                to: new.to_owned(),
            }]
        }
        Lister::Column(_, column) => {
            let wanted = wanted.and_then(|wanted| wanted.get(kind, name)?.as_table());
            let mut objects = schema.objects.iter_mut();
            let object = objects.find(|object| object.kind == kind && object.name == *name)?;
            let table = object.as_table_mut()?;
            in_column(table, column, (old, new), wanted)
        }
    };
    let after = schema.get(kind, name)?.clone();
    Some(Operation::Alter {
        before,
        after,
        changes,
    })
}

/// Calls a value of a type otherwise, wherever the schema names it.
fn in_type(
    schema: &mut Schema,
    name: &ObjectName,
    (old, new): (&str, &str),
    wanted: Option<&Schema>,
) {
    let of = name.to_string();
    let with = &mut |text: &mut String| *text = with_typed(text, &of, (old, new));
    for object in &mut schema.objects {
        let like = wanted.and_then(|wanted| wanted.get(&object.kind, &object.name));
        match &mut object.body {
            Body::Enumeration(it) if object.name == *name => {
                for value in it.values.iter_mut().filter(|value| *value == old) {
                    new.clone_into(value);
                }
            }
            Body::Table(table) => {
                let table = Arc::make_mut(table);
                each_expression(table, with);
                for column in &mut table.columns {
                    column.default.iter_mut().for_each(&mut *with);
                }
                // Bounds of partitions do not tell the type.
                let bound = with_literals(&table.partitioning.bound, (old, new));
                let like = like.and_then(SchemaObject::as_table);
                if like.is_some_and(|like| like.partitioning.bound == bound) {
                    table.partitioning.bound = bound;
                }
            }
            Body::Domain(domain) => {
                domain.default.iter_mut().for_each(&mut *with);
                let checks = domain.checks.iter_mut();
                checks.for_each(|check| with(&mut check.expression));
            }
            // Bodies of functions are texts, which no database writes anew.
            Body::Definition(it) if !["function", "procedure"].contains(&object.kind.as_str()) => {
                it.create.iter_mut().for_each(&mut *with);
                it.canonical.iter_mut().for_each(&mut *with);
            }
            _ => {}
        }
    }
}

/// Calls a value of a column otherwise, in its type, its default and the conditions that list it.
fn in_column(
    table: &mut Table,
    column: &str,
    (old, new): (&str, &str),
    wanted: Option<&Table>,
) -> Vec<TableChange> {
    let going: Vec<Check> = listing(table, column, old).cloned().collect();
    let coming: Vec<Check> = match wanted {
        Some(wanted) => listing(wanted, column, new).cloned().collect(),
        None => {
            let called = |check: &Check| Check {
                expression: with_literals(&check.expression, (old, new)),
                ..check.clone()
            };
            going.iter().map(called).collect()
        }
    };
    let part = |check: &Check| TablePart::Check(check.clone());
    let stays = |check: &&Check| !coming.contains(check);
    let going: Vec<&Check> = going.iter().filter(stays).collect();
    let comes = |check: &&Check| !table.checks.contains(check);
    let coming: Vec<&Check> = coming.iter().filter(comes).collect();
    let mut changes: Vec<TableChange> = going
        .iter()
        .map(|check| TableChange::Remove { part: part(check) })
        .collect();
    changes.push(TableChange::RenameValue {
        column: column.to_owned(),
        from: old.to_owned(),
        to: new.to_owned(),
    });
    if let Some(after) = table.columns.iter_mut().find(|it| it.name == column) {
        let before = after.clone();
        after.data_type = with_literals(&after.data_type, (old, new));
        // The former value, which is not listed any more, can be no default; what is wanted comes later.
        let escape = escape(&before.data_type);
        let default = after.default.iter_mut();
        default.for_each(|default| *default = with_escaped(default, escape, (old, new)));
        if before != *after {
            let after = after.clone();
            changes.push(TableChange::AlterColumn { before, after });
        }
    }
    table.checks.retain(|check| !going.contains(&check));
    for check in coming {
        table.checks.push(check.clone());
        changes.push(TableChange::Add { part: part(check) });
    }
    table.sort();
    changes
}

/// Whether a column's type or a condition lists its values.
pub(crate) fn has_list(table: &Table, column: &Column) -> bool {
    let of_column = |check: &&Check| first_column(table, check) == Some(column.name.as_str());
    let mut checks = table.checks.iter().filter(of_column);
    literals(&column.data_type).next().is_some()
        || checks.any(|check| literals(&check.expression).next().is_some())
}

/// The conditions that name a column and list a value.
pub(super) fn listing<'t>(
    table: &'t Table,
    column: &'t str,
    value: &'t str,
) -> impl Iterator<Item = &'t Check> {
    table.checks.iter().filter(move |check| {
        let names_it = check.column == column || first_column(table, check) == Some(column);
        names_it && literals(&check.expression).any(|it| it == value)
    })
}

/// The first column of its table that a condition names.
pub(super) fn first_column<'t>(table: &'t Table, check: &Check) -> Option<&'t str> {
    let mut names = pieces(&check.expression).into_iter().filter_map(|piece| {
        let (_, name) = piece.name()?;
        let is_it = |column: &&Column| column.name.eq_ignore_ascii_case(&name);
        table.columns.iter().find(is_it)
    });
    names.next().map(|column| column.name.as_str())
}

/// The texts in an expression or a type, without their quotes.
pub(super) fn literals(text: &str) -> impl Iterator<Item = String> {
    let escape = escape(text);
    let pieces = pieces_with(text, escape).into_iter();
    pieces.filter_map(move |piece| escaped(&piece, escape))
}

fn literal(piece: &Piece<'_>) -> Option<String> {
    escaped(piece, None)
}

/// A text without its quotes, and as it was before it was escaped.
fn escaped(piece: &Piece<'_>, escape: Option<char>) -> Option<String> {
    let inside = piece.text().strip_prefix('\'')?.strip_suffix('\'')?;
    let inside = inside.replace("''", "'");
    let Some(escape) = escape else {
        return Some(inside);
    };
    let mut value = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match (c == escape).then(|| chars.next()).flatten() {
            None => value.push(c),
            Some(c) if c == escape || c == '\'' => value.push(c),
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some(other) => value.extend([escape, other]),
        }
    }
    Some(value)
}

fn quoted(value: &str, escape: Option<char>) -> String {
    let value = value.replace('\'', "''");
    match escape {
        Some(escape) => format!("'{}'", value.replace(escape, &format!("{escape}{escape}"))),
        None => format!("'{value}'"),
    }
}

/// The expression with all texts that are the value as the new one.
fn with_literals(text: &str, names: (&str, &str)) -> String {
    with_escaped(text, escape(text), names)
}

fn with_escaped(text: &str, escape: Option<char>, (old, new): (&str, &str)) -> String {
    let pieces = pieces_with(text, escape).into_iter();
    let pieces = pieces.map(|piece| match escaped(&piece, escape) {
        Some(value) if value == old => quoted(new, escape),
        _ => piece.text().to_owned(),
    });
    pieces.collect()
}

/// The expression with the texts that are the value of a type as the new one: `'sad'::mood`.
fn with_typed(text: &str, of: &str, (old, new): (&str, &str)) -> String {
    let pieces = pieces(text);
    let mut written = String::with_capacity(text.len());
    for (at, piece) in pieces.iter().enumerate() {
        let is_value = literal(piece).is_some_and(|value| value == old);
        let mut behind = pieces[at + 1..].iter().map(Piece::text);
        let is_cast = behind.next() == Some(":") && behind.next() == Some(":");
        let is_of_it =
            || type_name(&pieces[at + 3..].iter().map(Piece::text).collect::<String>()) == of;
        let array = literal(piece).filter(|value| value.starts_with('{'));
        let renamed = match (is_value, array) {
            (true, _) => Some(new.to_owned()),
            (false, Some(array)) => Some(with_item(&array, (old, new))),
            (false, None) => None,
        };
        match renamed.filter(|_| is_cast && is_of_it()) {
            Some(renamed) => written.push_str(&quoted(&renamed, None)),
            None => written.push_str(piece.text()),
        }
    }
    written
}

/// An array's text with another item: `{sad,"not sad"}`.
fn with_item(array: &str, (old, new): (&str, &str)) -> String {
    let is_mark = |c: char| matches!(c, '{' | '}' | ',');
    let mut written = String::with_capacity(array.len());
    let mut rest = array;
    while let Some(first) = rest.chars().next() {
        if is_mark(first) {
            written.push(first);
            rest = &rest[1..];
            continue;
        }
        let end = match first {
            '"' => item_end(rest),
            _ => rest.find(is_mark),
        };
        let (item, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let inside = item.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let inside = inside.map(|it| it.replace("\\\"", "\"").replace("\\\\", "\\"));
        match inside.as_deref().unwrap_or(item) == old {
            true => written.push_str(&array_item(new)),
            false => written.push_str(item),
        }
        rest = behind;
    }
    written
}

/// Where an item in quotes ends, within which a backslash stands before quotes.
fn item_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A value as it stands in an array's text.
fn array_item(value: &str) -> String {
    let is_special = |c: char| c.is_whitespace() || "{},\"\\".contains(c);
    match value.contains(is_special) || value.eq_ignore_ascii_case("null") {
        true => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        false => value.to_owned(),
    }
}

/// Whether a body of a function, which no database writes anew, has a value in it.
pub(super) fn is_in_body(object: &SchemaObject, value: &str) -> bool {
    let is_body = ["function", "procedure"].contains(&object.kind.as_str());
    match &object.body {
        Body::Definition(it) if is_body => {
            let quoted = quoted(value, None);
            it.create.iter().any(|text| text.contains(&quoted))
        }
        _ => false,
    }
}

/// The name that a type's text begins with, without quotes.
fn type_name(text: &str) -> String {
    let mut name = String::new();
    for piece in pieces(text) {
        let is_between = name.is_empty() || name.ends_with('.');
        match piece.name() {
            Some((_, part)) if is_between => name.push_str(&part),
            None if piece.text() == "." => name.push('.'),
            _ => break,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use dapter_plugin_api::schema::Enumeration;

    use super::super::{
        Rename, RenameCandidates, RenameError, diff, rename_candidates, reversed, summary,
    };
    use super::*;

    /// A type with these values, and a table with a column of it, one whose type lists them, and one whose condition does.
    fn schema(values: &[&str]) -> Schema {
        let column = |name: &str, data_type: &str| Column {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            ..Column::default()
        };
        let listed: Vec<String> = values.iter().map(|value| quoted(value, None)).collect();
        let listed = listed.join(",");
        let mut typed = column("typed", "mood");
        typed.default = Some(format!("{}::mood", quoted(values[0], None)));
        let table = Table {
            columns: vec![
                typed,
                column("listed", &format!("enum({listed})")),
                column("checked", "text"),
            ],
            checks: vec![Check {
                name: "c".to_owned(),
                expression: format!("checked IN ({listed})"),
                ..Check::default()
            }],
            ..Table::default()
        };
        let mood = SchemaObject {
            kind: "type".to_owned(),
            name: ObjectName::plain("mood"),
            body: Body::Enumeration(Enumeration {
                values: values.iter().map(|&value| value.to_owned()).collect(),
            }),
            ..SchemaObject::default()
        };
        Schema::of(vec![
            SchemaObject::of_table(ObjectName::plain("t"), table),
            mood,
        ])
    }

    fn told(renames: &[&str], desired: &[&str]) -> Result<Vec<String>, RenameError> {
        let renames: Result<Vec<Rename>, _> = renames.iter().map(|rename| rename.parse()).collect();
        let operations = diff(&schema(&["sad", "ok"]), &schema(desired), &renames?)?;
        Ok(operations.iter().map(summary).collect())
    }

    #[test]
    fn values_are_renamed_by_all_that_lists_them() {
        let renames = [
            "mood.sad=mood.it's",
            "t.listed.sad=it's",
            "t.checked.sad=t.checked.it's",
        ];
        let expected = [
            "alter type mood: rename value sad to it's",
            "alter table t: rename value sad of column listed to it's, change column listed (enum('sad','ok') to enum('it''s','ok'))",
            "alter table t: drop check c, rename value sad of column checked to it's, add check c",
        ];
        assert_eq!(told(&renames, &["it's", "ok"]).expect("can be"), expected);
        let by_column = ["t.typed.sad=t.typed.it's", renames[1], renames[2]];
        assert_eq!(told(&by_column, &["it's", "ok"]).expect("can be"), expected);
    }

    #[test]
    fn several_values_of_a_list_are_renamed_one_after_the_other() {
        let renames = ["t.checked.sad=t.checked.blue", "t.checked.ok=fine"];
        let found = told(&renames, &["blue", "fine"]).expect("can be");
        let values = |text: &&String| text.contains("rename value");
        let expected = [
            "alter table t: drop check c, rename value sad of column checked to blue, add check c",
            "alter table t: drop check c, rename value ok of column checked to fine, add check c",
        ];
        assert_eq!(found.iter().filter(values).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_backslash_is_written_twice_where_it_escapes() {
        let names = ("a\\b", "it's\\c");
        for (text, expected) in [
            (r"enum('a\\b','c')", r"enum('it''s\\c','c')"),
            (r"`x` <> 'a\\b'", r"`x` <> 'it''s\\c'"),
            (r"x <> 'a\b'", r"x <> 'it''s\c'"),
            (r#""b`c" <> 'a\b'"#, r#""b`c" <> 'it''s\c'"#),
        ] {
            assert_eq!(with_literals(text, names), expected);
            assert!(literals(text).any(|it| it == names.0), "{text}");
        }
    }

    #[test]
    fn the_way_back_begins_where_the_way_led() {
        let renames: Vec<Rename> = [
            "mood.sad=mood.blue",
            "t.listed.sad=blue",
            "t.checked.sad=blue",
        ]
        .iter()
        .map(|rename| rename.parse().expect("a rename"))
        .collect();
        let (current, desired) = (schema(&["sad", "ok"]), schema(&["blue", "ok"]));
        let forth = diff(&current, &desired, &renames).expect("can be");
        let back: Vec<Rename> = renames
            .iter()
            .map(|Rename { from, .. }| Rename {
                from: from.replace("sad", "blue"),
                to: from.clone(),
            })
            .rev()
            .collect();
        let mut expected = diff(&desired, &current, &back).expect("can be");
        let mut found = reversed(&forth);
        // What comes and goes around a value changes its place.
        for operation in found.iter_mut().chain(&mut expected) {
            if let Operation::Alter { changes, .. } = operation {
                changes.sort_by_key(|change| format!("{change:?}"));
            }
        }
        let of = |operations: &[Operation]| -> Vec<String> {
            operations
                .iter()
                .map(|operation| format!("{:?}", operation.object().name))
                .collect()
        };
        assert_eq!(of(&found), of(&expected));
    }

    #[test]
    fn what_is_no_rename_of_a_value_is_told() {
        let table = [
            (
                "mood.bad=mood.blue",
                "there is no table, column or listed value `mood.bad` to rename",
            ),
            (
                "mood.sad=mood.red",
                "`mood.sad` cannot be renamed: there is to be no `mood.red`",
            ),
            (
                "mood.sad=mood.ok",
                "`mood.sad` cannot be renamed: there is a `mood.ok` already",
            ),
            (
                "mood.ok=mood.blue",
                "`mood.ok` cannot be renamed: it is to be there too",
            ),
            (
                "t.checked.sad=t.checked.red",
                "`t.checked.sad` cannot be renamed: there is to be no `t.checked.red`",
            ),
        ];
        for (rename, expected) in table {
            let error = told(&[rename], &["blue", "ok"]).expect_err(rename);
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_value_in_the_place_of_another_may_be_the_same() {
        let operations = diff(&schema(&["sad", "ok"]), &schema(&["blue", "ok"]), &[]);
        let candidates = rename_candidates(&operations.expect("no renames"));
        let renames = candidates.iter().flat_map(RenameCandidates::renames);
        let mut told: Vec<String> = renames.map(|rename| rename.to_string()).collect();
        told.sort();
        let expected = [
            "mood.sad=mood.blue",
            "t.checked.sad=t.checked.blue",
            "t.listed.sad=t.listed.blue",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_value_is_renamed_where_it_is_one_of_the_type() {
        let table = [
            ("'sad'::mood", "mood", "'it''s blue'::mood"),
            ("'sad'::text", "mood", "'sad'::text"),
            (
                "(m <> 'sad'::app.\"Mood\")",
                "app.Mood",
                "(m <> 'it''s blue'::app.\"Mood\")",
            ),
            ("'sad'::app.mood", "mood", "'sad'::app.mood"),
            ("'sad'::moods", "mood", "'sad'::moods"),
            ("'''sad'::mood", "mood", "'''sad'::mood"),
            (
                "'{sad,\"so sad\",ok}'::mood[]",
                "mood",
                "'{\"it''s blue\",\"so sad\",ok}'::mood[]",
            ),
        ];
        for (before, of, after) in table {
            assert_eq!(with_typed(before, of, ("sad", "it's blue")), after);
        }
    }
}
