//! The statements that operations become, one after the other.

use super::{object, portable, sequence};
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
pub(super) struct Script<'r> {
    pub(super) operations: &'r [Operation],
    pub(super) current: &'r Schema,
    /// Whether others go on working meanwhile.
    pub(super) online: bool,
    pub(super) statements: Vec<String>,
    /// Whether a statement has to run outside a transaction.
    pub(super) outside: bool,
}

impl Script<'_> {
    pub(super) fn put(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    /// The tables as they are once all operations are done: those that are made too.
    pub(super) fn tables_in_the_end(&self) -> Vec<&SchemaObject> {
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
    pub(super) fn has_sequence(&self, name: &ObjectName, is_made: fn(&Operation) -> bool) -> bool {
        self.operations.iter().any(|operation| {
            let object = operation.object();
            is_made(operation) && matches!(object.body, Body::Sequence(_)) && object.name == *name
        })
    }
}
