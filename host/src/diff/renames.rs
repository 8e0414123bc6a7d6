//! What is declared to have another name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use dapter_plugin_api::schema::{SchemaObject, Table};

use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};

use super::column_names::call_column;
use super::value_names::{Lister, call_value, is_in_body, listers, lists};

/// A declaration that something is called otherwise now: `users=people`, `users.name=users.full_name`, `mood.sad=mood.blue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// What it was called.
    pub from: String,
    /// What it is called now.
    pub to: String,
}

/// Why a rename cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenameError {
    /// It is not written as it should be.
    #[error("`{0}` is no rename")]
    Form(String),
    /// There is no such thing.
    #[error("there is no table, column or listed value `{0}` to rename")]
    Missing(String),
    /// It may mean several things.
    #[error("`{0}` means more than one thing, so it cannot be renamed")]
    Ambiguous(String),
    /// It is not to be there under its new name.
    #[error("`{from}` cannot be renamed: there is to be no `{to}`")]
    Unwanted {
        /// What it was called.
        from: String,
        /// What it was to be called.
        to: String,
    },
    /// It is to be there under its old name too.
    #[error("`{0}` cannot be renamed: it is to be there too")]
    Stays(String),
    /// Something else is called so already.
    #[error("`{from}` cannot be renamed: there is a `{to}` already")]
    Taken {
        /// What it was called.
        from: String,
        /// What it was to be called.
        to: String,
    },
    /// Models say that it was called otherwise, and both are there.
    #[error(
        "`{to}` was `{from}` before, it is said, and both are there: which rows are to stay cannot be told"
    )]
    Both {
        /// What it was called, they say.
        from: String,
        /// What it is called.
        to: String,
    },
    /// A thing stays where it is.
    #[error("`{from}` cannot become `{to}`: what is renamed stays in its table and schema")]
    Elsewhere {
        /// What it was called.
        from: String,
        /// What it was to be called.
        to: String,
    },
}

impl RenameError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            RenameError::Form(_) => {
                "write OLD=NEW: users=people, users.name=users.full_name, or mood.sad=mood.blue"
            }
            RenameError::Both { .. } => {
                "take the former name out of the models, if the old one is to go with what is in it"
            }
            RenameError::Ambiguous(_) => {
                "write the statements by hand, in a script that `dapter create --empty` makes"
            }
            _ => "`dapter diff` shows what there is, and what there is to be",
        }
    }
}

impl FromStr for Rename {
    type Err = RenameError;

    fn from_str(text: &str) -> Result<Self, RenameError> {
        let form = || RenameError::Form(text.to_owned());
        let (from, to) = text.split_once('=').ok_or_else(form)?;
        let (from, to) = (from.trim().to_owned(), to.trim().to_owned());
        match from.is_empty() || to.is_empty() || from == to {
            true => Err(form()),
            false => Ok(Rename { from, to }),
        }
    }
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.from, self.to)
    }
}

/// What renames do.
pub(super) struct Renamed<'s> {
    pub(super) operations: Vec<Operation>,
    /// What there is behind them.
    pub(super) schema: Cow<'s, Schema>,
    /// What names the renamed and is no table: as it was, by its kind and its name behind them.
    pub(super) named: BTreeMap<(String, ObjectName), SchemaObject>,
}

/// The operations that rename, and what there is behind them.
pub(super) fn renamed<'s>(
    current: &'s Schema,
    desired: &Schema,
    renames: &[Rename],
) -> Result<Renamed<'s>, RenameError> {
    if renames.is_empty() {
        return Ok(Renamed {
            operations: Vec::new(),
            schema: Cow::Borrowed(current),
            named: BTreeMap::new(),
        });
    }
    let mut schema = current.clone();
    let mut operations = Vec::new();
    for (at, rename) in renames.iter().enumerate() {
        let later = &renames[at + 1..];
        operations.push(rename_one(&mut schema, desired, rename, later)?);
    }
    let called: Vec<(&str, &ObjectName)> = operations
        .iter()
        .map(|operation| (operation.object().kind.as_str(), &operation.object().name))
        .collect();
    let mut named = named(current, &schema, &called);
    named.extend(with_bodies(current, &operations));
    schema.objects.sort();
    Ok(Renamed {
        operations,
        schema: Cow::Owned(schema),
        named,
    })
}

/// The operation that renames one thing, behind which the schema has it under its new name. Others are renamed later.
pub(super) fn rename_one(
    schema: &mut Schema,
    desired: &Schema,
    rename: &Rename,
    later: &[Rename],
) -> Result<Operation, RenameError> {
    let found = schema
        .objects
        .iter()
        .position(|object| object.as_table().is_some() && object.name.to_string() == rename.from);
    if let Some(at) = found {
        return table(schema, desired, at, rename);
    }
    let listers = listers(schema, &rename.from);
    match (&listers[..], column_at(schema, &rename.from)) {
        ([], _) => column(schema, desired, rename),
        ([(lister, before)], None) => value(schema, desired, (lister, before), rename, later),
        _ => Err(RenameError::Ambiguous(rename.from.clone())),
    }
}

/// Functions that have a value of a type in their bodies which is called otherwise: they can be made while it is called so.
fn with_bodies(
    current: &Schema,
    operations: &[Operation],
) -> BTreeMap<(String, ObjectName), SchemaObject> {
    let changes = operations.iter().flat_map(|operation| match operation {
        Operation::Alter { changes, .. } => changes.as_slice(),
        _ => &[],
    });
    let values = changes.filter_map(|change| match change {
        TableChange::RenameValue { column, from, .. } if column.is_empty() => Some(from),
        _ => None,
    });
    let values: Vec<&String> = values.collect();
    let functions = current.objects.iter();
    functions
        .filter(|object| values.iter().any(|value| is_in_body(object, value)))
        .map(|object| ((object.kind.clone(), object.name.clone()), object.clone()))
        .collect()
}

/// What needs one of these objects, by whatever name, or needs what does. The two schemas' objects stand in the same order.
fn named(
    before: &Schema,
    behind: &Schema,
    called: &[(&str, &ObjectName)],
) -> BTreeMap<(String, ObjectName), SchemaObject> {
    let mut named = BTreeMap::new();
    loop {
        let count = named.len();
        for (old, new) in before.objects.iter().zip(&behind.objects) {
            let is_one = |kind: &str, name: &ObjectName| {
                called.contains(&(kind, name))
                    || named.contains_key(&(kind.to_owned(), name.clone()))
            };
            let table = |object: &SchemaObject| {
                let table = object.name.table();
                table.is_some_and(|table| is_one(SchemaObject::TABLE, &table))
            };
            let needs = |object: &SchemaObject| {
                let mut needed = object.depends_on.iter();
                needed.any(|needed| is_one(&needed.kind, &needed.name)) || table(object)
            };
            if old.as_table().is_none() && (needs(old) || needs(new)) {
                named.insert((new.kind.clone(), new.name.clone()), old.clone());
            }
        }
        if named.len() == count {
            return named;
        }
    }
}

fn table(
    schema: &mut Schema,
    desired: &Schema,
    at: usize,
    rename: &Rename,
) -> Result<Operation, RenameError> {
    let Rename { from, to } = rename.clone();
    let object = schema.objects[at].clone();
    let name = match object.name.schema.is_empty() {
        true => to.as_str(),
        false => to
            .strip_prefix(&format!("{}.", object.name.schema))
            .ok_or_else(|| RenameError::Elsewhere {
                from: from.clone(),
                to: to.clone(),
            })?,
    };
    let new = ObjectName {
        name: name.to_owned(),
        ..object.name.clone()
    };
    if desired.get(&object.kind, &new).is_none() {
        return Err(RenameError::Unwanted { from, to });
    }
    if schema.get(&object.kind, &new).is_some() {
        return Err(RenameError::Taken { from, to });
    }
    call_object(schema, &object.kind, &object.name, &new);
    Ok(Operation::Rename {
        object,
        to: new.name,
    })
}

fn column(
    schema: &mut Schema,
    desired: &Schema,
    rename: &Rename,
) -> Result<Operation, RenameError> {
    let Rename { from, to } = rename.clone();
    let missing = || RenameError::Missing(from.clone());
    let (of, old) = from.rsplit_once('.').ok_or_else(missing)?;
    // The table's name is said again, or the column's alone.
    let (to_of, new) = to.rsplit_once('.').unwrap_or((of, &to));
    if to_of != of {
        return Err(RenameError::Elsewhere { from, to });
    }
    let at = column_at(schema, &from).ok_or_else(missing)?;
    let before = schema.objects[at].clone();
    let has = |object: Option<&SchemaObject>| {
        let table = object.and_then(SchemaObject::as_table);
        table.is_some_and(|table| table.column(new).is_some())
    };
    if !has(desired.get(&before.kind, &before.name)) {
        return Err(RenameError::Unwanted { from, to });
    }
    if has(Some(&before)) {
        return Err(RenameError::Taken { from, to });
    }
    let (old, new) = (old.to_owned(), new.to_owned());
    let wanted = desired.get(&before.kind, &before.name);
    let wanted = wanted.and_then(SchemaObject::as_table);
    call_column(schema, &before.name, (&old, &new), wanted);
    let after = schema.objects[at].clone();
    Ok(Operation::Alter {
        before,
        after,
        changes: vec![TableChange::RenameColumn { from: old, to: new }],
    })
}

/// The place of the table whose column is called so.
pub(super) fn column_at(schema: &Schema, named: &str) -> Option<usize> {
    let (of, column) = named.rsplit_once('.')?;
    let has = |table: &Table| table.column(column).is_some();
    schema
        .objects
        .iter()
        .position(|object| object.name.to_string() == of && object.as_table().is_some_and(has))
}

fn value(
    schema: &mut Schema,
    desired: &Schema,
    (lister, before): (&Lister, &str),
    rename: &Rename,
    later: &[Rename],
) -> Result<Operation, RenameError> {
    let Rename { from, to } = rename.clone();
    let old = from.strip_prefix(before).unwrap_or(&from);
    // What lists the value is said again, or the value alone.
    let new = to.strip_prefix(before).unwrap_or(&to);
    if lists(desired, lister, old) {
        return Err(RenameError::Stays(from));
    }
    if !lists(desired, lister, new) {
        return Err(RenameError::Unwanted { from, to });
    }
    if lists(schema, lister, new) {
        return Err(RenameError::Taken { from, to });
    }
    // What is wanted in the end lists no former value any more, which the next of this list has to find.
    let is_next = |other: &Rename| {
        listers(schema, &other.from)
            .iter()
            .any(|(it, _)| it == lister)
    };
    let wanted = match lister {
        Lister::Column(..) if later.iter().any(is_next) => None,
        _ => Some(desired),
    };
    let called = call_value(schema, lister, (old, new), wanted);
    called.ok_or(RenameError::Missing(from))
}

/// Calls an object otherwise, wherever the schema names it.
pub(crate) fn call_object(schema: &mut Schema, kind: &str, old: &ObjectName, new: &ObjectName) {
    let is_table = kind == SchemaObject::TABLE;
    let between = &schema.rules.names_follow_tables;
    for other in &mut schema.objects {
        if other.kind == kind && other.name == *old {
            other.name = new.clone();
            if let Some(table) = other.as_table_mut() {
                table.rename_constraints(between, &old.name, &new.name);
            }
        }
        if is_table && other.name.table().as_ref() == Some(old) {
            other.name.table.clone_from(&new.name);
        }
        for needed in &mut other.depends_on {
            if needed.kind == kind && needed.name == *old {
                needed.name = new.clone();
            }
        }
        let names = |table: &Table| {
            let keys = table.foreign_keys.iter().map(|key| &key.table);
            let parents = table.inherits.iter().chain(&table.partitioning.of);
            keys.chain(parents).any(|name| name == old)
        };
        if is_table
            && other.as_table().is_some_and(names)
            && let Some(table) = other.as_table_mut()
        {
            for key in &mut table.foreign_keys {
                if key.table == *old {
                    key.table = new.clone();
                }
            }
            for parent in table.inherits.iter_mut().chain(&mut table.partitioning.of) {
                if *parent == *old {
                    *parent = new.clone();
                }
            }
        }
    }
}
