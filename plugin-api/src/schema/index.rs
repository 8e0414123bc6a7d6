//! Indexes of tables.

use super::is_default;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it finds rows by, in this order.
    pub columns: Vec<IndexPart>,
    /// Whether no two rows have the same.
    #[serde(skip_serializing_if = "is_default")]
    pub unique: bool,
    /// How it is built, where that is not the usual way: `gin`, `fulltext`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// Columns that it holds besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Which rows are in it, if not all.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// What else is said of it, by the database's own words: `nulls not distinct`, `invisible`, `fillfactor`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// A part of what an index finds rows by: a column or an expression.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct IndexPart {
    /// The column's name, without quotes; empty if it is an expression.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// The expression, where it is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expression: String,
    /// Whether the greatest come first.
    #[serde(skip_serializing_if = "is_default")]
    pub descending: bool,
    /// Whether rows without a value come first, where the database lets one choose and it is not the usual way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nulls_first: Option<bool>,
    /// How texts are compared, where that is not what the column says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// The operator class, where it is not the usual one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub operator_class: String,
    /// How many characters or bytes of the beginning count, where not all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

impl IndexPart {
    /// A column, in the usual way.
    #[must_use]
    pub fn column(name: impl Into<String>) -> Self {
        IndexPart {
            column: name.into(),
            ..IndexPart::default()
        }
    }
}
