//! What the server says of itself.

use crate::attachment::{Attachment, Transaction};
use crate::values::{number_at, text_at};
use dapter_plugin_api::{Result, ServerFacts};

/// Source: `MON$DATABASE` in "Monitoring Tables" in the language reference.
const QUERY: &str = "SELECT RDB$GET_CONTEXT('SYSTEM', 'ENGINE_VERSION'), \
     MON$READ_ONLY, MON$FORCED_WRITES, MON$SQL_DIALECT FROM MON$DATABASE";

/// Asks the server.
pub(crate) fn facts(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
) -> Result<ServerFacts> {
    let rows = attachment.rows(transaction, QUERY, Vec::new())?;
    let mut facts = ServerFacts {
        product: "Firebird".to_owned(),
        version: "unknown".to_owned(),
        ..ServerFacts::default()
    };
    let Some(row) = rows.first() else {
        return Ok(facts);
    };
    facts.version = text_at(row, 0)?;
    if number_at(row, 1)? == 1 {
        facts.read_only = Some("the database is read-only".to_owned());
    }
    if number_at(row, 2)? == 0 {
        facts.remarks.push(
            "without forced writes a machine that fails may leave the database damaged".to_owned(),
        );
    }
    let dialect = number_at(row, 3)?;
    if dialect != 3 {
        facts.remarks.push(format!(
            "the database has the SQL dialect {dialect}, and this adapter speaks dialect 3"
        ));
    }
    Ok(facts)
}
