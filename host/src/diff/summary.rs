//! Operations in words.

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
        TableChange::AddColumn { column, .. } => format!("add column {}", column.name),
        TableChange::DropColumn { column, .. } => format!("drop column {}", column.name),
        TableChange::AlterColumn { after, .. } => format!("change column {}", after.name),
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
