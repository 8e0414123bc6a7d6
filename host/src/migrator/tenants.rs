//! Names that a database lists.

use dapter_plugin_api::{AdapterError, ErrorKind, Value};

use super::core::Core;
use crate::error::MigrationError;

impl Core {
    /// The first column of what the database answers.
    pub(super) async fn names(&self, statement: &str) -> Result<Vec<String>, MigrationError> {
        let mut session = self.connect().await?;
        let rows = session.query(statement).await;
        let names = rows.and_then(|rows| rows.rows.iter().map(|row| name(row)).collect());
        names.map_err(|error| self.database("list the tenants with", error))
    }
}

fn name(row: &[Value]) -> Result<String, AdapterError> {
    let refused = |what: &str| {
        let message = format!("the query returned {what} instead of a name");
        Err(AdapterError::new(ErrorKind::Other, message)
            .with_hint("the first column of the query must be the tenant's name"))
    };
    match row.first() {
        Some(Value::Text(text)) => Ok(text.clone()),
        Some(Value::Integer(number)) => Ok(number.to_string()),
        // What some databases answer for names of their own catalogue.
        Some(Value::Bytes(bytes)) => match String::from_utf8(bytes.clone()) {
            Ok(text) => Ok(text),
            Err(_) => refused("bytes that are no text"),
        },
        Some(Value::Null) => refused("NULL"),
        Some(Value::Bool(_)) => refused("a truth value"),
        Some(Value::Real(_)) => refused("a number with a fraction"),
        None => refused("nothing"),
    }
}
