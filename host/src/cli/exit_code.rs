//! How a command ended, for scripts and pipelines.

use std::process::ExitCode;

/// The exit codes. They are part of the interface: a number never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked is done; also if there was nothing to do.
    Done = 0,
    /// It failed, and the database is as it was before.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// `check`, `lint`, `verify` or `plugin test` found something; the output says what.
    Found = 3,
    /// It failed when part of it was done: some revisions are applied, or a step is half done. The output says which.
    PartlyDone = 4,
    /// No plugin serves the database, or the plugin was refused.
    Plugin = 5,
    /// Another deployer held the database until the time was up.
    Locked = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
