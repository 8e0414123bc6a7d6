//! Constraints of tables.

use super::{IndexPart, ObjectName, is_default, list};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A primary key or a unique constraint.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// Its name; empty where the database gave none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What no two rows have in common, in this order.
    #[serde(deserialize_with = "list::read")]
    pub columns: Vec<IndexPart>,
    /// Columns that its index holds besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// When it is checked.
    #[serde(skip_serializing_if = "is_default")]
    pub deferral: Deferral,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// What else is said of it, by the database's own words: `nulls not distinct`, `on conflict`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// A reference to rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignKey {
    /// Its name; empty where the database gave none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The columns that refer.
    #[serde(deserialize_with = "list::read")]
    pub columns: Vec<String>,
    /// The table they refer to.
    pub table: ObjectName,
    /// The columns they refer to; none where it is that table's primary key and was written so.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub references: Vec<String>,
    /// What becomes of rows whose row over there is deleted.
    #[serde(skip_serializing_if = "is_default")]
    pub on_delete: ReferentialAction,
    /// The columns that are set when it is, where not all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_delete_columns: Vec<String>,
    /// What becomes of rows whose row over there changes its key.
    #[serde(skip_serializing_if = "is_default")]
    pub on_update: ReferentialAction,
    /// `FULL` or `PARTIAL`; empty for `SIMPLE`.
    #[serde(rename = "match", skip_serializing_if = "String::is_empty")]
    pub match_type: String,
    /// When it is checked.
    #[serde(skip_serializing_if = "is_default")]
    pub deferral: Deferral,
    /// Whether rows that were there before may violate it.
    #[serde(skip_serializing_if = "is_default")]
    pub not_valid: bool,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// A condition that every row meets.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// Its name; empty where the database gave none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The condition.
    pub expression: String,
    /// The column that it was written at, where the database tells it from one of the whole table.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// Whether rows that were there before may violate it.
    #[serde(skip_serializing_if = "is_default")]
    pub not_valid: bool,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// What else is said of it, by the database's own words: `no inherit`, `not enforced`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// A constraint that no two rows may violate together, which only its database can write.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// What stands behind the name: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    pub definition: String,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferral {
    /// With every statement.
    #[default]
    NotDeferrable,
    /// With every statement, unless a transaction wants it at its end.
    Immediate,
    /// At the end of a transaction, unless that wants it earlier.
    Deferred,
}

/// What becomes of rows that refer to one that goes or changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// There must be none when the constraint is checked.
    #[default]
    NoAction,
    /// There must be none.
    Restrict,
    /// The same.
    Cascade,
    /// They refer to none.
    SetNull,
    /// They refer to what the default says.
    SetDefault,
}

impl ReferentialAction {
    /// As SQL writes it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            ReferentialAction::NoAction => "NO ACTION",
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        }
    }

    /// By the words of SQL, in whatever case.
    #[must_use]
    pub fn of_sql(words: &str) -> Option<Self> {
        let all = [
            ReferentialAction::NoAction,
            ReferentialAction::Restrict,
            ReferentialAction::Cascade,
            ReferentialAction::SetNull,
            ReferentialAction::SetDefault,
        ];
        all.into_iter()
            .find(|action| action.sql().eq_ignore_ascii_case(words))
    }
}
