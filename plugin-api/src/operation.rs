//! Differences between two schemas, as changes that can be rendered and undone.

use crate::schema::{
    Check, Column, Exclusion, ForeignKey, Index, Key, ObjectName, Schema, SchemaObject,
};
use serde::{Deserialize, Serialize};

/// A change of a schema. It knows what was there before, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// Makes an object.
    Create {
        /// The object.
        object: SchemaObject,
    },
    /// Removes an object, and what is in it.
    Drop {
        /// The object as it was.
        object: SchemaObject,
    },
    /// Gives an object another name; what is in it stays.
    Rename {
        /// The object as it was.
        object: SchemaObject,
        /// Its new name, in the same schema.
        to: String,
    },
    /// Makes an object that is no table another one of the same kind and name.
    Replace {
        /// The object as it was.
        before: SchemaObject,
        /// The object as it becomes.
        after: SchemaObject,
    },
    /// Changes a table, keeping its rows; or calls a value of a type otherwise.
    Alter {
        /// The table as it was, or the type.
        before: SchemaObject,
        /// What it becomes, as far as `changes` go.
        after: SchemaObject,
        /// What changes, in an order in which it can be done.
        changes: Vec<TableChange>,
    },
}

/// A change of a part of a table.
#[allow(
    clippy::large_enum_variant,
    reason = "there are few at a time, and boxes would be in every author's way"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum TableChange {
    /// Gives a column another name. Comes first, and what follows uses the new one.
    RenameColumn {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// Calls one of the values that are listed otherwise: rows that have it have the new one then. Conditions that list it, and
    /// the column's type and default, are changes of their own around it.
    RenameValue {
        /// The column whose type or conditions list the values; empty if a type of its own lists them.
        column: String,
        /// The value as it was.
        from: String,
        /// The value as it becomes.
        to: String,
    },
    /// Makes a column.
    AddColumn {
        /// The column.
        column: Column,
        /// The column that it stands behind where columns have places; `None` is the first place.
        #[serde(default)]
        behind: Option<String>,
    },
    /// Removes a column, and what is in it.
    DropColumn {
        /// The column as it was.
        column: Column,
        /// The column that it stood behind where columns have places.
        #[serde(default)]
        behind: Option<String>,
    },
    /// Makes a column another one of the same name.
    AlterColumn {
        /// The column as it was.
        before: Column,
        /// The column as it becomes.
        after: Column,
    },
    /// Puts a column elsewhere, where columns have places.
    MoveColumn {
        /// The column as it is in the end.
        column: Column,
        /// The column that it stood behind.
        before: Option<String>,
        /// The column that it stands behind.
        after: Option<String>,
    },
    /// Makes a part that has no place among the columns.
    Add {
        /// The part.
        part: TablePart,
    },
    /// Removes such a part.
    Remove {
        /// The part as it was.
        part: TablePart,
    },
    /// Gives such a part another name.
    RenamePart {
        /// The part as it was.
        part: TablePart,
        /// Its new name.
        to: String,
    },
    /// Changes what is said of the whole table.
    SetOption {
        /// The option.
        name: String,
        /// What was said; `None` if nothing was.
        before: Option<String>,
        /// What is said now; `None` if nothing is.
        after: Option<String>,
    },
    /// Changes what is said about the table.
    SetComment {
        /// What was said; empty if nothing was.
        before: String,
        /// What is said now.
        after: String,
    },
    /// Lets somebody do something with the table: `SELECT to reader`.
    Grant {
        /// Who and what.
        grant: String,
    },
    /// Takes that back.
    Revoke {
        /// Who and what.
        grant: String,
    },
    /// Changes what can only be changed by making the table anew: how it is spread, or what it inherits from.
    Rebuild,
}

/// A constraint or an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TablePart {
    /// The primary key.
    PrimaryKey(Key),
    /// A unique constraint.
    Unique(Key),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A condition.
    Check(Check),
    /// An exclusion constraint.
    Exclusion(Exclusion),
    /// An index.
    Index(Index),
}

/// Operations that are to become statements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rendering {
    /// The operations, in their order.
    pub operations: Vec<Operation>,
    /// The schema that they begin from, where it is known: an adapter that makes a table anew has to make anew what refers
    /// to it. Tables that the operations have nothing to do with need not be in it: none that they change, none that such a
    /// table refers to or is referred to by, none that needs or is needed by any of these for more than a reference. Its
    /// product and version say for whom the statements are.
    pub current: Schema,
    /// Whether indexes are built, and constraints validated, in ways that let others go on working; such statements cannot be
    /// in a transaction.
    pub online: bool,
    /// Whether types of columns may be portable ones, which each adapter writes in its own words: `boolean`, `smallint`,
    /// `integer`, `bigint`, `real`, `double`, `decimal(P, S)`, `text`, `string(N)`, `binary`, `date`, `time`, `timestamp`,
    /// `timestamptz`, `uuid`, `json`. What is none of these is the database's own.
    pub portable_types: bool,
}

/// Statements that operations became.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rendered {
    /// The statements, without terminators, in their order.
    pub statements: Vec<String>,
    /// Whether they have to run outside a transaction.
    pub outside_transaction: bool,
}

impl Operation {
    /// What undoes it.
    #[must_use]
    pub fn reversed(&self) -> Operation {
        match self.clone() {
            Operation::Create { object } => Operation::Drop { object },
            Operation::Drop { object } => Operation::Create { object },
            Operation::Rename { object, to } => {
                let from = object.name.name.clone();
                let name = ObjectName {
                    name: to,
                    ..object.name
                };
                Operation::Rename {
                    object: SchemaObject { name, ..object },
                    to: from,
                }
            }
            Operation::Replace { before, after } => Operation::Replace {
                before: after,
                after: before,
            },
            Operation::Alter {
                before,
                after,
                changes,
            } => Operation::Alter {
                before: after,
                after: before,
                changes: changes.iter().rev().map(TableChange::reversed).collect(),
            },
        }
    }

    /// The object that it changes, as it is before, or as it is made.
    #[must_use]
    pub fn object(&self) -> &SchemaObject {
        match self {
            Operation::Create { object }
            | Operation::Drop { object }
            | Operation::Rename { object, .. } => object,
            Operation::Replace { before, .. } | Operation::Alter { before, .. } => before,
        }
    }
}

impl TableChange {
    /// What undoes it.
    #[must_use]
    pub fn reversed(&self) -> TableChange {
        match self.clone() {
            TableChange::RenameColumn { from, to } => {
                TableChange::RenameColumn { from: to, to: from }
            }
            TableChange::RenameValue { column, from, to } => TableChange::RenameValue {
                column,
                from: to,
                to: from,
            },
            TableChange::AddColumn { column, behind } => TableChange::DropColumn { column, behind },
            TableChange::DropColumn { column, behind } => TableChange::AddColumn { column, behind },
            TableChange::AlterColumn { before, after } => TableChange::AlterColumn {
                before: after,
                after: before,
            },
            TableChange::MoveColumn {
                column,
                before,
                after,
            } => TableChange::MoveColumn {
                column,
                before: after,
                after: before,
            },
            TableChange::Add { part } => TableChange::Remove { part },
            TableChange::Remove { part } => TableChange::Add { part },
            TableChange::RenamePart { part, to } => {
                let from = part.name().to_owned();
                TableChange::RenamePart {
                    part: part.named(to),
                    to: from,
                }
            }
            TableChange::SetOption {
                name,
                before,
                after,
            } => TableChange::SetOption {
                name,
                before: after,
                after: before,
            },
            TableChange::SetComment { before, after } => TableChange::SetComment {
                before: after,
                after: before,
            },
            TableChange::Grant { grant } => TableChange::Revoke { grant },
            TableChange::Revoke { grant } => TableChange::Grant { grant },
            TableChange::Rebuild => TableChange::Rebuild,
        }
    }
}

impl TablePart {
    /// Its name; empty where the database gave none.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            TablePart::PrimaryKey(key) | TablePart::Unique(key) => &key.name,
            TablePart::ForeignKey(key) => &key.name,
            TablePart::Check(check) => &check.name,
            TablePart::Exclusion(exclusion) => &exclusion.name,
            TablePart::Index(index) => &index.name,
        }
    }

    /// The same by another name.
    #[must_use]
    pub fn named(mut self, to: String) -> TablePart {
        match &mut self {
            TablePart::PrimaryKey(key) | TablePart::Unique(key) => key.name = to,
            TablePart::ForeignKey(key) => key.name = to,
            TablePart::Check(check) => check.name = to,
            TablePart::Exclusion(exclusion) => exclusion.name = to,
            TablePart::Index(index) => index.name = to,
        }
        self
    }
}
