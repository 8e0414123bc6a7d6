//! A copy of a plugin's file that nobody can change any more.
//!
//! A file may be exchanged between being checked and being loaded, and written to while it is loaded. A copy in memory that
//! is sealed (`memfd_create`, Linux) cannot: what was checked is what runs, and stays.

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A copy in memory of the first `part` bytes of an open file, sealed, with zeros behind it up to `size`: what debuggers
/// read takes most of a file that is built for them. `path` gives it its name.
///
/// Nothing if the system has no such memory, or no room in it, or lets nobody run it, or if the file is shorter or cannot be
/// read: whoever goes on with the file itself is told.
///
/// # Errors
/// If the file has no beginning.
pub(super) fn copy(mut file: &File, part: u64, size: u64, path: &Path) -> io::Result<Option<File>> {
    file.rewind()?;
    let Ok(mut copy) = memory(name(path)).map(File::from) else {
        return Ok(None);
    };
    // The system copies by itself, without a way through this process.
    let copied = io::copy(&mut file.take(part), &mut copy).is_ok_and(|bytes| bytes == part);
    Ok((copied && seal(&copy, size).is_ok()).then_some(copy))
}

fn seal(copy: &File, size: u64) -> io::Result<()> {
    copy.set_len(size)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    Ok(fcntl_add_seals(copy, seals)?)
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
    use super::{copy, path_of};
    use std::fs::{self, File, OpenOptions};
    use std::io::Write;

    #[test]
    fn a_copy_is_the_beginning_of_what_the_file_was_and_cannot_be_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plugin.so");
        fs::write(&path, b"as it was checked").expect("writes");
        let file = File::open(&path).expect("opens");
        let of = |part| copy(&file, part, 17, &path).expect("it is read");
        assert!(of(100).is_none(), "it is shorter");
        let mut copy = of(5).expect("copies");
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
