//! The part of a schema that operations have to do with.

use std::collections::BTreeSet;

use dapter_plugin_api::schema::SchemaObject;
use dapter_plugin_api::{ObjectName, Operation, Schema};

use super::remembered::without_outward_references;

type Id = (String, ObjectName);

/// What identifies the objects that operations change, under every name that they have on the way.
fn touched(operations: &[Operation]) -> BTreeSet<Id> {
    let mut touched = BTreeSet::new();
    let mut add = |object: &SchemaObject| {
        touched.insert((object.kind.clone(), object.name.clone()));
        if let Some(table) = object.name.table() {
            touched.insert((SchemaObject::TABLE.to_owned(), table));
        }
    };
    for operation in operations {
        add(operation.object());
        match operation {
            Operation::Rename { object, to } => {
                let name = ObjectName {
                    name: to.clone(),
                    ..object.name.clone()
                };
                add(&SchemaObject {
                    name,
                    ..object.clone()
                });
            }
            Operation::Replace { after, .. } | Operation::Alter { after, .. } => add(after),
            Operation::Create { .. } | Operation::Drop { .. } => {}
        }
    }
    touched
}

/// The parts of two schemas that operations between them have to do with: what they change, what that needs or refers to, what
/// needs it, and what those need. Foreign keys of others that lead elsewhere are left out.
pub(crate) fn parts(states: [&Schema; 2], operations: &[Operation]) -> [Schema; 2] {
    let changed = touched(operations);
    let beside = states.map(|schema| touched_by_reference(schema, &changed));
    let mut wanted = changed;
    wanted.extend(beside.into_iter().flatten());
    loop {
        let before = wanted.len();
        for schema in states {
            let needed: Vec<Id> = schema
                .objects
                .iter()
                .filter(|object| wanted.contains(&id(object)))
                .flat_map(|object| &object.depends_on)
                .map(|needed| (needed.kind.clone(), needed.name.clone()))
                .collect();
            wanted.extend(needed);
        }
        if wanted.len() == before {
            break;
        }
    }
    // In both the same, whether the table is there or not.
    let is_wanted =
        |table: &ObjectName| wanted.contains(&(SchemaObject::TABLE.to_owned(), table.clone()));
    states.map(|schema| {
        let objects = schema
            .objects
            .iter()
            .filter(|object| wanted.contains(&id(object)));
        schema.with(without_outward_references(
            objects.cloned().collect(),
            is_wanted,
        ))
    })
}

/// What is there once operations are taken back where that was built which they lead to, or a part of it; `None` if not all is
/// there that they have to do with.
pub(crate) fn taken_back(
    built: &Schema,
    [before, after]: [&Schema; 2],
    operations: &[Operation],
) -> Option<Schema> {
    let there: BTreeSet<Id> = built.objects.iter().map(id).collect();
    if !after.objects.iter().all(|it| there.contains(&id(it))) {
        return None;
    }
    let touched = touched(operations);
    let is_touched = |object: &&SchemaObject| touched.contains(&id(object));
    let others = built.objects.iter().filter(|it| !is_touched(it));
    let changed = before.objects.iter().filter(is_touched);
    let objects = others.chain(changed).cloned().collect();
    Some(built.with(Schema::of(objects).objects))
}

fn id(object: &SchemaObject) -> Id {
    (object.kind.clone(), object.name.clone())
}

/// What refers to, needs or is referred to by what is wanted, and what belongs to its tables.
fn touched_by_reference(schema: &Schema, wanted: &BTreeSet<Id>) -> Vec<Id> {
    let table = |name: &ObjectName| (SchemaObject::TABLE.to_owned(), name.clone());
    let mut found = Vec::new();
    for object in &schema.objects {
        let own = id(object);
        let keys = object.as_table().map(|table| table.foreign_keys.as_slice());
        let keys = keys.unwrap_or_default();
        if wanted.contains(&own) {
            found.extend(keys.iter().map(|key| table(&key.table)));
            continue;
        }
        let refers = keys.iter().any(|key| wanted.contains(&table(&key.table)));
        let mut needed = object.depends_on.iter();
        let needs = needed.any(|it| wanted.contains(&(it.kind.clone(), it.name.clone())));
        let belongs = object
            .name
            .table()
            .is_some_and(|it| wanted.contains(&table(&it)));
        if refers || needs || belongs {
            found.push(own);
        }
    }
    found
}
