//! Other programs, whose output is read.

use std::panic::resume_unwind;
use std::process::{Command, ExitStatus};
use std::thread::{self, JoinHandle};

use super::output::Failure;

/// What became of a program.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    /// What it printed.
    pub(super) output: Vec<u8>,
    /// The last line of its complaints.
    pub(super) complaint: String,
}

/// A command line, for the shell of the system.
pub(super) fn shell(line: &str) -> Command {
    let (program, option) = match cfg!(windows) {
        true => ("cmd", "/C"),
        false => ("sh", "-c"),
    };
    let mut command = Command::new(program);
    command.args([option, line]);
    command
}

/// A program that is running.
pub(super) struct Running(JoinHandle<Result<Ran, Failure>>);

/// Starts a program; the hint says what to do if it cannot be run.
pub(super) fn start(mut command: Command, hint: &'static str) -> Running {
    Running(thread::spawn(move || run(&mut command, hint)))
}

impl Running {
    /// Waits for its end.
    pub(super) fn finish(self) -> Result<Ran, Failure> {
        self.0.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// Runs a program to its end; the hint says what to do if it cannot be run.
pub(super) fn run(command: &mut Command, hint: &str) -> Result<Ran, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ran = command
        .output()
        .map_err(|error| Failure::refused(format!("cannot run {program}: {error}")).hint(hint))?;
    let said = String::from_utf8_lossy(&ran.stderr);
    let last = said.trim().lines().last().unwrap_or("it said nothing");
    Ok(Ran {
        status: ran.status,
        complaint: last.to_owned(),
        output: ran.stdout,
    })
}
