//! Operations of a script on a schema that is known.

use std::ops::Range;
use std::sync::Arc;

use dapter_plugin_api::schema::{
    Body, Check, Column, Exclusion, ForeignKey, Index, IndexPart, Key, Table,
};
use dapter_plugin_api::{
    AdapterError, ObjectName, Operation, Schema, SchemaObject, TableChange, TablePart,
};

use super::model::{around, named_parts, parts_with, put, put_part, take, take_part};
use super::operation::{Change, PartName, PortableOperation, Texts};
use super::values::value_renamed;
use crate::diff::{call_column, call_object};

/// Why a portable operation cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PortableError {
    /// What the operation changes is not known.
    #[error("`{op}` changes {what}, which is not known")]
    Unknown {
        /// The operation.
        op: &'static str,
        /// What it changes.
        what: String,
    },
    /// What it is to be called is taken.
    #[error("there is a `{0}` already")]
    Taken(String),
    /// An operation has no text for the adapter.
    #[error("`{op}` has no text for the adapter `{adapter}`")]
    NoText {
        /// The operation.
        op: &'static str,
        /// The adapter.
        adapter: String,
    },
    /// What a view shows is not one statement.
    #[error("what a view shows is one statement, and this is {0}")]
    NoQuery(usize),
    /// The adapter has no statements for it.
    #[error("there are no statements for this")]
    Render(#[source] AdapterError),
}

impl PortableError {
    /// What to do about it.
    #[must_use]
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { .. } => Some(
                "it is neither in the database nor made by a portable script before this one; look at the name, or write `execute`"
                    .to_owned(),
            ),
            Self::Taken(_) => Some(
                "rows of both values could not be told apart afterwards; write `execute`, if that is meant".to_owned(),
            ),
            Self::NoQuery(_) => Some(
                "write a single SELECT; other statements belong into `execute`".to_owned(),
            ),
            Self::NoText { adapter, .. } => Some(format!(
                "add `{adapter} = \"…\"`, or `sql = \"…\"` for all adapters that are not named"
            )),
            Self::Render(error) => error.hint.clone(),
        }
    }
}

/// What is done where a script changes something that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It fails: what would come of it may lose something.
    Refused,
    /// It is as the operation says: nothing runs.
    Assumed,
}

/// What is done because of one or more operations of a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Act {
    /// Which operations of the script.
    pub(crate) of: Range<usize>,
    pub(crate) what: Doing,
}

#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are few, and each lives shortly"
)]
pub(crate) enum Doing {
    /// An operation that the adapter writes, and what of the schema it has to know.
    Change(Operation, Schema),
    /// A view of this name, and what of the schema the adapter that writes it has to know.
    View(ObjectName, Texts, Schema),
    Execute(Texts),
}

/// What operations come to on a schema, which is as it is behind them then. Changes of one table that follow each other are
/// one operation: an adapter that has to make the table anew does so once.
///
/// # Errors
/// The index of the operation that cannot be, and why.
pub(crate) fn resolve(
    operations: &[PortableOperation],
    schema: &mut Schema,
    unknown: Unknown,
) -> Result<Vec<Act>, (usize, PortableError)> {
    let mut acts = Vec::new();
    let mut at = 0;
    while at < operations.len() {
        let first = at;
        at += 1;
        let what = match &operations[first] {
            PortableOperation::Execute(texts) => Doing::Execute(texts.clone()),
            PortableOperation::CreateView { view, query } => {
                Doing::View(view.clone(), query.clone(), around(schema, view))
            }
            PortableOperation::DropView(name) => {
                let known = schema.get(SchemaObject::VIEW, name).cloned();
                let object = known.unwrap_or_else(|| SchemaObject::of_view(name.clone(), ""));
                take(schema, name);
                let known = around(schema, name);
                Doing::Change(Operation::Drop { object }, known)
            }
            PortableOperation::CreateTable(object) => {
                let mut object = object.clone();
                if let Some(table) = object.as_table_mut() {
                    table.sort();
                }
                let known = around(schema, &object.name);
                put(schema, object.clone());
                Doing::Change(Operation::Create { object }, known)
            }
            PortableOperation::DropTable(name) => {
                let known = around(schema, name);
                let object = table(schema, name);
                take(schema, name);
                Doing::Change(Operation::Drop { object }, known)
            }
            PortableOperation::RenameTable { table: name, to } => {
                let known = around(schema, name);
                let object = table(schema, name);
                let new = ObjectName {
                    name: to.clone(),
                    ..name.clone()
                };
                call_object(schema, SchemaObject::TABLE, name, &new);
                schema.objects.sort();
                let to = to.clone();
                Doing::Change(Operation::Rename { object, to }, known)
            }
            PortableOperation::RenameValue { of, value, to } => {
                let renamed = value_renamed(of, (value, to), schema, unknown);
                let (operation, known) = renamed.map_err(|error| (first, error))?;
                Doing::Change(operation, known)
            }
            PortableOperation::Alter { table, .. } => {
                at += operations[at..]
                    .iter()
                    .take_while(|next| goes_with(&operations[first], next))
                    .count();
                let known = around(schema, table);
                let operation = altered(&operations[first..at], table, schema, unknown);
                let operation = operation.map_err(|(within, error)| (first + within, error))?;
                Doing::Change(operation, known)
            }
        };
        acts.push(Act {
            of: first..at,
            what,
        });
    }
    Ok(acts)
}

/// Whether a change is made together with those before it. Columns get new names by themselves.
fn goes_with(first: &PortableOperation, next: &PortableOperation) -> bool {
    match (first, next) {
        (
            PortableOperation::Alter { table, change },
            PortableOperation::Alter {
                table: other,
                change: next,
            },
        ) => {
            let renames = |change: &Change| matches!(change, Change::RenameColumn { .. });
            table == other && !renames(change) && !renames(next)
        }
        _ => false,
    }
}

/// The table as it is known, or its name.
pub(super) fn table(schema: &Schema, name: &ObjectName) -> SchemaObject {
    let known = schema.get(SchemaObject::TABLE, name).cloned();
    known.unwrap_or_else(|| SchemaObject::of_table(name.clone(), Table::default()))
}

fn altered(
    operations: &[PortableOperation],
    name: &ObjectName,
    schema: &mut Schema,
    unknown: Unknown,
) -> Result<Operation, (usize, PortableError)> {
    let changes: Vec<&Change> = operations
        .iter()
        .filter_map(|operation| match operation {
            PortableOperation::Alter { change, .. } => Some(change),
            _ => None,
        })
        .collect();
    let op = changes.first().map_or("", |change| change.op());
    if schema.get(SchemaObject::TABLE, name).is_none() && unknown == Unknown::Refused {
        let what = format!("the table {name}");
        return Err((0, PortableError::Unknown { op, what }));
    }
    let before = table(schema, name);
    if let Some(Change::RenameColumn { column, to }) = changes.first() {
        call_column(schema, name, (column, to), None);
        let (from, to) = (column.clone(), to.clone());
        return Ok(Operation::Alter {
            before,
            after: table(schema, name),
            changes: vec![TableChange::RenameColumn { from, to }],
        });
    }
    let mut altering = Altering {
        table: before.as_table().cloned().unwrap_or_default(),
        after: before.clone(),
        before,
        places: schema.rules.columns_have_places,
        unknown,
        changes: Vec::new(),
    };
    for (at, change) in changes.into_iter().enumerate() {
        let done = altering.change(change);
        done.map_err(|what| {
            (
                at,
                PortableError::Unknown {
                    op: change.op(),
                    what,
                },
            )
        })?;
    }
    let operation = altering.finish();
    if let Operation::Alter { after, .. } = &operation {
        put(schema, after.clone());
    }
    Ok(operation)
}

/// A table while it is changed.
struct Altering {
    before: SchemaObject,
    after: SchemaObject,
    /// What becomes the body of `after`.
    table: Table,
    /// Whether columns have places.
    places: bool,
    unknown: Unknown,
    changes: Vec<TableChange>,
}

type Known<T> = Result<T, String>;

impl Altering {
    /// Takes a change, or tells what it changes that is not known.
    fn change(&mut self, change: &Change) -> Known<()> {
        match change {
            Change::RenameColumn { .. } => {}
            Change::AddColumn { column, behind } => self.add_column(column, behind.as_deref()),
            Change::DropColumn(name) => self.drop_column(name),
            Change::AlterColumn(column) => self.alter_column(column)?,
            Change::MoveColumn { column, behind } => self.move_column(column, behind.as_deref())?,
            Change::AddPrimaryKey(key) => self.add(TablePart::PrimaryKey(key.clone())),
            Change::DropPrimaryKey => {
                let key = self.table.primary_key.clone().unwrap_or_default();
                self.remove(TablePart::PrimaryKey(key));
            }
            Change::AddUnique(key) => self.add(TablePart::Unique(key.clone())),
            Change::DropUnique(name) => self.drop_unique(name)?,
            Change::AddForeignKey(key) => self.add(TablePart::ForeignKey(key.clone())),
            Change::DropForeignKey(name) => self.drop_foreign_key(name)?,
            Change::AddCheck(check) => self.add(TablePart::Check(check.clone())),
            Change::DropCheck(name) => {
                let known = self.table.checks.iter().find(|it| it.name == *name);
                let check = known.cloned().unwrap_or_else(|| Check {
                    name: name.clone(),
                    ..Check::default()
                });
                self.remove(TablePart::Check(check));
            }
            Change::AddExclusion(it) => self.add(TablePart::Exclusion(it.clone())),
            Change::DropExclusion(name) => {
                let known = self.table.exclusions.iter().find(|it| it.name == *name);
                let exclusion = known.cloned().unwrap_or_else(|| Exclusion {
                    name: name.clone(),
                    ..Exclusion::default()
                });
                self.remove(TablePart::Exclusion(exclusion));
            }
            Change::CreateIndex(index) => self.add(TablePart::Index(index.clone())),
            Change::DropIndex(name) => self.remove(TablePart::Index(self.index(name))),
            Change::RenameIndex { index, to } => {
                self.rename_part(TablePart::Index(self.index(index)), to);
            }
            Change::RenameConstraint { constraint, to } => {
                let known = named_parts(&self.table).find(|part| part.name() == constraint);
                let part = known.ok_or_else(|| format!("the constraint {constraint}"))?;
                self.rename_part(part, to);
            }
            Change::SetComment(comment) => self.changes.push(TableChange::SetComment {
                before: std::mem::replace(&mut self.after.comment, comment.clone()),
                after: comment.clone(),
            }),
            Change::SetOption { option, value } => {
                let options = &mut self.table.options;
                let before = match value {
                    Some(value) => options.insert(option.clone(), value.clone()),
                    None => options.remove(option),
                };
                self.changes.push(TableChange::SetOption {
                    name: option.clone(),
                    before,
                    after: value.clone(),
                });
            }
            Change::Grant(grant) => {
                self.after.grants.push(grant.clone());
                self.after.grants.sort();
                let grant = grant.clone();
                self.changes.push(TableChange::Grant { grant });
            }
            Change::Revoke(grant) => {
                self.after.grants.retain(|it| it != grant);
                let grant = grant.clone();
                self.changes.push(TableChange::Revoke { grant });
            }
        }
        Ok(())
    }

    /// A column that is there already was made by a run that stopped behind it.
    fn add_column(&mut self, column: &Column, behind: Option<&str>) {
        self.table.columns.retain(|it| it.name != column.name);
        if let Some(before) = self.before.as_table_mut() {
            before.columns.retain(|it| it.name != column.name);
        }
        let place = self.place(behind);
        let behind = self.behind(place);
        self.table.columns.insert(place, column.clone());
        let column = column.clone();
        self.changes.push(TableChange::AddColumn { column, behind });
    }

    fn drop_column(&mut self, name: &str) {
        for part in parts_with(&self.table, name) {
            self.remove(part);
        }
        self.table.checks.retain(|check| check.column != *name);
        let place = self.table.columns.iter().position(|it| it.name == *name);
        let behind = place.and_then(|place| self.behind(place));
        let column = match place {
            Some(place) => self.table.columns.remove(place),
            None => Column {
                name: name.to_owned(),
                ..Column::default()
            },
        };
        self.changes
            .push(TableChange::DropColumn { column, behind });
    }

    fn alter_column(&mut self, column: &Column) -> Known<()> {
        let place = self.column(&column.name)?;
        let before = match place {
            Some(place) => std::mem::replace(&mut self.table.columns[place], column.clone()),
            None => Column {
                name: column.name.clone(),
                ..Column::default()
            },
        };
        let after = column.clone();
        self.changes
            .push(TableChange::AlterColumn { before, after });
        Ok(())
    }

    fn move_column(&mut self, name: &str, behind: Option<&str>) -> Known<()> {
        let Some(from) = self.column(name)? else {
            return Ok(());
        };
        let before = self.behind(from);
        let column = self.table.columns.remove(from);
        let place = self.place(behind);
        let after = self.behind(place);
        self.table.columns.insert(place, column.clone());
        self.changes.push(TableChange::MoveColumn {
            column,
            before,
            after,
        });
        Ok(())
    }

    fn drop_unique(&mut self, name: &PartName) -> Known<()> {
        let mut known = self.table.uniques.iter();
        let found = match name {
            PartName::Name(name) => {
                let found = known.find(|it| it.name == *name).cloned();
                Some(found.unwrap_or_else(|| Key {
                    name: name.clone(),
                    ..Key::default()
                }))
            }
            PartName::Columns(columns) => {
                let wanted: Vec<_> = columns.iter().map(IndexPart::column).collect();
                known.find(|it| it.columns == wanted).cloned()
            }
        };
        let key = found.ok_or_else(|| format!("a unique constraint {}", shown(name)))?;
        self.remove(TablePart::Unique(key));
        Ok(())
    }

    fn drop_foreign_key(&mut self, name: &PartName) -> Known<()> {
        let mut known = self.table.foreign_keys.iter();
        let found = match name {
            PartName::Name(name) => {
                let found = known.find(|it| it.name == *name).cloned();
                Some(found.unwrap_or_else(|| ForeignKey {
                    name: name.clone(),
                    ..ForeignKey::default()
                }))
            }
            PartName::Columns(columns) => known.find(|it| it.columns == *columns).cloned(),
        };
        let key = found.ok_or_else(|| format!("a foreign key {}", shown(name)))?;
        self.remove(TablePart::ForeignKey(key));
        Ok(())
    }

    fn index(&self, name: &str) -> Index {
        let known = self.table.indexes.iter().find(|it| it.name == *name);
        known.cloned().unwrap_or_else(|| Index {
            name: name.to_owned(),
            ..Index::default()
        })
    }

    fn add(&mut self, part: TablePart) {
        take_part(&mut self.table, &part);
        put_part(&mut self.table, part.clone());
        self.changes.push(TableChange::Add { part });
    }

    fn remove(&mut self, part: TablePart) {
        take_part(&mut self.table, &part);
        self.changes.push(TableChange::Remove { part });
    }

    fn rename_part(&mut self, part: TablePart, to: &str) {
        take_part(&mut self.table, &part);
        put_part(&mut self.table, part.clone().named(to.to_owned()));
        let to = to.to_owned();
        self.changes.push(TableChange::RenamePart { part, to });
    }

    /// Where a column is; `None` if that is not known and need not be.
    fn column(&self, name: &str) -> Known<Option<usize>> {
        match self.table.columns.iter().position(|it| it.name == *name) {
            None if self.unknown == Unknown::Refused => {
                Err(format!("the column {}.{name}", self.before.name))
            }
            place => Ok(place),
        }
    }

    /// The place of a column behind another; the last where none is said, the first behind the empty name.
    fn place(&self, behind: Option<&str>) -> usize {
        let columns = &self.table.columns;
        match behind {
            Some("") if self.places => 0,
            Some(name) if self.places => {
                let found = columns.iter().position(|it| it.name == *name);
                found.map_or(columns.len(), |at| at + 1)
            }
            _ => columns.len(),
        }
    }

    /// The column before a place.
    fn behind(&self, place: usize) -> Option<String> {
        let before = self.table.columns.get(place.checked_sub(1)?)?;
        Some(before.name.clone())
    }

    fn finish(mut self) -> Operation {
        self.table.sort();
        self.after.body = Body::Table(Arc::new(self.table));
        Operation::Alter {
            before: self.before,
            after: self.after,
            changes: self.changes,
        }
    }
}

fn shown(name: &PartName) -> String {
    match name {
        PartName::Name(name) => name.clone(),
        PartName::Columns(columns) => format!("of {}", columns.join(", ")),
    }
}
