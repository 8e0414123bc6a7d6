//! How the tables of other tools are written here.

use dapter_plugin_api::foreign::{ForeignSql, hexadecimal};
use dapter_plugin_api::sql::{Rules, quote_identifier, quote_string};
use dapter_plugin_api::{AdapterError, ErrorKind, ForeignType, Result};

/// SQLite's way. Types are named as the tools themselves name them, since SQLite keeps the names.
pub(crate) struct Foreign;

impl ForeignSql for Foreign {
    fn name(&self, name: &str) -> String {
        quote_identifier(name, &Rules::SQLITE)
    }

    fn text(&self, text: &str) -> Result<String> {
        if text.contains('\0') {
            let message = "a text with a NUL character cannot be written into a statement";
            return Err(AdapterError::new(ErrorKind::Statement, message));
        }
        Ok(quote_string(text, &Rules::SQLITE))
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        format!("x'{}'", hexadecimal(bytes))
    }

    fn column_type(&self, holds: ForeignType) -> String {
        match holds {
            ForeignType::Serial => "INTEGER PRIMARY KEY AUTOINCREMENT".to_owned(),
            ForeignType::Integer => "INTEGER".to_owned(),
            ForeignType::BigInteger => "BIGINT".to_owned(),
            ForeignType::Boolean => "BOOLEAN".to_owned(),
            ForeignType::Varchar(length) => format!("VARCHAR({length})"),
            ForeignType::Bytes => "BLOB".to_owned(),
            ForeignType::Moment => "TIMESTAMP DEFAULT CURRENT_TIMESTAMP".to_owned(),
            ForeignType::OptionalMoment => "TIMESTAMP".to_owned(),
            _ => "TEXT".to_owned(),
        }
    }

    fn look(&self, schema: Option<&str>, table: &str) -> Result<String> {
        let schema = self.text(schema.unwrap_or("main"))?;
        let table = self.text(table)?;
        Ok(format!(
            "SELECT 1 FROM pragma_table_list WHERE type = 'table' AND schema = {schema} AND name = {table}"
        ))
    }
}
