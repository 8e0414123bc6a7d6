//! What the server and the client say of a failure.
//!
//! Source: "PostgreSQL Error Codes" in the manual.

use crate::settings::Host;
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::error::Error as _;
use std::io;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, ErrorPosition};

/// A table is missing, a column, a schema: what a history that is not there yet looks like.
const MISSING: [&str; 3] = ["42P01", "42703", "3F000"];

/// Whether the failure says that a table, a column or a schema is missing.
pub(crate) fn is_missing(error: &AdapterError) -> bool {
    has_state(error, &MISSING)
}

/// Whether the failure has one of these codes.
pub(crate) fn has_state(error: &AdapterError, states: &[&str]) -> bool {
    let state = error.sqlstate.as_deref();
    state.is_some_and(|state| states.contains(&state))
}

/// A failure of a call on a connection. Its position counts characters of the message that was sent, from 0.
pub(crate) fn in_session(error: &Error) -> AdapterError {
    match error.as_db_error() {
        Some(error) => reported(error, kind_in_session(error.code().code(), error.message())),
        // What cannot be sent: a NUL character ends a text for the server.
        None if is_unsendable(error) => {
            AdapterError::new(ErrorKind::Script, "the statement holds a NUL character")
        }
        None if error.to_string().starts_with("unexpected message") => AdapterError::new(
            ErrorKind::Statement,
            "the server wants to exchange data that no script can hold",
        )
        .with_hint("`COPY … TO STDOUT` and replication commands cannot be run here"),
        None => lost(error),
    }
}

/// The connection broke.
fn lost(error: &Error) -> AdapterError {
    let mut made = AdapterError::from_source(ErrorKind::ConnectionLost, error);
    made.message = "the connection to the server is lost".to_owned();
    if !error.is_closed() {
        made.chain.insert(0, error.to_string());
    }
    made
}

fn is_unsendable(error: &Error) -> bool {
    error.to_string().starts_with("error encoding message")
}

/// A failure to connect.
pub(crate) fn at_connect(error: &Error, host: &Host) -> AdapterError {
    if let Some(error) = error.as_db_error() {
        return reported_at_connect(error);
    }
    let source = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    let text = error.to_string();
    let mut made = AdapterError::from_source(ErrorKind::Connect, error);
    if text.starts_with("invalid configuration") || text.starts_with("authentication error") {
        made.kind = ErrorKind::Authentication;
        if made
            .chain
            .iter()
            .any(|message| message == "password missing")
        {
            made.message = "the server asks for a password, and none is given".to_owned();
            made.chain.clear();
            return made.with_hint("write it into ~/.pgpass, PGPASSWORD or the URL");
        }
        made.message = format!("cannot log in to {host}");
        return made;
    }
    if text.starts_with("error performing TLS") {
        made.message = format!("cannot encrypt the connection to {host}");
        return made.with_hint("check `sslmode` and `sslrootcert`");
    }
    made.message = format!("cannot connect to {host}");
    made.retryable = source.is_none_or(is_passing);
    made
}

/// Whether a server that starts, or a network that comes up, would make the difference.
fn is_passing(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
    )
}

/// A name that no address is found for, which happens while containers start.
pub(crate) fn unresolved(host: &Host, error: &io::Error) -> AdapterError {
    let mut made = AdapterError::new(
        ErrorKind::Connect,
        format!("cannot find the address of {}", host.name),
    );
    made.chain.push(error.to_string());
    made.retryable = true;
    made
}

fn reported_at_connect(error: &DbError) -> AdapterError {
    let code = error.code().code();
    let mut made = reported(error, kind_at_connect(code));
    // Starting, stopping, recovering, full: it passes. PgBouncer reports what passes as a violation of the protocol.
    made.retryable = matches!(
        code,
        "57P01" | "57P02" | "57P03" | "53300" | "08P01" | "08006"
    );
    made
}

fn kind_at_connect(code: &str) -> ErrorKind {
    match code {
        "3D000" => ErrorKind::DatabaseMissing,
        _ if code.starts_with("28") => ErrorKind::Authentication,
        "42501" => ErrorKind::Permission,
        _ => ErrorKind::Connect,
    }
}

fn kind_in_session(code: &str, message: &str) -> ErrorKind {
    match code {
        "55P03" | "55006" => ErrorKind::Busy,
        "42501" | "25006" => ErrorKind::Permission,
        "53100" | "53400" => ErrorKind::Full,
        "57014" if message.contains("user request") => ErrorKind::Cancelled,
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04" => ErrorKind::ConnectionLost,
        _ => match code.get(..2).unwrap_or_default() {
            "40" if code != "40003" => ErrorKind::Busy,
            "08" => ErrorKind::ConnectionLost,
            "28" => ErrorKind::Permission,
            "53" | "58" | "XX" | "F0" => ErrorKind::Other,
            _ => ErrorKind::Statement,
        },
    }
}

fn reported(error: &DbError, kind: ErrorKind) -> AdapterError {
    let code = error.code().code();
    let mut made = AdapterError::new(kind, error.message().trim_end_matches('.'))
        .with_code(code)
        .with_sqlstate(code);
    made.hint = error
        .hint()
        .map(str::to_owned)
        .or_else(|| own_hint(code).map(str::to_owned));
    made.chain.extend(error.detail().map(str::to_owned));
    match error.position() {
        Some(ErrorPosition::Original(position)) => {
            made.position = Some(u64::from(position.saturating_sub(1)));
        }
        Some(ErrorPosition::Internal { query, .. }) => {
            made.chain.push(format!("in the internal query: {query}"));
        }
        None => {}
    }
    made.chain.extend(error.where_().map(str::to_owned));
    made
}

/// What to do where the server has no advice.
fn own_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "25001" => "write `-- dapter:transaction none` into the script",
        "25006" => "connect to the primary server, with a user whose transactions may write",
        "57014" => "raise `statement_timeout`, or make the statement faster",
        "55P03" => "another session holds a lock that the statement needs",
        "53300" => "the server has no connection left: wait, or raise `max_connections`",
        "57P03" => "the server is starting or stopping: wait for it",
        _ => return None,
    })
}

/// The failure with its position counted in bytes of the statement, before which `prefix` was sent.
pub(crate) fn located(mut error: AdapterError, prefix: &str, statement: &str) -> AdapterError {
    error.position = error.position.and_then(|position| {
        let position = usize::try_from(position).ok()?;
        let within = position.checked_sub(prefix.chars().count())?;
        let offsets = statement.char_indices().map(|(offset, _)| offset);
        let mut offsets = offsets.chain([statement.len()]);
        offsets.nth(within).map(|offset| offset as u64)
    });
    error
}

/// The failure of a message that holds no statement of the caller.
pub(crate) fn unlocated(mut error: AdapterError) -> AdapterError {
    error.position = None;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(position: u64) -> AdapterError {
        AdapterError::new(ErrorKind::Statement, "x").at(position)
    }

    #[test]
    fn positions_count_bytes_of_the_statement() {
        let (prefix, statement) = ("BÉ; ", "é日x");
        let table = [
            (0, None),
            (3, None),
            (4, Some(0)),
            (5, Some(2)),
            (6, Some(5)),
            (7, Some(6)),
            (8, None),
        ];
        for (position, expected) in table {
            let found = located(at(position), prefix, statement).position;
            assert_eq!(found, expected, "{position}");
        }
        assert_eq!(unlocated(at(1)).position, None);
    }

    #[test]
    fn every_code_has_its_kind() {
        let table = [
            ("42601", ErrorKind::Statement),
            ("23505", ErrorKind::Statement),
            ("P0001", ErrorKind::Statement),
            ("0A000", ErrorKind::Statement),
            ("3D000", ErrorKind::Statement),
            ("40001", ErrorKind::Busy),
            ("40P01", ErrorKind::Busy),
            ("40003", ErrorKind::Statement),
            ("55P03", ErrorKind::Busy),
            ("55006", ErrorKind::Busy),
            ("42501", ErrorKind::Permission),
            ("25006", ErrorKind::Permission),
            ("53100", ErrorKind::Full),
            ("53200", ErrorKind::Other),
            ("57014", ErrorKind::Statement),
            ("57P01", ErrorKind::ConnectionLost),
            ("08006", ErrorKind::ConnectionLost),
            ("25P03", ErrorKind::ConnectionLost),
            ("XX001", ErrorKind::Other),
        ];
        for (code, kind) in table {
            assert_eq!(
                kind_in_session(code, "canceling due to time-out"),
                kind,
                "{code}"
            );
        }
        let cancelled = kind_in_session("57014", "canceling statement due to user request");
        assert_eq!(cancelled, ErrorKind::Cancelled);
        let table = [
            ("3D000", ErrorKind::DatabaseMissing),
            ("28P01", ErrorKind::Authentication),
            ("28000", ErrorKind::Authentication),
            ("42501", ErrorKind::Permission),
            ("53300", ErrorKind::Connect),
            ("57P03", ErrorKind::Connect),
        ];
        for (code, kind) in table {
            assert_eq!(kind_at_connect(code), kind, "{code}");
        }
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        let passing = |kind: io::ErrorKind| is_passing(&io::Error::from(kind));
        assert!(passing(io::ErrorKind::ConnectionRefused));
        assert!(passing(io::ErrorKind::NotFound));
        assert!(passing(io::ErrorKind::TimedOut));
        assert!(!passing(io::ErrorKind::PermissionDenied));
    }
}
