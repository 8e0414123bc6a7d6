//! Reading the history, and the rows of its tables.

use crate::attachment::{Attachment, Row, Transaction};
use crate::tables::{LOCK, LOG, Present, REVISION, are_ready};
use crate::values::{number, number_at, text, text_at};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, History, LockRow, LogEntry, Result, RevisionState,
};
use rsfbclient_core::SqlType;

/// All that the database remembers.
pub(crate) fn read(attachment: &mut Attachment, transaction: &mut Transaction) -> Result<History> {
    let present = Present::read(attachment, transaction)?;
    let mut history = History {
        ready: are_ready(attachment, transaction, &present)?,
        ..History::default()
    };
    if present.has(&REVISION) {
        let select = REVISION.select("ORDER BY APPLIED_ORDER");
        let rows = attachment.rows(transaction, &select, Vec::new())?;
        history.rows = rows.iter().map(revision).collect::<Result<_>>()?;
    }
    if present.has(&LOCK) {
        history.lock = read_lock(attachment, transaction)?;
    }
    if present.has_alembic() {
        let select = "SELECT VERSION_NUM FROM ALEMBIC_VERSION ORDER BY 1";
        let rows = attachment.rows(transaction, select, Vec::new())?;
        history.alembic_heads = rows
            .iter()
            .map(|row| text_at(row, 0))
            .collect::<Result<_>>()?;
    }
    Ok(history)
}

/// The log, oldest line first.
pub(crate) fn read_log(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
) -> Result<Vec<LogEntry>> {
    if !Present::read(attachment, transaction)?.has(&LOG) {
        return Ok(Vec::new());
    }
    let rows = attachment.rows(transaction, &LOG.select("ORDER BY ID"), Vec::new())?;
    rows.iter().map(log_entry).collect()
}

/// The lock row that the host keeps.
pub(crate) fn read_lock(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
) -> Result<Option<LockRow>> {
    let rows = attachment.rows(transaction, &LOCK.select("WHERE ID = 1"), Vec::new())?;
    rows.first().map(lock_row).transpose()
}

/// The values of a row of the history.
pub(crate) fn revision_values(row: &AppliedRevision) -> Result<Vec<SqlType>> {
    // Effect and record are one transaction here: nothing is ever in flight.
    let row = AppliedRevision {
        in_flight: None,
        ..row.clone()
    };
    let values = vec![
        text(&row.revision),
        text(&row.message),
        text(&row.checksum),
        number(row.position)?,
        text(row.state.name()),
        number(row.statements_done)?,
        number(row.statements_total)?,
        text(&row.done_checksum),
        text(&row.error),
        number(row.duration_ms)?,
        text(&row.applied_at),
        text(&row.applied_by),
        text(&row.dapter_version),
    ];
    REVISION.values(values, &row)
}

fn revision(row: &Row) -> Result<AppliedRevision> {
    if let Some(whole) = REVISION.whole(row)? {
        return Ok(whole);
    }
    Ok(AppliedRevision {
        revision: text_at(row, 0)?,
        message: text_at(row, 1)?,
        checksum: text_at(row, 2)?,
        position: number_at(row, 3)?,
        state: RevisionState::from_name(&text_at(row, 4)?)?,
        statements_done: number_at(row, 5)?,
        statements_total: number_at(row, 6)?,
        done_checksum: text_at(row, 7)?,
        error: text_at(row, 8)?,
        in_flight: None,
        duration_ms: number_at(row, 9)?,
        applied_at: text_at(row, 10)?,
        applied_by: text_at(row, 11)?,
        dapter_version: text_at(row, 12)?,
    })
}

/// The values of a line of the log with this number.
pub(crate) fn log_values(id: u64, entry: &LogEntry) -> Result<Vec<SqlType>> {
    let values = vec![
        number(id)?,
        text(&entry.at),
        text(&entry.operation),
        text(&entry.revision),
        text(&entry.outcome),
        number(entry.statements)?,
        number(entry.duration_ms)?,
        text(&entry.by),
        text(&entry.host),
        text(&entry.dapter_version),
        text(&entry.note),
    ];
    LOG.values(values, entry)
}

fn log_entry(row: &Row) -> Result<LogEntry> {
    if let Some(whole) = LOG.whole(row)? {
        return Ok(whole);
    }
    Ok(LogEntry {
        at: text_at(row, 1)?,
        operation: text_at(row, 2)?,
        revision: text_at(row, 3)?,
        outcome: text_at(row, 4)?,
        statements: number_at(row, 5)?,
        duration_ms: number_at(row, 6)?,
        by: text_at(row, 7)?,
        host: text_at(row, 8)?,
        dapter_version: text_at(row, 9)?,
        note: text_at(row, 10)?,
    })
}

/// The values of the lock row.
pub(crate) fn lock_values(row: &LockRow) -> Result<Vec<SqlType>> {
    let values = vec![
        SqlType::Integer(1),
        text(&row.token),
        text(&row.host),
        text(&row.machine),
        number(u64::from(row.pid))?,
        text(&row.process_started),
        text(&row.user),
        text(&row.since),
        number(row.beat)?,
    ];
    LOCK.values(values, row)
}

fn lock_row(row: &Row) -> Result<LockRow> {
    if let Some(whole) = LOCK.whole(row)? {
        return Ok(whole);
    }
    let pid = number_at(row, 4)?;
    Ok(LockRow {
        token: text_at(row, 1)?,
        host: text_at(row, 2)?,
        machine: text_at(row, 3)?,
        pid: u32::try_from(pid).map_err(|_| {
            AdapterError::new(
                ErrorKind::Other,
                format!("the lock is held by a process with the number {pid}"),
            )
        })?,
        process_started: text_at(row, 5)?,
        user: text_at(row, 6)?,
        since: text_at(row, 7)?,
        beat: number_at(row, 8)?,
    })
}
