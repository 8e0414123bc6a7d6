//! Everything that is printed: results on standard output, everything else on standard error.

use std::fmt;
use std::io::{self, Write};

use dapter::MigrationError;
use serde::Serialize;

use super::arguments::{Color, Global};
use super::diagnostics;
use super::exit_code::Exit;

/// How this run prints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
    quiet: bool,
}

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The library says so.
    Migration(Box<MigrationError>),
    /// What was typed cannot be done.
    Usage {
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The result could not be printed.
    Print(io::Error),
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do about it, where the library does not say so itself.
    pub(super) fn hint(self, text: impl Into<String>) -> Self {
        match self {
            Self::Usage { message, .. } => Self::Usage {
                message,
                hint: Some(text.into()),
            },
            other => other,
        }
    }

    /// The code to end with.
    pub(super) fn exit(&self) -> Exit {
        let Self::Migration(error) = self else {
            return match self {
                Self::Usage { .. } => Exit::Usage,
                _ => Exit::Failed,
            };
        };
        match &**error {
            MigrationError::Plugin(_) => Exit::Plugin,
            MigrationError::Lock(_) => Exit::Locked,
            MigrationError::Expression(_) => Exit::Usage,
            other => match other.run_failure() {
                Some(run) if !run.left_unchanged() => Exit::PartlyDone,
                _ => Exit::Failed,
            },
        }
    }
}

impl From<MigrationError> for Failure {
    fn from(error: MigrationError) -> Self {
        Self::Migration(Box::new(error))
    }
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        Self {
            json: global.json,
            quiet: global.quiet,
        }
    }

    /// Whether people read along: neither JSON nor silence was asked for.
    pub(super) fn is_chatty(self) -> bool {
        !self.json && !self.quiet
    }

    /// Prints a command's result: one JSON document, or text for people.
    pub(super) fn result(
        self,
        document: &impl Serialize,
        text: &dyn fmt::Display,
    ) -> Result<(), Failure> {
        if !self.json {
            return self.text(text);
        }
        let mut document =
            serde_json::to_string_pretty(document).map_err(|error| Failure::Print(error.into()))?;
        document.push('\n');
        print(&document)
    }

    /// Prints text for people, unless they asked for JSON.
    pub(super) fn text(self, text: &dyn fmt::Display) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        print(&text.to_string())
    }

    /// Prints a failure and returns the code to end with.
    pub(super) fn fail(self, failure: &Failure) -> Exit {
        // Nobody is left to be told that standard error cannot be written.
        let _ = if self.json {
            let document = diagnostics::document(failure);
            writeln!(anstream::stdout(), "{document:#}")
        } else {
            write!(anstream::stderr(), "{}", diagnostics::report(failure))
        };
        failure.exit()
    }
}

/// Prints to standard output; a reader that has gone away has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Print(error)),
        _ => Ok(()),
    }
}
