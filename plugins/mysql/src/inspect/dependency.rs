//! What must be there before an object can be made.

use super::qualified::names;
use dapter_plugin_api::schema::{Body, Dependency, ObjectName, SchemaObject, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Fills in what the objects need. Bodies of routines, triggers and events need nothing: their names are looked up when
/// they run. No catalog tells it of views, whose texts have all names in quotes, though.
pub(super) fn fill(objects: &mut [SchemaObject]) {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for object in objects.iter() {
        if !["trigger", "event"].contains(&object.kind.as_str()) {
            let kinds = known.entry(object.name.name.to_lowercase()).or_default();
            kinds.push(object.kind.clone());
        }
    }
    for object in objects {
        let mut needed: BTreeSet<Dependency> =
            std::mem::take(&mut object.depends_on).into_iter().collect();
        match &object.body {
            Body::Table(table) => {
                needed.extend(references(table));
                let texts = table
                    .columns
                    .iter()
                    .filter_map(|column| column.default.as_deref());
                let sequences = texts
                    .filter(|text| text.contains("val("))
                    .flat_map(|text| mentioned(text, &known));
                needed.extend(sequences.filter(|needed| needed.kind == "sequence"));
            }
            Body::Definition(definition) if ["view", "table"].contains(&object.kind.as_str()) => {
                needed.extend(
                    definition
                        .create
                        .iter()
                        .flat_map(|text| mentioned(text, &known)),
                );
            }
            Body::Definition(_) if object.kind == "package body" => {
                needed.insert(Dependency {
                    kind: "package".to_owned(),
                    name: object.name.clone(),
                    columns: Vec::new(),
                });
            }
            _ => {}
        }
        let own = |needed: &Dependency| needed.kind == object.kind && needed.name == object.name;
        object.depends_on = needed.into_iter().filter(|needed| !own(needed)).collect();
        object.depends_on.shrink_to_fit();
    }
}

fn references(table: &Table) -> Vec<Dependency> {
    let mut by_table: BTreeMap<ObjectName, BTreeSet<String>> = BTreeMap::new();
    for key in &table.foreign_keys {
        // Another database's table is no object of this schema.
        if key.table.schema.is_empty() {
            let columns = by_table.entry(key.table.clone()).or_default();
            columns.extend(key.references.iter().cloned());
        }
    }
    let needed = by_table.into_iter().map(|(name, columns)| Dependency {
        kind: SchemaObject::TABLE.to_owned(),
        name,
        columns: columns.into_iter().collect(),
    });
    needed.collect()
}

/// The objects whose names are among those of a text.
fn mentioned(text: &str, known: &BTreeMap<String, Vec<String>>) -> Vec<Dependency> {
    let mut found = Vec::new();
    for name in names(text) {
        for kind in known.get(&name.to_lowercase()).into_iter().flatten() {
            // A procedure is called by statements alone.
            if ["procedure", "package", "package body"].contains(&kind.as_str()) {
                continue;
            }
            found.push(Dependency {
                kind: kind.clone(),
                name: ObjectName::plain(name.clone()),
                columns: Vec::new(),
            });
        }
    }
    found
}
