//! Portable types in PostgreSQL's words.

use dapter_plugin_api::schema::{Body, Column, SchemaObject};
use dapter_plugin_api::{Operation, Rendering, TableChange};

/// The same operations with native types.
pub(super) fn native(rendering: &Rendering) -> Rendering {
    let mut rendering = rendering.clone();
    for operation in &mut rendering.operations {
        match operation {
            Operation::Create { object }
            | Operation::Drop { object }
            | Operation::Rename { object, .. } => in_object(object),
            Operation::Replace { before, after } => [before, after].into_iter().for_each(in_object),
            Operation::Alter {
                before,
                after,
                changes,
            } => {
                [before, after].into_iter().for_each(in_object);
                changes.iter_mut().for_each(in_change);
            }
        }
    }
    rendering
}

fn in_object(object: &mut SchemaObject) {
    if let Body::Table(table) = &mut object.body {
        table.columns.iter_mut().for_each(in_column);
    }
}

fn in_change(change: &mut TableChange) {
    match change {
        TableChange::AddColumn { column, .. }
        | TableChange::DropColumn { column, .. }
        | TableChange::MoveColumn { column, .. } => in_column(column),
        TableChange::AlterColumn { before, after } => {
            [before, after].into_iter().for_each(in_column);
        }
        _ => {}
    }
}

fn in_column(column: &mut Column) {
    column.data_type = data_type(&column.data_type);
}

fn data_type(portable: &str) -> String {
    let (word, size) = match portable.split_once('(') {
        Some((word, size)) => (word.trim(), format!("({size}")),
        None => (portable, String::new()),
    };
    let native = match word {
        "double" => "double precision",
        "decimal" => "numeric",
        "string" => "character varying",
        "binary" => "bytea",
        "json" => "jsonb",
        // The others have their name here too.
        _ => return portable.to_owned(),
    };
    format!("{native}{size}")
}
