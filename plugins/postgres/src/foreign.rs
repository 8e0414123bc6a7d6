//! How the tables of other tools are written here.

use crate::literal;
use dapter_plugin_api::foreign::{ForeignSql, hexadecimal};
use dapter_plugin_api::{ForeignType, Result};

/// PostgreSQL's way.
pub(crate) struct Foreign;

impl ForeignSql for Foreign {
    fn name(&self, name: &str) -> String {
        literal::name(name)
    }

    fn text(&self, text: &str) -> Result<String> {
        literal::text(text)
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        format!("decode('{}', 'hex')", hexadecimal(bytes))
    }

    fn column_type(&self, holds: ForeignType) -> String {
        match holds {
            ForeignType::Serial => "serial PRIMARY KEY".to_owned(),
            ForeignType::Integer => "integer".to_owned(),
            ForeignType::BigInteger => "bigint".to_owned(),
            ForeignType::Boolean => "boolean".to_owned(),
            ForeignType::Varchar(length) => format!("varchar({length})"),
            ForeignType::Bytes => "bytea".to_owned(),
            ForeignType::Moment => "timestamptz DEFAULT now()".to_owned(),
            ForeignType::OptionalMoment => "timestamptz".to_owned(),
            _ => "text".to_owned(),
        }
    }

    fn look(&self, schema: Option<&str>, table: &str) -> Result<String> {
        // Without a schema the search path decides, as it does for the tool itself.
        let named = match schema {
            Some(schema) => format!("{}.{}", self.name(schema), self.name(table)),
            None => self.name(table),
        };
        let named = literal::text(&named)?;
        Ok(format!("SELECT 1 WHERE to_regclass({named}) IS NOT NULL"))
    }
}
