//! Whose server answers, and whether it lets this session change anything.

use crate::link::Link;
use crate::session::PostgresSession;
use crate::settings::LockMode;
use crate::{literal, pooler, statement};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, ServerFacts, Value};

/// Asks the server; where the lock depends on it, also whether a pooler is in between.
pub(crate) async fn ask<L: Link>(session: &mut PostgresSession<L>) -> Result<ServerFacts> {
    let schema = literal::text(&session.place.schema)?;
    let question = format!(
        "SELECT pg_catalog.current_setting('server_version'), \
         CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'the server is a standby' \
         WHEN pg_catalog.current_setting('default_transaction_read_only') = 'on' \
         THEN 'default_transaction_read_only is on' \
         WHEN CASE WHEN pg_catalog.to_regnamespace(pg_catalog.quote_ident({schema})) IS NULL \
         THEN NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') \
         ELSE NOT pg_catalog.has_schema_privilege({schema}, 'CREATE') END \
         THEN 'the role may not create tables for the history' END, \
         (EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8"
    );
    let found = statement::query(session, &question).await?;
    let Some([Value::Text(version), read_only, Value::Integer(time)]) =
        found.rows.first().map(Vec::as_slice)
    else {
        let message = "the server tells of itself in a way that is not understood";
        return Err(AdapterError::new(ErrorKind::Other, message));
    };
    let mut facts = ServerFacts {
        product: "PostgreSQL".to_owned(),
        version: version.clone(),
        read_only: match read_only {
            Value::Text(why) => Some(why.clone()),
            _ => None,
        },
        time_ms: Some(*time),
        remarks: Vec::new(),
    };
    if matches!(session.settings.lock, LockMode::Auto) && pooler::is_pooled(session).await? {
        facts.remarks.push(
            "a pooler hands the connection from one client to another: a row takes the place of the lock"
                .to_owned(),
        );
    }
    Ok(facts)
}
