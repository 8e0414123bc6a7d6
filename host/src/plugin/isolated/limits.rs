//! How long a plugin's process may take for an answer, and how much memory it may have.

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::io;
use std::time::Duration;

/// What a plugin's process may take before it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// For loading the plugin, and for every answer that needs no database: splitting a script, say.
    pub answer: Duration,
    /// For every call that works with the database; `None` is as long as it takes.
    pub operation: Option<Duration>,
    /// For a call to end that was asked to stop.
    pub stop: Duration,
    /// The memory of the process in bytes, shared libraries and stacks included; `None` is what the system gives.
    pub memory: Option<u64>,
}

impl Default for Limits {
    /// A minute for an answer, no limit for what the database does, ten seconds to stop, 8 GiB.
    fn default() -> Self {
        Limits {
            answer: Duration::from_secs(60),
            operation: None,
            stop: Duration::from_secs(10),
            memory: Some(8 << 30),
        }
    }
}

impl Limits {
    /// How long a call may take.
    pub(super) fn of(&self, operation: &str) -> Option<Duration> {
        match operation {
            "open" | "describe" | "split" | "lint" | "lint_rules" | "offline_script" | "render"
            | "subjects" => Some(self.answer),
            "close" => Some(self.stop),
            _ => self.operation,
        }
    }

    /// Sets the limit of memory for this process.
    pub(super) fn apply(&self) -> io::Result<()> {
        let Some(bytes) = self.memory else {
            return Ok(());
        };
        // The data of a process (Linux 4.7 and later count everything in it that is private and may be written) is what an
        // allocation adds to; the address space would count what a runtime merely reserves.
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        setrlimit(Resource::Data, limit).map_err(io::Error::from)
    }
}
