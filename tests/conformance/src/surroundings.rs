//! What the suite may be told beside the subject: of the process that it runs in, and of others.

use dapter_plugin_api::abi::Adapter;
use std::{fmt, io};

/// Tells what was written to the standard output so far.
pub type Printed = Box<dyn Fn() -> io::Result<String> + Send + Sync>;

/// Starts another process with the adapter in it.
pub type StartElsewhere = Box<dyn Fn() -> Result<Elsewhere, String> + Send + Sync>;

/// What surrounds the cases. The default is nothing: what needs it is skipped.
#[derive(Default)]
pub struct Surroundings {
    /// What the adapter has written to the standard output of its process, if somebody keeps that.
    pub printed: Option<Printed>,
    /// Another process that sees the same databases; another one at each call.
    pub elsewhere: Option<StartElsewhere>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("printed", &self.printed.is_some())
            .field("elsewhere", &self.elsewhere.is_some())
            .finish()
    }
}

/// The adapter in another process.
pub struct Elsewhere {
    /// The adapter.
    pub adapter: Adapter,
    /// Ends the process at once, as a crash would.
    pub kill: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elsewhere")
            .field("adapter", &self.adapter)
            .finish_non_exhaustive()
    }
}
