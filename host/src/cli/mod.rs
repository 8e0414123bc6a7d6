//! The command line: one file per command.
//!
//! A command takes its arguments and the [`Session`](session::Session) of this process, does its work through the
//! library, and hands its result to [`output`]. **Invariant:** only [`output`], [`progress`] and [`diagnostics`] print.

mod arguments;
mod create;
mod current;
mod diagnostics;
mod exit_code;
mod heads;
mod history;
mod init;
mod migrate;
mod output;
mod plugin;
mod progress;
mod session;
mod show;
mod stamp;
mod unlock;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use exit_code::Exit;
use output::{Failure, Output};
use session::Session;

/// Runs one command and says how it ended.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A terminal that is gone needs no help text.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            };
        }
    };
    let output = Output::new(&arguments.global);
    match dispatch(&arguments, &output) {
        Ok(()) => Exit::Done,
        Err(failure) => output.fail(&failure),
    }
}

fn dispatch(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let session = Session::start(&arguments.global)?;
    match &arguments.command {
        Command::Init => init::run(&session, output),
        Command::Create(command) => create::run(command, &session, output),
        Command::Upgrade(command) => migrate::upgrade(command, &session, output),
        Command::Downgrade(command) => migrate::downgrade(command, &session, output),
        Command::Current => current::run(&session, output),
        Command::History(command) => history::run(command, &session, output),
        Command::Heads => heads::run(&session, output),
        Command::Show(command) => show::run(command, &session, output),
        Command::Stamp(command) => stamp::run(command, &session, output),
        Command::Unlock(command) => unlock::run(command, &session, output),
        Command::Plugin(command) => plugin::run(command, &session, output),
    }
}
