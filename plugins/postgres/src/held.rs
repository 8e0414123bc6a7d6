//! Which locks the open transaction holds, and whom they keep waiting.
//!
//! Source: "Explicit Locking, Table-Level Locks" of the manual: readers take ACCESS SHARE, writers ROW EXCLUSIVE.

use crate::link::Link;
use crate::session::PostgresSession;
use crate::statement;
use dapter_plugin_api::{AdapterError, ErrorKind, HeldLock, Result, Value};

/// Locks on tables, indexes and the like; those on the catalogues, and of readers, keep nobody waiting.
const HELD: &str = "SELECT c.oid::pg_catalog.regclass::text, c.relkind::text, l.mode, \
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks w WHERE NOT w.granted AND w.relation = l.relation \
     AND w.database = l.database AND l.pid = ANY (pg_catalog.pg_blocking_pids(w.pid))) \
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.locktype = 'relation' \
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
    AND l.mode <> 'AccessShareLock' AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema') \
    ORDER BY 1, 3";

/// Asks for the locks that the session's transaction holds.
pub(crate) async fn locks<L: Link>(session: &mut PostgresSession<L>) -> Result<Vec<HeldLock>> {
    let found = statement::query(session, HELD).await?;
    found.rows.iter().map(|row| lock(row)).collect()
}

fn lock(row: &[Value]) -> Result<HeldLock> {
    let [
        Value::Text(object),
        Value::Text(kind),
        Value::Text(mode),
        Value::Integer(waiting),
    ] = row
    else {
        let message = "the server describes its locks in a way that is not understood";
        return Err(AdapterError::new(ErrorKind::Other, message));
    };
    Ok(HeldLock {
        object: object.clone(),
        kind: kind_of(kind).to_owned(),
        mode: mode.clone(),
        blocks: blocked_by(mode).to_owned(),
        waiting: u64::try_from(*waiting).unwrap_or_default(),
    })
}

/// What a letter of `pg_class.relkind` stands for.
fn kind_of(letter: &str) -> &'static str {
    match letter {
        "r" | "p" => "table",
        "i" | "I" => "index",
        "S" => "sequence",
        "v" => "view",
        "m" => "materialized view",
        "f" => "foreign table",
        _ => "relation",
    }
}

/// Who waits for a lock of this mode.
fn blocked_by(mode: &str) -> &'static str {
    match mode {
        "AccessExclusiveLock" => "readers and writers",
        "ExclusiveLock" | "ShareRowExclusiveLock" | "ShareLock" => "writers",
        _ => "",
    }
}
