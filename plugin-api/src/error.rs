//! The one error of adapters and sessions.

use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;

/// A result whose error is an [`AdapterError`] unless said otherwise.
pub type Result<T, E = AdapterError> = std::result::Result<T, E>;

/// What sort of failure an [`AdapterError`] is: few, and each one that a host acts on differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The database refused a statement.
    Statement,
    /// The database could not be reached, or the URL is not understood.
    Connect,
    /// The database refused the user or the password.
    Authentication,
    /// The database named in the URL does not exist.
    DatabaseMissing,
    /// The connection broke; whether the last call took effect is not known.
    ConnectionLost,
    /// Somebody else is in the way. Promises that the call changed nothing, so it may be repeated.
    Busy,
    /// The database may only be read, or the user has no right to do this.
    Permission,
    /// There is no room: the disk or a quota is full.
    Full,
    /// The history is not what the caller believed it to be: another deployer was at work. Nothing was changed.
    Conflict,
    /// The call was stopped by its caller.
    Cancelled,
    /// The script cannot be split into statements.
    Script,
    /// The adapter does not do this.
    Unsupported,
    /// The adapter panicked. Its session is gone.
    Panic,
    /// The session ended in an earlier panic and answers nothing any more.
    Poisoned,
    /// One side did not understand the other's document.
    Protocol,
    /// A failure of another kind; also what a kind of a newer version is read as.
    #[serde(other)]
    Other,
}

/// A failure of an adapter or of the database behind it.
///
/// It crosses the plugin boundary whole. `Display` prints the message alone; everything else has a field of its own so
/// that a host can show it well. The message must never contain a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdapterError {
    /// What sort of failure it is.
    pub kind: ErrorKind,
    /// What the database said, or the adapter; one sentence, lower case, no full stop.
    pub message: String,
    /// The database's own error code, as its documentation writes it: `SQLITE_CONSTRAINT_UNIQUE`, `1062`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The five characters of SQLSTATE (ISO/IEC 9075), where the database has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// Where in the statement the fault is: a byte offset from its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Whether the same call may succeed later without anything being changed.
    #[serde(default)]
    pub retryable: bool,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// For a panic: the file, line and column in the adapter's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The messages of the errors beneath this one, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
}

impl AdapterError {
    /// An error of this kind; [`ErrorKind::Busy`] is retryable from the start.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        AdapterError {
            kind,
            message: message.into(),
            code: None,
            sqlstate: None,
            position: None,
            retryable: kind == ErrorKind::Busy,
            hint: None,
            location: None,
            chain: Vec::new(),
        }
    }

    /// An error of this kind made from a foreign error, whose sources become the chain.
    pub fn from_source(kind: ErrorKind, error: &(dyn Error + 'static)) -> Self {
        let mut made = AdapterError::new(kind, error.to_string());
        let mut next = error.source();
        while let Some(source) = next {
            made.chain.push(source.to_string());
            next = source.source();
        }
        made
    }

    /// The answer to a call that the adapter does not do.
    pub fn unsupported(what: &str) -> Self {
        AdapterError::new(
            ErrorKind::Unsupported,
            format!("this adapter does not support {what}"),
        )
    }

    /// The same failure, of a call that has taken effect in part: nobody may repeat it as if nothing had happened.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        if self.kind == ErrorKind::Busy {
            self.kind = ErrorKind::Other;
        }
        self.retryable = false;
        self.message = format!(
            "the statement took effect and could not be recorded: {}",
            self.message
        );
        self
    }

    /// The history is not what the caller believed.
    pub fn conflict(message: impl Into<String>) -> Self {
        AdapterError::new(ErrorKind::Conflict, message)
    }

    /// Adds the database's own error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the SQLSTATE.
    #[must_use]
    pub fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.sqlstate = Some(sqlstate.into());
        self
    }

    /// Adds the byte offset in the statement at which the fault is.
    #[must_use]
    pub fn at(mut self, position: u64) -> Self {
        self.position = Some(position);
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for AdapterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_newer_version_is_read_as_other() {
        let read: AdapterError =
            serde_json::from_str(r#"{"kind":"on_fire","message":"hot"}"#).expect("reads");
        assert_eq!(read, AdapterError::new(ErrorKind::Other, "hot"));
    }

    #[test]
    fn the_sources_of_a_foreign_error_are_kept_in_order() {
        let inner = std::io::Error::other("disk on fire");
        let outer = std::io::Error::other(inner);
        let made = AdapterError::from_source(ErrorKind::Other, &outer);
        assert_eq!(made.message, "disk on fire");
        let fmt = std::num::ParseIntError::clone(&"x".parse::<i32>().expect_err("no number"));
        assert!(
            AdapterError::from_source(ErrorKind::Other, &fmt)
                .chain
                .is_empty()
        );
    }
}
