//! The operations one after the other.

use super::alter::Altered;
use super::change::without_renamed_keys;
use super::dialect::Dialect;
use super::object;
use super::suspend::State;
use super::values;
use dapter_plugin_api::{Operation, Rendered, Rendering, Result, SchemaObject};
use std::collections::VecDeque;

/// Writes operations as statements.
///
/// # Errors
/// What no server does, by the name of the object.
pub(crate) fn render(rendering: &Rendering) -> Result<Rendered> {
    let dialect = Dialect::of(rendering);
    let mut state = State::of(&rendering.current, &rendering.operations);
    let mut statements = Vec::new();
    for operation in in_order(&rendering.operations) {
        statements.extend(one(operation, &mut state, dialect)?);
        state.follow(operation);
    }
    statements.extend(state.put_back()?);
    Ok(Rendered {
        statements,
        outside_transaction: false,
    })
}

/// The operations with views last, each behind those that it needs: a view stands in nobody's way when what is below it
/// changes, and can only be made when all of that is there.
fn in_order(operations: &[Operation]) -> Vec<&Operation> {
    let (mut views, mut order): (VecDeque<&Operation>, Vec<&Operation>) =
        (VecDeque::new(), Vec::new());
    for operation in operations {
        match made(operation) {
            Some(object) if object.kind == "view" => views.push_back(operation),
            _ => order.push(operation),
        }
    }
    let mut waited = 0;
    while let Some(view) = views.pop_front() {
        let needs = |other: &&Operation| match (made(view), made(other)) {
            (Some(view), Some(other)) => view.needs(&other.kind, &other.name),
            _ => false,
        };
        // Views that need each other come as they stand, for the server to refuse.
        if waited <= views.len() && views.iter().any(needs) {
            views.push_back(view);
            waited += 1;
        } else {
            order.push(view);
            waited = 0;
        }
    }
    order
}

fn made(operation: &Operation) -> Option<&SchemaObject> {
    match operation {
        Operation::Create { object } => Some(object),
        Operation::Replace { after, .. } => Some(after),
        Operation::Drop { .. } | Operation::Rename { .. } | Operation::Alter { .. } => None,
    }
}

fn one<'a>(
    operation: &'a Operation,
    state: &mut State<'a>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    match operation {
        Operation::Create { object } => {
            let object = state.without_later(object);
            object::create(&object, state, dialect)
        }
        Operation::Drop { object } => {
            let mut statements = match object.as_table() {
                Some(_) => state.free(object),
                None => Vec::new(),
            };
            statements.extend(object::drop(object));
            Ok(statements)
        }
        Operation::Rename { object, to } => object::rename(object, to, state, dialect),
        Operation::Replace { before, after } => object::replace(before, after, state, dialect),
        Operation::Alter {
            before,
            after,
            changes,
        } => {
            let changes = without_renamed_keys(changes);
            let mut statements = state.make_way(before, after, &changes, dialect);
            let changes = state.left_to_do(&before.name, changes);
            let changes = &state.put_off(after, changes);
            let altered = Altered {
                before,
                after,
                changes,
            };
            statements.extend(values::around(altered, state, dialect)?);
            Ok(statements)
        }
    }
}
