//! The connection, and the file that may not be there yet.

use crate::connect::{Location, Mode, Settings};
use crate::error::database;
use dapter_plugin_api::{AdapterError, Canceller, ErrorKind, Result};
use rusqlite::{Connection, InterruptHandle, OpenFlags, OptionalExtension};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A connection to the database.
///
/// SQLite creates a missing file when it is opened, not when it is written to. So while the file is missing, an empty
/// database in memory stands in for it, which answers every reader as the empty file would; the first writer
/// opens the file itself.
pub(crate) struct Database {
    settings: Settings,
    connection: Connection,
    stands_in: bool,
    interrupt: Arc<Mutex<InterruptHandle>>,
}

impl Database {
    /// Opens what the settings name.
    pub(crate) fn open(settings: Settings) -> Result<Database> {
        let (connection, stands_in) = match &settings.location {
            Location::File(path) if exists(path)? => {
                (open_file(path, &settings, OpenFlags::empty())?, false)
            }
            Location::File(path) => {
                check_creatable(path, settings.mode)?;
                (open_memory(&settings)?, true)
            }
            Location::Memory => (open_memory(&settings)?, false),
        };
        let interrupt = Arc::new(Mutex::new(connection.get_interrupt_handle()));
        Ok(Database {
            settings,
            connection,
            stands_in,
            interrupt,
        })
    }

    /// The connection as it is.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection for a call that only reads: to the file if it is there by now.
    pub(crate) fn reading(&mut self) -> Result<&Connection> {
        self.leave_stand_in(OpenFlags::empty())
    }

    /// The connection for a call that may write: to the file, which is created if need be.
    pub(crate) fn writing(&mut self) -> Result<&Connection> {
        self.leave_stand_in(OpenFlags::SQLITE_OPEN_CREATE)
    }

    fn leave_stand_in(&mut self, create: OpenFlags) -> Result<&Connection> {
        if let (true, Location::File(path)) = (self.stands_in, &self.settings.location)
            && (!create.is_empty() || exists(path)?)
        {
            self.connection = open_file(path, &self.settings, create)?;
            *self
                .interrupt
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = self.connection.get_interrupt_handle();
            self.stands_in = false;
        }
        Ok(&self.connection)
    }

    /// From now on calls wait so long for other connections; zero stands for no limit, which SQLite counts in 31 bits.
    pub(crate) fn set_busy_timeout(&mut self, timeout: Duration) -> Result<()> {
        const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
        let timeout = if timeout.is_zero() {
            LONGEST
        } else {
            timeout.min(LONGEST)
        };
        self.settings.busy_timeout = timeout;
        self.connection.busy_timeout(timeout).map_err(database)
    }

    /// What interrupts the running statement, whichever connection it runs on.
    pub(crate) fn canceller(&self) -> Canceller {
        let interrupt = Arc::clone(&self.interrupt);
        Box::new(move || {
            interrupt
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .interrupt();
        })
    }
}

/// Makes the file and the folders it is in; `false` if the file is there.
pub(crate) fn create(settings: &Settings) -> Result<bool> {
    let Location::File(path) = &settings.location else {
        return Ok(false);
    };
    if exists(path)? {
        return Ok(false);
    }
    let failed = |error: std::io::Error| {
        let mut made = AdapterError::from_source(ErrorKind::Permission, &error);
        made.message = format!("cannot make {}: {error}", path.display());
        made
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    match std::fs::File::create_new(path) {
        Ok(_) => Ok(true),
        // Somebody else was faster.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn exists(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|error| {
        let mut made = AdapterError::from_source(ErrorKind::Connect, &error);
        made.message = format!("cannot look for {}: {error}", path.display());
        made
    })
}

fn check_creatable(path: &Path, mode: Mode) -> Result<()> {
    let missing = |what: &str, path: &Path| {
        AdapterError::new(
            ErrorKind::DatabaseMissing,
            format!("there is no {what} {}", path.display()),
        )
    };
    if mode != Mode::Create {
        return Err(missing("file", path)
            .with_hint("check the path; `mode=rwc` creates the file with the first write"));
    }
    match path.parent() {
        Some(folder) if !exists(folder)? => Err(missing("folder", folder)
            .with_hint("check the path, or create the folder: only the file is created")),
        _ => Ok(()),
    }
}

fn open_memory(settings: &Settings) -> Result<Connection> {
    configured(Connection::open_in_memory().map_err(database)?, settings)
}

fn open_file(path: &Path, settings: &Settings, create: OpenFlags) -> Result<Connection> {
    let access = match settings.mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write | Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let flags = access | create | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = configured(
        Connection::open_with_flags(path, flags).map_err(database)?,
        settings,
    )?;
    // Opening reads nothing: only this tells that the file is a database.
    let first = connection.query_row("SELECT 1 FROM main.sqlite_schema LIMIT 1", [], |_| Ok(()));
    match first.optional().map_err(database) {
        Err(mut error) if error.kind != ErrorKind::Busy => {
            error.message = format!("{}: {}", path.display(), error.message);
            Err(error)
        }
        _ => Ok(connection),
    }
}

/// Only what belongs to the connection is set, nothing that the file remembers.
fn configured(connection: Connection, settings: &Settings) -> Result<Connection> {
    connection
        .busy_timeout(settings.busy_timeout)
        .map_err(database)?;
    // The build enforces foreign keys from the start; SQLite itself does not, and rebuilding a table relies on that.
    connection
        .pragma_update(None, "foreign_keys", settings.foreign_keys)
        .map_err(database)?;
    if settings.scratch.is_some() {
        // It need not outlive a failure of the system.
        connection
            .pragma_update(None, "synchronous", "off")
            .map_err(database)?;
    }
    Ok(connection)
}
