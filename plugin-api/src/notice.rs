//! What an adapter tells the host beside its answers.

use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// How much a [`Notice`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth showing only to somebody who looks for it.
    Debug,
    /// Something that a person should look at.
    Warning,
    /// Worth showing; also what a severity of a newer version is read as.
    #[serde(other)]
    Info,
}

/// A message of the adapter or of the database that is no answer and no error: PostgreSQL's `NOTICE`, say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// The message; never contains a password.
    pub message: String,
}

/// Where an adapter puts notices: they travel to the host with the answer to the running call.
///
/// A plugin has its own copy of every logger, and its standard output belongs to the host; this is the way out.
#[derive(Debug, Clone, Default)]
pub struct Notices(Arc<Mutex<Vec<Notice>>>);

impl Notices {
    /// An empty box.
    pub fn new() -> Self {
        Notices::default()
    }

    /// Adds a notice.
    pub fn push(&self, severity: Severity, message: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Notice {
                severity,
                message: message.into(),
            });
    }

    /// Takes all notices out, oldest first.
    pub fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
