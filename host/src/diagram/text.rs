//! The source of a picture, which another program draws.

use std::fmt::Write as _;

use dapter_plugin_api::Schema;
use dapter_plugin_api::schema::{SchemaObject, Table};

/// The tables as an entity-relationship diagram of Mermaid.
#[must_use]
pub fn mermaid(schema: &Schema) -> String {
    let mut text = "erDiagram\n".to_owned();
    for (object, table) in tables(schema) {
        let _ = writeln!(text, "    {} {{", quoted(&object.name.to_string()));
        for column in &table.columns {
            let marks = marks(table, &column.name);
            let marks = match marks.is_empty() {
                true => String::new(),
                false => format!(" {}", marks.join(", ")),
            };
            let _ = writeln!(
                text,
                "        {} {}{marks}",
                word(&column.data_type),
                word(&column.name)
            );
        }
        text.push_str("    }\n");
    }
    for (object, table) in tables(schema) {
        for key in &table.foreign_keys {
            let all_given = key
                .columns
                .iter()
                .all(|name| table.column(name).is_some_and(|column| column.not_null));
            let end = if all_given { "||" } else { "|o" };
            let _ = writeln!(
                text,
                "    {} {end}--o{{ {} : {}",
                quoted(&key.table.to_string()),
                quoted(&object.name.to_string()),
                quoted(&key.columns.join(", "))
            );
        }
    }
    text
}

/// The tables as a graph of Graphviz.
#[must_use]
pub fn dot(schema: &Schema) -> String {
    let mut text =
        "digraph schema {\n    graph [rankdir=LR]\n    node [shape=plaintext]\n".to_owned();
    for (object, table) in tables(schema) {
        let name = object.name.to_string();
        let _ = write!(
            text,
            "    {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\"><tr><td colspan=\"2\"><b>{}</b></td></tr>",
            quoted(&name),
            escaped(&name)
        );
        for column in &table.columns {
            let marks = marks(table, &column.name).join(" ");
            let _ = write!(
                text,
                "<tr><td align=\"left\">{} {}</td><td>{marks}</td></tr>",
                escaped(&column.name),
                escaped(&column.data_type)
            );
        }
        text.push_str("</table>>]\n");
    }
    for (object, table) in tables(schema) {
        for key in &table.foreign_keys {
            let _ = writeln!(
                text,
                "    {} -> {} [label={}]",
                quoted(&object.name.to_string()),
                quoted(&key.table.to_string()),
                quoted(&key.columns.join(", "))
            );
        }
    }
    text.push_str("}\n");
    text
}

pub(super) fn tables(schema: &Schema) -> impl Iterator<Item = (&SchemaObject, &Table)> {
    let objects = schema.objects.iter();
    objects.filter_map(|object| Some((object, object.as_table()?)))
}

pub(super) fn marks(table: &Table, column: &str) -> Vec<&'static str> {
    let in_key = table.primary_key.iter().any(|key| {
        let mut parts = key.columns.iter();
        parts.any(|part| part.column == column)
    });
    let refers = |names: &Vec<String>| names.iter().any(|name| name == column);
    let in_reference = table.foreign_keys.iter().any(|key| refers(&key.columns));
    let is_unique = table
        .uniques
        .iter()
        .any(|key| matches!(key.columns.as_slice(), [only] if only.column == column));
    let marks = [(in_key, "PK"), (in_reference, "FK"), (is_unique, "UK")];
    marks
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, mark)| mark)
        .collect()
}

/// A word of a Mermaid diagram, which has few characters.
fn word(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_alphanumeric() || "_-()[]".contains(c) => c,
        _ => '_',
    };
    match text.is_empty() {
        true => "any".to_owned(),
        false => text.chars().map(plain).collect(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'"))
}

pub(super) fn escaped(text: &str) -> String {
    // XML has no place for control characters.
    text.replace(char::is_control, " ")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::ObjectName;
    use dapter_plugin_api::schema::{Column, ForeignKey};

    #[test]
    fn tables_and_their_references_are_drawn() {
        let column = |name: &str| Column {
            name: name.to_owned(),
            data_type: "character varying(9)".to_owned(),
            ..Column::default()
        };
        let child = Table {
            columns: vec![column("parent id")],
            foreign_keys: vec![ForeignKey {
                columns: vec!["parent id".to_owned()],
                table: ObjectName::plain("parent"),
                ..ForeignKey::default()
            }],
            ..Table::default()
        };
        let schema = Schema::of(vec![SchemaObject::of_table(
            ObjectName::within("shop", "child"),
            child,
        )]);
        assert_eq!(
            mermaid(&schema),
            "erDiagram\n    \"shop.child\" {\n        character_varying(9) parent_id FK\n    }\n    \"parent\" |o--o{ \"shop.child\" : \"parent id\"\n"
        );
        assert!(dot(&schema).contains("\"shop.child\" -> \"parent\" [label=\"parent id\"]"));
    }
}
