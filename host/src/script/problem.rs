//! A problem in a text whose file is not known yet.

use std::path::Path;

use crate::diagnostic::Diagnostic;

/// What is wrong at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: Option<usize>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Problem {
    /// A problem at a line, counted from 1.
    pub(super) fn at(line: usize, message: String) -> Self {
        Self {
            line: Some(line),
            message,
            hint: None,
        }
    }

    /// A problem of the text as a whole.
    pub(super) fn of_file(message: String) -> Self {
        Self {
            line: None,
            message,
            hint: None,
        }
    }

    /// The same problem with a hint.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// The problem in its file.
    pub(super) fn in_file(self, path: &Path) -> Diagnostic {
        Diagnostic {
            path: path.to_owned(),
            line: self.line,
            message: self.message,
            hint: self.hint,
        }
    }
}
