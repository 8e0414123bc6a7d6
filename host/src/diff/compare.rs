//! From two schemas to operations.

use dapter_plugin_api::{Operation, Schema};

use super::changes::Changes;
use super::renames::{Rename, RenameError, renamed};
use super::{dependents, order, references, spelling};

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
    let aligned;
    let desired = match current.rules.names_ignore_case {
        true => {
            aligned = spelling::aligned(current, desired);
            &aligned
        }
        false => desired,
    };
    let (renamings, current) = renamed(current, desired, renames)?;
    let rules = &current.rules;
    let changes = Changes::between(&current, desired);
    let changes = dependents::made_again(changes, &current, desired);
    let rest = references::apart(changes.operations(), rules);
    Ok(order::ordered(renamings, rest))
}

/// The operations that undo these.
#[must_use]
pub fn reversed(operations: &[Operation]) -> Vec<Operation> {
    operations.iter().rev().map(Operation::reversed).collect()
}
