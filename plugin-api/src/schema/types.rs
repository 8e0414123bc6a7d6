//! Types and sequences, which have names of their own in some databases.

use super::{Check, is_default};
use serde::{Deserialize, Serialize};

/// A type whose values are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Enumeration {
    /// The values, in their order.
    pub values: Vec<String>,
}

/// A type with conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Domain {
    /// The type below it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether there is always a value.
    #[serde(skip_serializing_if = "is_default")]
    pub not_null: bool,
    /// The expression whose value stands for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How texts are compared, where that is not what the type below it says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// What its values meet, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// A type with fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Composite {
    /// The fields, in their order.
    pub fields: Vec<Field>,
}

/// A field of a type.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Its name, without quotes.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// How texts are compared, where that is not what the type says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub collation: String,
}

/// Numbers, one after the other. How far it has come is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Sequence {
    /// The type of the numbers.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub data_type: String,
    /// The first.
    pub start: i64,
    /// From one to the next.
    pub increment: i64,
    /// The least.
    pub min: i64,
    /// The greatest.
    pub max: i64,
    /// How many a session takes at a time.
    pub cache: i64,
    /// Whether the least comes after the greatest.
    #[serde(skip_serializing_if = "is_default")]
    pub cycle: bool,
    /// The column that it goes with, as `table.column` or `schema.table.column`, quoted where need be.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owned_by: String,
}
