//! Objects that come, go and change.

use std::collections::BTreeMap;

use dapter_plugin_api::schema::{Body, SchemaObject, SchemaRules};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};

use super::table;

/// What identifies an object.
pub(super) type Id<'s> = (&'s str, &'s ObjectName);

pub(super) fn id(object: &SchemaObject) -> Id<'_> {
    (&object.kind, &object.name)
}

/// What happens to an object.
#[derive(Debug)]
pub(super) enum Change<'s> {
    Create(&'s SchemaObject),
    Drop(&'s SchemaObject),
    /// It becomes another one where it is.
    Alter(&'s SchemaObject, &'s SchemaObject),
    /// A table changes where it is, by these.
    AlterTable(&'s SchemaObject, &'s SchemaObject, Vec<TableChange>),
    /// It is removed and made again.
    Again(&'s SchemaObject, &'s SchemaObject),
}

/// What happens to the objects that do not stay as they are.
#[derive(Debug, Default)]
pub(super) struct Changes<'s>(pub(super) BTreeMap<Id<'s>, Change<'s>>);

impl<'s> Changes<'s> {
    pub(super) fn between(current: &'s Schema, desired: &'s Schema) -> Self {
        let mut changes = BTreeMap::new();
        let desired: BTreeMap<Id<'_>, &SchemaObject> = by_id(desired);
        for object in &current.objects {
            let change = match desired.get(&id(object)) {
                None => Some(Change::Drop(object)),
                Some(after) => altered(object, after, &current.rules),
            };
            changes.extend(change.map(|change| (id(object), change)));
        }
        let current = by_id(current);
        for (id, object) in desired {
            if !current.contains_key(&id) {
                changes.insert(id, Change::Create(object));
            }
        }
        Changes(changes)
    }

    /// Lets objects be removed and made again rather than be changed.
    pub(super) fn again(&mut self, which: impl Fn(&SchemaObject) -> bool) {
        for change in self.0.values_mut() {
            if let Change::Alter(before, after) = *change
                && which(before)
                && before.body != after.body
            {
                *change = Change::Again(before, after);
            }
        }
    }

    pub(super) fn operations(self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for change in self.0.into_values() {
            match change {
                Change::Create(object) => operations.push(Operation::Create {
                    object: object.clone(),
                }),
                Change::Drop(object) => operations.push(Operation::Drop {
                    object: object.clone(),
                }),
                Change::Again(before, after) => {
                    operations.push(Operation::Drop {
                        object: before.clone(),
                    });
                    operations.push(Operation::Create {
                        object: after.clone(),
                    });
                }
                Change::Alter(before, after) => operations.push(Operation::Replace {
                    before: before.clone(),
                    after: after.clone(),
                }),
                Change::AlterTable(before, after, changes) => operations.push(Operation::Alter {
                    before: before.clone(),
                    after: after.clone(),
                    changes,
                }),
            }
        }
        operations
    }
}

pub(super) fn by_id(schema: &Schema) -> BTreeMap<Id<'_>, &SchemaObject> {
    let objects = schema.objects.iter();
    objects.map(|object| (id(object), object)).collect()
}

fn altered<'s>(
    before: &'s SchemaObject,
    after: &'s SchemaObject,
    rules: &SchemaRules,
) -> Option<Change<'s>> {
    let alike = match (&before.body, &after.body) {
        (Body::Definition(old), Body::Definition(new)) => old.is_like(new),
        (old, new) => old == new,
    };
    let same = alike && before.comment == after.comment && before.grants == after.grants;
    if same {
        return None;
    }
    match (&before.body, &after.body) {
        (Body::Table(_), Body::Table(_)) => {
            let changes = table::changes(before, after, rules);
            (!changes.is_empty()).then_some(Change::AlterTable(before, after, changes))
        }
        (Body::Definition(old), Body::Definition(new)) => {
            let in_place = match (&old.replaceable, &new.replaceable) {
                (Some(old), Some(new)) => old == new,
                // What is said about it can be changed whatever it is.
                _ => alike,
            };
            Some(match in_place {
                true => Change::Alter(before, after),
                false => Change::Again(before, after),
            })
        }
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) => {
            Some(Change::Alter(before, after))
        }
        _ => Some(Change::Again(before, after)),
    }
}
