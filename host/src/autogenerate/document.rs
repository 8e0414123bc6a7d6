//! A state as a TOML or JSON document: `[[table]]` for tables, `[[object]]` for everything else.

use std::sync::Arc;

use dapter_plugin_api::schema::{
    Body, Composite, Definition, Dependency, Domain, Enumeration, Sequence, Table,
};
use dapter_plugin_api::{ObjectName, Schema, SchemaObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::desired::Described;
use super::former_names::taken_from;
use super::once::Once;
use super::unknown::{Unknown, unknown};

/// Why a text is no such document: what the format's reader says, with the place, or which member there is not.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct DocumentError {
    message: String,
    hint: Option<String>,
}

impl DocumentError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<Unknown> for DocumentError {
    fn from(unknown: Unknown) -> Self {
        Self {
            message: unknown.to_string(),
            hint: unknown.hint(),
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Document {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    table: Vec<TableDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    object: Vec<ObjectDocument>,
}

/// What tables and everything else have in common.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Common {
    #[serde(flatten)]
    name: ObjectName,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    comment: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grants: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<Dependency>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TableDocument {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    table: Table,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct ObjectDocument {
    kind: String,
    #[serde(flatten)]
    common: Common,
    // Each by itself: what serde derives for a choice would take the `table` of a trigger's name for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    enumeration: Option<Enumeration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<Domain>,
    #[serde(skip_serializing_if = "Option::is_none")]
    composite: Option<Composite>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<Sequence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<Definition>,
}

impl ObjectDocument {
    fn of(common: Common, kind: String, body: Body) -> Result<Self, DocumentError> {
        let mut document = Self {
            kind,
            common,
            ..Self::default()
        };
        match body {
            Body::Enumeration(it) => document.enumeration = Some(it),
            Body::Domain(it) => document.domain = Some(it),
            Body::Composite(it) => document.composite = Some(it),
            Body::Sequence(it) => document.sequence = Some(it),
            Body::Definition(it) => document.definition = Some(it),
            Body::Table(_) => {
                let message = format!(
                    "{} {} has columns, and is no table",
                    document.kind, document.common.name
                );
                return Err(DocumentError::new(message));
            }
        }
        Ok(document)
    }

    fn object(self) -> Result<SchemaObject, DocumentError> {
        let bodies = [
            self.enumeration.map(Body::Enumeration),
            self.domain.map(Body::Domain),
            self.composite.map(Body::Composite),
            self.sequence.map(Body::Sequence),
            self.definition.map(Body::Definition),
        ];
        let mut bodies = bodies.into_iter().flatten();
        match (bodies.next(), bodies.next()) {
            (Some(body), None) => Ok(self.common.object(self.kind, body)),
            (found, _) => {
                let count = if found.is_some() {
                    "more than one"
                } else {
                    "none"
                };
                Err(DocumentError::new(format!(
                    "the {} {} has {count} of enumeration, domain, composite, sequence and definition",
                    self.kind, self.common.name
                )))
            }
        }
    }
}

impl Common {
    fn object(self, kind: String, body: Body) -> SchemaObject {
        SchemaObject {
            kind,
            name: self.name,
            body,
            comment: self.comment,
            grants: self.grants,
            depends_on: self.depends_on,
        }
    }
}

impl Document {
    fn schema(self) -> Result<Schema, DocumentError> {
        let tables = self
            .table
            .into_iter()
            .map(|TableDocument { common, table }| {
                Ok(common.object(SchemaObject::TABLE.to_owned(), Body::Table(Arc::new(table))))
            });
        let others = self.object.into_iter().map(ObjectDocument::object);
        Ok(Schema::of(tables.chain(others).collect::<Result<_, _>>()?))
    }

    fn of(schema: &Schema) -> Result<Self, DocumentError> {
        let mut document = Document::default();
        for object in schema.objects.iter().cloned() {
            let common = Common {
                name: object.name,
                comment: object.comment,
                grants: object.grants,
                depends_on: object.depends_on,
            };
            match object.body {
                Body::Table(table) if object.kind == SchemaObject::TABLE => {
                    let table = Arc::unwrap_or_clone(table);
                    document.table.push(TableDocument { common, table });
                }
                body => document
                    .object
                    .push(ObjectDocument::of(common, object.kind, body)?),
            }
        }
        Ok(document)
    }
}

/// Reads a state from TOML.
///
/// # Errors
/// If it is no such document.
pub fn document_of_toml(text: &str) -> Result<Described, DocumentError> {
    let message = |error: toml::de::Error| DocumentError::new(error.to_string().trim_end());
    let value = toml::from_str(text).map_err(message)?;
    described(value, || toml::from_str(text).map_err(message))
}

/// Reads a state from JSON.
///
/// # Errors
/// If it is no such document.
pub fn document_of_json(text: &str) -> Result<Described, DocumentError> {
    let message = |error: serde_json::Error| DocumentError::new(error.to_string());
    let Once(value) = serde_json::from_str(text).map_err(message)?;
    described(value, || serde_json::from_str(text).map_err(message))
}

/// What a document describes. What is wrong with it is told by the reader of its text, which knows the place.
fn described(
    mut value: Value,
    read: impl FnOnce() -> Result<Document, DocumentError>,
) -> Result<Described, DocumentError> {
    let former_names = taken_from(&mut value)?;
    if let Some(unknown) = unknown(&value) {
        return Err(unknown.into());
    }
    let document = match Document::deserialize(value) {
        Ok(document) => document,
        Err(_) => read()?,
    };
    Ok(Described {
        schema: document.schema()?,
        former_names,
    })
}

/// Writes a state as TOML, which [`document_of_toml`] reads again.
///
/// # Errors
/// If a value has no place in TOML.
pub fn to_toml(schema: &Schema) -> Result<String, DocumentError> {
    toml::to_string_pretty(&Document::of(schema)?)
        .map_err(|error| DocumentError::new(error.to_string()))
}

/// Writes a state as JSON, which [`document_of_json`] reads again.
///
/// # Errors
/// If a value has no place in JSON.
pub fn to_json(schema: &Schema) -> Result<Value, DocumentError> {
    serde_json::to_value(Document::of(schema)?)
        .map_err(|error| DocumentError::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[[table]]
name = "users"
primary_key = ["id"]

[[table.columns]]
name = "id"
type = "bigint"
not_null = true

[[table.columns]]
name = "email"
type = "string(200)"

[[table.uniques]]
name = "users_email_key"
columns = ["email"]

[[object]]
kind = "view"
name = "emails"
definition.create = ["CREATE VIEW emails AS SELECT email FROM users"]

[[object]]
kind = "trigger"
table = "users"
name = "told"
definition.create = ["CREATE TRIGGER told ..."]
"#;

    #[test]
    fn a_document_says_the_same_when_it_is_written_again() {
        let found = document_of_toml(TEXT).expect("is one");
        assert_eq!(found.schema.objects.len(), 3);
        let again = to_toml(&found.schema).expect("is written");
        assert_eq!(document_of_toml(&again).expect("is one"), found, "{again}");
        let json = to_json(&found.schema).expect("is written").to_string();
        assert_eq!(document_of_json(&json).expect("is one"), found, "{json}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, expected) in [
            ("[[tabel]]\nname = 'a'", "unknown field `tabel`"),
            ("[[table]]\nname = 1", "invalid type: integer `1`"),
            (
                "[[object]]\nkind = 'view'\nname = 'v'",
                "the view v has none of",
            ),
            (
                "[[object]]\nkind = 'type'\nname = 't'\nenumeration.values = []\ndefinition.create = []",
                "the type t has more than one of",
            ),
        ] {
            let error = document_of_toml(text).expect_err("is none");
            assert!(error.to_string().contains(expected), "{error}");
        }
        assert!(document_of_json("{} {}").is_err());
        let twice = document_of_json("{\"table\": [{ \"name\": \"a\", \"name\": \"b\" }]}");
        let told = twice.expect_err("is none").to_string();
        assert!(
            told.starts_with("the member `name` is there twice at line 1"),
            "{told}"
        );
    }

    #[test]
    fn members_that_there_are_not_are_told_at_every_depth() {
        let in_table = |said: &str| format!("[[table]]\nname = 'users'\n{said}");
        let cases = [
            (
                in_table("colums = []"),
                "table.users: no member `colums`",
                "columns",
            ),
            (
                in_table("columns = [{ name = 'id', not_nul = true }]"),
                "table.users.columns.0: no member `not_nul`",
                "not_null",
            ),
            (
                in_table("columns = [{ name = 'id', identity = { kin = 'always' } }]"),
                "table.users.columns.0.identity: no member `kin`",
                "kind",
            ),
            (
                in_table("primary_key = [{ colum = 'id' }]"),
                "table.users.primary_key.0: no member `colum`",
                "column",
            ),
            (
                in_table("primary_key = { columns = ['id'], nam = 'k' }"),
                "table.users.primary_key: no member `nam`",
                "name",
            ),
            (
                in_table(
                    "indexes = [{ name = 'i', columns = [{ column = 'a', desending = true }] }]",
                ),
                "table.users.indexes.0.columns.0: no member `desending`",
                "descending",
            ),
            (
                in_table("foreign_keys = [{ columns = ['a'], table = { nme = 'b' } }]"),
                "table.users.foreign_keys.0.table: no member `nme`",
                "name",
            ),
            (
                in_table("rename_form = 'people'"),
                "table.users: no member `rename_form`",
                "rename_from",
            ),
            (
                in_table("columns = [{ name = 'id', rename_form = 'key' }]"),
                "table.users.columns.0: no member `rename_form`",
                "rename_from",
            ),
            (
                "[[object]]\nkind = 'view'\nname = 'v'\ndefinition.creat = []".to_owned(),
                "object.v.definition: no member `creat`",
                "create",
            ),
            (
                "[[object]]\nkin = 'view'\nname = 'v'\ndefinition.create = []".to_owned(),
                "object.v: no member `kin`",
                "kind",
            ),
        ];
        for (text, message, near) in cases {
            let value: toml::Value = toml::from_str(&text).expect("is TOML");
            let json = serde_json::to_string(&value).expect("is JSON");
            for read in [document_of_toml(&text), document_of_json(&json)] {
                let error = read.expect_err(&text);
                assert_eq!(error.to_string(), message);
                let hint = format!("did you mean `{near}`?");
                assert_eq!(error.hint(), Some(hint.as_str()), "{text}");
            }
        }
        let far = document_of_toml(&in_table("zzz = 1")).expect_err("is none");
        assert_eq!(far.hint(), None);
    }

    #[test]
    fn options_are_the_words_of_databases() {
        let text = "[[table]]\nname = 'users'\noptions = { engine = 'InnoDB' }";
        assert!(document_of_toml(text).is_ok());
    }
}
