//! A plugin's file, opened once: what is checked and what is loaded must be the same.

use super::inspect_error::InspectError;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// The largest file that is taken for a plugin, in bytes: far above the builds for debuggers of the largest there are.
pub(super) const LARGEST: u64 = 1 << 30;

/// A regular file of a bearable size, open for reading.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) metadata: Metadata,
}

impl Opened {
    /// Opens a file; follows links.
    ///
    /// # Errors
    /// If there is none, or none that can be read, or it is something else than a regular file.
    pub(super) fn open(path: &Path) -> Result<Self, InspectError> {
        let absent = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => InspectError::Missing,
            _ => InspectError::Unreadable(error.to_string()),
        };
        // Asked before opening, since opening a device may do something already.
        if !fs::metadata(path).map_err(absent)?.is_file() {
            return Err(InspectError::NotAFile);
        }
        let file = open_at_once(path).map_err(absent)?;
        // Asked again of what was opened: it is this file that counts.
        let metadata = file.metadata().map_err(absent)?;
        if !metadata.is_file() {
            return Err(InspectError::NotAFile);
        }
        if metadata.len() > LARGEST {
            return Err(InspectError::TooLarge {
                size: metadata.len(),
            });
        }
        Ok(Opened { file, metadata })
    }
}

/// Opens without waiting, also if a named pipe has taken the file's place: that would wait for its other end.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}
