//! Indexes of tables.

use super::{is_default, list};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it finds rows by, in this order.
    #[serde(deserialize_with = "list::read")]
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
///
/// In documents a column without anything else is its name alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct IndexPart {
    /// The column's name, without quotes; empty if it is an expression.
    pub column: String,
    /// The expression, where it is one.
    pub expression: String,
    /// Whether the greatest come first.
    pub descending: bool,
    /// Whether rows without a value come first, where the database lets one choose and it is not the usual way.
    pub nulls_first: Option<bool>,
    /// How texts are compared, where that is not what the column says.
    pub collation: String,
    /// The operator class, where it is not the usual one.
    pub operator_class: String,
    /// How many characters or bytes of the beginning count, where not all do.
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

/// A part as it stands in documents.
#[derive(Serialize)]
#[serde(untagged)]
enum Written {
    Column(String),
    Part(Members),
}

// By hand, since what serde derives for a choice without a tag hides unknown members from whoever looks for them.
impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenForms)
    }
}

struct WrittenForms;

impl<'de> Visitor<'de> for WrittenForms {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column, or a part with its members")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Written, E> {
        Ok(Written::Column(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Written, A::Error> {
        Members::deserialize(MapAccessDeserializer::new(members)).map(Written::Part)
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Members {
    #[serde(skip_serializing_if = "String::is_empty")]
    column: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    expression: String,
    #[serde(skip_serializing_if = "is_default")]
    descending: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    nulls_first: Option<bool>,
    #[serde(skip_serializing_if = "String::is_empty")]
    collation: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    operator_class: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
}

impl From<Written> for IndexPart {
    fn from(written: Written) -> Self {
        match written {
            Written::Column(name) => IndexPart::column(name),
            Written::Part(it) => IndexPart {
                column: it.column,
                expression: it.expression,
                descending: it.descending,
                nulls_first: it.nulls_first,
                collation: it.collation,
                operator_class: it.operator_class,
                length: it.length,
            },
        }
    }
}

impl From<IndexPart> for Written {
    fn from(part: IndexPart) -> Self {
        if part == IndexPart::column(part.column.as_str()) {
            return Written::Column(part.column);
        }
        Written::Part(Members {
            column: part.column,
            expression: part.expression,
            descending: part.descending,
            nulls_first: part.nulls_first,
            collation: part.collation,
            operator_class: part.operator_class,
            length: part.length,
        })
    }
}
