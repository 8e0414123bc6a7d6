//! Reading and changing the history.

use crate::error::database;
use crate::lock;
use crate::tables::{self, LOCK, LOG, Present, REVISION};
use crate::transaction::{atomically, consistently};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, Expect, History, HistoryChange, LockChange, LogEntry,
    Result, RevisionState,
};
use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row, params_from_iter};

/// Makes the tables where they are not.
pub(crate) fn ensure(connection: &Connection) -> Result<()> {
    tables::ensure(connection)
}

/// All that the database remembers, as of one moment.
pub(crate) fn read(connection: &Connection) -> Result<History> {
    consistently(connection, || {
        let present = Present::read(connection)?;
        let revisions = REVISION
            .select(&present)?
            .map(|select| select + " ORDER BY position");
        Ok(History {
            ready: present.is_complete(),
            rows: all_if(connection, revisions, revision)?,
            lock: all_if(connection, LOCK.select(&present)?, lock::row)?.pop(),
            alembic_heads: alembic_heads(connection, &present)?,
        })
    })
}

/// The log, oldest line first.
pub(crate) fn read_log(connection: &Connection) -> Result<Vec<LogEntry>> {
    consistently(connection, || {
        let present = Present::read(connection)?;
        let select = LOG.select(&present)?.map(|select| select + " ORDER BY id");
        all_if(connection, select, log_entry)
    })
}

/// Checks and makes a change, all of it or nothing.
pub(crate) fn swap(connection: &Connection, change: &HistoryChange) -> Result<()> {
    atomically(connection, || {
        if let [only] = &change.rows[..]
            && let (Some(row), Expect::Absent) = (&only.row, only.expect)
        {
            return swap_new_row(connection, change, row);
        }
        check(connection, change)?;
        write(connection, change)
    })
}

/// The change that finishes a step upwards. SQLite compiles every statement again after a schema change, so this one
/// asks for little: the key of the table tells whether the row is new, and the row is only written by the lock's holder.
fn swap_new_row(
    connection: &Connection,
    change: &HistoryChange,
    row: &AppliedRevision,
) -> Result<()> {
    let holder = match &change.lock {
        LockChange::Require(token)
        | LockChange::Renew { token, .. }
        | LockChange::Release(token) => Some(token.as_str()),
        LockChange::Ignore | LockChange::Take { .. } => {
            lock::check(connection, change)?;
            None
        }
    };
    let written =
        insert_revision(connection, row, holder).map_err(|error| match error.code.as_deref() {
            Some("SQLITE_CONSTRAINT_PRIMARYKEY") => {
                check(connection, change).err().unwrap_or(error)
            }
            _ => error,
        })?;
    if written == 0 {
        lock::check(connection, change)?;
        return Err(AdapterError::conflict("the lock is held by somebody else"));
    }
    lock::write(connection, change)?;
    write_log(connection, change)
}

/// Checks what a change expects.
pub(crate) fn check(connection: &Connection, change: &HistoryChange) -> Result<()> {
    lock::check(connection, change)?;
    check_rows(connection, change)
}

fn check_rows(connection: &Connection, change: &HistoryChange) -> Result<()> {
    let mut select = connection
        .prepare_cached(
            "SELECT state, statements_done FROM main.dapter_revision WHERE revision = ?1",
        )
        .map_err(database)?;
    for change in &change.rows {
        let mut rows = select.query([&change.revision]).map_err(database)?;
        let found = match rows.next().map_err(database)? {
            None => None,
            Some(row) => Some(AppliedRevision {
                revision: change.revision.clone(),
                state: state(row, 0)?,
                statements_done: unsigned(row, 1)?,
                ..AppliedRevision::default()
            }),
        };
        change.expect.check(&change.revision, found.as_ref())?;
    }
    Ok(())
}

/// Makes a change whose expectations hold.
pub(crate) fn write(connection: &Connection, change: &HistoryChange) -> Result<()> {
    lock::write(connection, change)?;
    // Positions may go from one row to another, so all of them are free before the first is taken.
    for change in change.rows.iter().filter(|change| change.row.is_none()) {
        run(
            connection,
            "DELETE FROM main.dapter_revision WHERE revision = ?1",
            [&change.revision],
        )?;
    }
    if change.rows.len() > 1 {
        let kept = change
            .rows
            .iter()
            .filter(|change| change.row.is_some() && change.expect != Expect::Absent);
        for change in kept {
            let park =
                "UPDATE main.dapter_revision SET position = -1 - position WHERE revision = ?1";
            run(connection, park, [&change.revision])?;
        }
    }
    for row in change.rows.iter().filter_map(|change| change.row.as_ref()) {
        write_revision(connection, row)?;
    }
    write_log(connection, change)
}

fn write_log(connection: &Connection, change: &HistoryChange) -> Result<()> {
    change
        .log
        .iter()
        .try_for_each(|entry| write_log_entry(connection, entry))
}

/// What begins a statement that adds rows, whose values are those of [`revision_values`].
pub(crate) const INSERT_REVISION: &str =
    "INSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,
       statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)";

const NEW_REVISION: &str = "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const AS_HOLDER: &str = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
     WHERE ?14 IS NULL OR EXISTS (SELECT 1 FROM main.dapter_lock WHERE token = ?14)";

/// A row that is there is updated, not replaced: columns of a newer dapter keep what they hold.
pub(crate) const OR_UPDATE_REVISION: &str =
    "ON CONFLICT (revision) DO UPDATE SET message = excluded.message, checksum = excluded.checksum,
       position = excluded.position, state = excluded.state, statements_done = excluded.statements_done,
       statements_total = excluded.statements_total, done_checksum = excluded.done_checksum,
       error = excluded.error, duration_ms = excluded.duration_ms, applied_at = excluded.applied_at,
       applied_by = excluded.applied_by, dapter_version = excluded.dapter_version,
       settings = CASE WHEN state = excluded.state THEN settings ELSE '' END";

/// What begins a statement that adds lines to the log, whose values are those of [`log_values`].
pub(crate) const INSERT_LOG: &str =
    "INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
       host, dapter_version, note)";

/// The values of a row, in the order of [`INSERT_REVISION`].
pub(crate) fn revision_values(row: &AppliedRevision) -> Result<[Value; 13]> {
    Ok([
        Value::Text(row.revision.clone()),
        Value::Text(row.message.clone()),
        Value::Text(row.checksum.clone()),
        Value::Integer(signed(row.position)?),
        Value::Text(row.state.name().to_owned()),
        Value::Integer(signed(row.statements_done)?),
        Value::Integer(signed(row.statements_total)?),
        Value::Text(row.done_checksum.clone()),
        Value::Text(row.error.clone()),
        Value::Integer(signed(row.duration_ms)?),
        Value::Text(row.applied_at.clone()),
        Value::Text(row.applied_by.clone()),
        Value::Text(row.dapter_version.clone()),
    ])
}

/// The values of a line of the log, in the order of [`INSERT_LOG`].
pub(crate) fn log_values(entry: &LogEntry) -> Result<[Value; 10]> {
    Ok([
        Value::Text(entry.at.clone()),
        Value::Text(entry.operation.clone()),
        Value::Text(entry.revision.clone()),
        Value::Text(entry.outcome.clone()),
        Value::Integer(signed(entry.statements)?),
        Value::Integer(signed(entry.duration_ms)?),
        Value::Text(entry.by.clone()),
        Value::Text(entry.host.clone()),
        Value::Text(entry.dapter_version.clone()),
        Value::Text(entry.note.clone()),
    ])
}

/// Adds a row, if the lock row has this token or none is asked for; returns how many rows were written.
fn insert_revision(
    connection: &Connection,
    row: &AppliedRevision,
    holder: Option<&str>,
) -> Result<usize> {
    let holder = holder.map_or(Value::Null, |token| Value::Text(token.to_owned()));
    let statement = format!("{INSERT_REVISION} {AS_HOLDER}");
    put_revision(connection, &statement, row, Some(holder))
}

/// Adds a row, or updates the one that is there.
fn write_revision(connection: &Connection, row: &AppliedRevision) -> Result<()> {
    let statement = format!("{INSERT_REVISION} {NEW_REVISION} {OR_UPDATE_REVISION}");
    put_revision(connection, &statement, row, None).map(drop)
}

/// Runs a statement with the values of a row, and as the last one, where the statement has it, the holder's token.
fn put_revision(
    connection: &Connection,
    statement: &str,
    row: &AppliedRevision,
    holder: Option<Value>,
) -> Result<usize> {
    let values = params_from_iter(revision_values(row)?.into_iter().chain(holder));
    let written = connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute(values));
    written.map_err(database).map_err(|mut error| {
        if error.code.as_deref() == Some("SQLITE_CONSTRAINT_UNIQUE") {
            // The caller counted on the position to be free.
            error.kind = ErrorKind::Conflict;
            error.message = format!("position {} of the history is taken", row.position);
        }
        error
    })
}

fn write_log_entry(connection: &Connection, entry: &LogEntry) -> Result<()> {
    let statement = format!("{INSERT_LOG} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    let values = params_from_iter(log_values(entry)?);
    run(connection, &statement, values)
}

/// The settings that the unfinished step of a revision has made so far, as a script.
pub(crate) fn settings(connection: &Connection, revision: &str) -> Result<String> {
    let mut select = connection
        .prepare_cached("SELECT settings FROM main.dapter_revision WHERE revision = ?1")
        .map_err(database)?;
    let mut rows = select.query([revision]).map_err(database)?;
    rows.next()
        .map_err(database)?
        .map_or(Ok(String::new()), |row| row.get(0).map_err(database))
}

/// Adds a statement to the settings of the revisions that a change leaves unfinished.
pub(crate) fn add_setting(
    connection: &Connection,
    change: &HistoryChange,
    statement: &str,
) -> Result<()> {
    let rows = change.rows.iter().filter_map(|change| change.row.as_ref());
    for row in rows.filter(|row| row.state != RevisionState::Applied) {
        run(
            connection,
            "UPDATE main.dapter_revision SET settings = settings || ?2 || char(10) || ';' || char(10)
             WHERE revision = ?1",
            [row.revision.as_str(), statement],
        )?;
    }
    Ok(())
}

pub(crate) fn run(connection: &Connection, statement: &str, values: impl Params) -> Result<()> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute(values))
        .map_err(database)?;
    Ok(())
}

pub(crate) fn all<T>(
    connection: &Connection,
    select: &str,
    read: fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(select).map_err(database)?;
    let mut rows = statement.query([]).map_err(database)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(database)? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The rows of a table that may not be there.
fn all_if<T>(
    connection: &Connection,
    select: Option<String>,
    read: fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    select.map_or(Ok(Vec::new()), |select| all(connection, &select, read))
}

/// Heads that Alembic recorded.
fn alembic_heads(connection: &Connection, present: &Present) -> Result<Vec<String>> {
    let select = present
        .has_column("alembic_version", "version_num")
        .then(|| {
            "SELECT version_num FROM main.alembic_version WHERE version_num IS NOT NULL ORDER BY 1"
                .to_owned()
        });
    all_if(connection, select, |row| text(row, 0))
}

fn revision(row: &Row<'_>) -> Result<AppliedRevision> {
    Ok(AppliedRevision {
        revision: text(row, 0)?,
        message: text(row, 1)?,
        checksum: text(row, 2)?,
        position: unsigned(row, 3)?,
        state: state(row, 4)?,
        statements_done: unsigned(row, 5)?,
        statements_total: unsigned(row, 6)?,
        done_checksum: text(row, 7)?,
        error: text(row, 8)?,
        in_flight: None,
        duration_ms: unsigned(row, 9)?,
        applied_at: text(row, 10)?,
        applied_by: text(row, 11)?,
        dapter_version: text(row, 12)?,
    })
}

fn log_entry(row: &Row<'_>) -> Result<LogEntry> {
    Ok(LogEntry {
        at: text(row, 1)?,
        operation: text(row, 2)?,
        revision: text(row, 3)?,
        outcome: text(row, 4)?,
        statements: unsigned(row, 5)?,
        duration_ms: unsigned(row, 6)?,
        by: text(row, 7)?,
        host: text(row, 8)?,
        dapter_version: text(row, 9)?,
        note: text(row, 10)?,
    })
}

pub(crate) fn text(row: &Row<'_>, index: usize) -> Result<String> {
    row.get(index).map_err(database)
}

fn state(row: &Row<'_>, index: usize) -> Result<RevisionState> {
    RevisionState::from_name(&text(row, index)?)
}

pub(crate) fn unsigned(row: &Row<'_>, index: usize) -> Result<u64> {
    let number: i64 = row.get(index).map_err(database)?;
    u64::try_from(number).map_err(|_| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the history holds the number {number}"),
        )
    })
}

pub(crate) fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| {
        AdapterError::new(
            ErrorKind::Other,
            format!("{number} is too great for a column of SQLite"),
        )
    })
}
