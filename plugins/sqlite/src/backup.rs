//! A copy of the file, by SQLite's own means: as of one moment, whoever works on it.

use crate::connect::{Location, Settings};
use crate::database::Database;
use crate::error::database;
use dapter_plugin_api::{AdapterError, BACKUP_FILE, Backup, Result, shell_word};
use rusqlite::backup::Backup as Copy;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// All pages at once: who copies them bit by bit begins again whenever somebody writes.
const ALL: i32 = i32::MAX;

/// How long to wait before looking again whether the file is free.
const PAUSE: Duration = Duration::from_millis(50);

/// Copies the database into an empty file.
pub(crate) fn make(settings: Settings, path: &Path) -> Result<Backup> {
    let Location::File(file) = settings.location.clone() else {
        return Err(AdapterError::unsupported(
            "a backup of a database in memory",
        ));
    };
    let mut source = Database::open(settings)?;
    let mut target =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(database)?;
    Copy::new(source.reading()?, &mut target)
        .and_then(|copy| copy.run_to_completion(ALL, PAUSE, None))
        .map_err(database)?;
    forget_the_lock(&target)?;
    target.close().map_err(|(_, error)| database(error))?;
    let [file, wal, shm] =
        ["", "-wal", "-shm"].map(|end| shell_word(&format!("{}{end}", file.display())));
    Ok(Backup {
        extension: "db".to_owned(),
        restore: format!("rm -f {wal} {shm} && cp {BACKUP_FILE} {file}"),
    })
}

/// Whoever holds the lock now does not hold that of the copy.
fn forget_the_lock(copy: &Connection) -> Result<()> {
    let there = "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = 'dapter_lock')";
    let there: bool = copy
        .query_row(there, [], |row| row.get(0))
        .map_err(database)?;
    if there {
        copy.execute("DELETE FROM main.dapter_lock", [])
            .map_err(database)?;
    }
    Ok(())
}
