//! A plugin's file that may be loaded: all that is checked before anything of it runs (P02 to P05).

use super::expected::Expected;
use super::inspect::{Inspection, inspect_file};
use super::inspect_error::InspectError;
use super::load_error::LoadProblem;
use super::opened::Opened;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
pub(super) use super::permissions::check_permissions;

/// Other systems have lists of who may do what, which are not looked at here.
#[cfg(not(unix))]
pub(super) fn check_permissions(_: &Path, _: &std::fs::Metadata) -> Result<(), InspectError> {
    Ok(())
}

/// A file that passed every check.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) inspection: Inspection,
    /// What was checked: a copy in memory that nobody can change, or the file where there is none.
    pub(super) checked: File,
    /// The path by which the system's loader gets what was checked, as long as that is open.
    pub(super) path: PathBuf,
    /// The file itself.
    pub(super) source: File,
}

impl Ready {
    /// Checks a file.
    ///
    /// # Errors
    /// The first check that refuses it.
    pub(super) fn of(path: &Path, expected: &Expected) -> Result<Self, LoadProblem> {
        let opened = Opened::open(path)?;
        let (checked, memory) = content(&opened, path)?;
        let to_read = checked.try_clone().map_err(unreadable)?;
        let inspection = inspect_file(to_read, opened.metadata.len())?;
        check_permissions(path, &opened.metadata)?;
        expected.check(&checked)?;
        let memory = memory.filter(|_| !looks_beside_itself(&inspection));
        Ok(Ready {
            inspection,
            checked,
            path: memory.unwrap_or_else(|| path.to_owned()),
            source: opened.file,
        })
    }
}

/// What is checked, and the path that leads to it where that is not the file's own.
#[cfg(target_os = "linux")]
fn content(opened: &Opened, path: &Path) -> Result<(File, Option<PathBuf>), InspectError> {
    use super::sealed::{path_of, sealed_copy};
    match sealed_copy(opened, path) {
        Ok(copy) => {
            let memory = path_of(&copy);
            Ok((copy, memory))
        }
        // A system that has no such memory, or lets nobody run it. If the file cannot be read, that shows next.
        Err(_) => Ok((opened.file.try_clone().map_err(unreadable)?, None)),
    }
}

/// What is checked: the file itself.
#[cfg(not(target_os = "linux"))]
fn content(opened: &Opened, _: &Path) -> Result<(File, Option<PathBuf>), InspectError> {
    Ok((opened.file.try_clone().map_err(unreadable)?, None))
}

/// Whether the file names folders by its own place, which a copy in memory does not have.
fn looks_beside_itself(inspection: &Inspection) -> bool {
    inspection
        .search
        .iter()
        .any(|folders| folders.contains('$'))
}

/// Whether two open files are one.
#[cfg(unix)]
pub(super) fn is_same_file(one: &File, other: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Whether two open files are one; here that cannot be told.
#[cfg(not(unix))]
pub(super) fn is_same_file(_: &File, _: &File) -> bool {
    false
}

fn unreadable(error: io::Error) -> InspectError {
    InspectError::Unreadable(error.to_string())
}
