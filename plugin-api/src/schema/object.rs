//! A schema and its objects.

use super::{Composite, Domain, Enumeration, ObjectName, Sequence, Table, is_default, list};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// What a database is built of: everything that scripts make, but the history that dapter keeps in it.
///
/// Two databases of one server that were built alike have equal objects, whatever their names are and however they came
/// to be. What is in the tables is no part of it, nor are owners.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Whose server read it: `PostgreSQL`. Empty if none did.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// The server's version, as it says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The settings of server and database that decide how it writes what it was told: an encoding, a collation, a mode. Empty
    /// where there are none. Databases with the same, and the same version, write the same alike.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub settings: String,
    /// What holds in this kind of database.
    #[serde(skip_serializing_if = "is_default")]
    pub rules: SchemaRules,
    /// Its objects, sorted by kind and name.
    #[serde(deserialize_with = "list::read")]
    pub objects: Vec<SchemaObject>,
}

/// What holds in a kind of database and decides how two schemas are compared, and how one becomes the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaRules {
    /// A column can be put anywhere, so where it stands is a part of the table. Elsewhere new ones come last.
    pub columns_have_places: bool,
    /// A foreign key can only be made when the table that it refers to is there.
    pub references_are_checked: bool,
    /// Names that differ only in their case are the same.
    pub names_ignore_case: bool,
    /// What depends on an object, or on some of its columns, stands in the way of changing it.
    pub dependents_block: bool,
    /// What stands between a table's name and a number in the names of constraints that get another name with the table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names_follow_tables: Vec<String>,
}

/// A table, a view, a function: whatever the database knows by a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaObject {
    /// What it is, in the database's own words: `table`, `view`, `materialized view`.
    pub kind: String,
    /// Its name.
    pub name: ObjectName,
    /// What it is made of.
    pub body: Body,
    /// What is said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Who may do what with it, beyond its owner: `SELECT to reader`. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// Objects of the schema that must be there first, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "list::read")]
    pub depends_on: Vec<Dependency>,
}

/// An object that another one needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: ObjectName,
    /// The columns that are needed, where that is known; else all may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// What an object is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A table with columns, which copies of the schema share.
    Table(Arc<Table>),
    /// A type whose values are listed.
    Enumeration(Enumeration),
    /// A type with conditions.
    Domain(Domain),
    /// A type with fields.
    Composite(Composite),
    /// Numbers, one after the other.
    Sequence(Sequence),
    /// Anything else.
    Definition(Definition),
}

/// The statements that make an object, as the database writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// The statements, without terminators: the first makes the object.
    pub create: Vec<String>,
    /// What a view shows, where no statement says it: adapters write that. No database tells it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What counts when two are compared, where the statements are kept as somebody wrote them: the same however they were
    /// written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// What has to stay the same for the statements to be run over an object that is there. Without one it is removed and
    /// made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaceable: Option<String>,
}

impl Default for Body {
    fn default() -> Self {
        Body::Definition(Definition::default())
    }
}

impl Definition {
    /// Whether they make the same.
    #[must_use]
    pub fn is_like(&self, other: &Definition) -> bool {
        match (&self.canonical, &other.canonical) {
            (Some(own), Some(others)) => own == others,
            _ => self.create == other.create,
        }
    }

    /// The statements, where those of a view may be its query alone: what makes a view of this name, in quotes where it needs
    /// them, is the same in all databases that know queries as texts.
    pub fn statements(&self, name: impl FnOnce() -> String) -> Cow<'_, [String]> {
        match &self.query {
            Some(query) if self.create.is_empty() => {
                Cow::Owned(vec![format!("CREATE VIEW {} AS {query}", name())])
            }
            _ => Cow::Borrowed(&self.create),
        }
    }
}

impl Schema {
    /// A schema of these objects, which it sorts.
    #[must_use]
    pub fn of(mut objects: Vec<SchemaObject>) -> Self {
        objects.sort();
        Schema {
            objects,
            ..Schema::default()
        }
    }

    /// Other objects, in their order, on the same server.
    #[must_use]
    pub fn with(&self, objects: Vec<SchemaObject>) -> Self {
        Schema {
            product: self.product.clone(),
            version: self.version.clone(),
            settings: self.settings.clone(),
            rules: self.rules.clone(),
            objects,
        }
    }

    /// The object of this kind and name.
    #[must_use]
    pub fn get(&self, kind: &str, name: &ObjectName) -> Option<&SchemaObject> {
        let mut objects = self.objects.iter();
        objects.find(|object| object.kind == kind && object.name == *name)
    }
}

impl SchemaObject {
    /// The kind of tables, whose body is a [`Table`].
    pub const TABLE: &str = "table";

    /// The kind of views, which show what a query finds.
    pub const VIEW: &str = "view";

    /// A table.
    #[must_use]
    pub fn of_table(name: ObjectName, mut table: Table) -> Self {
        table.fit();
        SchemaObject {
            kind: Self::TABLE.to_owned(),
            name,
            body: Body::Table(Arc::new(table)),
            ..SchemaObject::default()
        }
    }

    /// Something that these statements make.
    #[must_use]
    pub fn of_definition(kind: impl Into<String>, name: ObjectName, create: Vec<String>) -> Self {
        SchemaObject {
            kind: kind.into(),
            name,
            body: Body::Definition(Definition {
                create,
                ..Definition::default()
            }),
            ..SchemaObject::default()
        }
    }

    /// What it is made of, if it is a table with columns.
    #[must_use]
    pub fn as_table(&self) -> Option<&Table> {
        match &self.body {
            Body::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The same, to change it: copies of the schema keep theirs.
    pub fn as_table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.body {
            Body::Table(table) => Some(Arc::make_mut(table)),
            _ => None,
        }
    }

    /// A view that shows this.
    #[must_use]
    pub fn of_view(name: ObjectName, query: impl Into<String>) -> Self {
        SchemaObject {
            kind: Self::VIEW.to_owned(),
            name,
            body: Body::Definition(Definition {
                query: Some(query.into()),
                ..Definition::default()
            }),
            ..SchemaObject::default()
        }
    }

    /// Whether it needs another object.
    #[must_use]
    pub fn needs(&self, kind: &str, name: &ObjectName) -> bool {
        let mut needed = self.depends_on.iter();
        needed.any(|needed| needed.kind == kind && needed.name == *name)
    }
}
