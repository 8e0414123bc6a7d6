//! Small query results.

use serde::{Deserialize, Serialize};

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// No value.
    Null,
    /// A truth value, where the database has them.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction. Not-a-number and the infinities travel as [`Value::Text`].
    Real(f64),
    /// Text, and every type that has no better form here, as the database prints it.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

/// The rows that a query returned.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}
