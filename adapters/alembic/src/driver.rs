//! The Python process: a request a line, an answer a line.

use crate::address::Address;
use dapter_plugin_api::{AdapterError, ErrorKind, NewRevision, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program that drives Alembic.
const PROGRAM: &str = include_str!("driver.py");

/// A request.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Request<'a> {
    Hello,
    Ensure,
    Read,
    Log,
    Change,
    Run {
        verb: &'a str,
        revision: &'a str,
        record: bool,
    },
    Sql {
        text: &'a str,
        record: bool,
    },
    ListRevisions,
    Create {
        revision: &'a NewRevision,
    },
}

/// What is remembered, asked for or told within a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Remembered {
    /// The text that was written last.
    pub(crate) content: Option<String>,
    /// The revisions that Alembic's table says are applied, in the order of the graph.
    pub(crate) applied: Vec<String>,
    /// All revisions of the project.
    pub(crate) known: Vec<String>,
    /// What each of them does.
    #[serde(default)]
    pub(crate) messages: HashMap<String, String>,
}

/// What is to be written instead.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Decision {
    pub(crate) content: String,
    pub(crate) log: Vec<String>,
    /// What Alembic's table is to say is applied, if that changes.
    pub(crate) stamp: Option<Vec<String>>,
}

/// What comes back.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Answer { answer: serde_json::Value },
    Error { error: Failure },
    Question(Remembered),
}

#[derive(Debug, Deserialize)]
struct Failure {
    kind: ErrorKind,
    message: String,
    /// The database's own.
    code: Option<String>,
    place: Option<String>,
}

/// A Python process with a project loaded.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts Python.
    pub(crate) fn start(address: &Address) -> Result<Driver> {
        let python = address.python.display();
        let unusable = |error: &dyn std::fmt::Display| {
            AdapterError::new(ErrorKind::Connect, format!("cannot run {python}: {error}"))
                .with_hint(
                    "say which Python has Alembic: alembic:alembic.ini?python=.venv/bin/python",
                )
        };
        let settings = serde_json::to_string(address).map_err(|error| unusable(&error))?;
        let mut command = Command::new(&address.python);
        command.args(["-c", PROGRAM, &settings]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // What the project logs is Alembic's own, and what matters comes as an answer.
        command.stderr(Stdio::null());
        // An interrupt is for dapter, which lets a step end.
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| unusable(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Driver {
                child,
                input,
                output: BufReader::new(output),
            }),
            _ => Err(unusable(&"it has no pipes")),
        }
    }

    /// Asks for something that changes nothing in between.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, request: &Request<'_>) -> Result<T> {
        self.call(request, |_| {
            Err(AdapterError::new(
                ErrorKind::Protocol,
                "the driver asks what nobody knows",
            ))
        })
    }

    /// Asks for something, within which `decide` says what is to be written.
    pub(crate) fn call<T: DeserializeOwned>(
        &mut self,
        request: &Request<'_>,
        mut decide: impl FnMut(Remembered) -> Result<Decision>,
    ) -> Result<T> {
        self.tell(request)?;
        let mut refusal = None;
        loop {
            match self.hear()? {
                Line::Question(remembered) => match decide(remembered) {
                    Ok(decision) => self.tell(&decision)?,
                    Err(error) => {
                        refusal = Some(error);
                        self.tell(&serde_json::json!({ "refuse": true }))?;
                    }
                },
                Line::Error { error } => return Err(refusal.unwrap_or_else(|| error.into())),
                Line::Answer { answer } => {
                    return match refusal {
                        Some(error) => Err(error),
                        None => serde_json::from_value(answer).map_err(|error| lost(&error)),
                    };
                }
            }
        }
    }

    fn tell(&mut self, document: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_string(document).map_err(|error| lost(&error))?;
        line.push('\n');
        let written = self.input.write_all(line.as_bytes());
        written
            .and_then(|()| self.input.flush())
            .map_err(|error| lost(&error))
    }

    fn hear(&mut self) -> Result<Line> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        match read.map_err(|error| lost(&error))? {
            0 => Err(lost(&"the process has ended")),
            _ => serde_json::from_str(&line).map_err(|error| lost(&error)),
        }
    }
}

/// With the process goes its connection, and with that an open transaction.
impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl From<Failure> for AdapterError {
    fn from(failure: Failure) -> Self {
        let mut error = AdapterError::new(failure.kind, failure.message);
        error.code = failure.code;
        error
            .chain
            .extend(failure.place.map(|place| format!("raised at {place}")));
        error
    }
}

fn lost(error: &dyn std::fmt::Display) -> AdapterError {
    AdapterError::new(
        ErrorKind::ConnectionLost,
        format!("Python does not answer: {error}"),
    )
}
