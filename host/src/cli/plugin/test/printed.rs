//! What a plugin writes to the standard output, which is no place for it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::super::super::output::Failure;

/// A file in place of the standard output.
#[derive(Clone)]
pub(super) struct Printed(Arc<NamedTempFile>);

impl Printed {
    /// An empty file.
    pub(super) fn new() -> Result<Self, Failure> {
        let file = tempfile::Builder::new().prefix("dapter-kit-").tempfile();
        let file = file.map_err(|error| {
            Failure::refused(format!("cannot make a temporary file: {error}"))
                .hint("set TMPDIR to a folder that can be written")
        })?;
        Ok(Printed(Arc::new(file)))
    }

    /// Where a process of its own writes to.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Has this process write into the file.
    pub(super) fn take(&self) -> Result<Taken, Failure> {
        Taken::into(self.path()).map_err(|error| {
            Failure::refused(format!("the standard output cannot be watched: {error}"))
                .hint("run the plugin in a process of its own: --isolation process")
        })
    }

    /// What was written so far.
    pub(super) fn read(&self) -> io::Result<String> {
        let written = fs::read(self.path())?;
        Ok(String::from_utf8_lossy(&written).into_owned())
    }
}

/// The standard output, which leads into a file until it is given back.
pub(super) struct Taken(OwnedFd);

impl Taken {
    fn into(path: &Path) -> io::Result<Self> {
        io::stdout().flush()?;
        let output = rustix::io::dup(rustix::stdio::stdout())?;
        rustix::stdio::dup2_stdout(File::options().append(true).open(path)?)?;
        Ok(Taken(output))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // Where it cannot be given back, the result cannot be printed either, and that is told.
        let _ = rustix::stdio::dup2_stdout(&self.0);
    }
}
