//! Where the code of a plugin runs, and what it may take there.

use std::str::FromStr;
use std::time::Duration;

use super::error::InvalidValue;

/// Where the code of a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// In this process if the plugin is trusted, else in one of its own (the default).
    #[default]
    Auto,
    /// In this process.
    InProcess,
    /// In a process of its own.
    Process,
}

impl FromStr for Isolation {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "in-process" => Ok(Self::InProcess),
            "process" => Ok(Self::Process),
            _ => Err(InvalidValue::new(
                format!("plugins cannot run in `{}`", text.escape_debug()),
                "write `auto`, `in-process` or `process`",
            )),
        }
    }
}

/// Where plugins run, and what they may take there; what is `None` is as the program has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IsolationSettings {
    /// Where their code runs.
    pub plugins: Option<Isolation>,
    /// In a process of their own, how long an answer may take that needs no database.
    pub answer_limit: Option<Duration>,
    /// The same for calls that work with the database; zero is as long as it takes.
    pub operation_limit: Option<Duration>,
    /// How much memory, in bytes, such a process may have; zero is what the system gives.
    pub memory_limit: Option<u64>,
}
