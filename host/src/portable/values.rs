//! Listed values that get another name.

use dapter_plugin_api::schema::{Body, SchemaObject};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};

use super::model::around;
use super::operation::ValueOf;
use super::resolve::{PortableError, Unknown, table};
use crate::diff::{Lister, call_value, has_list, lister, lists};

/// What calls a value otherwise, and what of the schema an adapter has to know for it. A value of a column is one of its type,
/// if that has a name of its own; where nothing lists the column's values, it is in the rows alone.
pub(super) fn value_renamed(
    of: &ValueOf,
    (value, to): (&str, &str),
    schema: &mut Schema,
    unknown: Unknown,
) -> Result<(Operation, Schema), PortableError> {
    let missing = |what: String| PortableError::Unknown {
        op: "rename_value",
        what,
    };
    let (lister, shown) = match of {
        ValueOf::Type(name) => {
            let kind = type_of(schema, name).map(|object| object.kind.clone());
            let kind = kind.ok_or_else(|| missing(format!("the type {name}")))?;
            (Lister::Type(kind, name.clone()), name.to_string())
        }
        ValueOf::Column { table, column } => {
            let shown = format!("{table}.{column}");
            let found = schema.get(SchemaObject::TABLE, table);
            let found = found.and_then(|object| object.as_table()?.column(column));
            let lister = match (found, unknown) {
                (Some(column), _) => lister(schema, table, column),
                (None, Unknown::Assumed) => Lister::Column(table.clone(), column.clone()),
                (None, Unknown::Refused) => return Err(missing(format!("the column {shown}"))),
            };
            (lister, shown)
        }
    };
    let (known, is_plain) = match &lister {
        Lister::Type(..) => (schema.clone(), false),
        Lister::Column(name, column) => {
            let table = schema.get(SchemaObject::TABLE, name);
            let table = table.and_then(SchemaObject::as_table);
            let listed = table.and_then(|table| Some(has_list(table, table.column(column)?)));
            (around(schema, name), listed != Some(true))
        }
    };
    if !is_plain && !lists(schema, &lister, value) {
        return Err(missing(format!("the value {shown}.{value}")));
    }
    if lists(schema, &lister, to) {
        return Err(PortableError::Taken(format!("{shown}.{to}")));
    }
    let operation = call_value(schema, &lister, (value, to), None);
    let operation = operation.unwrap_or_else(|| alone(schema, &lister, (value, to)));
    Ok((operation, known))
}

fn type_of<'s>(schema: &'s Schema, name: &ObjectName) -> Option<&'s SchemaObject> {
    let mut objects = schema.objects.iter();
    objects.find(|object| matches!(object.body, Body::Enumeration(_)) && object.name == *name)
}

/// The rows alone, of a table that is not known.
fn alone(schema: &Schema, lister: &Lister, (value, to): (&str, &str)) -> Operation {
    let (Lister::Type(_, name) | Lister::Column(name, _)) = lister;
    let column = match lister {
        Lister::Column(_, column) => column.clone(),
        Lister::Type(..) => String::new(),
    };
    let object = table(schema, name);
    Operation::Alter {
        before: object.clone(),
        after: object,
        changes: vec![TableChange::RenameValue {
            column,
            from: value.to_owned(),
            to: to.to_owned(),
        }],
    }
}
