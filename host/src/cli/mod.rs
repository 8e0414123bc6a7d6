//! The command line: one file per command.
//!
//! A command takes its arguments and the [`Session`](session::Session) of this process, does its work through the
//! library, and hands its result to [`output`]. **Invariant:** only [`output`], [`progress`], [`log`] and [`diagnostics`] print.

mod adopt;
mod annotation;
mod apply;
mod arguments;
mod autogenerate;
mod backup;
mod baseline;
mod branches;
mod check;
mod completions;
mod consent;
mod counted;
mod create;
mod create_repeatable;
mod current;
mod diagnostics;
mod diagram;
mod diff;
mod doctor;
mod edit;
mod excerpt;
mod exit_code;
mod export;
mod failure_document;
#[cfg(unix)]
mod first_load;
mod fleet;
mod git;
mod heads;
mod history;
mod hooks;
mod init;
mod inspect;
mod isolation;
mod lint;
mod lint_rules;
mod log;
mod man;
mod merge;
mod migrate;
mod models;
mod named;
mod offline;
mod output;
mod paths;
mod plan;
mod plugin;
mod programs;
mod progress;
mod rebase;
mod rename_question;
mod repair;
mod scratch_url;
mod session;
mod show;
mod squash;
mod stamp;
mod status;
mod table;
mod time;
mod tool;
mod trial;
mod unlock;
mod verify;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{AnyCommand, Arguments, Command, Global, Plan, ProgramCommand};
use exit_code::Exit;
use output::{Failure, Output};
use session::{Session, Upgrading};

/// Runs one command and says how it ended.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = arguments.into_iter().collect();
    if words.get(1).is_some_and(|word| word == isolation::SERVE) {
        return match isolation::serve(words.get(2).map(OsString::as_os_str)) {
            Ok(()) => Exit::Done,
            Err(failure) => Output::json().fail(&failure),
        };
    }
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error, &words),
    };
    let output = Output::new(&arguments.global);
    match dispatch(&arguments, &output) {
        Ok(exit) => exit,
        Err(failure) => output.fail(&failure),
    }
}

/// Prints help, or what is wrong with the command line.
fn refused(error: &clap::Error, words: &[OsString]) -> Exit {
    let asked_for = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if words.iter().any(|word| word == "--json") && error.use_stderr() {
        return Output::json().fail(&usage(error));
    }
    // A terminal that is gone needs no help text.
    let _ = error.print();
    match asked_for {
        true => Exit::Done,
        false => Exit::Usage,
    }
}

/// What is wrong with a command line, of the text that it is told in: the message, then blank lines between tips, usage
/// and where to find help.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut parts = text.trim().split("\n\n");
    let message = parts.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let tips: Vec<&str> = parts
        .map(str::trim)
        .filter(|part| part.starts_with("tip:") || part.starts_with("Usage:"))
        .collect();
    Failure::usage(message).hint(tips.join("\n"))
}

fn dispatch(arguments: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let command = match &arguments.command {
        AnyCommand::Program(command) => return run_program(command, &arguments.global, output),
        AnyCommand::Project(command) => command,
    };
    let session = Session::start(&arguments.global)?;
    warn_of_development(&arguments.global, *output);
    let session = match command {
        Command::Upgrade(upgrade) => session.upgrading(Upgrading {
            create_database: upgrade.create_database && !arguments.global.dry_run,
            out_of_order: upgrade.out_of_order,
            backup: upgrade.run.backup.clone(),
        }),
        Command::Downgrade(downgrade) => session.upgrading(Upgrading {
            backup: downgrade.run.backup.clone(),
            ..Upgrading::default()
        }),
        Command::Plan(Plan { out_of_order, .. }) => session.upgrading(Upgrading {
            out_of_order: *out_of_order,
            ..Upgrading::default()
        }),
        Command::Apply(apply) => session.upgrading(Upgrading {
            create_database: false,
            out_of_order: apply.out_of_order,
            backup: apply.run.backup.clone(),
        }),
        Command::Status(status) => session.trying_on(status.drift.scratch_url()?),
        Command::Check(check) => session.trying_on(check.drift.scratch_url()?),
        _ => session,
    };
    let done = match fleet::chosen(command, &session) {
        Ok(Some(names)) => fleet::run(command, &names, &session, *output),
        Ok(None) => run_command(command, &session, output).map(|()| Exit::Done),
        Err(failure) => Err(failure),
    };
    done.map_err(|failure| session.with_scripts(failure))
}

/// Says what `--plugin` means, each time: it stands in scripts and is forgotten there.
fn warn_of_development(global: &Global, output: Output) {
    for file in &global.plugin {
        let file = paths::shown(file);
        output.note(&format!(
            "development: {file} (--plugin) is used without asking who made it"
        ));
    }
}

fn run_program(
    command: &ProgramCommand,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        ProgramCommand::Doctor => doctor::run(global, output),
        ProgramCommand::Completions { shell } => {
            completions::run(*shell, output).map(|()| Exit::Done)
        }
        ProgramCommand::Man { folder } => man::run(folder, output).map(|()| Exit::Done),
    }
}

fn run_command(command: &Command, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Init(command) => init::run(command, session, output),
        Command::Create(command) => create::run(command, session, output),
        Command::Upgrade(command) => migrate::upgrade(command, session, output),
        Command::Downgrade(command) => migrate::downgrade(command, session, output),
        Command::Plan(command) => plan::run(command, session, output),
        Command::Apply(command) => apply::run(command, session, output),
        Command::Current(_) => current::run(session, output),
        Command::History(command) => history::run(command, session, output),
        Command::Heads => heads::run(session, output),
        Command::Branches => branches::run(session, output),
        Command::Merge(command) => merge::run(command, session, output),
        Command::Edit(command) => edit::run(command, session, output),
        Command::Rebase(command) => rebase::run(command, session, output),
        Command::Show(command) => show::run(command, session, output),
        Command::Adopt(command) => adopt::run(command, session, output),
        Command::Export(command) => export::run(command, session, output),
        Command::Baseline(command) => baseline::run(command, session, output),
        Command::Stamp(command) => stamp::run(command, session, output),
        Command::Status(command) => status::run(command, session, output),
        Command::Check(command) => check::run(command, session, output),
        Command::Lint(command) => lint::run(command, session, output),
        Command::Inspect(command) => inspect::run(command, session, output),
        Command::Diff(command) => diff::run(command, session, output),
        Command::Verify(command) => verify::run(command, session, output),
        Command::Squash(command) => squash::run(command, session, output),
        Command::Repair(command) => repair::run(command, session, output),
        Command::Unlock(command) => unlock::run(command, session, output),
        Command::Plugin(command) => plugin::run(command, session, output),
    }
}
