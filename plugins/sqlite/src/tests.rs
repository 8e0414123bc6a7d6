//! The adapter through the methods of its traits, as a host uses it.

mod files;
mod recorded;
mod sessions;
mod swaps;

use crate::{SqliteAdapter, SqliteSession};
use dapter_plugin_api::{
    AppliedRevision, ConnectOptions, Expect, HistoryChange, LockChange, LockRow, LogEntry, Notices,
    Result, RevisionState, RowChange, SyncMigrationAdapter, SyncSession, Value,
};
use std::path::Path;

/// A session on the file `app.db` in a folder, with options behind the URL.
pub(crate) fn connect(folder: &Path, query: &str) -> Result<SqliteSession> {
    let mut options = ConnectOptions::new(format!("sqlite:app.db{query}"));
    options.base_directory = folder.to_owned();
    SqliteAdapter.connect(&options, &Notices::new())
}

pub(crate) fn open(folder: &Path) -> SqliteSession {
    connect(folder, "").expect("connects")
}

fn memory() -> SqliteSession {
    let options = ConnectOptions::new("sqlite::memory:");
    let mut session = SqliteAdapter
        .connect(&options, &Notices::new())
        .expect("connects");
    session.ensure_history().expect("makes the history");
    session
}

/// The first value that a query returns.
fn one(session: &mut SqliteSession, query: &str) -> Value {
    let rows = session.query(query).expect(query);
    rows.rows[0][0].clone()
}

fn row(
    revision: &str,
    position: u64,
    state: RevisionState,
    statements_done: u64,
) -> AppliedRevision {
    AppliedRevision {
        revision: revision.to_owned(),
        position,
        state,
        statements_done,
        statements_total: 9,
        ..AppliedRevision::default()
    }
}

fn applied(revision: &str, position: u64) -> AppliedRevision {
    row(revision, position, RevisionState::Applied, 9)
}

/// A change of one row from what was there to what is there afterwards.
fn change(before: Option<&AppliedRevision>, after: Option<AppliedRevision>) -> HistoryChange {
    let revision = before
        .or(after.as_ref())
        .map(|row| row.revision.clone())
        .unwrap_or_default();
    HistoryChange {
        rows: vec![RowChange {
            revision,
            expect: Expect::exactly(before),
            row: after,
        }],
        ..HistoryChange::default()
    }
}

fn holder(token: &str) -> LockRow {
    LockRow {
        token: token.to_owned(),
        host: "example".to_owned(),
        pid: 7,
        ..LockRow::default()
    }
}

fn with_lock(mut change: HistoryChange, lock: LockChange) -> HistoryChange {
    change.lock = lock;
    change
}

fn with_log(mut change: HistoryChange, note: &str) -> HistoryChange {
    change.log.push(LogEntry {
        operation: "upgrade".to_owned(),
        note: note.to_owned(),
        ..LogEntry::default()
    });
    change
}
