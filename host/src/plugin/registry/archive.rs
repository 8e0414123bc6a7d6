//! Takes a plugin out of an archive. Nothing of an archive is ever written under a name that it gives.

use std::io::{self, Cursor, ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use tar::EntryType;
use zip::ZipArchive;

use super::fetch::LARGEST_PLUGIN;
use crate::plugin::id::shown;
use crate::plugin::signature::LARGEST_SIGNATURE;

/// What is looked at of an archive at most.
const MOST_ENTRIES: usize = 1000;

/// What dynamic libraries are called, on any system.
const LIBRARIES: [&str; 3] = [".so", ".dylib", ".dll"];

/// A library, and the signature that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The library.
    pub library: Vec<u8>,
    /// The text of its signature.
    pub signature: Option<String>,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A name in it leads out of it.
    #[error("it holds `{0}`, which would lie outside of the folder it is unpacked in")]
    Escapes(String),
    /// It holds something else than files and folders.
    #[error("it holds `{0}`, which is neither a file nor a folder but a link or a device")]
    NotAFile(String),
    /// It holds more than one library.
    #[error("it holds more than one library: `{0}` and `{1}`")]
    Several(String, String),
    /// It holds no library.
    #[error("it holds no library")]
    None,
    /// It is larger than any plugin, unpacked.
    #[error("it holds more than {} MB", limit >> 20)]
    TooLarge {
        /// What it may hold, in bytes.
        limit: u64,
    },
    /// It holds very many files.
    #[error("it holds more than {MOST_ENTRIES} files")]
    TooMany,
    /// A file in it is encrypted.
    #[error("it is protected with a password")]
    Encrypted,
    /// It cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Damaged(String),
}

impl ArchiveError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "download it again: it did not arrive whole",
            Self::None | Self::Several(..) => {
                "a plugin's archive is a .tar.gz or .zip with one library, and its .minisig"
            }
            _ => "do not unpack it by hand either, and tell its author",
        }
    }
}

/// A library, of what was downloaded: itself, or an archive (`.tar.gz`, `.zip`) with exactly one library in it.
///
/// # Errors
/// [`ArchiveError`]: the whole archive is refused for anything in it that is not as it should be, also beside the library.
pub fn unpack(content: Vec<u8>) -> Result<Unpacked, ArchiveError> {
    unpack_within(content, LARGEST_PLUGIN)
}

fn unpack_within(content: Vec<u8>, limit: u64) -> Result<Unpacked, ArchiveError> {
    let mut found = Found {
        limit,
        ..Found::default()
    };
    match content.as_slice() {
        [0x1f, 0x8b, ..] => from_tar(&content, &mut found)?,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => from_zip(&content, &mut found)?,
        _ => {
            return Ok(Unpacked {
                library: content,
                signature: None,
            });
        }
    }
    found.done()
}

/// What was found in an archive so far.
#[derive(Default)]
struct Found {
    /// How many bytes it may hold.
    limit: u64,
    library: Option<(String, Vec<u8>)>,
    signatures: Vec<(String, Vec<u8>)>,
    entries: usize,
}

impl Found {
    /// Looks at the name of an entry, and says how many bytes of its content matter.
    fn meet(&mut self, name: &str) -> Result<Option<u64>, ArchiveError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(ArchiveError::TooMany);
        }
        let is_below = !name.is_empty()
            && !name.starts_with('/')
            && !name.contains(['\\', ':'])
            && !name.contains(char::is_control)
            && name.split('/').all(|part| part != "..");
        if !is_below {
            return Err(ArchiveError::Escapes(shown(name)));
        }
        if name.ends_with(".minisig") {
            return Ok(Some(LARGEST_SIGNATURE));
        }
        if !LIBRARIES.iter().any(|end| name.ends_with(end)) {
            return Ok(None);
        }
        match &self.library {
            Some((first, _)) => Err(ArchiveError::Several(shown(first), shown(name))),
            None => Ok(Some(self.limit)),
        }
    }

    /// Reads all of an entry, whatever size its header claims, and keeps it.
    fn read(
        &mut self,
        name: String,
        entry: &mut impl Read,
        limit: u64,
    ) -> Result<(), ArchiveError> {
        let mut content = Vec::new();
        let mut limited = Limited {
            inner: entry,
            left: limit,
        };
        let read = limited.read_to_end(&mut content);
        match read.map_err(|error| self.problem(&error)) {
            Err(ArchiveError::TooLarge { .. }) if name.ends_with(".minisig") => Err(
                ArchiveError::Damaged(format!("`{}` is too large for a signature", shown(&name))),
            ),
            Err(problem) => Err(problem),
            Ok(_) => {
                self.keep(name, content);
                Ok(())
            }
        }
    }

    fn problem(&self, error: &io::Error) -> ArchiveError {
        match error.kind() {
            ErrorKind::FileTooLarge => ArchiveError::TooLarge { limit: self.limit },
            _ => ArchiveError::Damaged(shown(&error.to_string())),
        }
    }

    fn keep(&mut self, name: String, content: Vec<u8>) {
        match name.ends_with(".minisig") {
            true => self.signatures.push((name, content)),
            false => self.library = Some((name, content)),
        }
    }

    fn done(self) -> Result<Unpacked, ArchiveError> {
        let (name, library) = self.library.ok_or(ArchiveError::None)?;
        let wanted = format!("{name}.minisig");
        let signature = self
            .signatures
            .into_iter()
            .find(|(name, _)| *name == wanted);
        Ok(Unpacked {
            library,
            signature: signature.map(|(_, text)| String::from_utf8_lossy(&text).into_owned()),
        })
    }
}

fn from_tar(content: &[u8], found: &mut Found) -> Result<(), ArchiveError> {
    let unpacked = Limited {
        inner: MultiGzDecoder::new(content),
        left: found.limit,
    };
    let mut archive = tar::Archive::new(unpacked);
    for entry in archive.entries().map_err(|error| found.problem(&error))? {
        let mut entry = entry.map_err(|error| found.problem(&error))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory => {
                found.meet(name.trim_end_matches('/'))?;
                continue;
            }
            EntryType::XGlobalHeader => continue,
            _ => return Err(ArchiveError::NotAFile(shown(&name))),
        }
        if let Some(limit) = found.meet(&name)? {
            found.read(name, &mut entry, limit)?;
        }
    }
    // What follows the last entry ends with the sum of the whole.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(|error| found.problem(&error))?;
    Ok(())
}

fn from_zip(content: &[u8], found: &mut Found) -> Result<(), ArchiveError> {
    let damaged = |error: zip::result::ZipError| ArchiveError::Damaged(shown(&error.to_string()));
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(damaged)?;
    if archive.len() > MOST_ENTRIES {
        return Err(ArchiveError::TooMany);
    }
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Err(zip::result::ZipError::UnsupportedArchive(
                zip::result::ZipError::PASSWORD_REQUIRED,
            )) => {
                return Err(ArchiveError::Encrypted);
            }
            entry => entry.map_err(damaged)?,
        };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() {
            found.meet(name.trim_end_matches('/'))?;
            continue;
        }
        const KIND: u32 = 0o170_000;
        const REGULAR: u32 = 0o100_000;
        let kind = entry.unix_mode().map_or(0, |mode| mode & KIND);
        if entry.is_symlink() || kind != 0 && kind != REGULAR {
            return Err(ArchiveError::NotAFile(shown(&name)));
        }
        if let Some(limit) = found.meet(&name)? {
            found.read(name, &mut entry, limit)?;
        }
    }
    Ok(())
}

/// A reader that fails where there is more than there may be.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(ErrorKind::FileTooLarge.into()),
        }
    }
}

#[cfg(test)]
mod tests;
