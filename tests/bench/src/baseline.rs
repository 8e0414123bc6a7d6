//! What is measured against: the same work, done by nothing but rusqlite.
//!
//! `migrate` sends what the SQLite plugin has to send for an upgrade from nothing: the tables of the history and the
//! lock row in one transaction, then each migration's statement, history row and log line, and with the last of them the
//! end of the lock. It reads no script, checks nothing, and prepares no statement twice.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::{Result, project};

/// The tables, word for word as the plugin makes them; that they are is checked after the run.
const TABLES: &str = "
CREATE TABLE main.dapter_revision (
  revision TEXT NOT NULL PRIMARY KEY,
  message TEXT NOT NULL DEFAULT '',
  checksum TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL UNIQUE,
  state TEXT NOT NULL,
  statements_done INTEGER NOT NULL DEFAULT 0,
  statements_total INTEGER NOT NULL DEFAULT 0,
  done_checksum TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  duration_ms INTEGER NOT NULL DEFAULT 0,
  applied_at TEXT NOT NULL DEFAULT '',
  applied_by TEXT NOT NULL DEFAULT '',
  dapter_version TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT ''
);
CREATE TABLE main.dapter_log (
  id INTEGER PRIMARY KEY,
  logged_at TEXT NOT NULL DEFAULT '',
  operation TEXT NOT NULL DEFAULT '',
  revision TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '',
  statements INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  logged_by TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  dapter_version TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
);
CREATE TABLE main.dapter_lock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token TEXT NOT NULL,
  host TEXT NOT NULL DEFAULT '',
  machine TEXT NOT NULL DEFAULT '',
  pid INTEGER NOT NULL DEFAULT 0,
  process_started TEXT NOT NULL DEFAULT '',
  locked_by TEXT NOT NULL DEFAULT '',
  locked_since TEXT NOT NULL DEFAULT ''
);";

const CHECKSUM: &str =
    "text1-sha256:911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";
const NOW: &str = "2025-05-16T10:30:00.123Z";

/// Makes so many tables in a new file, with `each` of them in a transaction or `all` in one.
pub(crate) fn migrate(mode: &str, file: &Path, count: &str) -> Result<()> {
    let mut connection = open(file)?;
    let count: usize = count.parse()?;
    let transaction = begin(&mut connection)?;
    transaction.execute_batch(TABLES)?;
    transaction.execute(
        "INSERT INTO main.dapter_lock VALUES (1, ?1, 'localhost', ?2, 4711, '12345678', 'somebody', ?3)",
        params!["0123456789abcdef0123456789abcdef", CHECKSUM, NOW],
    )?;
    transaction.commit()?;
    match mode {
        "each" => {
            for number in 1..=count {
                let transaction = begin(&mut connection)?;
                one(&transaction, number, count)?;
                transaction.commit()?;
            }
        }
        "all" => {
            let transaction = begin(&mut connection)?;
            for number in 1..=count {
                one(&transaction, number, count)?;
            }
            transaction.commit()?;
        }
        _ => return Err("the mode is `each` or `all`".into()),
    }
    Ok(())
}

/// What `sqlite3 FILE 'select 1'` does, for a system without that program.
pub(crate) fn select_1(file: &Path) -> Result<()> {
    let connection = Connection::open(file)?;
    let one: i64 = connection.query_row("select 1", [], |row| row.get(0))?;
    println!("{one}");
    Ok(())
}

/// What two runs must have left alike in their databases: the schema, and how many rows there are of what.
pub(crate) fn left_behind(file: &Path) -> Result<Vec<String>> {
    let connection = Connection::open(file)?;
    let mut select = connection.prepare(
        "SELECT name || coalesce(': ' || sql, '') FROM sqlite_schema
         UNION ALL SELECT 'revisions ' || count(*) || ' ' || sum(length(revision || message || checksum || state)) FROM dapter_revision
         UNION ALL SELECT 'lines of the log ' || count(*) || ' ' || sum(length(operation || revision || outcome)) FROM dapter_log
         UNION ALL SELECT 'locks ' || count(*) FROM dapter_lock
         ORDER BY 1",
    )?;
    let lines = select.query_map([], |row| row.get(0))?;
    Ok(lines.collect::<std::result::Result<_, _>>()?)
}

fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_millis(250))?;
    connection.pragma_update(None, "foreign_keys", false)?;
    Ok(connection)
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

fn one(connection: &Connection, number: usize, count: usize) -> Result<()> {
    connection.execute(&project::statement(number), [])?;
    let revision = project::revision(number);
    let mut row = connection.prepare_cached(
        "INSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,
           statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let message = project::message(number);
    let position = i64::try_from(number)?;
    row.execute(params![
        revision, message, CHECKSUM, position, "applied", 1, 1, "", "", 1, NOW, "somebody",
        "0.1.0",
    ])?;
    let mut line = connection.prepare_cached(
        "INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
           host, dapter_version, note)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    line.execute(params![
        NOW,
        "upgrade",
        revision,
        "done",
        1,
        1,
        "somebody",
        "localhost",
        "0.1.0",
        "",
    ])?;
    if number == count {
        connection.execute("DELETE FROM main.dapter_lock", [])?;
    }
    Ok(())
}
