//! From two schemas to operations.

use std::collections::BTreeSet;

use dapter_plugin_api::schema::{SchemaObject, SchemaRules};
use dapter_plugin_api::{Operation, Schema};

use super::changes::{Changes, id};
use super::renames::{Rename, RenameError, Renamed, renamed};
use super::spelling::aligned;
use super::{dependents, keys, order, references};

/// The operations that make `current` into `desired`, in an order in which they can be done. The rules are those of the
/// current schema.
///
/// # Errors
/// If what is to be renamed is not there, or what it is to be called is.
pub fn diff(
    current: &Schema,
    desired: &Schema,
    renames: &[Rename],
) -> Result<Vec<Operation>, RenameError> {
    let aligned = aligned(current, desired);
    let desired = &*aligned;
    let Renamed {
        operations: renamings,
        schema: current,
        named,
    } = renamed(current, desired, renames)?;
    let rules = &current.rules;
    let mut changes = Changes::between(&current, desired);
    changes.again(|object| named.contains_key(&(object.kind.clone(), object.name.clone())));
    let changes = dependents::made_again(changes, &current, desired);
    let operations = keys::with_references(changes.operations(), &current, desired);
    let mut rest = references::apart(operations, rules);
    let mut removed_first = BTreeSet::new();
    for operation in &mut rest {
        if let Operation::Drop { object } = operation
            && let Some(old) = named.get(&(object.kind.clone(), object.name.clone()))
        {
            *object = old.clone();
            removed_first.insert((object.kind.clone(), object.name.clone()));
        }
    }
    Ok(order::ordered(renamings, &removed_first, rest))
}

/// The operations that make these objects where nothing is, in an order in which they can be done: those of [`diff`] from an empty
/// schema, without a copy of what may be large.
#[must_use]
pub fn creations(mut objects: Vec<SchemaObject>, rules: &SchemaRules) -> Vec<Operation> {
    objects.sort_by(|one, other| id(one).cmp(&id(other)));
    let creations = objects
        .into_iter()
        .map(|object| Operation::Create { object });
    let operations = references::apart(creations.collect(), rules);
    order::ordered(Vec::new(), &BTreeSet::new(), operations)
}

/// The operations that undo these.
#[must_use]
pub fn reversed(operations: &[Operation]) -> Vec<Operation> {
    operations.iter().rev().map(Operation::reversed).collect()
}
