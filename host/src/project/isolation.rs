//! Where the code of a plugin runs.

use std::str::FromStr;

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
                format!("`isolation` cannot be `{}`", text.escape_debug()),
                "write `auto`, `in-process` or `process`",
            )),
        }
    }
}
