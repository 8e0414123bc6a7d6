//! The right to change a database: an advisory lock, which the server takes back from a session that ends.
//!
//! It is never waited for within the server: a session that waits there holds a snapshot, and `CREATE INDEX CONCURRENTLY`
//! of the holder would wait for that.

use crate::holder;
use crate::link::Link;
use crate::literal::text;
use crate::pooler;
use crate::session::PostgresSession;
use crate::settings::LockMode;
use crate::transaction::State;
use dapter_plugin_api::{AdapterError, ErrorKind, LockOutcome, LockRow, Result};
use sha2::{Digest as _, Sha256};
use std::time::{Duration, Instant};

/// How often a session asks that waits.
const PAUSE: Duration = Duration::from_millis(50);

/// What a session remembers that holds the lock.
#[derive(Debug)]
pub(crate) struct Held {
    /// The name of the application before.
    application: String,
}

/// The key of the lock: the same for all who keep their history in the same schema. Databases have locks of their own.
pub(crate) fn key(schema: &str) -> i64 {
    hashed("dapter", schema)
}

/// The key of the lock under which tables are made.
pub(crate) fn making_key(schema: &str) -> i64 {
    hashed("dapter tables", schema)
}

fn hashed(purpose: &str, schema: &str) -> i64 {
    let digest = Sha256::new()
        .chain_update(purpose)
        .chain_update([0])
        .chain_update(schema)
        .finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |key, &byte| key << 8 | i64::from(byte))
}

/// Waits at most `wait` for the lock.
pub(crate) async fn acquire<L: Link>(
    session: &mut PostgresSession<L>,
    holder: &LockRow,
    wait: Duration,
) -> Result<LockOutcome> {
    if session.held.is_some() {
        return Ok(LockOutcome::Acquired);
    }
    let start = Instant::now();
    loop {
        let outcome = attempt(session, holder).await?;
        let left = wait.saturating_sub(start.elapsed());
        if outcome == LockOutcome::Acquired || left.is_zero() {
            return Ok(outcome);
        }
        L::pause(PAUSE.min(left)).await;
    }
}

/// Tries once.
async fn attempt<L: Link>(
    session: &mut PostgresSession<L>,
    holder: &LockRow,
) -> Result<LockOutcome> {
    match session.settings.lock {
        LockMode::Row => return Err(unsupported("`lock=row` asks for a lock row")),
        LockMode::Advisory => session.pooled = Some(false),
        LockMode::Auto => {}
    }
    if session.pooled == Some(true) {
        return Err(pooled());
    }
    // A call that is given up may have got the lock all the same; then the end of the session gives it back.
    let mut answer = session.ask(&question(session, holder)?).await?;
    if !answer.is_true(1) {
        if pooler::is_pooled(session).await? {
            session.pooled = Some(true);
            return Err(pooled());
        }
        session.pooled = Some(false);
        answer = session.ask(&question(session, holder)?).await?;
    }
    session.pooled = Some(false);
    if answer.value(2).is_none() {
        return Ok(LockOutcome::Held(who(session).await?));
    }
    session.held = Some(Held {
        application: answer.value(0).unwrap_or_default().to_owned(),
    });
    Ok(LockOutcome::Acquired)
}

/// Asks for the lock, unless the server is another one than that connected to: then a pooler may be in between. The name of
/// the application tells others who holds it.
fn question<L>(session: &PostgresSession<L>, holder: &LockRow) -> Result<String> {
    let route = &session.route;
    let direct = match (session.pooled, route.address) {
        (Some(false), _) => "true".to_owned(),
        (_, Some(address)) => format!(
            "coalesce(pg_catalog.inet_server_addr() = inet '{address}' \
             AND pg_catalog.inet_server_port() = {}, false)",
            route.host.port
        ),
        (_, None) => format!(
            "(pg_catalog.inet_server_addr() IS NULL AND pg_catalog.current_setting('port') = '{}')",
            route.host.port
        ),
    };
    Ok(format!(
        "SELECT f.application, f.direct, CASE WHEN f.direct THEN \
           CASE WHEN pg_catalog.pg_try_advisory_lock({}) \
           THEN pg_catalog.set_config('application_name', {}, false) END END \
         FROM (SELECT pg_catalog.current_setting('application_name') AS application, {direct} AS direct OFFSET 0) AS f",
        key(&session.place.schema),
        text(&holder::application_name(holder))?
    ))
}

/// Who holds the lock, as far as the server tells.
async fn who<L: Link>(session: &mut PostgresSession<L>) -> Result<Option<LockRow>> {
    let key = key(&session.place.schema).cast_unsigned();
    let query = format!(
        "SELECT a.application_name FROM pg_catalog.pg_locks l \
         JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         AND l.classid = {}::oid AND l.objid = {}::oid",
        key >> 32,
        key & u64::from(u32::MAX)
    );
    let answer = session.ask(&query).await?;
    Ok(answer.value(0).and_then(holder::named))
}

/// Gives the lock back.
pub(crate) async fn release<L: Link>(session: &mut PostgresSession<L>) -> Result<()> {
    let Some(held) = &session.held else {
        return Err(AdapterError::new(
            ErrorKind::Statement,
            "this session does not hold the lock",
        ));
    };
    let statement = format!(
        "SELECT pg_catalog.pg_advisory_unlock({}), pg_catalog.set_config('application_name', {}, false)",
        key(&session.place.schema),
        text(&held.application)?
    );
    if session.state == State::Failed {
        session.end_with_rollback().await?;
    }
    let answer = session.ask(&statement).await?;
    session.held = None;
    if answer.is_true(0) {
        return Ok(());
    }
    Err(AdapterError::new(
        ErrorKind::Statement,
        "the lock was gone before it was given back",
    )
    .with_hint(
        "a statement of the script may have released it, or a pooler is in between: try `lock=row`",
    ))
}

fn pooled() -> AdapterError {
    unsupported("a pooler hands this connection from one server session to another").with_hint(
        "connect to the server itself, or write `lock=row`; `lock=advisory` takes the risk",
    )
}

fn unsupported(why: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Unsupported,
        format!("an advisory lock cannot be held: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_the_same_for_ever_and_differ_by_schema() {
        assert_eq!(key("public"), key("public"));
        let keys = [
            key("public"),
            key("app"),
            making_key("public"),
            making_key("app"),
        ];
        let different: std::collections::BTreeSet<i64> = keys.into_iter().collect();
        assert_eq!(different.len(), keys.len());
    }
}
