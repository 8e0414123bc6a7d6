//! A plugin's file that may be loaded: all that is checked before anything of it runs (P02 to P05).

use super::expected::Expected;
use super::inspect::{Inspection, inspect_file};
use super::inspect_error::InspectError;
use super::load_error::LoadProblem;
use super::opened::Opened;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg(unix)]
pub(super) use super::permissions::check_permissions;
#[cfg(unix)]
use super::recognised::Recognised;

/// Other systems have lists of who may do what, which are not looked at here.
#[cfg(not(unix))]
pub(super) fn check_permissions(_: &Path, _: &std::fs::Metadata) -> Result<(), InspectError> {
    Ok(())
}

/// A file that passed every check.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) inspection: Inspection,
    /// The path by which the system's loader gets what was checked, as long as `memory` is open.
    pub(super) path: PathBuf,
    /// What is loaded of the file, where nobody can change it; nothing where the system has or allows no such place.
    memory: Option<File>,
    /// The file itself.
    file: File,
}

impl Ready {
    /// Checks a file.
    ///
    /// # Errors
    /// The first check that refuses it.
    pub(super) fn of(path: &Path, expected: &Expected) -> Result<Self, LoadProblem> {
        let now = SystemTime::now();
        let Opened { file, metadata } = Opened::open(path)?;
        let to_read = file.try_clone().map_err(InspectError::from)?;
        let inspection = inspect_file(to_read, metadata.len())?;
        check_permissions(path, &metadata)?;
        let memory = copied(&file, &inspection, path)?;
        let ready = Ready {
            path: loadable(memory.as_ref(), &inspection, path),
            inspection,
            memory,
            file,
        };
        ready.check_first(path, &metadata, now, expected)?;
        Ok(ready)
    }

    /// As [`check`](Self::check), of a file that was opened then, with these metadata; one that is remembered to have passed is not
    /// read again.
    #[cfg(unix)]
    fn check_first(
        &self,
        path: &Path,
        metadata: &Metadata,
        opened: SystemTime,
        expected: &Expected,
    ) -> Result<(), LoadProblem> {
        let Some(file) = Recognised::of(path, metadata, expected, opened) else {
            return self.check(expected);
        };
        // It is in memory by now: if it is still the one that is remembered, so is what was copied.
        if file.is_remembered() && file.is_still(&self.file) {
            return Ok(());
        }
        self.check(expected)?;
        if file.is_still(&self.file) {
            file.remember();
        }
        Ok(())
    }

    /// As [`check`](Self::check): here nothing tells files from each other without reading them.
    #[cfg(not(unix))]
    fn check_first(
        &self,
        _: &Path,
        _: &Metadata,
        _: SystemTime,
        expected: &Expected,
    ) -> Result<(), LoadProblem> {
        self.check(expected)
    }

    /// Compares the bytes that were loaded, and those of the file behind them, with what is expected.
    ///
    /// # Errors
    /// Those of [`Expected::check`].
    pub(super) fn check(&self, expected: &Expected) -> Result<(), LoadProblem> {
        if expected.is_nothing() {
            return Ok(());
        }
        let Some(mut memory) = self.memory.as_ref() else {
            return expected.check(from(&self.file, 0)?);
        };
        memory.rewind().map_err(InspectError::from)?;
        let loaded = self.inspection.loaded;
        expected.check(memory.take(loaded).chain(from(&self.file, loaded)?))
    }

    /// Whether both were read from one file.
    #[cfg(unix)]
    pub(super) fn is_of_same_file(&self, other: &Ready) -> bool {
        use std::os::unix::fs::MetadataExt;
        match (self.file.metadata(), other.file.metadata()) {
            (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
            _ => false,
        }
    }

    /// Whether both were read from one file: here that cannot be told.
    #[cfg(not(unix))]
    pub(super) fn is_of_same_file(&self, _: &Ready) -> bool {
        false
    }
}

/// The bytes of an open file behind the first `start`.
fn from(mut file: &File, start: u64) -> Result<&File, InspectError> {
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// Puts what is loaded of the file where nobody can change it.
///
/// # Errors
/// [`InspectError::Damaged`] if it is no longer what was inspected, or that it cannot be read.
#[cfg(target_os = "linux")]
fn copied(file: &File, inspection: &Inspection, path: &Path) -> Result<Option<File>, InspectError> {
    let (part, size) = (inspection.loaded, inspection.facts.size);
    let Some(memory) = super::sealed::copy(file, part, size, path)? else {
        return Ok(None);
    };
    if super::image::loaded_part(memory.try_clone()?, size) != Ok(part) {
        let problem = "it was changed while it was read";
        return Err(InspectError::Damaged(problem.to_owned()));
    }
    Ok(Some(memory))
}

/// Other systems have no such place.
#[cfg(not(target_os = "linux"))]
fn copied(_: &File, _: &Inspection, _: &Path) -> Result<Option<File>, InspectError> {
    Ok(None)
}

/// The path by which the system's loader gets what is in memory, and the file's own where it must.
#[cfg(target_os = "linux")]
fn loadable(memory: Option<&File>, inspection: &Inspection, path: &Path) -> PathBuf {
    let memory = memory.filter(|_| !looks_beside_itself(inspection));
    let by_memory = memory.and_then(super::sealed::path_of);
    by_memory.unwrap_or_else(|| path.to_owned())
}

/// The file's own path.
#[cfg(not(target_os = "linux"))]
fn loadable(_: Option<&File>, _: &Inspection, path: &Path) -> PathBuf {
    path.to_owned()
}

/// Whether the file names folders by its own place, which a copy in memory does not have.
#[cfg(target_os = "linux")]
fn looks_beside_itself(inspection: &Inspection) -> bool {
    inspection
        .search
        .iter()
        .any(|folders| folders.contains('$'))
}
