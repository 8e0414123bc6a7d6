//! Everything that is printed: results on standard output, everything else on standard error.

use std::fmt;
use std::io::{self, Write};

use dapter::project::{ConfigError, Origin};
use dapter::{Event, MigrationError};
use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::{Color, Global};
use super::diagnostics;
use super::exit_code::Exit;
use super::failure_document;
use super::log::{self, LogFormat};

/// How this run prints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
    quiet: bool,
    log: LogFormat,
}

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The library says so.
    Migration {
        /// What it says.
        error: Box<MigrationError>,
        /// What the command line knows besides.
        notes: Vec<String>,
    },
    /// What was typed cannot be done.
    Usage {
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// What was asked for is not done, for a reason that only the command line knows.
    Refused {
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The result, which is printed already, says that something was found.
    Found,
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

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::Refused {
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
            Self::Refused { message, .. } => Self::Refused {
                message,
                hint: Some(text.into()),
            },
            other => other,
        }
    }

    /// The code to end with.
    pub(super) fn exit(&self) -> Exit {
        let error = match self {
            Self::Migration { error, .. } => error,
            Self::Usage { .. } => return Exit::Usage,
            Self::Refused { .. } | Self::Print(_) => return Exit::Failed,
            Self::Found => return Exit::Found,
        };
        match &**error {
            MigrationError::Plugin(_) => Exit::Plugin,
            MigrationError::Lock(_) => Exit::Locked,
            MigrationError::Expression(_)
            | MigrationError::Config(ConfigError::UnknownTarget {
                origin: Origin::CommandLine,
                ..
            }) => Exit::Usage,
            other => match other.run_failure() {
                Some(run) if !run.left_unchanged() => Exit::PartlyDone,
                _ => Exit::Failed,
            },
        }
    }
}

impl From<MigrationError> for Failure {
    fn from(error: MigrationError) -> Self {
        Self::Migration {
            error: Box::new(error),
            notes: Vec::new(),
        }
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
            log: global.log_format,
        }
    }

    /// Output of a run whose command line cannot be read, apart from its asking for JSON.
    pub(super) fn json() -> Self {
        Self {
            json: true,
            quiet: false,
            log: LogFormat::Text,
        }
    }

    /// Whether people read along: neither JSON nor silence was asked for.
    pub(super) fn is_chatty(self) -> bool {
        !self.json && !self.quiet
    }

    /// Whether programs read along.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Prints one of several results, or what happened meanwhile: a line of JSON, or text for people.
    pub(super) fn event(self, document: &Value, text: &dyn fmt::Display) -> Result<(), Failure> {
        match self.json {
            true => print(&format!("{document}\n")),
            false => print(&text.to_string()),
        }
    }

    /// Whether programs read what happens meanwhile.
    pub(super) fn logs_json(self) -> bool {
        self.log == LogFormat::Json
    }

    /// Whether people read along while a run goes on.
    pub(super) fn shows_progress(self) -> bool {
        self.is_chatty() && !self.logs_json()
    }

    /// Logs an event of a run on a target, if events are logged.
    pub(super) fn log(self, target: &str, event: &Event<'_>) {
        if !self.logs_json() || self.quiet {
            return;
        }
        if let Some((level, mut document)) = log::entry(event) {
            document["target"] = json!(target);
            log::write(level, document);
        }
    }

    /// Logs a failure; of a target, if it is one of many.
    fn log_failure(self, target: Option<&str>, failure: &Failure) {
        let failure = failure_document::document(failure);
        let mut document = json!({"event": "error", "message": failure["error"]["message"], "failure": failure["error"]});
        if let Some(target) = target {
            document["target"] = json!(target);
        }
        log::write("error", document);
    }

    /// Says on standard error what has failed on one of many targets, also where silence was asked for.
    pub(super) fn complain(self, target: &str, failure: &Failure, text: &str) {
        if self.logs_json() {
            return self.log_failure(Some(target), failure);
        }
        // Nobody is left to be told that standard error cannot be written.
        let _ = write!(anstream::stderr(), "{text}");
    }

    /// Prints a command's result: one JSON document, or text for people.
    pub(super) fn result(
        self,
        document: &impl Serialize,
        text: &dyn fmt::Display,
    ) -> Result<(), Failure> {
        if !self.json {
            return self.text(&text.to_string());
        }
        let mut document =
            serde_json::to_string_pretty(document).map_err(|error| Failure::Print(error.into()))?;
        document.push('\n');
        print(&document)
    }

    /// Prints a command's result for people, where no program reads it.
    pub(super) fn text(self, text: &str) -> Result<(), Failure> {
        print(text)
    }

    /// Prints a result that a program reads as it is, be there JSON around it or not.
    pub(super) fn verbatim(self, document: &impl Serialize, text: &str) -> Result<(), Failure> {
        match self.json {
            true => self.result(document, &""),
            false => self.piped(text),
        }
    }

    /// Prints a result that a program reads as it is, where no JSON was asked for.
    pub(super) fn piped(self, text: &str) -> Result<(), Failure> {
        sent(io::stdout().lock(), text)
    }

    /// Says something to people that is no result; nothing if they asked for JSON or silence.
    pub(super) fn note(self, text: &str) {
        if self.logs_json() && !self.quiet {
            log::write("info", json!({"event": "note", "message": text}));
        } else if self.is_chatty() {
            // Where notes cannot be written, nobody reads along.
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// Prints a failure and returns the code to end with.
    pub(super) fn fail(self, failure: &Failure) -> Exit {
        if matches!(failure, Failure::Found) {
            return failure.exit();
        }
        // Nobody is left to be told that standard error cannot be written.
        if self.logs_json() {
            self.log_failure(None, failure);
            if !self.json {
                return failure.exit();
            }
        }
        let _ = if self.json {
            let document = failure_document::document(failure);
            writeln!(anstream::stdout(), "{document:#}")
        } else {
            write!(anstream::stderr(), "{}", diagnostics::report(failure))
        };
        failure.exit()
    }
}

/// Prints to standard output.
fn print(text: &str) -> Result<(), Failure> {
    // Where colours are taken out, that is a look at every character of a text that mostly has none.
    const ESCAPE: u8 = 0x1b;
    match memchr::memchr(ESCAPE, text.as_bytes()) {
        Some(_) => sent(anstream::stdout().lock(), text),
        None => sent(io::stdout().lock(), text),
    }
}

/// Writes a text to its reader; one that has gone away has seen enough.
fn sent(mut reader: impl Write, text: &str) -> Result<(), Failure> {
    match reader
        .write_all(text.as_bytes())
        .and_then(|()| reader.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Print(error)),
        _ => Ok(()),
    }
}
