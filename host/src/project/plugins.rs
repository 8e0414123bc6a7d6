//! `[plugins]`: how plugins run.

use std::time::Duration;

use super::isolation::Isolation;

/// How plugins run; what is `None` is as the program has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PluginSettings {
    /// Where their code runs.
    pub isolation: Option<Isolation>,
    /// In a process of their own, how long an answer may take that needs no database.
    pub answer_limit: Option<Duration>,
    /// The same for calls that work with the database; zero is as long as it takes.
    pub operation_limit: Option<Duration>,
    /// How much memory, in bytes, such a process may have; zero is what the system gives.
    pub memory_limit: Option<u64>,
}
