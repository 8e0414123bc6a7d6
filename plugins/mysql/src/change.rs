//! A change of the history as statements.
//!
//! Everything that is expected is demanded by the statements themselves: a guard fails, and a row that must be new is
//! inserted. So a change is one message to the server, whatever is expected, and the rows are locked from the check on.

use crate::literal::text;
use crate::rows::RevisionRow;
use crate::tables::{LOCK, LOG, REVISION, qualified};
use dapter_plugin_api::{
    AppliedRevision, Expect, HistoryChange, LockChange, LockRow, LogEntry, RowChange,
};

/// How many conditions one guard has, and how many lines one statement adds to the log.
const CHUNK: usize = 50;

/// The statements that fail if what is expected is not there, but for what the writes themselves demand: that a row is new,
/// and what the only row of a change must be. Asking for a row that is not there would lock the gap in which others add
/// theirs.
pub(crate) fn guards(database: &str, change: &HistoryChange) -> Vec<String> {
    let rows = match &change.rows[..] {
        [only] if only.expect != Expect::Absent => &[],
        rows => rows,
    };
    guards_of(database, &change.lock, rows)
}

/// The statements that fail if what is expected is not there, where nothing is written.
pub(crate) fn checks(database: &str, change: &HistoryChange) -> Vec<String> {
    guards_of(database, &change.lock, &change.rows)
}

fn guards_of(database: &str, lock: &LockChange, rows: &[RowChange]) -> Vec<String> {
    let lock = lock_condition(database, lock);
    let rows = rows.iter().filter_map(|row| row_condition(database, row));
    let conditions: Vec<String> = lock.into_iter().chain(rows).collect();
    conditions.chunks(CHUNK).map(guard).collect()
}

/// A query that succeeds if all conditions hold, and fails with "subquery returns more than 1 row" if not: no other
/// expression fails in both servers and every SQL mode.
fn guard(conditions: &[String]) -> String {
    format!(
        "SELECT IF({}, 1, (SELECT 1 UNION SELECT 2))",
        conditions.join(" AND ")
    )
}

fn lock_condition(database: &str, lock: &LockChange) -> Option<String> {
    let table = qualified(database, LOCK.name);
    match lock {
        LockChange::Ignore
        | LockChange::Take {
            instead_of: None, ..
        } => None,
        LockChange::Require(token)
        | LockChange::Renew { token, .. }
        | LockChange::Release(token) => Some(format!(
            "(SELECT COUNT(*) FROM {table} WHERE id = 1 AND token = {} FOR UPDATE) = 1",
            text(token)
        )),
        LockChange::Take {
            instead_of: Some(token),
            ..
        } => Some(format!(
            "(SELECT COUNT(*) FROM {table} WHERE id = 1 AND token <> {} FOR UPDATE) = 0",
            text(token)
        )),
    }
}

fn row_condition(database: &str, change: &RowChange) -> Option<String> {
    let table = qualified(database, REVISION.name);
    let revision = text(&change.revision);
    match (change.expect, &change.row) {
        (Expect::Absent, Some(_)) => None,
        (Expect::Absent, None) => Some(format!(
            "(SELECT COUNT(*) FROM {table} WHERE revision = {revision} FOR UPDATE) = 0"
        )),
        (
            Expect::Present {
                state,
                statements_done,
            },
            _,
        ) => Some(format!(
            "(SELECT COUNT(*) FROM {table} WHERE revision = {revision} AND state = '{}' \
             AND statements_done = {statements_done} FOR UPDATE) = 1",
            state.name()
        )),
    }
}

/// The statements that make a change whose guards hold. `fingerprint` is the expression for the column of that name of rows
/// with a statement in flight.
pub(crate) fn writes(database: &str, change: &HistoryChange, fingerprint: &str) -> Vec<String> {
    let mut statements: Vec<String> = write_lock(database, &change.lock).into_iter().collect();
    let table = qualified(database, REVISION.name);
    for row in &change.rows {
        statements.extend(write_row(&table, row, fingerprint));
    }
    if let [only] = &change.rows[..]
        && only.expect != Expect::Absent
    {
        // Cheaper than asking first. A row that is written always changes.
        statements.push(guard(&["ROW_COUNT() = 1".to_owned()]));
    }
    let table = qualified(database, LOG.name);
    statements.extend(change.log.chunks(CHUNK).map(|lines| {
        let lines: Vec<String> = lines.iter().map(log_line).collect();
        let columns = log_columns(&LogEntry::default()).map(|(name, _)| name);
        format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            lines.join(", ")
        )
    }));
    statements
}

fn write_row(table: &str, change: &RowChange, fingerprint: &str) -> Option<String> {
    let Expect::Present {
        state,
        statements_done,
    } = change.expect
    else {
        let new = change.row.as_ref()?;
        return Some(insert_row(table, new, fingerprint));
    };
    let expected = format!(
        " AND state = '{}' AND statements_done = {statements_done}",
        state.name()
    );
    let write = match &change.row {
        None => format!(
            "DELETE FROM {table} WHERE revision = {}",
            text(&change.revision)
        ),
        Some(row) => update_row(table, row, fingerprint),
    };
    Some(write + &expected)
}

fn write_lock(database: &str, lock: &LockChange) -> Option<String> {
    let table = qualified(database, LOCK.name);
    match lock {
        LockChange::Ignore | LockChange::Require(_) => None,
        LockChange::Renew { beat, .. } => {
            Some(format!("UPDATE {table} SET beat = {beat} WHERE id = 1"))
        }
        LockChange::Release(_) => Some(format!("DELETE FROM {table} WHERE id = 1")),
        LockChange::Take { instead_of, row } => {
            let mut columns = holder_columns(row);
            columns.push(("connection_id", "0".to_owned()));
            let (names, values): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
            let mut insert = format!(
                "INSERT INTO {table} (id, {}) VALUES (1, {})",
                names.join(", "),
                values.join(", ")
            );
            if instead_of.is_some() {
                insert.push_str(" ON DUPLICATE KEY UPDATE ");
                insert.push_str(&assignments(&columns));
            }
            Some(insert)
        }
    }
}

/// The statement that writes down which connection works under the lock row; `None` where there is no such row. It lasts
/// with an announcement, so that [`at_work`] can tell whether the server still runs what was announced.
pub(crate) fn work_of(database: &str, lock: &LockChange) -> Option<String> {
    matches!(lock, LockChange::Require(_)).then(|| {
        format!(
            "UPDATE {} SET connection_id = CONNECTION_ID() WHERE id = 1",
            qualified(database, LOCK.name)
        )
    })
}

/// The query for the other connection that works under the lock row, if the server still runs something on it.
pub(crate) fn at_work(database: &str) -> String {
    format!(
        "SELECT connection.id FROM {} held JOIN information_schema.processlist connection \
         ON connection.id = held.connection_id WHERE held.id = 1 AND connection.command <> 'Sleep' \
         AND connection.id <> CONNECTION_ID()",
        qualified(database, LOCK.name)
    )
}

/// The columns of a holder, but for the key, and their values.
pub(crate) fn holder_columns(row: &LockRow) -> Vec<(&'static str, String)> {
    vec![
        ("token", text(&row.token)),
        ("host", text(&row.host)),
        ("machine", text(&row.machine)),
        ("pid", row.pid.to_string()),
        ("process_started", text(&row.process_started)),
        ("locked_by", text(&row.user)),
        ("locked_since", text(&row.since)),
        ("beat", row.beat.to_string()),
    ]
}

/// `column = value` for each.
pub(crate) fn assignments(columns: &[(&'static str, String)]) -> String {
    let written: Vec<String> = columns
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    written.join(", ")
}

pub(crate) fn row_columns(row: &AppliedRevision, fingerprint: &str) -> Vec<(&'static str, String)> {
    let null = || "NULL".to_owned();
    let announced = row.in_flight.as_ref();
    vec![
        ("message", text(&row.message)),
        ("checksum", text(&row.checksum)),
        ("position", row.position.to_string()),
        ("state", text(row.state.name())),
        ("statements_done", row.statements_done.to_string()),
        ("statements_total", row.statements_total.to_string()),
        ("done_checksum", text(&row.done_checksum)),
        ("error", text(&row.error)),
        ("duration_ms", row.duration_ms.to_string()),
        ("applied_at", text(&row.applied_at)),
        ("applied_by", text(&row.applied_by)),
        ("dapter_version", text(&row.dapter_version)),
        (
            "in_flight",
            announced.map_or_else(null, |found| text(&found.statement)),
        ),
        (
            "in_flight_checksum",
            announced.map_or_else(null, |found| text(&found.done_checksum)),
        ),
        (
            "in_flight_since",
            announced.map_or_else(null, |found| text(&found.since)),
        ),
        (
            "in_flight_fingerprint",
            announced.map_or_else(null, |_| fingerprint.to_owned()),
        ),
    ]
}

fn insert_row(table: &str, row: &AppliedRevision, fingerprint: &str) -> String {
    let (names, values): (Vec<_>, Vec<_>) = row_columns(row, fingerprint).into_iter().unzip();
    format!(
        "INSERT INTO {table} (revision, {}) VALUES ({}, {})",
        names.join(", "),
        text(&row.revision),
        values.join(", ")
    )
}

/// A row that is there is updated, not replaced: columns of a newer dapter keep what they hold. The settings come first,
/// because assignments see those before them.
fn update_row(table: &str, row: &AppliedRevision, fingerprint: &str) -> String {
    format!(
        "UPDATE {table} SET changes = changes + 1, settings = IF(state = {}, settings, NULL), {} WHERE revision = {}",
        text(row.state.name()),
        assignments(&row_columns(row, fingerprint)),
        text(&row.revision)
    )
}

/// The columns of a line of the log, but for its key, and their values.
pub(crate) fn log_columns(entry: &LogEntry) -> [(&'static str, String); 10] {
    [
        ("logged_at", text(&entry.at)),
        ("operation", text(&entry.operation)),
        ("revision", text(&entry.revision)),
        ("outcome", text(&entry.outcome)),
        ("statements", entry.statements.to_string()),
        ("duration_ms", entry.duration_ms.to_string()),
        ("logged_by", text(&entry.by)),
        ("host", text(&entry.host)),
        ("dapter_version", text(&entry.dapter_version)),
        ("note", text(&entry.note)),
    ]
}

fn log_line(entry: &LogEntry) -> String {
    format!(
        "({})",
        log_columns(entry).map(|(_, value)| value).join(", ")
    )
}

/// The query for the rows that an announcement changes, to take it back; `None` if it only makes new ones.
pub(crate) fn rows_before(database: &str, intent: &HistoryChange) -> Option<String> {
    let present = intent
        .rows
        .iter()
        .filter(|row| row.expect != Expect::Absent);
    let revisions: Vec<String> = present.map(|row| text(&row.revision)).collect();
    (!revisions.is_empty()).then(|| {
        REVISION.select(database) + &format!(" WHERE revision IN ({})", revisions.join(", "))
    })
}

/// The statements that take an announcement back: a row that it made goes, any other says what it said before.
pub(crate) fn withdrawals(
    database: &str,
    intent: &HistoryChange,
    before: &[RevisionRow],
) -> Vec<String> {
    let table = qualified(database, REVISION.name);
    let new = intent
        .rows
        .iter()
        .filter(|row| row.expect == Expect::Absent && row.row.is_some());
    let delete = new.map(|row| {
        format!(
            "DELETE FROM {table} WHERE revision = {} AND in_flight IS NOT NULL",
            text(&row.revision)
        )
    });
    let restore = before.iter().map(|before| {
        let fingerprint = before
            .fingerprint
            .as_deref()
            .map_or_else(|| "NULL".to_owned(), text);
        update_row(&table, &before.row, &fingerprint)
    });
    delete.chain(restore).collect()
}

/// The statement that adds to the settings of the revisions that a change leaves unfinished; `None` if it leaves none.
pub(crate) fn add_setting(
    database: &str,
    change: &HistoryChange,
    statement: &str,
) -> Option<String> {
    let unfinished: Vec<String> = change
        .rows
        .iter()
        .filter_map(|change| change.row.as_ref())
        .filter(|row| row.state != dapter_plugin_api::RevisionState::Applied)
        .map(|row| text(&row.revision))
        .collect();
    (!unfinished.is_empty()).then(|| {
        format!(
            "UPDATE {} SET settings = CONCAT(COALESCE(settings, ''), {}) WHERE revision IN ({})",
            qualified(database, REVISION.name),
            text(&format!("{statement}\n;\n")),
            unfinished.join(", ")
        )
    })
}

/// The queries that tell what stands in the way of a change: the lock row, then the rows.
pub(crate) fn diagnosis(database: &str, change: &HistoryChange) -> [String; 2] {
    let revisions: Vec<String> = change.rows.iter().map(|row| text(&row.revision)).collect();
    let among = if revisions.is_empty() {
        "NULL".to_owned()
    } else {
        revisions.join(", ")
    };
    [
        LOCK.select(database) + " WHERE id = 1 FOR UPDATE",
        REVISION.select(database) + &format!(" WHERE revision IN ({among}) FOR UPDATE"),
    ]
}
