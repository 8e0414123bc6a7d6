//! Operations as statements, one after the other.

use super::{alter, portable, rebuild, table};
use crate::canonical::name;
use dapter_plugin_api::schema::Body;
use dapter_plugin_api::{
    AdapterError, ErrorKind, Operation, Rendered, Rendering, Result, SchemaObject,
};

/// The statements of operations, in their order.
pub(crate) fn render(rendering: &Rendering) -> Result<Rendered> {
    let rendering = rendering.with_native_types(portable::type_of);
    let mut statements = Vec::new();
    for (index, operation) in rendering.operations.iter().enumerate() {
        let before = &rendering.operations[..index];
        statements.extend(match operation {
            Operation::Create { object } => create(object)?,
            Operation::Drop { object } => vec![drop_statement(object)],
            Operation::Rename { object, to } => vec![format!(
                "ALTER TABLE {} RENAME TO {}",
                name(&object.name.name),
                name(to)
            )],
            Operation::Replace { before, after } => {
                let mut statements = vec![drop_statement(before)];
                statements.extend(create(after)?);
                statements
            }
            Operation::Alter {
                before: old,
                after: new,
                changes,
            } => match alter::statements(old, new, changes) {
                Some(statements) => statements,
                None => rebuild::statements(old, new, changes, &rendering.current, before)?,
            },
        });
    }
    Ok(Rendered {
        statements,
        outside_transaction: false,
    })
}

fn create(object: &SchemaObject) -> Result<Vec<String>> {
    match &object.body {
        Body::Table(table) => {
            let mut statements = vec![table::create(&object.name.name, table)];
            let indexes = table.indexes.iter();
            statements.extend(indexes.map(|index| table::create_index(&object.name.name, index)));
            Ok(statements)
        }
        Body::Definition(definition) => {
            let statements = definition.statements(|| name(&object.name.name));
            Ok(statements.into_owned())
        }
        _ => Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!("SQLite has no {} like {}", object.kind, object.name),
        )),
    }
}

fn drop_statement(object: &SchemaObject) -> String {
    let word = match object.kind.as_str() {
        "view" => "VIEW",
        "trigger" => "TRIGGER",
        _ => "TABLE",
    };
    format!("DROP {word} {}", name(&object.name.name))
}
