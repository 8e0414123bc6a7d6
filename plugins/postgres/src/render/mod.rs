//! Operations on a schema as statements.
//!
//! - `object` what holds for objects of every kind: making, removing, renaming, comments, grants
//! - `table`, `column`, `part` the statements that make a table
//! - `alter`, `alter_column`, `option` what `ALTER TABLE` does, several changes in one
//! - `numbering` identities, `serial`, and the sequences behind them
//! - `sequence`, `enumeration`, `domain`, `composite` the objects of these kinds
//! - `spread` what a table inherits from, or is a part of
//!
//! Source: the chapter "SQL Commands" of PostgreSQL's documentation.

mod alter;
mod alter_column;
mod cast;
mod column;
mod composite;
mod domain;
mod enumeration;
mod name;
mod numbering;
mod object;
mod option;
mod part;
mod portable;
mod sequence;
mod spread;
mod table;

use dapter_plugin_api::schema::{Body, Schema, SchemaObject};
use dapter_plugin_api::{ObjectName, Operation, Rendered, Rendering, Result};

/// The statements of operations, in their order.
pub(crate) fn render(rendering: &Rendering) -> Result<Rendered> {
    let native;
    let rendering = match rendering.portable_types {
        true => {
            native = portable::native(rendering);
            &native
        }
        false => rendering,
    };
    let mut script = Script {
        operations: &rendering.operations,
        current: &rendering.current,
        online: rendering.online,
        statements: Vec::new(),
        outside: false,
    };
    for operation in &rendering.operations {
        object::operation(&mut script, operation)?;
    }
    sequence::owners(&mut script);
    Ok(Rendered {
        statements: script.statements,
        outside_transaction: script.outside,
    })
}

/// The statements that there are so far, and what they are made from.
struct Script<'r> {
    operations: &'r [Operation],
    current: &'r Schema,
    /// Whether others go on working meanwhile.
    online: bool,
    statements: Vec<String>,
    /// Whether a statement has to run outside a transaction.
    outside: bool,
}

impl Script<'_> {
    fn put(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    /// The tables as they are once all operations are done: those that are made too.
    fn tables_in_the_end(&self) -> Vec<&SchemaObject> {
        let changed = |table: &&SchemaObject| {
            !self.operations.iter().any(|operation| {
                let object = operation.object();
                object.kind == table.kind && object.name == table.name
            })
        };
        let stay = self.current.objects.iter();
        let stay = stay.filter(|object| object.as_table().is_some());
        let made = self
            .operations
            .iter()
            .filter_map(|operation| match operation {
                Operation::Create { object } => Some(object),
                Operation::Alter { after, .. } => Some(after),
                _ => None,
            });
        let made = made.filter(|object| object.as_table().is_some());
        stay.filter(changed).chain(made).collect()
    }

    /// Whether a sequence of this name is made, or removed, by an operation of its own.
    fn has_sequence(&self, name: &ObjectName, is_made: fn(&Operation) -> bool) -> bool {
        self.operations.iter().any(|operation| {
            let object = operation.object();
            is_made(operation) && matches!(object.body, Body::Sequence(_)) && object.name == *name
        })
    }
}

#[cfg(test)]
mod tests;
