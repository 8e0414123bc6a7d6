//! Puts a plugin into the store, and takes one out of it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use semver::Version;
use tempfile::TempDir;

use super::place::{RECEIPT_NAME, StorePlace, UNFINISHED, file_name, signature_name};
use super::receipt::{NewReceipt, Receipt};
use crate::plugin::document::DocumentError;
use crate::plugin::expected::Sha256;
use crate::plugin::id::PluginId;
use crate::plugin::signature::KeyId;

/// A plugin to install. Everything about it was checked before.
#[derive(Debug)]
pub struct NewPlugin<'a> {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system it was built for.
    pub target: String,
    /// Where it came from.
    pub source: String,
    /// Its library.
    pub bytes: &'a [u8],
    /// The signature and the key that made it.
    pub signature: Option<(String, KeyId)>,
    /// The time, in UTC.
    pub now: String,
}

/// What is done if the version is installed already, as another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the plugin is not installed.
    Keep,
    /// It is replaced.
    Replace,
}

/// Why a plugin was not put into the store, or not removed.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// Another file is installed under the same id and version.
    #[error("{id} {version} is installed already, and is another file")]
    Different {
        /// The plugin.
        id: PluginId,
        /// Its version.
        version: Version,
        /// The hash of what is installed.
        installed: Sha256,
        /// The hash of what was to be installed.
        new: Sha256,
    },
    /// The receipt cannot be written or read.
    #[error(transparent)]
    Receipt(#[from] DocumentError),
    /// The disk says no.
    #[error("`{}` cannot be written", path.display())]
    Io {
        /// What was to be written, moved or removed.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What became of a plugin that was put into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was not there.
    New,
    /// The very file was there.
    Same,
    /// It took the place of another file.
    Replaced,
}

/// Puts a plugin into a store: all of it at once, or nothing.
///
/// Two that install the same at the same time both succeed. A program that has the plugin loaded keeps the file it has.
///
/// # Errors
/// [`PutError`]. A version never changes silently: another file under the same id and version is an error, unless it is
/// to be replaced.
pub fn put(
    store: &Path,
    plugin: &NewPlugin<'_>,
    existing: Existing,
) -> Result<(StorePlace, Put), PutError> {
    let place = StorePlace::of(store, &plugin.id, &plugin.version, &plugin.target);
    let receipt = receipt(plugin);
    if let Some(put) = compare(&place, &receipt, existing)? {
        return Ok((place, put));
    }
    let above = place.folder.parent().unwrap_or(store);
    make_folders(above)?;
    let staged = stage(store, &receipt, plugin)?;
    // A folder that holds something is never overwritten by this.
    match fs::rename(staged.path(), &place.folder) {
        Ok(()) => {
            // It has another name now: there is nothing left to be removed.
            let _ = staged.keep();
            Ok((place, Put::New))
        }
        Err(error) if place.folder.exists() => {
            // Somebody was quicker, or it is to be replaced.
            if let Some(Put::Same) = compare(&place, &receipt, existing)? {
                return Ok((place, Put::Same));
            }
            drop(error);
            replace(store, staged, &place)
        }
        Err(source) => Err(PutError::Io {
            path: place.folder,
            source,
        }),
    }
}

fn replace(
    store: &Path,
    staged: TempDir,
    place: &StorePlace,
) -> Result<(StorePlace, Put), PutError> {
    let old = temporary(store)?;
    let away = old.path().join("old");
    fs::rename(&place.folder, &away).map_err(failed(&place.folder))?;
    if let Err(source) = fs::rename(staged.path(), &place.folder) {
        // What was there is better than nothing; if this fails too, the first failure is what is told.
        let _ = fs::rename(&away, &place.folder);
        return Err(PutError::Io {
            path: place.folder.clone(),
            source,
        });
    }
    let _ = staged.keep();
    Ok((place.clone(), Put::Replaced))
}

/// What is installed already: `None` if the plugin is to be written.
fn compare(place: &StorePlace, new: &Receipt, existing: Existing) -> Result<Option<Put>, PutError> {
    let bytes = match fs::read(&place.file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(PutError::Io {
                path: place.file.clone(),
                source,
            });
        }
    };
    let installed = Sha256::of(&bytes);
    let path = place.folder.join(RECEIPT_NAME);
    let known = fs::read_to_string(&path)
        .ok()
        .and_then(|text| Receipt::parse(&text, &path).ok());
    let same_books =
        known.is_some_and(|known| known.sha256 == new.sha256 && known.signer == new.signer);
    if installed == new.sha256 && same_books {
        return Ok(Some(Put::Same));
    }
    match existing {
        // What was changed on disk, or vouched for by nobody, is mended by installing the same file again.
        Existing::Keep if installed != new.sha256 => Err(PutError::Different {
            id: new.id.clone(),
            version: new.version.clone(),
            installed,
            new: new.sha256,
        }),
        _ => Ok(None),
    }
}

fn receipt(plugin: &NewPlugin<'_>) -> Receipt {
    Receipt::new(NewReceipt {
        id: plugin.id.clone(),
        version: plugin.version.clone(),
        target: plugin.target.clone(),
        file: file_name(&plugin.id),
        sha256: Sha256::of(plugin.bytes),
        size: plugin.bytes.len() as u64,
        source: plugin.source.clone(),
        signer: plugin.signature.as_ref().map(|(_, key)| *key),
        installed: plugin.now.clone(),
    })
}

/// Writes everything into a folder of its own in the store, which only its owner can read until it is moved.
fn stage(store: &Path, receipt: &Receipt, plugin: &NewPlugin<'_>) -> Result<TempDir, PutError> {
    let staged = temporary(store)?;
    let folder = staged.path();
    write(&folder.join(&receipt.file), plugin.bytes)?;
    if let Some((signature, _)) = &plugin.signature {
        write(
            &folder.join(signature_name(&receipt.file)),
            signature.as_bytes(),
        )?;
    }
    let path = folder.join(RECEIPT_NAME);
    write(&path, receipt.text(&path)?.as_bytes())?;
    Ok(staged)
}

fn temporary(store: &Path) -> Result<TempDir, PutError> {
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(store)
        .map_err(failed(store))
}

/// Writes a new file that nobody else can write, down to the disk.
fn write(path: &Path, bytes: &[u8]) -> Result<(), PutError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut file = options.open(path).map_err(failed(path))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed(path))
}

/// Makes folders that nobody else can write, whatever the process's mask says.
fn make_folders(path: &Path) -> Result<(), PutError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.create(path).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> PutError {
    let path = path.to_owned();
    move |source| PutError::Io { path, source }
}

/// Removes a version of a plugin for a system, and the folders that are empty then.
///
/// # Errors
/// [`PutError::Io`].
pub fn remove(store: &Path, receipt: &Receipt) -> Result<(), PutError> {
    let place = StorePlace::of(store, &receipt.id, &receipt.version, &receipt.target);
    // First out of sight, so that nobody meets half of it.
    let away = temporary(store)?;
    fs::rename(&place.folder, away.path().join("old")).map_err(failed(&place.folder))?;
    let path = away.path().to_owned();
    away.close().map_err(failed(&path))?;
    for folder in place.folder.ancestors().skip(1).take(3) {
        // One that is not empty stays.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}
