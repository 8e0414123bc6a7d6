//! A copy of the database in a file, made before anything is changed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use dapter_plugin_api::{AdapterError, BACKUP_FILE, Backup, shell_word};
use serde::Serialize;

/// A copy of the database that was made before anything was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupMade {
    /// The file, which only its owner may read.
    pub path: PathBuf,
    /// The line for a shell that makes the database what it was. It asks for a password where one is needed.
    pub restore: String,
}

/// Why there is no copy of the database. Nothing was run then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is a file already.
    #[error("there is a file {} already", .0.display())]
    Exists(PathBuf),
    /// A file or folder could not be made.
    #[error("cannot make {}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The adapter made none.
    #[error("cannot back the database up, so nothing was run")]
    Adapter(#[source] AdapterError),
}

impl BackupError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exists(_) => Some("name another file, or a folder".to_owned()),
            Self::File { .. } => None,
            Self::Adapter(source) => source.hint.clone(),
        }
    }
}

type Result<T> = std::result::Result<T, BackupError>;

/// Makes a copy in a new file of this name.
pub(crate) fn into_file(
    path: &Path,
    copy: impl FnOnce(&Path) -> std::result::Result<Backup, AdapterError>,
) -> Result<BackupMade> {
    make_folder(path)?;
    let (part, backup) = Part::filled(path, copy)?;
    part.moved_to(path)?;
    Ok(made(path, &backup))
}

/// Makes a copy in a new file, whose ending the adapter chooses.
pub(crate) fn into_folder(
    stem: &Path,
    copy: impl FnOnce(&Path) -> std::result::Result<Backup, AdapterError>,
) -> Result<BackupMade> {
    make_folder(stem)?;
    let (part, backup) = Part::filled(stem, copy)?;
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(&backup.extension);
    let path = PathBuf::from(name);
    part.moved_to(&path)?;
    Ok(made(&path, &backup))
}

fn made(path: &Path, backup: &Backup) -> BackupMade {
    let file = shell_word(&path.display().to_string());
    BackupMade {
        path: path.to_owned(),
        restore: backup.restore.replace(BACKUP_FILE, &file),
    }
}

fn make_folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(failed(folder)),
        None => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}

/// A copy that is not whole yet: gone again unless it gets its name.
struct Part(PathBuf);

impl Part {
    fn filled(
        path: &Path,
        copy: impl FnOnce(&Path) -> std::result::Result<Backup, AdapterError>,
    ) -> Result<(Part, Backup)> {
        check_absent(path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&part).map_err(failed(&part))?;
        let part = Part(part);
        let backup = copy(&part.0).map_err(BackupError::Adapter)?;
        Ok((part, backup))
    }

    /// Gives it its name, once it is on the disk.
    fn moved_to(&self, path: &Path) -> Result<()> {
        check_absent(path)?;
        let synced = File::open(&self.0).and_then(|file| file.sync_all());
        synced.map_err(failed(&self.0))?;
        fs::rename(&self.0, path).map_err(failed(path))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is gone already where it got its name.
        let _ = fs::remove_file(&self.0);
    }
}

fn check_absent(path: &Path) -> Result<()> {
    match path.try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Err(BackupError::Exists(path.to_owned())),
        Err(error) => Err(failed(path)(error)),
    }
}
