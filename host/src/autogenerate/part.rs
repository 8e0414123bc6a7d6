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
            let below: Vec<Id> = schema
                .objects
                .iter()
                .filter(|object| wanted.contains(&id(object)))
                .flat_map(needed)
                .collect();
            wanted.extend(below);
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

/// What has to be known of a schema to write operations on it as statements: all but tables that these have nothing to do with,
/// however many there are.
pub(crate) fn without_others(schema: &Schema, operations: &[Operation]) -> Schema {
    let changed = touched(operations);
    let mut wanted: BTreeSet<Id> = touched_by_reference(schema, &changed).into_iter().collect();
    for operation in operations {
        let after = match operation {
            Operation::Replace { after, .. } | Operation::Alter { after, .. } => Some(after),
            _ => None,
        };
        for object in after.into_iter().chain([operation.object()]) {
            wanted.extend(needed(object));
            wanted.extend(referred(object));
        }
    }
    wanted.extend(changed);
    let mut others: Vec<&SchemaObject> = schema.objects.iter().collect();
    loop {
        let before = others.len();
        others.retain(|object| {
            let is_wanted =
                wanted.contains(&id(object)) || needed(object).any(|it| wanted.contains(&it));
            if is_wanted {
                wanted.insert(id(object));
                wanted.extend(needed(object));
            }
            !is_wanted
        });
        if others.len() == before {
            break;
        }
    }
    let is_kept =
        |object: &&SchemaObject| object.as_table().is_none() || wanted.contains(&id(object));
    schema.with(schema.objects.iter().filter(is_kept).cloned().collect())
}

/// What an object needs.
fn needed(object: &SchemaObject) -> impl Iterator<Item = Id> {
    let needed = object.depends_on.iter();
    needed.map(|it| (it.kind.clone(), it.name.clone()))
}

/// The tables that the foreign keys of one refer to.
fn referred(object: &SchemaObject) -> impl Iterator<Item = Id> {
    let keys = object.as_table().map(|table| table.foreign_keys.as_slice());
    let keys = keys.unwrap_or_default().iter();
    keys.map(|key| (SchemaObject::TABLE.to_owned(), key.table.clone()))
}

fn id(object: &SchemaObject) -> Id {
    (object.kind.clone(), object.name.clone())
}

/// What refers to, needs or is referred to by what is wanted, and what belongs to its tables.
fn touched_by_reference(schema: &Schema, wanted: &BTreeSet<Id>) -> Vec<Id> {
    let mut found = Vec::new();
    for object in &schema.objects {
        let own = id(object);
        if wanted.contains(&own) {
            found.extend(referred(object));
            continue;
        }
        let table = object.name.table();
        let table = table.map(|table| (SchemaObject::TABLE.to_owned(), table));
        let mut ties = referred(object).chain(needed(object)).chain(table);
        if ties.any(|it| wanted.contains(&it)) {
            found.push(own);
        }
    }
    found
}
