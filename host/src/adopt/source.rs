//! A file of another tool's directory.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;

/// A file of another tool's directory, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path below the directory, parts separated by `/`.
    pub path: String,
    /// Its text as it stands in the file, without a byte order mark.
    pub text: String,
}

impl SourceFile {
    /// The last part of its path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in, below the directory; empty for the directory itself.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// A problem of this file.
    pub(crate) fn problem(&self, line: Option<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            path: PathBuf::from(&self.path),
            line,
            message: message.into(),
            hint: None,
        }
    }
}
