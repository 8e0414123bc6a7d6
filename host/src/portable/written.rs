//! Operations as the text of a script.

use dapter_plugin_api::schema::{Column, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, SchemaObject, TableChange, TablePart};
use serde::Serialize;
use toml::Value;

use super::operation::Texts;
use super::words::{State, Words};
use crate::diff::{Lister, call_value};

/// What has no words in portable scripts: statements are written for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotWritten;

/// An operation as it stands in a section, each table of it beginning so: `[[upgrade]]`.
pub(crate) fn written(
    operation: &Operation,
    section: &str,
    words: &Words,
    is: State,
) -> Result<String, NotWritten> {
    let writer = Writer { words, is };
    let texts = match operation {
        Operation::Create { object } if object.kind == SchemaObject::VIEW => {
            vec![writer.view(object)?]
        }
        Operation::Create { object } => vec![writer.create(object)?],
        Operation::Drop { object } if object.kind == SchemaObject::VIEW => {
            vec![writer.of(&object.name, "drop_view", "name").lines]
        }
        Operation::Drop { object } => {
            object.as_table().ok_or(NotWritten)?;
            vec![writer.of(&object.name, "drop_table", "name").lines]
        }
        Operation::Rename { object, to } => {
            object.as_table().ok_or(NotWritten)?;
            let text = writer.of(&object.name, "rename_table", "name");
            vec![text.with("to", to)?.lines]
        }
        Operation::Alter {
            before, changes, ..
        } if changes.iter().any(renames_value) => vec![writer.value(before, changes)?],
        Operation::Alter { after, changes, .. } => {
            let places = MoveOrder::of(changes);
            let changes = changes.iter();
            let texts = changes.map(|change| writer.change(after, change, places));
            texts.collect::<Result<Vec<_>, _>>()?
        }
        Operation::Replace { .. } => return Err(NotWritten),
    };
    let texts = texts
        .into_iter()
        .map(|lines| format!("[[{section}]]\n{lines}"));
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

/// Statements of one adapter's, as they stand in a section.
pub(crate) fn execute(section: &str, dialect: &str, statements: &str) -> String {
    let value = multiline(statements);
    format!("[[{section}]]\nop = \"execute\"\n{dialect} = {value}\n")
}

/// A text over several lines, which TOML leaves as it is; in one line where that cannot be.
fn multiline(text: &str) -> String {
    let text = text.trim_end();
    let is_plain = |c: char| c == '\n' || c == '\t' || !c.is_control();
    match text.contains("'''") || text.ends_with('\'') || !text.chars().all(is_plain) {
        true => Value::String(text.to_owned()).to_string(),
        false => format!("'''\n{text}\n'''"),
    }
}

/// Whether columns that come say where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MoveOrder {
    Said,
    Last,
}

impl MoveOrder {
    fn of(changes: &[TableChange]) -> Self {
        let moves = |change: &TableChange| matches!(change, TableChange::MoveColumn { .. });
        match changes.iter().any(moves) {
            true => MoveOrder::Said,
            false => MoveOrder::Last,
        }
    }
}

struct Writer<'w> {
    words: &'w Words,
    is: State,
}

/// The members of an operation.
struct Members {
    lines: String,
}

impl Members {
    fn with(mut self, member: &str, value: impl Serialize) -> Result<Self, NotWritten> {
        let value = Value::try_from(value).map_err(|_| NotWritten)?;
        self.lines.push_str(&format!("{member} = {value}\n"));
        Ok(self)
    }

    fn with_some(self, member: &str, value: Option<&str>) -> Result<Self, NotWritten> {
        match value {
            Some(value) => self.with(member, value),
            None => Ok(self),
        }
    }
}

impl Writer<'_> {
    fn of(&self, name: &ObjectName, op: &str, member: &str) -> Members {
        let quoted = |text: &str| Value::String(text.to_owned());
        let mut lines = format!("op = {}\n{member} = {}\n", quoted(op), quoted(&name.name));
        if !name.schema.is_empty() {
            lines.push_str(&format!("schema = {}\n", quoted(&name.schema)));
        }
        Members { lines }
    }

    fn create(&self, object: &SchemaObject) -> Result<String, NotWritten> {
        let table = object.as_table().ok_or(NotWritten)?;
        let table = self.words.table(&object.name, table, self.is);
        let Value::Table(members) = Value::try_from(table).map_err(|_| NotWritten)? else {
            return Err(NotWritten);
        };
        let mut text = self.of(&object.name, "create_table", "name");
        if !object.comment.is_empty() {
            text = text.with("comment", &object.comment)?;
        }
        if !object.grants.is_empty() {
            text = text.with("grants", &object.grants)?;
        }
        // As one would say it: the columns, then what holds of them.
        let order = |name: &str| match name {
            "columns" => 0,
            "primary_key" => 1,
            "options" => 3,
            _ => 2,
        };
        let mut members: Vec<(String, Value)> = members.into_iter().collect();
        members.sort_by_key(|(name, _)| order(name));
        for (name, value) in members {
            text.lines
                .push_str(&format!("{name} = {}\n", listed(&value)));
        }
        Ok(text.lines)
    }

    /// A view that the models tell by its query.
    fn view(&self, view: &SchemaObject) -> Result<String, NotWritten> {
        let query = self.words.query(&view.name, self.is).ok_or(NotWritten)?;
        let mut text = self.of(&view.name, "create_view", "name");
        let value = match query.contains('\n') {
            true => multiline(query),
            false => Value::String(query.to_owned()).to_string(),
        };
        text.lines.push_str(&format!("{} = {value}\n", Texts::ALL));
        match view.comment.is_empty() && view.grants.is_empty() {
            true => Ok(text.lines),
            false => Err(NotWritten),
        }
    }

    fn change(
        &self,
        table: &SchemaObject,
        change: &TableChange,
        places: MoveOrder,
    ) -> Result<String, NotWritten> {
        let of = |op: &str| self.of(&table.name, op, "table");
        let place = |behind: &Option<String>, column: &Column| {
            let body = table.as_table();
            let is_last = body.is_some_and(|body| is_last(body, column));
            let said = places == MoveOrder::Said || !is_last;
            said.then(|| behind.clone().unwrap_or_default())
        };
        let text = match change {
            TableChange::RenameColumn { from, to } => {
                of("rename_column").with("column", from)?.with("to", to)?
            }
            TableChange::AddColumn { column, behind } => {
                let written = self.words.column(&table.name, column, self.is);
                of("add_column")
                    .with("column", written)?
                    .with_some("behind", place(behind, column).as_deref())?
            }
            TableChange::DropColumn { column, .. } => {
                of("drop_column").with("column", &column.name)?
            }
            TableChange::AlterColumn { after, .. } => {
                let written = self.words.column(&table.name, after, self.is);
                of("alter_column").with("column", written)?
            }
            TableChange::MoveColumn { column, after, .. } => of("move_column")
                .with("column", &column.name)?
                .with("behind", after.as_deref().unwrap_or_default())?,
            TableChange::Add { part } => match &self.words.part(&table.name, part, self.is) {
                TablePart::PrimaryKey(key) => of("add_primary_key").with("primary_key", key)?,
                TablePart::Unique(key) => of("add_unique").with("unique", key)?,
                TablePart::ForeignKey(key) => of("add_foreign_key").with("foreign_key", key)?,
                TablePart::Check(check) => of("add_check").with("check", check)?,
                TablePart::Exclusion(it) => of("add_exclusion").with("exclusion", it)?,
                TablePart::Index(index) => of("create_index").with("index", index)?,
            },
            TableChange::Remove { part } => self.removal(table, part)?,
            TableChange::RenamePart { part, to } => match part {
                TablePart::Index(index) => of("rename_index").with("index", &index.name)?,
                other => of("rename_constraint").with("constraint", other.name())?,
            }
            .with("to", to)?,
            TableChange::SetOption { name, after, .. } => of("set_table_option")
                .with("option", name)?
                .with_some("value", after.as_deref())?,
            TableChange::SetComment { after, .. } => {
                of("set_table_comment").with("comment", after)?
            }
            TableChange::Grant { grant } => of("grant").with("grant", grant)?,
            TableChange::Revoke { grant } => of("revoke").with("grant", grant)?,
            TableChange::RenameValue { .. } | TableChange::Rebuild => return Err(NotWritten),
        };
        Ok(text.lines)
    }

    /// A value that is called otherwise, with the changes around that: the same come of it when it is read.
    fn value(&self, before: &SchemaObject, changes: &[TableChange]) -> Result<String, NotWritten> {
        let renaming = changes.iter().find_map(|change| match change {
            TableChange::RenameValue { column, from, to } => Some((column, from, to)),
            _ => None,
        });
        let (column, from, to) = renaming.ok_or(NotWritten)?;
        let (kind, name) = (before.kind.clone(), before.name.clone());
        let (text, lister) = match column.as_str() {
            "" => (
                self.of(&name, "rename_value", "type"),
                Lister::Type(kind, name),
            ),
            column => {
                let text = self.of(&name, "rename_value", "table");
                (
                    text.with("column", column)?,
                    Lister::Column(name, column.to_owned()),
                )
            }
        };
        let mut alone = Schema::of(vec![before.clone()]);
        match call_value(&mut alone, &lister, (from, to), None) {
            Some(Operation::Alter { changes: read, .. }) if are_same(&read, changes) => {
                Ok(text.with("value", from)?.with("to", to)?.lines)
            }
            _ => Err(NotWritten),
        }
    }

    fn removal(&self, table: &SchemaObject, part: &TablePart) -> Result<Members, NotWritten> {
        let of = |op: &str| self.of(&table.name, op, "table");
        match part {
            TablePart::PrimaryKey(_) => Ok(of("drop_primary_key")),
            TablePart::Unique(key) if key.name.is_empty() => {
                let columns: Vec<&str> = key.columns.iter().map(|it| &*it.column).collect();
                match columns.contains(&"") {
                    true => Err(NotWritten),
                    false => of("drop_unique").with("unique", columns),
                }
            }
            TablePart::ForeignKey(key) if key.name.is_empty() => {
                of("drop_foreign_key").with("foreign_key", &key.columns)
            }
            named if named.name().is_empty() => Err(NotWritten),
            TablePart::Unique(key) => of("drop_unique").with("unique", &key.name),
            TablePart::ForeignKey(key) => of("drop_foreign_key").with("foreign_key", &key.name),
            TablePart::Check(check) => of("drop_check").with("check", &check.name),
            TablePart::Exclusion(it) => of("drop_exclusion").with("exclusion", &it.name),
            TablePart::Index(index) => of("drop_index").with("index", &index.name),
        }
    }
}

fn renames_value(change: &TableChange) -> bool {
    matches!(change, TableChange::RenameValue { .. })
}

/// Whether changes are the same, in whatever order: that around a value is what an adapter needs.
fn are_same(some: &[TableChange], others: &[TableChange]) -> bool {
    some.len() == others.len() && some.iter().all(|change| others.contains(change))
}

/// Whether nothing stands behind a column but what comes with it.
fn is_last(table: &Table, column: &Column) -> bool {
    let last = table.columns.last();
    last.is_some_and(|last| last.name == column.name)
}

/// A value, a list of tables with one a line.
fn listed(value: &Value) -> String {
    match value {
        Value::Array(items) if items.iter().any(Value::is_table) => {
            let items: Vec<String> = items.iter().map(|item| format!("    {item},\n")).collect();
            format!("[\n{}]", items.concat())
        }
        other => other.to_string(),
    }
}
