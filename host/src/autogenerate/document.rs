//! A state as a TOML or JSON document: `[[table]]` for tables, `[[object]]` for everything else.

use dapter_plugin_api::schema::{Body, Dependency, Table};
use dapter_plugin_api::{ObjectName, Schema, SchemaObject};
use serde::{Deserialize, Serialize};

/// Why a text is no such document: what the format's reader says, with the place.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DocumentError(String);

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

#[derive(Debug, Serialize, Deserialize)]
struct ObjectDocument {
    kind: String,
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    body: Body,
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

impl From<Document> for Schema {
    fn from(document: Document) -> Self {
        let tables = document
            .table
            .into_iter()
            .map(|TableDocument { common, table }| {
                common.object(SchemaObject::TABLE.to_owned(), Body::Table(Box::new(table)))
            });
        let others = document.object.into_iter();
        let others = others.map(|it| it.common.object(it.kind, it.body));
        Schema::of(tables.chain(others).collect())
    }
}

impl From<&Schema> for Document {
    fn from(schema: &Schema) -> Self {
        let mut document = Document::default();
        for SchemaObject {
            kind,
            name,
            body,
            comment,
            grants,
            depends_on,
        } in schema.objects.iter().cloned()
        {
            let common = Common {
                name,
                comment,
                grants,
                depends_on,
            };
            match body {
                Body::Table(table) if kind == SchemaObject::TABLE => {
                    let table = *table;
                    document.table.push(TableDocument { common, table });
                }
                body => document.object.push(ObjectDocument { kind, common, body }),
            }
        }
        document
    }
}

/// Reads a state from TOML.
///
/// # Errors
/// If it is no such document.
pub fn document_of_toml(text: &str) -> Result<Schema, DocumentError> {
    let document: Document = toml::from_str(text)
        .map_err(|error| DocumentError(error.to_string().trim_end().to_owned()))?;
    Ok(document.into())
}

/// Reads a state from JSON.
///
/// # Errors
/// If it is no such document.
pub fn document_of_json(text: &str) -> Result<Schema, DocumentError> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| DocumentError(error.to_string()))?;
    Ok(document.into())
}

/// Writes a state as TOML, which [`document_of_toml`] reads again.
///
/// # Errors
/// If a value has no place in TOML.
pub fn to_toml(schema: &Schema) -> Result<String, DocumentError> {
    toml::to_string_pretty(&Document::from(schema))
        .map_err(|error| DocumentError(error.to_string()))
}

/// Writes a state as JSON, which [`document_of_json`] reads again.
///
/// # Errors
/// If a value has no place in JSON.
pub fn to_json(schema: &Schema) -> Result<serde_json::Value, DocumentError> {
    serde_json::to_value(Document::from(schema)).map_err(|error| DocumentError(error.to_string()))
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
"#;

    #[test]
    fn a_document_says_the_same_when_it_is_written_again() {
        let schema = document_of_toml(TEXT).expect("is one");
        assert_eq!(schema.objects.len(), 2);
        let again = to_toml(&schema).expect("is written");
        assert_eq!(document_of_toml(&again).expect("is one"), schema, "{again}");
        let json = to_json(&schema).expect("is written").to_string();
        assert_eq!(document_of_json(&json).expect("is one"), schema, "{json}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = document_of_toml("[[tabel]]\nname = 'a'").expect_err("is none");
        assert!(error.to_string().contains("tabel"), "{error}");
    }
}
