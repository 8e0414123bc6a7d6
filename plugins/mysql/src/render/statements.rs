//! The operations one after the other.

use super::alter::{self, Altered};
use super::dialect::Dialect;
use super::object;
use super::suspend::State;
use dapter_plugin_api::{Operation, Rendered, Rendering, Result};

/// Writes operations as statements.
///
/// # Errors
/// What no server does, by the name of the object.
pub(crate) fn render(rendering: &Rendering) -> Result<Rendered> {
    let dialect = Dialect::of(rendering);
    let mut state = State::of(&rendering.current);
    let mut statements = Vec::new();
    for operation in &rendering.operations {
        match operation {
            Operation::Create { object } => statements.extend(object::create(object, &state, dialect)?),
            Operation::Drop { object } => statements.extend(object::drop(object)),
            Operation::Rename { object, to } => statements.extend(object::rename(object, to, &state)?),
            Operation::Replace { before, after } => {
                statements.extend(object::replace(before, after, &state, dialect)?);
            }
            Operation::Alter { before, after, changes } => {
                statements.extend(state.make_way(before, after, changes));
                let changes = &state.left_to_do(&before.name, changes, dialect);
                let altered = Altered { before, after, changes };
                statements.extend(alter::table(altered, &state, dialect)?);
            }
        }
        state.follow(operation);
    }
    statements.extend(state.put_back()?);
    Ok(Rendered {
        statements,
        outside_transaction: false,
    })
}
