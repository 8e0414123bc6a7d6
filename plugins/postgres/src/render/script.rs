//! The statements that operations become, one after the other.

use super::name::text;
use super::{object, portable, sequence};
use dapter_plugin_api::schema::{Body, Schema, SchemaObject};
use dapter_plugin_api::{ObjectName, Operation, Rendered, Rendering, Result, TableChange};
use std::collections::BTreeSet;

/// The statements of operations, in their order.
pub(crate) fn render(rendering: &Rendering) -> Result<Rendered> {
    let rendering = rendering.with_native_types(|column| portable::data_type(&column.data_type));
    let operations = values_first(&rendering.operations);
    let mut script = Script {
        operations: &operations,
        current: &rendering.current,
        online: rendering.online,
        done: 0,
        removed: BTreeSet::new(),
        statements: Vec::new(),
        outside: false,
    };
    for operation in &operations {
        object::operation(&mut script, operation)?;
        script.done += 1;
    }
    sequence::owners(&mut script);
    Ok(Rendered {
        statements: script.statements,
        outside_transaction: script.outside,
    })
}

/// The operations with types that get values before what is to have these: on the way back it is the other way round.
fn values_first(operations: &[Operation]) -> Vec<Operation> {
    let mut ordered = operations.to_vec();
    for at in 0..ordered.len() {
        let Operation::Replace { before, after } = &ordered[at] else {
            continue;
        };
        let (Body::Enumeration(old), Body::Enumeration(new)) = (&before.body, &after.body) else {
            continue;
        };
        let added = new.values.iter().filter(|it| !old.values.contains(it));
        let added: Vec<String> = added.map(|value| text(value)).collect();
        let has_one = |operation: &Operation| match operation {
            Operation::Create { object } | Operation::Alter { after: object, .. } => {
                let is_there = |line: &String| added.iter().any(|value| line.contains(value));
                object.needs(&after.kind, &after.name) && object.lines().iter().any(is_there)
            }
            _ => false,
        };
        if let Some(first) = ordered[..at].iter().position(has_one) {
            let operation = ordered.remove(at);
            ordered.insert(first, operation);
        }
    }
    ordered
}

/// The statements that there are so far, and what they are made from.
pub(super) struct Script<'r> {
    pub(super) operations: &'r [Operation],
    pub(super) current: &'r Schema,
    /// Whether others go on working meanwhile.
    pub(super) online: bool,
    /// How many of the operations are written.
    done: usize,
    /// Constraints and indexes that were removed before their turn, with their tables.
    pub(super) removed: BTreeSet<(ObjectName, String)>,
    pub(super) statements: Vec<String>,
    /// Whether a statement has to run outside a transaction.
    pub(super) outside: bool,
}

impl Script<'_> {
    pub(super) fn put(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    /// What later operations change in a table.
    pub(super) fn changes_to_come(&self, table: &ObjectName) -> impl Iterator<Item = &TableChange> {
        let later = self.operations[self.done..].iter();
        let changes = later.filter_map(move |operation| match operation {
            Operation::Alter {
                before, changes, ..
            } if before.name == *table => Some(changes),
            _ => None,
        });
        changes.flatten()
    }

    /// The tables as they are where the script stands now.
    pub(super) fn tables_now(&self) -> Vec<SchemaObject> {
        let tables = self.current.objects.iter();
        let mut tables: Vec<SchemaObject> = tables
            .filter(|object| object.as_table().is_some())
            .cloned()
            .collect();
        for operation in &self.operations[..self.done] {
            let object = operation.object();
            if object.as_table().is_none() {
                continue;
            }
            tables.retain(|table| table.name != object.name);
            match operation {
                Operation::Create { object } => tables.push(object.clone()),
                Operation::Alter { after, .. } => tables.push(after.clone()),
                Operation::Rename { object, to } => {
                    let mut renamed = object.clone();
                    renamed.name.name.clone_from(to);
                    tables.push(renamed);
                }
                Operation::Drop { .. } | Operation::Replace { .. } => {}
            }
        }
        tables.sort();
        tables
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
