//! An operation as it stands in a script.

use std::collections::BTreeMap;

use dapter_plugin_api::schema::{Check, Column, Exclusion, ForeignKey, Index, Key};
use dapter_plugin_api::{ObjectName, SchemaObject};

/// An operation of a portable script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PortableOperation {
    /// Makes a table.
    CreateTable(SchemaObject),
    /// Removes a table.
    DropTable(ObjectName),
    /// Gives a table another name.
    RenameTable { table: ObjectName, to: String },
    /// Changes a part of a table.
    Alter { table: ObjectName, change: Change },
    /// Calls a listed value otherwise.
    RenameValue {
        of: ValueOf,
        value: String,
        to: String,
    },
    /// Makes a view that shows what a query finds, in the words of the adapters that it is for.
    CreateView { view: ObjectName, query: Texts },
    /// Removes a view.
    DropView(ObjectName),
    /// Statements in the words of the adapters that they are for.
    Execute(Texts),
}

/// What changes in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    AddColumn {
        column: Column,
        behind: Option<String>,
    },
    DropColumn(String),
    RenameColumn {
        column: String,
        to: String,
    },
    /// The column as it becomes, whatever it was.
    AlterColumn(Column),
    MoveColumn {
        column: String,
        behind: Option<String>,
    },
    AddPrimaryKey(Key),
    DropPrimaryKey,
    AddUnique(Key),
    DropUnique(PartName),
    AddForeignKey(ForeignKey),
    DropForeignKey(PartName),
    AddCheck(Check),
    DropCheck(String),
    AddExclusion(Exclusion),
    DropExclusion(String),
    CreateIndex(Index),
    DropIndex(String),
    RenameIndex {
        index: String,
        to: String,
    },
    RenameConstraint {
        constraint: String,
        to: String,
    },
    SetComment(String),
    SetOption {
        option: String,
        value: Option<String>,
    },
    Grant(String),
    Revoke(String),
}

/// What lists a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueOf {
    Type(ObjectName),
    Column { table: ObjectName, column: String },
}

/// A constraint: by its name, or by its columns where it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartName {
    Name(String),
    Columns(Vec<String>),
}

/// Texts by the dialects that they are for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts(pub(crate) BTreeMap<String, String>);

impl Texts {
    /// Stands for all dialects that no other text is for.
    pub(crate) const ALL: &str = "sql";

    /// The text that an adapter runs.
    pub(crate) fn for_dialect(&self, dialect: &str) -> Option<&str> {
        let text = self.0.get(dialect).or_else(|| self.0.get(Self::ALL));
        text.map(String::as_str)
    }
}

impl PortableOperation {
    /// Whether it gives something another name that expressions may have: a column, a listed value.
    pub(crate) fn renames_in_expressions(&self) -> bool {
        matches!(
            self,
            PortableOperation::RenameValue { .. }
                | PortableOperation::Alter {
                    change: Change::RenameColumn { .. },
                    ..
                }
        )
    }

    /// Whether some of it is a text, of which the database alone knows what comes of it.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            PortableOperation::Execute(_) | PortableOperation::CreateView { .. }
        )
    }

    /// Whether it changes something that is there: then it has to be known what that is.
    pub(crate) fn builds_on_others(&self) -> bool {
        match self {
            PortableOperation::CreateTable(_)
            | PortableOperation::CreateView { .. }
            | PortableOperation::DropView(_)
            | PortableOperation::Execute(_) => false,
            PortableOperation::DropTable(_)
            | PortableOperation::RenameTable { .. }
            | PortableOperation::RenameValue { .. }
            | PortableOperation::Alter { .. } => true,
        }
    }
}

impl Change {
    /// The word by which scripts tell it.
    pub(crate) fn op(&self) -> &'static str {
        match self {
            Change::AddColumn { .. } => "add_column",
            Change::DropColumn(_) => "drop_column",
            Change::RenameColumn { .. } => "rename_column",
            Change::AlterColumn(_) => "alter_column",
            Change::MoveColumn { .. } => "move_column",
            Change::AddPrimaryKey(_) => "add_primary_key",
            Change::DropPrimaryKey => "drop_primary_key",
            Change::AddUnique(_) => "add_unique",
            Change::DropUnique(_) => "drop_unique",
            Change::AddForeignKey(_) => "add_foreign_key",
            Change::DropForeignKey(_) => "drop_foreign_key",
            Change::AddCheck(_) => "add_check",
            Change::DropCheck(_) => "drop_check",
            Change::AddExclusion(_) => "add_exclusion",
            Change::DropExclusion(_) => "drop_exclusion",
            Change::CreateIndex(_) => "create_index",
            Change::DropIndex(_) => "drop_index",
            Change::RenameIndex { .. } => "rename_index",
            Change::RenameConstraint { .. } => "rename_constraint",
            Change::SetComment(_) => "set_table_comment",
            Change::SetOption { .. } => "set_table_option",
            Change::Grant(_) => "grant",
            Change::Revoke(_) => "revoke",
        }
    }
}
