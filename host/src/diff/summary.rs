//! Operations in words.

use dapter_plugin_api::schema::Column;
use dapter_plugin_api::{Operation, TableChange, TablePart};

/// What an operation does, in one line: `create table users`, `alter table users: add column email`.
#[must_use]
pub fn summary(operation: &Operation) -> String {
    let object = operation.object();
    let what = format!("{} {}", object.kind, object.name);
    match operation {
        Operation::Create { .. } => format!("create {what}"),
        Operation::Drop { .. } => format!("drop {what}"),
        Operation::Rename { to, .. } => format!("rename {what} to {to}"),
        Operation::Replace { .. } => format!("change {what}"),
        Operation::Alter { changes, .. } => {
            let changes: Vec<String> = changes.iter().map(change).collect();
            format!("alter {what}: {}", changes.join(", "))
        }
    }
}

fn change(change: &TableChange) -> String {
    match change {
        TableChange::RenameColumn { from, to } => format!("rename column {from} to {to}"),
        TableChange::RenameValue { column, from, to } => match column.as_str() {
            "" => format!("rename value {from} to {to}"),
            column => format!("rename value {from} of column {column} to {to}"),
        },
        TableChange::AddColumn { column, .. } => format!("add column {}", column.name),
        TableChange::DropColumn { column, .. } => format!("drop column {}", column.name),
        TableChange::AlterColumn { before, after } => {
            format!(
                "change column {} ({})",
                after.name,
                column_changes(before, after)
            )
        }
        TableChange::MoveColumn { column, .. } => format!("move column {}", column.name),
        TableChange::Add { part: it } => format!("add {}", part(it)),
        TableChange::Remove { part: it } => format!("drop {}", part(it)),
        TableChange::RenamePart { part: it, to } => format!("rename {} to {to}", part(it)),
        TableChange::SetOption { name, after, .. } => match after {
            Some(value) if value.is_empty() => format!("set {name}"),
            Some(value) => format!("set {name} to {value}"),
            None => format!("unset {name}"),
        },
        TableChange::SetComment { .. } => "change the comment".to_owned(),
        TableChange::Grant { grant } => format!("grant {grant}"),
        TableChange::Revoke { grant } => format!("revoke {grant}"),
        TableChange::Rebuild => "make it anew".to_owned(),
    }
}

/// What of a column changes: `VARCHAR(20) to TEXT, not null`.
fn column_changes(before: &Column, after: &Column) -> String {
    let mut changes = Vec::new();
    if before.data_type != after.data_type {
        changes.push(format!("{} to {}", before.data_type, after.data_type));
    }
    match (before.not_null, after.not_null) {
        (false, true) => changes.push("not null".to_owned()),
        (true, false) => changes.push("null".to_owned()),
        _ => {}
    }
    if before.default != after.default {
        changes.push(match &after.default {
            Some(default) => format!("default {default}"),
            None => "no default".to_owned(),
        });
    }
    let others = [
        (before.identity != after.identity, "identity"),
        (before.generated != after.generated, "expression"),
        (before.collation != after.collation, "collation"),
        (before.comment != after.comment, "comment"),
        (before.options != after.options, "options"),
    ];
    let others = others.into_iter().filter(|(differs, _)| *differs);
    changes.extend(others.map(|(_, what)| what.to_owned()));
    changes.join(", ")
}

fn part(part: &TablePart) -> String {
    let word = match part {
        TablePart::PrimaryKey(_) => return "primary key".to_owned(),
        TablePart::Unique(_) => "unique constraint",
        TablePart::ForeignKey(_) => "foreign key",
        TablePart::Check(_) => "check",
        TablePart::Exclusion(_) => "exclusion constraint",
        TablePart::Index(_) => "index",
    };
    match part.name() {
        "" => word.to_owned(),
        name => format!("{word} {name}"),
    }
}
