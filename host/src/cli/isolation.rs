//! Where a plugin's code runs, and the process that it may run in.

use std::env;
use std::ffi::OsStr;
#[cfg(unix)]
use std::path::Path;

use dapter::MigrationError;
use dapter::api::abi::Adapter;
use dapter::plugin::Choice;
use dapter::project::{InvalidValue, Isolation, IsolationSettings};

use super::output::Failure;

/// The word that lets this program serve a plugin to the process that started it. It is for no person to type.
pub(super) const SERVE: &str = "plugin-process";

/// The variable that says where plugins run, if the command line does not.
const VARIABLE: &str = "DAPTER_ISOLATION";

/// What `--isolation` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One place.
    One(Isolation),
    /// In a process of its own, and then in this one: of `plugin test` alone.
    Both,
}

impl Wanted {
    /// Reads the option.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "both" => Ok(Self::Both),
            text => match text.parse() {
                Ok(isolation) => Ok(Self::One(isolation)),
                Err::<_, InvalidValue>(error) => Err(format!("{error} ({})", error.hint())),
            },
        }
    }
}

/// Where the code of one plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In this process.
    Here,
    /// In a process of its own.
    Alone,
}

impl Place {
    /// As the option has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Place::Here => "in-process",
            Place::Alone => "process",
        }
    }
}

/// Where a plugin runs, by the strongest word: command line, environment, `dapter.toml`.
pub(super) fn place(
    choice: &Choice<'_>,
    option: Option<Wanted>,
    settings: &IsolationSettings,
) -> Result<Place, Failure> {
    let isolation = match (option, env::var(VARIABLE)) {
        (Some(Wanted::One(isolation)), _) => isolation,
        (Some(Wanted::Both), _) => {
            let message = "a plugin runs in one place: `--isolation both` is for `plugin test`";
            return Err(Failure::usage(message).hint("write `auto`, `in-process` or `process`"));
        }
        (None, Ok(word)) => word.parse().map_err(|error: InvalidValue| {
            Failure::usage(format!("{VARIABLE}: {error}")).hint(error.hint())
        })?,
        (None, Err(_)) => settings.plugins.unwrap_or_default(),
    };
    Ok(match isolation {
        Isolation::InProcess => Place::Here,
        Isolation::Process => Place::Alone,
        Isolation::Auto if choice.is_trusted() || cfg!(not(unix)) => Place::Here,
        Isolation::Auto => Place::Alone,
    })
}

/// Opens an adapter where it is to run.
pub(super) fn open(
    choice: &Choice<'_>,
    place: Place,
    settings: &IsolationSettings,
) -> Result<Adapter, Failure> {
    match place {
        Place::Here => {
            #[cfg(unix)]
            super::first_load::try_first(choice, settings)?;
            Ok(choice.open().map_err(MigrationError::from)?)
        }
        Place::Alone => open_alone(choice, settings),
    }
}

#[cfg(unix)]
fn open_alone(choice: &Choice<'_>, settings: &IsolationSettings) -> Result<Adapter, Failure> {
    let opened = choice.open_isolated(child_program()?, limits(settings));
    Ok(opened.map_err(MigrationError::from)?)
}

/// The same, with a process that writes what the plugin prints into a file.
#[cfg(unix)]
pub(super) fn open_printing(
    choice: &Choice<'_>,
    settings: &IsolationSettings,
    into: &Path,
) -> Result<Adapter, Failure> {
    let mut program = child_program()?;
    program.arguments.push(into.into());
    let opened = choice.open_isolated(program, limits(settings));
    Ok(opened.map_err(MigrationError::from)?)
}

#[cfg(not(unix))]
fn open_alone(_: &Choice<'_>, _: &IsolationSettings) -> Result<Adapter, Failure> {
    let message = "plugins cannot have a process of their own on this system";
    Err(Failure::usage(message).hint("use `--isolation in-process`"))
}

/// This program, to serve a plugin.
#[cfg(unix)]
pub(super) fn child_program() -> Result<dapter::plugin::ChildProgram, Failure> {
    let program = env::current_exe().map_err(|error| {
        Failure::refused(format!("cannot find this program's own file: {error}"))
            .hint("use `--isolation in-process`")
    })?;
    Ok(dapter::plugin::ChildProgram {
        program,
        arguments: vec![SERVE.into()],
    })
}

/// What a plugin's process may take, where the project says so.
#[cfg(unix)]
pub(super) fn limits(settings: &IsolationSettings) -> dapter::plugin::Limits {
    let standard = dapter::plugin::Limits::default();
    let unless_zero = |limit: std::time::Duration| (!limit.is_zero()).then_some(limit);
    dapter::plugin::Limits {
        answer: settings.answer_limit.unwrap_or(standard.answer),
        operation: match settings.operation_limit {
            Some(limit) => unless_zero(limit),
            None => standard.operation,
        },
        memory: match settings.memory_limit {
            Some(limit) => (limit > 0).then_some(limit),
            None => standard.memory,
        },
        ..standard
    }
}

/// Serves a plugin to the process at the other end of standard input, until that is gone. What it writes to the standard
/// output goes into a file, if one is named.
#[cfg(unix)]
pub(super) fn serve(prints: Option<&OsStr>) -> Result<(), Failure> {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    let failed = |error: io::Error| Failure::refused(format!("cannot serve a plugin: {error}"));
    if let Some(path) = prints {
        let file = File::options().append(true).open(path).map_err(failed)?;
        rustix::stdio::dup2_stdout(file).map_err(|error| failed(error.into()))?;
    }
    let socket = io::stdin().as_fd().try_clone_to_owned().map_err(failed)?;
    dapter::plugin::serve(UnixStream::from(socket)).map_err(failed)
}

/// Nothing starts this here.
#[cfg(not(unix))]
pub(super) fn serve(_: Option<&OsStr>) -> Result<(), Failure> {
    Err(Failure::usage(
        "plugins have no process of their own on this system",
    ))
}
