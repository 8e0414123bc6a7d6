//! Why a file does not say what the kit must know.

use std::error::Error;
use std::fmt;

/// Why a file does not say what the kit must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    message: String,
    hint: &'static str,
}

impl FileError {
    pub(crate) fn new(message: String, hint: &'static str) -> Self {
        FileError { message, hint }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.hint
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for FileError {}
