//! What a database is built of, as far as two of them have to be compared.

use serde::{Deserialize, Serialize};

/// What a database is built of: everything that scripts make, but the history that dapter keeps in it.
///
/// Two databases of one server that were built alike have equal schemas, whatever their names are and however they came
/// to be. What is in the tables is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Its objects, sorted by kind and name.
    pub objects: Vec<SchemaObject>,
}

/// A table, a view, a function: whatever the database knows by a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaObject {
    /// What it is, in the database's own words: `table`, `view`.
    pub kind: String,
    /// Its name; with its schema before it, where it is in another than the first one of unqualified names.
    pub name: String,
    /// Its definition, as the database writes it: a line for each part that can differ by itself, such as a column or an
    /// index, in the order that the database gives them.
    pub definition: Vec<String>,
}

impl Schema {
    /// A schema of these objects, which it sorts.
    #[must_use]
    pub fn of(mut objects: Vec<SchemaObject>) -> Self {
        objects.sort();
        Schema { objects }
    }
}
