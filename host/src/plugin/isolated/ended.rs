//! How a plugin's process ended.

use dapter_plugin_api::{AdapterError, ErrorKind};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// How a process ended, and what it said last.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    /// As `was killed by SIGSEGV`.
    pub(super) how: String,
    /// What it printed last, a line each.
    pub(super) said: Vec<String>,
}

impl Ended {
    pub(super) fn of(status: ExitStatus, killed_for: Option<String>, said: Vec<String>) -> Ended {
        let how = match (killed_for, status.signal()) {
            (Some(why), _) => format!("was ended: {why}"),
            (None, Some(signal)) => format!("was killed by {}", signal_name(signal)),
            (None, None) => format!(
                "ended by itself with exit code {}",
                status.code().unwrap_or_default()
            ),
        };
        Ended { how, said }
    }

    /// The error of a call that was running then.
    pub(super) fn during(&self, operation: &str) -> AdapterError {
        let mut error = AdapterError::new(
            ErrorKind::ConnectionLost,
            format!("the plugin's process {} during `{operation}`", self.how),
        )
        .with_hint(
            "the database is as after a lost connection; report this to the plugin's author",
        );
        error.chain = self.said.clone();
        error
    }

    /// The error of a call that came too late.
    pub(super) fn before(&self) -> AdapterError {
        AdapterError::new(
            ErrorKind::Poisoned,
            format!("the plugin's process {} before this call", self.how),
        )
    }
}

/// The name of a signal, by its number on Linux where systems differ (POSIX names, `signal.h`).
fn signal_name(signal: i32) -> String {
    let name = match signal {
        4 => "SIGILL (an instruction that this processor does not know)",
        6 => "SIGABRT (it gave up)",
        7 => "SIGBUS (a part of memory that is not there)",
        8 => "SIGFPE (a division)",
        9 => "SIGKILL (somebody, or the system for want of memory)",
        11 => "SIGSEGV (a part of memory that is not its own)",
        15 => "SIGTERM",
        _ => return format!("signal {signal}"),
    };
    name.to_owned()
}
