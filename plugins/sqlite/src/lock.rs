//! The lock row.

use crate::error::database;
use crate::history::{all, run, signed, text, unsigned};
use dapter_plugin_api::{HistoryChange, LockChange, LockRow, Result};
use rusqlite::{Connection, Row, params};

/// Checks what a change expects of the lock row.
pub(crate) fn check(connection: &Connection, change: &HistoryChange) -> Result<()> {
    if change.lock == LockChange::Ignore {
        return Ok(());
    }
    let token = |row: &Row<'_>| {
        Ok(LockRow {
            token: text(row, 0)?,
            ..LockRow::default()
        })
    };
    let holder = all(connection, "SELECT token FROM main.dapter_lock", token)?.pop();
    if change.lock.check(holder.as_ref()).is_ok() {
        return Ok(());
    }
    // The rest of the row says who holds it instead.
    let holder = all(
        connection,
        "SELECT id, token, host, machine, pid, process_started, locked_by, locked_since, beat FROM main.dapter_lock",
        row,
    )?;
    change.lock.check(holder.first())
}

/// Does to the lock row what a change whose expectations hold says.
pub(crate) fn write(connection: &Connection, change: &HistoryChange) -> Result<()> {
    match &change.lock {
        LockChange::Ignore | LockChange::Require(_) => Ok(()),
        LockChange::Take { row, .. } => take(connection, row),
        LockChange::Renew { beat, .. } => run(
            connection,
            "UPDATE main.dapter_lock SET beat = ?1",
            [signed(*beat)?],
        ),
        LockChange::Release(_) => run(connection, "DELETE FROM main.dapter_lock", []),
    }
}

fn take(connection: &Connection, row: &LockRow) -> Result<()> {
    run(
        connection,
        "INSERT OR REPLACE INTO main.dapter_lock
           (id, token, host, machine, pid, process_started, locked_by, locked_since, beat)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            row.token,
            row.host,
            row.machine,
            row.pid,
            row.process_started,
            row.user,
            row.since,
            signed(row.beat)?
        ],
    )
}

/// A lock row, all its columns selected in their order.
pub(crate) fn row(row: &Row<'_>) -> Result<LockRow> {
    Ok(LockRow {
        token: text(row, 1)?,
        host: text(row, 2)?,
        machine: text(row, 3)?,
        pid: row.get(4).map_err(database)?,
        process_started: text(row, 5)?,
        user: text(row, 6)?,
        since: text(row, 7)?,
        beat: unsigned(row, 8)?,
    })
}
