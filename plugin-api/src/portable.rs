//! Portable types, which each adapter writes in its own words.

use crate::schema::{Column, SchemaObject};
use crate::{Operation, Rendering, TableChange};
use std::borrow::Cow;

impl Rendering {
    /// The same with the types of all columns in the database's own words, which `native` finds; untouched where types are not
    /// portable.
    #[must_use]
    pub fn with_native_types(&self, native: impl Fn(&Column) -> String) -> Cow<'_, Rendering> {
        if !self.portable_types {
            return Cow::Borrowed(self);
        }
        let mut rendering = self.clone();
        for operation in &mut rendering.operations {
            operation.each_column(&mut |column| column.data_type = native(column));
        }
        Cow::Owned(rendering)
    }
}

impl Operation {
    fn each_column(&mut self, visit: &mut impl FnMut(&mut Column)) {
        match self {
            Operation::Create { object }
            | Operation::Drop { object }
            | Operation::Rename { object, .. } => of_object(object, visit),
            Operation::Replace { before, after } => {
                of_object(before, visit);
                of_object(after, visit);
            }
            Operation::Alter {
                before,
                after,
                changes,
            } => {
                of_object(before, visit);
                of_object(after, visit);
                changes
                    .iter_mut()
                    .for_each(|change| of_change(change, visit));
            }
        }
    }
}

fn of_object(object: &mut SchemaObject, visit: &mut impl FnMut(&mut Column)) {
    if let Some(table) = object.as_table_mut() {
        table.columns.iter_mut().for_each(visit);
    }
}

fn of_change(change: &mut TableChange, visit: &mut impl FnMut(&mut Column)) {
    match change {
        TableChange::AddColumn { column, .. }
        | TableChange::DropColumn { column, .. }
        | TableChange::MoveColumn { column, .. } => visit(column),
        TableChange::AlterColumn { before, after } => {
            visit(before);
            visit(after);
        }
        _ => {}
    }
}
