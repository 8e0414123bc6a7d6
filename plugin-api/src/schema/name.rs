//! What an object is called.

use super::is_default;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an object is called, among those of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectName {
    /// Its schema, if it is in another than that of unqualified names. Databases without schemas have none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// The table that it belongs to, in the same schema, if its name is unique there only: of a trigger or a policy, say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// Its name, without quotes.
    pub name: String,
    /// The types of its arguments, if there may be several of the name: `(integer, text)`.
    #[serde(skip_serializing_if = "is_default")]
    pub arguments: String,
}

impl ObjectName {
    /// A name in the schema of unqualified names.
    #[must_use]
    pub fn plain(name: impl Into<String>) -> Self {
        ObjectName {
            name: name.into(),
            ..ObjectName::default()
        }
    }

    /// A name in this schema, which is empty if it is that of unqualified names.
    #[must_use]
    pub fn within(schema: impl Into<String>, name: impl Into<String>) -> Self {
        ObjectName {
            schema: schema.into(),
            ..ObjectName::plain(name)
        }
    }

    /// The table that it belongs to.
    #[must_use]
    pub fn table(&self) -> Option<ObjectName> {
        let table = !self.table.is_empty();
        table.then(|| ObjectName::within(self.schema.clone(), self.table.clone()))
    }
}

impl fmt::Display for ObjectName {
    /// For people: without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for before in [&self.schema, &self.table] {
            if !before.is_empty() {
                write!(f, "{before}.")?;
            }
        }
        write!(f, "{}{}", self.name, self.arguments)
    }
}
