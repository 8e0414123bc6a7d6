//! A copy of a plugin's file that nobody can change any more.
//!
//! A file may be exchanged between being checked and being loaded, and written to while it is loaded. A copy in memory that
//! is sealed (`memfd_create`, Linux) cannot: what was checked is what runs, and stays.

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Take, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The first `part` bytes of an open file, and a copy in memory of what was read of them.
///
/// A copy that cannot be made is none: whoever reads goes on with the file itself.
pub(super) struct Copying<'f> {
    file: Take<&'f File>,
    copy: Option<File>,
}

impl<'f> Copying<'f> {
    /// Begins at the beginning of the file; `path` gives the copy its name.
    pub(super) fn new(mut file: &'f File, part: u64, path: &Path) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self {
            file: file.take(part),
            copy: memory(name(path)).ok().map(File::from),
        })
    }

    /// The copy, sealed, with zeros behind it up to `size`: what debuggers read takes most of a file that is built for them.
    ///
    /// Nothing if the system has no such memory or lets nobody run it, or if not all of the part was read.
    pub(super) fn sealed(self, size: u64) -> Option<File> {
        let copy = self.copy.filter(|_| self.file.limit() == 0)?;
        copy.set_len(size).ok()?;
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        fcntl_add_seals(&copy, seals).ok()?;
        Some(copy)
    }
}

impl Read for Copying<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.copy = self.copy.take().and_then(|mut copy| {
            copy.write_all(&buffer[..read]).ok()?;
            Some(copy)
        });
        Ok(read)
    }
}

/// The path by which the system's loader finds an open file, as long as it is open; nothing where there is no `/proc`.
///
/// The loader knows libraries by such names, so a file that was loaded by one must stay open: its number, given to another
/// file, would lead to the old library.
pub(super) fn path_of(file: &File) -> Option<PathBuf> {
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let (found, own) = (fs::metadata(&path).ok()?, file.metadata().ok()?);
    (found.dev() == own.dev() && found.ino() == own.ino()).then_some(path)
}

/// What the memory is called in lists of what a process has mapped.
fn name(path: &Path) -> &OsStr {
    // The system takes 249 bytes.
    let name = path.file_name().filter(|name| name.len() < 200);
    name.unwrap_or(OsStr::new("dapter-plugin"))
}

fn memory(name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Systems that let nobody run such memory unasked must be asked; older ones (before Linux 6.3) know no such question.
    memfd_create(name, flags | MemfdFlags::EXEC).or_else(|error| match error {
        rustix::io::Errno::INVAL => memfd_create(name, flags),
        error => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use super::{Copying, path_of};
    use std::fs::{self, File, OpenOptions};
    use std::io::{self, Write};
    use std::path::Path;

    fn sealed_copy(file: &File, part: u64, path: &Path) -> Option<File> {
        let mut copying = Copying::new(file, part, path).expect("begins");
        io::copy(&mut copying, &mut io::sink()).expect("reads");
        copying.sealed(17)
    }

    #[test]
    fn a_copy_is_the_beginning_of_what_the_file_was_and_cannot_be_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plugin.so");
        fs::write(&path, b"as it was checked").expect("writes");
        let file = File::open(&path).expect("opens");
        assert!(sealed_copy(&file, 100, &path).is_none(), "it is shorter");
        let unread = Copying::new(&file, 5, &path).expect("begins");
        assert!(unread.sealed(17).is_none(), "nothing was read");
        let mut copy = sealed_copy(&file, 5, &path).expect("copies");
        fs::write(&path, b"as it became").expect("writes");

        let by_path = path_of(&copy).expect("there is a /proc");
        let zeros = [0; 12];
        assert_eq!(
            fs::read(&by_path).expect("reads"),
            [&b"as it"[..], &zeros].concat()
        );
        copy.write_all(b"x").expect_err("it is sealed");
        copy.set_len(1).expect_err("it is sealed");
        let again = OpenOptions::new().write(true).open(&by_path);
        again
            .and_then(|mut file| file.write_all(b"x"))
            .expect_err("it is sealed for all");
    }
}
