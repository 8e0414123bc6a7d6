//! What an adapter tells of the server at the other end.

use serde::{Deserialize, Serialize};

/// The server at the other end of a session, and what the session may do there: for a person who looks for what is wrong.
/// An adapter leaves out what it cannot tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerFacts {
    /// Whose server it is: `PostgreSQL`.
    pub product: String,
    /// Its version, as it says it.
    pub version: String,
    /// Why this session cannot change the database, if that is known: `the server is a standby`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// The server's time: milliseconds since 1970, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// What else a person should know: that a pooler is in between, say. Sentences, lower case, no full stop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}
