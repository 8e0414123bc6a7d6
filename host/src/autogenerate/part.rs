//! The part of a schema that operations have to do with.

use std::borrow::Cow;

use dapter_plugin_api::schema::SchemaObject;
use dapter_plugin_api::{ObjectName, Operation, Schema};

use foldhash::HashSet;

use super::remembered::without_outward_references;

/// A kind and a name.
type Id<'s> = (&'s str, Cow<'s, ObjectName>);

/// What identifies the objects that operations change, under every name that they have on the way.
fn touched(operations: &[Operation]) -> HashSet<Id<'_>> {
    let mut touched = HashSet::default();
    for operation in operations {
        for object in objects(operation) {
            touched.insert(id(object));
            touched.extend(table_of(object));
        }
        if let Operation::Rename { object, to } = operation {
            let name = ObjectName {
                name: to.clone(),
                ..object.name.clone()
            };
            touched.insert((&object.kind, Cow::Owned(name)));
        }
    }
    touched
}

/// What an operation is about, as it is before and as it is afterwards.
fn objects(operation: &Operation) -> impl Iterator<Item = &SchemaObject> {
    let after = match operation {
        Operation::Replace { after, .. } | Operation::Alter { after, .. } => Some(after),
        Operation::Create { .. } | Operation::Drop { .. } | Operation::Rename { .. } => None,
    };
    [operation.object()].into_iter().chain(after)
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
            let below: Vec<Id<'_>> = schema
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
    let is_wanted = |name: &ObjectName| wanted.contains(&table(name));
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
    let there: HashSet<Id<'_>> = built.objects.iter().map(id).collect();
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
    let mut wanted: HashSet<Id<'_>> = touched_by_reference(schema, &changed).into_iter().collect();
    for object in operations.iter().flat_map(objects) {
        wanted.extend(needed(object));
        wanted.extend(referred(object));
    }
    wanted.extend(changed);
    let mut others: Vec<&SchemaObject> = schema.objects.iter().collect();
    loop {
        let before = others.len();
        others.retain(|object| {
            let is_wanted =
                wanted.contains(&id(object)) || bound(object).any(|it| wanted.contains(&it));
            if is_wanted {
                wanted.insert(id(object));
                wanted.extend(bound(object));
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
fn needed(object: &SchemaObject) -> impl Iterator<Item = Id<'_>> {
    let needed = object.depends_on.iter();
    needed.map(|it| (it.kind.as_str(), Cow::Borrowed(&it.name)))
}

/// The same but for tables that it only refers to: chains of references lead everywhere.
fn bound(object: &SchemaObject) -> impl Iterator<Item = Id<'_>> {
    let only_refers = |needed: &Id<'_>, columns: &[String]| {
        !columns.is_empty()
            && referred(object).any(|it| it == *needed)
            && object
                .as_table()
                .is_some_and(|it| !it.inherits.contains(&needed.1))
    };
    let ids = needed(object).zip(&object.depends_on);
    ids.filter(move |(id, needed)| !only_refers(id, &needed.columns))
        .map(|(id, _)| id)
}

/// The tables that the foreign keys of one refer to.
fn referred(object: &SchemaObject) -> impl Iterator<Item = Id<'_>> {
    let keys = object.as_table().map(|table| table.foreign_keys.as_slice());
    let keys = keys.unwrap_or_default().iter();
    keys.map(|key| table(&key.table))
}

/// The table that an object belongs to.
fn table_of(object: &SchemaObject) -> Option<Id<'_>> {
    let table = object.name.table()?;
    Some((SchemaObject::TABLE, Cow::Owned(table)))
}

fn table(name: &ObjectName) -> Id<'_> {
    (SchemaObject::TABLE, Cow::Borrowed(name))
}

fn id(object: &SchemaObject) -> Id<'_> {
    (&object.kind, Cow::Borrowed(&object.name))
}

/// What refers to, needs or is referred to by what is wanted, and what belongs to its tables.
fn touched_by_reference<'s>(schema: &'s Schema, wanted: &HashSet<Id<'s>>) -> Vec<Id<'s>> {
    let mut found = Vec::new();
    for object in &schema.objects {
        let own = id(object);
        if wanted.contains(&own) {
            found.extend(referred(object));
            continue;
        }
        let ties = referred(object).chain(needed(object));
        if ties.chain(table_of(object)).any(|it| wanted.contains(&it)) {
            found.push(own);
        }
    }
    found
}
