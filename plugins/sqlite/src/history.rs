//! Reading and changing the history.

use crate::error::database;
use crate::tables::{self, LOCK, LOG, Present, REVISION};
use crate::transaction::{atomically, consistently};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, Expect, History, HistoryChange, LockChange, LockRow,
    LogEntry, Result, RevisionState,
};
use rusqlite::{Connection, Params, Row, params};

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
            rows: all(connection, revisions, revision)?,
            lock: all(connection, LOCK.select(&present)?, lock)?.pop(),
            alembic_heads: alembic_heads(connection, &present)?,
        })
    })
}

/// The log, oldest line first.
pub(crate) fn read_log(connection: &Connection) -> Result<Vec<LogEntry>> {
    consistently(connection, || {
        let present = Present::read(connection)?;
        let select = LOG.select(&present)?.map(|select| select + " ORDER BY id");
        all(connection, select, log_entry)
    })
}

/// Checks and makes a change, all of it or nothing.
pub(crate) fn swap(connection: &Connection, change: &HistoryChange) -> Result<()> {
    atomically(connection, || {
        check(connection, change)?;
        write(connection, change)
    })
}

/// Checks what a change expects.
pub(crate) fn check(connection: &Connection, change: &HistoryChange) -> Result<()> {
    check_lock(connection, change)?;
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

/// Checks what a change expects of the lock row.
pub(crate) fn check_lock(connection: &Connection, change: &HistoryChange) -> Result<()> {
    if change.lock == LockChange::Ignore {
        return Ok(());
    }
    let mut select = connection
        .prepare_cached(
            "SELECT id, token, host, machine, pid, process_started, locked_by, locked_since FROM main.dapter_lock",
        )
        .map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    let found = rows.next().map_err(database)?.map(lock).transpose()?;
    change.lock.check(found.as_ref())
}

/// Makes a change whose expectations hold.
pub(crate) fn write(connection: &Connection, change: &HistoryChange) -> Result<()> {
    match &change.lock {
        LockChange::Ignore | LockChange::Require(_) => {}
        LockChange::Take { row, .. } => take_lock(connection, row)?,
        LockChange::Release(_) => run(connection, "DELETE FROM main.dapter_lock", [])?,
    }
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
    change
        .log
        .iter()
        .try_for_each(|entry| write_log(connection, entry))
}

/// A row that is there is updated, not replaced: columns of a newer dapter keep what they hold.
fn write_revision(connection: &Connection, row: &AppliedRevision) -> Result<()> {
    let written = run(
        connection,
        "INSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,
           statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (revision) DO UPDATE SET message = excluded.message, checksum = excluded.checksum,
           position = excluded.position, state = excluded.state, statements_done = excluded.statements_done,
           statements_total = excluded.statements_total, done_checksum = excluded.done_checksum,
           error = excluded.error, duration_ms = excluded.duration_ms, applied_at = excluded.applied_at,
           applied_by = excluded.applied_by, dapter_version = excluded.dapter_version,
           settings = CASE WHEN state = excluded.state THEN settings ELSE '' END",
        params![
            row.revision,
            row.message,
            row.checksum,
            signed(row.position)?,
            row.state.name(),
            signed(row.statements_done)?,
            signed(row.statements_total)?,
            row.done_checksum,
            row.error,
            signed(row.duration_ms)?,
            row.applied_at,
            row.applied_by,
            row.dapter_version,
        ],
    );
    written.map_err(|mut error| {
        if error.code.as_deref() == Some("SQLITE_CONSTRAINT_UNIQUE") {
            // The caller counted on the position to be free.
            error.kind = ErrorKind::Conflict;
            error.message = format!("position {} of the history is taken", row.position);
        }
        error
    })
}

fn take_lock(connection: &Connection, row: &LockRow) -> Result<()> {
    run(
        connection,
        "INSERT OR REPLACE INTO main.dapter_lock
           (id, token, host, machine, pid, process_started, locked_by, locked_since)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            row.token,
            row.host,
            row.machine,
            row.pid,
            row.process_started,
            row.user,
            row.since
        ],
    )
}

fn write_log(connection: &Connection, entry: &LogEntry) -> Result<()> {
    run(
        connection,
        "INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
           host, dapter_version, note)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            entry.at,
            entry.operation,
            entry.revision,
            entry.outcome,
            signed(entry.statements)?,
            signed(entry.duration_ms)?,
            entry.by,
            entry.host,
            entry.dapter_version,
            entry.note,
        ],
    )
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

fn run(connection: &Connection, statement: &str, values: impl Params) -> Result<()> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute(values))
        .map_err(database)?;
    Ok(())
}

fn all<T>(
    connection: &Connection,
    select: Option<String>,
    read: fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let Some(select) = select else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(&select).map_err(database)?;
    let mut rows = statement.query([]).map_err(database)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(database)? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Heads that Alembic recorded.
fn alembic_heads(connection: &Connection, present: &Present) -> Result<Vec<String>> {
    let select = present
        .has_column("alembic_version", "version_num")
        .then(|| {
            "SELECT version_num FROM main.alembic_version WHERE version_num IS NOT NULL ORDER BY 1"
                .to_owned()
        });
    all(connection, select, |row| text(row, 0))
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
        duration_ms: unsigned(row, 9)?,
        applied_at: text(row, 10)?,
        applied_by: text(row, 11)?,
        dapter_version: text(row, 12)?,
    })
}

fn lock(row: &Row<'_>) -> Result<LockRow> {
    Ok(LockRow {
        token: text(row, 1)?,
        host: text(row, 2)?,
        machine: text(row, 3)?,
        pid: row.get(4).map_err(database)?,
        process_started: text(row, 5)?,
        user: text(row, 6)?,
        since: text(row, 7)?,
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

fn text(row: &Row<'_>, index: usize) -> Result<String> {
    row.get(index).map_err(database)
}

fn state(row: &Row<'_>, index: usize) -> Result<RevisionState> {
    RevisionState::from_name(&text(row, index)?)
}

fn unsigned(row: &Row<'_>, index: usize) -> Result<u64> {
    let number: i64 = row.get(index).map_err(database)?;
    u64::try_from(number).map_err(|_| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the history holds the number {number}"),
        )
    })
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| {
        AdapterError::new(
            ErrorKind::Other,
            format!("{number} is too great for a column of SQLite"),
        )
    })
}
