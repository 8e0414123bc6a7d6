//! How the tables of other tools are written here.

use crate::literal;
use dapter_plugin_api::foreign::{ForeignSql, hexadecimal};
use dapter_plugin_api::{ForeignType, Result};

/// The way of MySQL and MariaDB.
pub(crate) struct Foreign;

impl ForeignSql for Foreign {
    fn name(&self, name: &str) -> String {
        literal::name(name)
    }

    fn text(&self, text: &str) -> Result<String> {
        Ok(literal::text(text))
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        format!("x'{}'", hexadecimal(bytes))
    }

    fn column_type(&self, holds: ForeignType) -> String {
        match holds {
            ForeignType::Serial => "BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY".to_owned(),
            ForeignType::Integer => "INT".to_owned(),
            ForeignType::BigInteger => "BIGINT".to_owned(),
            ForeignType::Boolean => "BOOLEAN".to_owned(),
            ForeignType::Varchar(length) => format!("VARCHAR({length})"),
            ForeignType::Bytes => "BLOB".to_owned(),
            ForeignType::Moment => "TIMESTAMP DEFAULT CURRENT_TIMESTAMP".to_owned(),
            ForeignType::OptionalMoment => "DATETIME NULL".to_owned(),
            _ => "LONGTEXT".to_owned(),
        }
    }

    fn look(&self, schema: Option<&str>, table: &str) -> Result<String> {
        let schema = match schema {
            Some(schema) => literal::text(schema),
            None => "DATABASE()".to_owned(),
        };
        let table = literal::text(table);
        Ok(format!(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = {schema} AND table_name = {table}"
        ))
    }
}
