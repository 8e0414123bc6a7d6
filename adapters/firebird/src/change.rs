//! Changing the history: what is expected is checked, and what is to be is written, in one transaction.

use crate::attachment::{Attachment, Transaction};
use crate::history::{lock_values, log_values, read_lock, revision_values};
use crate::tables::{LOCK, LOG, REVISION};
use crate::values::{number, number_at, text, text_at};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, Expect, HistoryChange, LockChange, LockRow, LogEntry,
    Result, RevisionState, RowChange,
};
use rsfbclient_core::SqlType;

/// The row of a revision. A comparison pads with blanks, so the length is compared too.
const OF_REVISION: &str = "WHERE REVISION = ? AND CHAR_LENGTH(REVISION) = ?";

/// Violations of keys.
const IS_THERE: &str = "335544665";

/// Makes a change.
///
/// # Errors
/// [`ErrorKind::Conflict`] if anything expected is not there; [`ErrorKind::Busy`] if somebody else changes the history. Part of
/// it may have been written then: the caller rolls back.
pub(crate) fn make(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    change: &HistoryChange,
) -> Result<()> {
    // From here on nobody else changes the history before this transaction ends.
    let lines = change.log.len() as u64;
    let count = "UPDATE DAPTER_LOCK SET BEAT = BEAT + ? WHERE ID = 0";
    let counted = attachment.run(transaction, count, vec![number(lines + 1)?])?;
    if counted != 1 {
        return Err(missed(attachment, transaction)?);
    }
    check(attachment, transaction, change)?;
    write_lock(attachment, transaction, &change.lock)?;
    write_rows(attachment, transaction, &change.rows)?;
    write_log(attachment, transaction, &change.log)
}

/// Why the row was not counted up. In a transaction that reads what is committed, an update that has waited for another may come
/// out as if the row were not there: what it waited for has replaced the version that it had found.
fn missed(attachment: &mut Attachment, transaction: &mut Transaction) -> Result<AdapterError> {
    let query = "SELECT ID FROM DAPTER_LOCK WHERE ID = 0";
    let rows = attachment.rows(transaction, query, Vec::new())?;
    Ok(match rows.is_empty() {
        true => AdapterError::new(ErrorKind::Other, "the table DAPTER_LOCK has no row 0"),
        false => AdapterError::new(ErrorKind::Busy, "somebody else changes the history"),
    })
}

/// Checks what a change expects.
pub(crate) fn check(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    change: &HistoryChange,
) -> Result<()> {
    if change.lock != LockChange::Ignore {
        let found = read_lock(attachment, transaction)?;
        change.lock.check(found.as_ref())?;
    }
    for row in &change.rows {
        let found = find(attachment, transaction, &row.revision)?;
        row.expect.check(&row.revision, found.as_ref())?;
    }
    Ok(())
}

/// The row of a revision, with what is compared of it.
fn find(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    revision: &str,
) -> Result<Option<AppliedRevision>> {
    let query = format!("SELECT STATE, STATEMENTS_DONE FROM DAPTER_REVISION {OF_REVISION}");
    let rows = attachment.rows(transaction, &query, key(revision))?;
    let read = |row| {
        Ok(AppliedRevision {
            revision: revision.to_owned(),
            state: RevisionState::from_name(&text_at(row, 0)?)?,
            statements_done: number_at(row, 1)?,
            ..AppliedRevision::default()
        })
    };
    rows.first().map(read).transpose()
}

fn key(revision: &str) -> Vec<SqlType> {
    let characters = i64::try_from(revision.chars().count()).unwrap_or(i64::MAX);
    vec![text(revision), SqlType::Integer(characters)]
}

fn write_lock(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    change: &LockChange,
) -> Result<()> {
    const DELETE: &str = "DELETE FROM DAPTER_LOCK WHERE ID = 1";
    match change {
        LockChange::Ignore | LockChange::Require(_) => {}
        LockChange::Take { row, .. } => {
            attachment.run(transaction, DELETE, Vec::new())?;
            attachment.run(transaction, &LOCK.insert(), lock_values(row)?)?;
        }
        LockChange::Renew { beat, .. } => {
            if let Some(row) = read_lock(attachment, transaction)? {
                let row = LockRow { beat: *beat, ..row };
                let update = LOCK.update("WHERE ID = 1");
                attachment.run(transaction, &update, lock_values(&row)?)?;
            }
        }
        LockChange::Release(_) => {
            attachment.run(transaction, DELETE, Vec::new())?;
        }
    }
    Ok(())
}

fn write_rows(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    changes: &[RowChange],
) -> Result<()> {
    // Positions may go from one row to another, so all of them are free before the first is taken. Rows are written anew, not
    // deleted and added: columns of a newer version keep what they hold.
    let (kept, others): (Vec<&RowChange>, Vec<&RowChange>) = changes
        .iter()
        .partition(|change| change.row.is_some() && change.expect != Expect::Absent);
    let gone = others.iter().filter(|change| change.row.is_none());
    let delete = format!("DELETE FROM DAPTER_REVISION {OF_REVISION}");
    run_each(
        attachment,
        transaction,
        &delete,
        gone.map(|change| Ok(key(&change.revision))),
    )?;
    if changes.len() > 1 {
        let park =
            format!("UPDATE DAPTER_REVISION SET APPLIED_ORDER = -1 - APPLIED_ORDER {OF_REVISION}");
        run_each(
            attachment,
            transaction,
            &park,
            kept.iter().map(|change| Ok(key(&change.revision))),
        )?;
    }
    let written = kept
        .iter()
        .filter_map(|change| change.row.as_ref())
        .map(|row| {
            let mut values = revision_values(row)?;
            values.extend(key(&row.revision));
            Ok(values)
        });
    run_each(
        attachment,
        transaction,
        &REVISION.update(OF_REVISION),
        written,
    )?;
    let added = others
        .iter()
        .filter_map(|change| change.row.as_ref())
        .map(revision_values);
    run_each(attachment, transaction, &REVISION.insert(), added)
}

fn write_log(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    entries: &[LogEntry],
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let counter = attachment.rows(
        transaction,
        "SELECT BEAT FROM DAPTER_LOCK WHERE ID = 0",
        Vec::new(),
    )?;
    let last = counter.first().map_or(Ok(0), |row| number_at(row, 0))?;
    let first = last.saturating_sub(entries.len() as u64);
    let lines = (first..)
        .zip(entries)
        .map(|(id, entry)| log_values(id, entry));
    run_each(attachment, transaction, &LOG.insert(), lines)
}

/// Runs a statement for each list of values; not at all for none, since preparing it costs as much.
fn run_each(
    attachment: &mut Attachment,
    transaction: &mut Transaction,
    statement: &str,
    lists: impl Iterator<Item = Result<Vec<SqlType>>>,
) -> Result<()> {
    let lists = lists.collect::<Result<Vec<_>>>()?;
    if lists.is_empty() {
        return Ok(());
    }
    let ran = attachment.run_each(transaction, statement, lists);
    ran.map(drop).map_err(|mut error| {
        if error.code.as_deref() == Some(IS_THERE) {
            // The caller counted on the position to be free.
            error.kind = ErrorKind::Conflict;
            error.message = "a position in the history is taken".to_owned();
        }
        error
    })
}
