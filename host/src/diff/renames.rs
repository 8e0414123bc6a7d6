//! What is declared to have another name.

use std::fmt;
use std::str::FromStr;

use dapter_plugin_api::schema::{Body, Column, Index, IndexPart, Key, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};

/// A declaration that something is called otherwise now: `users=people`, `users.name=users.full_name`.
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
    #[error("there is no table or column `{0}` to rename")]
    Missing(String),
    /// It is not to be there under its new name.
    #[error("`{from}` cannot be renamed: there is to be no `{to}`")]
    Unwanted {
        /// What it was called.
        from: String,
        /// What it was to be called.
        to: String,
    },
    /// Something else is called so already.
    #[error("`{from}` cannot be renamed: there is a `{to}` already")]
    Taken {
        /// What it was called.
        from: String,
        /// What it was to be called.
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
            RenameError::Form(_) => "write OLD=NEW: users=people, or users.name=users.full_name",
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

/// The operations that rename, and what there is behind them.
pub(super) fn renamed(
    current: &Schema,
    desired: &Schema,
    renames: &[Rename],
) -> Result<(Vec<Operation>, Schema), RenameError> {
    let mut schema = current.clone();
    let mut operations = Vec::new();
    for rename in renames {
        let found = schema.objects.iter().position(|object| {
            object.as_table().is_some() && object.name.to_string() == rename.from
        });
        operations.push(match found {
            Some(at) => table(&mut schema, desired, at, rename)?,
            None => column(&mut schema, desired, rename)?,
        });
    }
    schema.objects.sort();
    Ok((operations, schema))
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
    let at = schema.objects.iter().position(|object| {
        let has = |table: &Table| table.column(old).is_some();
        object.name.to_string() == of && object.as_table().is_some_and(has)
    });
    let at = at.ok_or_else(missing)?;
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
    call_column(schema, &before.name, &old, &new);
    let after = schema.objects[at].clone();
    Ok(Operation::Alter {
        before,
        after,
        changes: vec![TableChange::RenameColumn { from: old, to: new }],
    })
}

/// Calls an object otherwise, wherever the schema names it.
pub(crate) fn call_object(schema: &mut Schema, kind: &str, old: &ObjectName, new: &ObjectName) {
    let is_table = kind == SchemaObject::TABLE;
    for other in &mut schema.objects {
        if other.kind == kind && other.name == *old {
            other.name = new.clone();
        }
        if is_table && other.name.table().as_ref() == Some(old) {
            other.name.table.clone_from(&new.name);
        }
        for needed in &mut other.depends_on {
            if needed.kind == kind && needed.name == *old {
                needed.name = new.clone();
            }
        }
        if let Body::Table(table) = &mut other.body
            && is_table
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

/// Calls a column of a table otherwise, wherever the schema names it.
pub(crate) fn call_column(schema: &mut Schema, of: &ObjectName, old: &str, new: &str) {
    for object in &mut schema.objects {
        let is_own = object.kind == SchemaObject::TABLE && object.name == *of;
        for needed in &mut object.depends_on {
            if needed.kind == SchemaObject::TABLE && needed.name == *of {
                rename_all(&mut needed.columns, old, new);
            }
        }
        if let Body::Table(table) = &mut object.body {
            for key in &mut table.foreign_keys {
                if key.table == *of {
                    rename_all(&mut key.references, old, new);
                }
            }
            if is_own {
                within(table, old, new);
            }
        }
    }
}

/// Renames a column within its table. Databases write expressions anew that name it, and so does this.
fn within(table: &mut Table, old: &str, new: &str) {
    let rename = |name: &mut String| {
        if name == old {
            new.clone_into(name);
        }
    };
    for Column {
        name, generated, ..
    } in &mut table.columns
    {
        rename(name);
        if let Some(generated) = generated {
            in_expression(&mut generated.expression, old, new);
        }
    }
    let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
    for Key {
        columns, include, ..
    } in keys
    {
        in_parts(columns, old, new);
        rename_all(include, old, new);
    }
    for key in &mut table.foreign_keys {
        rename_all(&mut key.columns, old, new);
        rename_all(&mut key.on_delete_columns, old, new);
    }
    for check in &mut table.checks {
        in_expression(&mut check.expression, old, new);
        rename(&mut check.column);
    }
    for exclusion in &mut table.exclusions {
        in_expression(&mut exclusion.definition, old, new);
    }
    for Index {
        columns,
        include,
        predicate,
        ..
    } in &mut table.indexes
    {
        in_parts(columns, old, new);
        rename_all(include, old, new);
        if let Some(predicate) = predicate {
            in_expression(predicate, old, new);
        }
    }
    in_expression(&mut table.partitioning.by, old, new);
}

fn in_parts(parts: &mut [IndexPart], old: &str, new: &str) {
    for part in parts {
        if part.column == old {
            new.clone_into(&mut part.column);
        }
        in_expression(&mut part.expression, old, new);
    }
}

fn rename_all(names: &mut [String], old: &str, new: &str) {
    for name in names.iter_mut().filter(|name| *name == old) {
        new.clone_into(name);
    }
}

/// Replaces a name in an expression, wherever it is a word by itself and no text.
fn in_expression(expression: &mut String, old: &str, new: &str) {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut written = String::with_capacity(expression.len());
    let mut rest = expression.as_str();
    let mut in_text = false;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let is_word = !in_text && !is_part(before) && rest.starts_with(old);
        if is_word && !rest[old.len()..].starts_with(is_part) {
            written.push_str(new);
            rest = &rest[old.len()..];
            before = '_';
            continue;
        }
        in_text ^= first == '\'';
        written.push(first);
        before = first;
        rest = &rest[first.len_utf8()..];
    }
    *expression = written;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_an_expression_is_a_word_by_itself() {
        let table = [
            ("name <> ''", "title <> ''"),
            ("lower(name) = 'name'", "lower(title) = 'name'"),
            ("\"name\" || first_name", "\"title\" || first_name"),
            ("name_2 > name", "name_2 > title"),
        ];
        for (before, after) in table {
            let mut expression = before.to_owned();
            in_expression(&mut expression, "name", "title");
            assert_eq!(expression, after);
        }
    }
}
