//! What SQLite's errors mean to a host.

use crate::codes;
use dapter_plugin_api::{AdapterError, ErrorKind};
use rusqlite::ffi::{self, ErrorCode};

/// The hint for what only works outside the host's transaction.
pub(crate) const WITHOUT_TRANSACTION: &str = "write `-- dapter:transaction none` in the script's header: it then runs outside dapter's transaction";

/// An error of rusqlite as one of an adapter; its position counts from the start of the text that SQLite was given.
#[allow(clippy::needless_pass_by_value, reason = "the argument of `map_err`")]
pub(crate) fn database(error: rusqlite::Error) -> AdapterError {
    match &error {
        rusqlite::Error::SqliteFailure(error, message) => failure(
            error,
            message
                .as_deref()
                .unwrap_or_else(|| ffi::code_to_str(error.extended_code)),
        ),
        rusqlite::Error::SqlInputError {
            error, msg, offset, ..
        } => {
            let made = failure(error, msg);
            match u64::try_from(*offset) {
                Ok(offset) => made.at(offset),
                Err(_) => made,
            }
        }
        other => AdapterError::from_source(ErrorKind::Other, other),
    }
}

fn failure(error: &ffi::Error, message: &str) -> AdapterError {
    let mut made = AdapterError::new(kind(error), message);
    made.code = codes::name(error.extended_code).map(str::to_owned);
    made.hint = hint(error, message).map(str::to_owned);
    made
}

fn kind(error: &ffi::Error) -> ErrorKind {
    match error.code {
        // A protocol error is a lost race for the lock of a WAL file, which SQLite repeated for ten seconds.
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => ErrorKind::Busy,
        ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::AuthorizationForStatementDenied => ErrorKind::Permission,
        ErrorCode::DiskFull => ErrorKind::Full,
        ErrorCode::CannotOpen | ErrorCode::NotADatabase => ErrorKind::Connect,
        ErrorCode::OperationInterrupted => ErrorKind::Cancelled,
        ErrorCode::OutOfMemory
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::InternalMalfunction
        | ErrorCode::ApiMisuse
        | ErrorCode::NoLargeFileSupport => ErrorKind::Other,
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_NOMEM => {
            ErrorKind::Other
        }
        // What cannot be written is no part of a commit, which ends with a later call: a quota or a limit on the size of
        // files is told so too.
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_WRITE => {
            ErrorKind::Full
        }
        // Whether what was written last is in the file is not known: as with a connection that broke.
        ErrorCode::SystemIoFailure => ErrorKind::ConnectionLost,
        _ => ErrorKind::Statement,
    }
}

fn hint(error: &ffi::Error, message: &str) -> Option<&'static str> {
    match (error.code, error.extended_code) {
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
            Some("another connection uses the database: let it finish, or raise `busy_timeout`")
        }
        (_, ffi::SQLITE_READONLY_DIRECTORY) => {
            Some("SQLite writes its journal beside the file: make the folder writable")
        }
        (ErrorCode::ReadOnly, _) => {
            Some("the file or its folder is write-protected, or `mode=ro` was given")
        }
        (ErrorCode::DiskFull, _) => {
            Some("make room on the disk, or raise `PRAGMA max_page_count` if it is set")
        }
        (ErrorCode::CannotOpen, _) => {
            Some("check the path, and the rights to the file and to its folder")
        }
        (ErrorCode::NotADatabase, _) => Some("the file is no SQLite database, or it is encrypted"),
        (ErrorCode::DatabaseCorrupt, _) => {
            Some("`PRAGMA integrity_check` says what is damaged; restore a backup")
        }
        (_, ffi::SQLITE_IOERR_WRITE) => Some(
            "make room: a quota or a limit on the size of files is reached, or the disk has a fault",
        ),
        (ErrorCode::SystemIoFailure, _) => {
            Some("look for a fault of the disk or the file system it is on")
        }
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => {
            Some("`PRAGMA foreign_key_check` lists the rows without their parent")
        }
        (ErrorCode::Unknown, _) => hint_from(message),
        _ => None,
    }
}

/// A hint for an error that has no code of its own.
fn hint_from(message: &str) -> Option<&'static str> {
    let has = |text| message.contains(text);
    if has("within a transaction") || has("inside a transaction") || has("within transaction") {
        return Some(WITHOUT_TRANSACTION);
    }
    if has("no such function") || has("no such module") {
        return Some(
            "functions and modules of extensions are not there: this adapter loads no extensions",
        );
    }
    has("no such column: \"").then_some("a string is written in single quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(code: i32) -> AdapterError {
        database(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn each_code_has_its_kind() {
        let table = [
            (ffi::SQLITE_ERROR, ErrorKind::Statement, "SQLITE_ERROR"),
            (
                ffi::SQLITE_CONSTRAINT_CHECK,
                ErrorKind::Statement,
                "SQLITE_CONSTRAINT_CHECK",
            ),
            (
                ffi::SQLITE_BUSY_SNAPSHOT,
                ErrorKind::Busy,
                "SQLITE_BUSY_SNAPSHOT",
            ),
            (ffi::SQLITE_LOCKED, ErrorKind::Busy, "SQLITE_LOCKED"),
            (ffi::SQLITE_PROTOCOL, ErrorKind::Busy, "SQLITE_PROTOCOL"),
            (
                ffi::SQLITE_READONLY_DBMOVED,
                ErrorKind::Permission,
                "SQLITE_READONLY_DBMOVED",
            ),
            (ffi::SQLITE_AUTH, ErrorKind::Permission, "SQLITE_AUTH"),
            (ffi::SQLITE_PERM, ErrorKind::Permission, "SQLITE_PERM"),
            (ffi::SQLITE_FULL, ErrorKind::Full, "SQLITE_FULL"),
            (
                ffi::SQLITE_CANTOPEN_ISDIR,
                ErrorKind::Connect,
                "SQLITE_CANTOPEN_ISDIR",
            ),
            (ffi::SQLITE_NOTADB, ErrorKind::Connect, "SQLITE_NOTADB"),
            (
                ffi::SQLITE_INTERRUPT,
                ErrorKind::Cancelled,
                "SQLITE_INTERRUPT",
            ),
            (
                ffi::SQLITE_IOERR_FSYNC,
                ErrorKind::ConnectionLost,
                "SQLITE_IOERR_FSYNC",
            ),
            (
                ffi::SQLITE_IOERR_WRITE,
                ErrorKind::Full,
                "SQLITE_IOERR_WRITE",
            ),
            (
                ffi::SQLITE_IOERR_NOMEM,
                ErrorKind::Other,
                "SQLITE_IOERR_NOMEM",
            ),
            (ffi::SQLITE_NOMEM, ErrorKind::Other, "SQLITE_NOMEM"),
            (
                ffi::SQLITE_CORRUPT_INDEX,
                ErrorKind::Other,
                "SQLITE_CORRUPT_INDEX",
            ),
        ];
        for (code, kind, name) in table {
            let error = made(code);
            assert_eq!(
                (error.kind, error.code.as_deref()),
                (kind, Some(name)),
                "{code}"
            );
            assert_eq!(error.retryable, kind == ErrorKind::Busy, "{code}");
            assert!(!error.message.is_empty(), "{code}");
        }
    }

    #[test]
    fn a_failure_that_is_none_of_sqlite_keeps_its_text() {
        let error = database(rusqlite::Error::InvalidColumnIndex(3));
        assert_eq!(error.kind, ErrorKind::Other);
        assert!(error.message.contains('3'), "{error}");
    }
}
