//! Tables.

use super::{
    Check, Column, Exclusion, ForeignKey, Index, IndexPart, Key, ObjectName, is_default, list,
};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// Its columns, in their order.
    #[serde(deserialize_with = "list::read")]
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "read_key",
        serialize_with = "write_key"
    )]
    pub primary_key: Option<Key>,
    /// Unique constraints, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub uniques: Vec<Key>,
    /// Foreign keys, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Conditions that every row meets, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub checks: Vec<Check>,
    /// Constraints that no two rows may violate together, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub exclusions: Vec<Exclusion>,
    /// Indexes that belong to no constraint, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub indexes: Vec<Index>,
    /// How its rows are spread, or of what it is a part.
    #[serde(skip_serializing_if = "is_default")]
    pub partitioning: Partitioning,
    /// Tables that it inherits from, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<ObjectName>,
    /// What else is said of the whole table, by the database's own words: `engine`, `strict`, `row security`. An option
    /// without a value has an empty one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// How the rows of a table are spread over parts, or of what table it is a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Partitioning {
    /// What decides, as the database writes it: `RANGE (day)`. Empty if it has no parts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The table that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<ObjectName>,
    /// Which rows are in it: `FOR VALUES FROM (1) TO (2)`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bound: String,
    /// Parts that are no tables of their own, as the database writes them, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

impl Table {
    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Calls the constraints otherwise that are named after the table, when that gets another name.
    pub fn rename_constraints(&mut self, between: &[String], old: &str, new: &str) {
        let keys = self.foreign_keys.iter_mut().map(|key| &mut key.name);
        for name in keys.chain(self.checks.iter_mut().map(|check| &mut check.name)) {
            if let Some(following) = following_name(name, between, old, new) {
                *name = following;
            }
        }
    }

    /// Gives back what lists have room for besides: one that has grown has it for as many again.
    pub(super) fn fit(&mut self) {
        self.columns.shrink_to_fit();
        self.uniques.shrink_to_fit();
        self.foreign_keys.shrink_to_fit();
        self.checks.shrink_to_fit();
        self.indexes.shrink_to_fit();
        for key in self.primary_key.iter_mut().chain(&mut self.uniques) {
            key.columns.shrink_to_fit();
        }
        for index in &mut self.indexes {
            index.columns.shrink_to_fit();
        }
        for key in &mut self.foreign_keys {
            key.columns.shrink_to_fit();
            key.references.shrink_to_fit();
        }
    }

    /// Puts everything whose order says nothing in order.
    pub fn sort(&mut self) {
        self.uniques.sort();
        self.foreign_keys.sort();
        self.checks.sort();
        self.exclusions.sort();
        self.indexes.sort();
    }
}

/// What a constraint is called when its table gets another name, if it is named after that: by its name, one of these, and a
/// number.
#[must_use]
pub fn following_name(name: &str, between: &[String], old: &str, new: &str) -> Option<String> {
    let rest = name.strip_prefix(old)?;
    let mut numbers = between
        .iter()
        .filter_map(|it| rest.strip_prefix(it.as_str()));
    let is_generated =
        numbers.any(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()));
    is_generated.then(|| format!("{new}{rest}"))
}

/// A key, which may be written as its columns alone.
struct WrittenKey(Key);

// By hand, since what serde derives for a choice without a tag hides unknown members from whoever looks for them.
impl<'de> Deserialize<'de> for WrittenKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyForms)
    }
}

struct KeyForms;

impl<'de> Visitor<'de> for KeyForms {
    type Value = WrittenKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns of a key, or a key with its members")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, columns: A) -> Result<WrittenKey, A::Error> {
        let columns = Vec::<IndexPart>::deserialize(SeqAccessDeserializer::new(columns))?;
        Ok(WrittenKey(Key {
            columns,
            ..Key::default()
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<WrittenKey, A::Error> {
        Key::deserialize(MapAccessDeserializer::new(members)).map(WrittenKey)
    }
}

fn read_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Key>, D::Error> {
    let written = Option::<WrittenKey>::deserialize(deserializer)?;
    Ok(written.map(|WrittenKey(key)| key))
}

fn write_key<S: Serializer>(key: &Option<Key>, serializer: S) -> Result<S::Ok, S::Error> {
    match key {
        Some(key) if is_plain(key) => key.columns.serialize(serializer),
        key => key.serialize(serializer),
    }
}

fn is_plain(key: &Key) -> bool {
    let columns = key.columns.clone();
    *key == Key {
        columns,
        ..Key::default()
    }
}
