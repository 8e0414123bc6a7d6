//! Where a plugin's code runs, and the process that it may run in.

use std::env;
use std::time::Duration;

use dapter::MigrationError;
use dapter::api::abi::Adapter;
use dapter::plugin::Choice;
use dapter::project::{Isolation, IsolationSettings};

use super::output::Failure;

/// The word that lets this program serve a plugin to the process that started it. It is for no person to type.
pub(super) const SERVE: &str = "plugin-process";

/// The variable that says where plugins run, if the command line does not.
const VARIABLE: &str = "DAPTER_ISOLATION";

/// Where the plugins of a run go, the strongest word first: command line, environment, `dapter.toml`.
pub(super) fn isolation(
    option: Option<Isolation>,
    settings: &IsolationSettings,
) -> Result<Isolation, Failure> {
    if let Some(isolation) = option {
        return Ok(isolation);
    }
    match env::var(VARIABLE) {
        Ok(word) => word.parse().map_err(|error| {
            Failure::usage(format!("{VARIABLE}: {error}"))
                .hint("write `auto`, `in-process` or `process`")
        }),
        Err(_) => Ok(settings.plugins.unwrap_or_default()),
    }
}

/// Opens an adapter where it is to run.
#[cfg(unix)]
pub(super) fn open(
    choice: &Choice<'_>,
    isolation: Isolation,
    settings: &IsolationSettings,
) -> Result<Adapter, Failure> {
    let alone = match isolation {
        Isolation::InProcess => false,
        Isolation::Process => true,
        Isolation::Auto => !choice.is_trusted(),
    };
    if !alone {
        return Ok(choice.open().map_err(MigrationError::from)?);
    }
    let opened = choice.open_isolated(child_program()?, limits(settings));
    Ok(opened.map_err(MigrationError::from)?)
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

/// Opens an adapter in this process: elsewhere plugins have no process of their own.
#[cfg(not(unix))]
pub(super) fn open(
    choice: &Choice<'_>,
    isolation: Isolation,
    _: &IsolationSettings,
) -> Result<Adapter, Failure> {
    if isolation == Isolation::Process {
        let message = "plugins cannot have a process of their own on this system";
        return Err(Failure::usage(message).hint("use `--isolation in-process`"));
    }
    Ok(choice.open().map_err(MigrationError::from)?)
}

#[cfg(unix)]
fn limits(settings: &IsolationSettings) -> dapter::plugin::Limits {
    let standard = dapter::plugin::Limits::default();
    let unless_zero = |limit: Duration| (!limit.is_zero()).then_some(limit);
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

/// Serves a plugin to the process at the other end of standard input, until that is gone.
#[cfg(unix)]
pub(super) fn serve() -> Result<(), Failure> {
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    let failed = |error: io::Error| Failure::refused(format!("cannot serve a plugin: {error}"));
    let socket = io::stdin().as_fd().try_clone_to_owned().map_err(failed)?;
    dapter::plugin::serve(UnixStream::from(socket)).map_err(failed)
}

/// Nothing starts this here.
#[cfg(not(unix))]
pub(super) fn serve() -> Result<(), Failure> {
    Err(Failure::usage("plugins have no process of their own on this system"))
}
