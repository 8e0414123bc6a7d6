//! Foreign keys of others to a key that is replaced.

use std::collections::BTreeMap;

use dapter_plugin_api::schema::{ForeignKey, Key, SchemaObject};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange, TablePart};

/// Lets the foreign keys that stay go before the key that they refer to, and come again behind it, where they stand in the way
/// of that.
pub(super) fn with_references(
    mut operations: Vec<Operation>,
    current: &Schema,
    desired: &Schema,
) -> Vec<Operation> {
    if !current.rules.dependents_block {
        return operations;
    }
    let replaced: BTreeMap<ObjectName, Vec<Key>> =
        operations.iter().filter_map(keys_that_go).collect();
    if replaced.is_empty() {
        return operations;
    }
    for object in &current.objects {
        let after = desired.get(&object.kind, &object.name);
        let after = after.and_then(SchemaObject::as_table);
        let (Some(table), Some(after)) = (object.as_table(), after) else {
            continue;
        };
        let blocks = |key: &&ForeignKey| {
            let mut gone = replaced.get(&key.table).into_iter().flatten();
            after.foreign_keys.contains(key) && gone.any(|gone| refers(key, gone))
        };
        let keys: Vec<ForeignKey> = table.foreign_keys.iter().filter(blocks).cloned().collect();
        if !keys.is_empty() {
            again(&mut operations, object, &keys);
        }
    }
    operations
}

/// The keys that a table loses.
fn keys_that_go(operation: &Operation) -> Option<(ObjectName, Vec<Key>)> {
    let Operation::Alter {
        before, changes, ..
    } = operation
    else {
        return None;
    };
    let keys = changes.iter().filter_map(|change| match change {
        TableChange::Remove {
            part: TablePart::PrimaryKey(key) | TablePart::Unique(key),
        } => Some(key.clone()),
        _ => None,
    });
    let keys: Vec<Key> = keys.collect();
    (!keys.is_empty()).then(|| (before.name.clone(), keys))
}

fn refers(reference: &ForeignKey, key: &Key) -> bool {
    let mut own: Vec<&String> = key.columns.iter().map(|part| &part.column).collect();
    let mut referred: Vec<&String> = reference.references.iter().collect();
    own.sort();
    referred.sort();
    own == referred
}

/// Removes foreign keys first and adds them last in what happens to their table.
fn again(operations: &mut Vec<Operation>, object: &SchemaObject, keys: &[ForeignKey]) {
    let parts = || keys.iter().cloned().map(TablePart::ForeignKey);
    let removals = parts().map(|part| TableChange::Remove { part });
    let additions = parts().map(|part| TableChange::Add { part });
    let own = operations.iter_mut().find_map(|operation| match operation {
        Operation::Alter {
            before, changes, ..
        } if before.name == object.name => Some(changes),
        _ => None,
    });
    match own {
        Some(changes) => {
            changes.splice(0..0, removals);
            changes.extend(additions);
        }
        None => operations.push(Operation::Alter {
            before: object.clone(),
            after: object.clone(),
            changes: removals.chain(additions).collect(),
        }),
    }
}
