//! A folder that many files are read from.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

/// A folder in which files are found by their names alone: the system need not look for the folder again for each.
#[derive(Debug)]
pub(super) struct Folder<'p> {
    path: &'p Path,
    /// Nothing where it cannot be opened: then each of its files says why it cannot be read.
    #[cfg(unix)]
    open: Option<File>,
}

impl<'p> Folder<'p> {
    pub(super) fn open(path: &'p Path) -> Self {
        Self {
            path,
            #[cfg(unix)]
            open: File::open(path).ok(),
        }
    }

    /// Opens a file of it.
    pub(super) fn file(&self, name: &OsStr) -> io::Result<File> {
        #[cfg(unix)]
        if let Some(folder) = &self.open {
            use rustix::fs::{Mode, OFlags, openat};
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let opened = || openat(folder, name, flags, Mode::empty());
            return Ok(rustix::io::retry_on_intr(opened)?.into());
        }
        File::open(self.path.join(name))
    }
}
