//! The tables in which other tools keep what they have applied.
//!
//! The host knows what those tables look like and what their rows mean; an adapter knows how its database reads and writes
//! them. [`ForeignSql`] does the writing of statements for adapters of SQL databases.

use crate::{AdapterError, ErrorKind, Result, Value};
use serde::{Deserialize, Serialize};

/// What a column of another tool's table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ForeignType {
    /// A number that the database counts up by itself, the table's key.
    Serial,
    /// A whole number of four bytes.
    Integer,
    /// A whole number of eight bytes.
    BigInteger,
    /// A truth value.
    Boolean,
    /// Text of at most so many characters.
    Varchar(u32),
    /// Text of any length.
    Text,
    /// Bytes of any length.
    Bytes,
    /// A moment in UTC, written `2025-05-16 10:30:00`; now, where no row says it.
    Moment,
    /// The same, empty where no row says it.
    OptionalMoment,
}

/// A column of another tool's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: ForeignType,
    /// Whether it is the table's key.
    #[serde(default)]
    pub key: bool,
    /// Whether it may be empty.
    #[serde(default)]
    pub nullable: bool,
    /// The number that it holds where no row says another.
    #[serde(default)]
    pub default: Option<i64>,
}

/// What is written into another tool's table: rows that go, then rows that come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignChange {
    /// The table, as [`read_foreign`](crate::SyncSession::read_foreign) takes it; made if it is not there.
    pub table: String,
    /// All its columns.
    pub columns: Vec<ForeignColumn>,
    /// Rows that go: those in which all these columns have these values.
    pub remove: Vec<Vec<(String, Value)>>,
    /// Rows that come; columns that are not named get what the table gives them.
    pub insert: Vec<Vec<(String, Value)>>,
}

/// How an SQL database writes what [`ForeignChange`] says.
pub trait ForeignSql {
    /// A name in quotes.
    fn name(&self, name: &str) -> String;

    /// A text as a literal.
    ///
    /// # Errors
    /// If the database cannot hold it.
    fn text(&self, text: &str) -> Result<String>;

    /// Bytes as a literal.
    fn bytes(&self, bytes: &[u8]) -> String;

    /// The type of a column, with its default and whether it is the key, for the definition of a table.
    fn column_type(&self, holds: ForeignType) -> String;

    /// A query with a row if the table is there. The schema is absent where the name has none.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    fn look(&self, schema: Option<&str>, table: &str) -> Result<String>;

    /// The query that looks whether a table is there, and the one that reads all of it.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    fn reading(&self, table: &str) -> Result<(String, String)> {
        let (schema, name) = parts(table);
        let all = format!("SELECT * FROM {}", self.qualified(table));
        Ok((self.look(schema, name)?, all))
    }

    /// The statements that make a change, one by one; the first makes the table and is left out where it is there.
    ///
    /// # Errors
    /// If a value cannot be written.
    fn writing(&self, change: &ForeignChange) -> Result<(String, Vec<String>)> {
        let table = self.qualified(&change.table);
        let mut statements = Vec::new();
        for row in &change.remove {
            let conditions: Vec<String> = row
                .iter()
                .map(|(column, value)| match value {
                    Value::Null => Ok(format!("{} IS NULL", self.name(column))),
                    value => Ok(format!("{} = {}", self.name(column), self.literal(value)?)),
                })
                .collect::<Result<_>>()?;
            statements.push(format!(
                "DELETE FROM {table} WHERE {}",
                conditions.join(" AND ")
            ));
        }
        for row in &change.insert {
            let names: Vec<String> = row.iter().map(|(column, _)| self.name(column)).collect();
            let values: Vec<String> = row
                .iter()
                .map(|(_, value)| self.literal(value))
                .collect::<Result<_>>()?;
            statements.push(format!(
                "INSERT INTO {table} ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            ));
        }
        Ok((self.definition(change), statements))
    }

    /// The statement that makes the table.
    fn definition(&self, change: &ForeignChange) -> String {
        let column = |column: &ForeignColumn| {
            let null = match (column.holds, column.nullable) {
                (ForeignType::Serial | ForeignType::OptionalMoment, _) | (_, true) => "",
                _ => " NOT NULL",
            };
            let key = match (column.holds, column.key) {
                (ForeignType::Serial, _) | (_, false) => "",
                (_, true) => " PRIMARY KEY",
            };
            let holds = self.column_type(column.holds);
            let default = (column.default).map_or(String::new(), |it| format!(" DEFAULT {it}"));
            let name = self.name(&column.name);
            format!("{name} {holds}{default}{null}{key}")
        };
        let columns: Vec<String> = change.columns.iter().map(column).collect();
        let table = self.qualified(&change.table);
        format!("CREATE TABLE {table} ({})", columns.join(", "))
    }

    /// The name of a table that may be written with its schema.
    fn qualified(&self, table: &str) -> String {
        match parts(table) {
            (None, name) => self.name(name),
            (Some(schema), name) => format!("{}.{}", self.name(schema), self.name(name)),
        }
    }

    /// A value as a literal.
    ///
    /// # Errors
    /// If the database cannot hold it.
    fn literal(&self, value: &Value) -> Result<String> {
        match value {
            Value::Null => Ok("NULL".to_owned()),
            Value::Bool(true) => Ok("TRUE".to_owned()),
            Value::Bool(false) => Ok("FALSE".to_owned()),
            Value::Integer(number) => Ok(number.to_string()),
            Value::Real(_) => Err(AdapterError::new(
                ErrorKind::Statement,
                "no other tool keeps numbers with fractions",
            )),
            Value::Text(text) => self.text(text),
            Value::Bytes(bytes) => Ok(self.bytes(bytes)),
        }
    }
}

/// The schema and the name of a table.
fn parts(table: &str) -> (Option<&str>, &str) {
    match table.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, table),
    }
}

/// The hexadecimal digits of bytes, as the literals of databases have them.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
    bytes.iter().flat_map(digits).collect()
}
