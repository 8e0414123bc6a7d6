//! Writing a file that appears whole or not at all, and never in place of another.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::script::error::ScriptError;

use super::io_error;

/// Writes `text` to a file at `path`, which must not exist.
///
/// The text is written to a hidden file beside it and is on the disk before the name is given, so no reader and no crash
/// ever meets half of it.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), ScriptError> {
    let (temporary, mut file) = Temporary::beside(path).map_err(io_error("write", path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(io_error("write", &temporary.0))?;
    give_name(&temporary.0, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => ScriptError::InTheWay {
            path: path.to_owned(),
            reason: "a file of that name exists",
        },
        _ => io_error("write", path)(error),
    })?;
    sync_folder(path).map_err(io_error("write", path))
}

/// Writes `text` in place of what a file holds: whoever reads it meets the old text or the new one, whole.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), ScriptError> {
    // A link stays one: it is the file it leads to that is replaced.
    let path = &fs::canonicalize(path).map_err(io_error("write", path))?;
    let permissions = fs::metadata(path)
        .map_err(io_error("write", path))?
        .permissions();
    let (temporary, mut file) = Temporary::beside(path).map_err(io_error("write", path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.set_permissions(permissions))
        .and_then(|()| file.sync_all())
        .map_err(io_error("write", &temporary.0))?;
    fs::rename(&temporary.0, path).map_err(io_error("write", path))?;
    sync_folder(path).map_err(io_error("write", path))
}

/// A hidden file that goes when its work is done or has failed.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Temporary {
    /// A new file in the folder of `path`, which no two callers ever share.
    fn beside(path: &Path) -> io::Result<(Self, File)> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut attempt: u32 = 0;
        loop {
            let temporary = path.with_file_name(format!(".{name}.{attempt}.tmp"));
            match File::create_new(&temporary) {
                Ok(file) => return Ok((Self(temporary), file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What could not be removed is hidden and read by nobody; how the writing ended matters more.
        let _ = fs::remove_file(&self.0);
    }
}

/// Gives a file its name, unless the name is taken.
fn give_name(temporary: &Path, path: &Path) -> io::Result<()> {
    let linked = fs::hard_link(temporary, path);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => take_name(temporary, path),
        outcome => outcome,
    }
}

/// The same on a file system without hard links: takes the name with an empty file, then replaces that one.
fn take_name(temporary: &Path, path: &Path) -> io::Result<()> {
    drop(File::create_new(path)?);
    fs::rename(temporary, path).inspect_err(|_| {
        // Only the empty file made above can be there.
        let _ = fs::remove_file(path);
    })
}

/// Makes the new name last through a crash of the machine, where the system lets a folder be synchronised.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")))?;
    match folder.sync_all().map_err(|error| (error.kind(), error)) {
        // Some file systems know no such operation for folders.
        Ok(()) | Err((io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported, _)) => Ok(()),
        Err((_, error)) => Err(error),
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{take_name, write_new};
    use crate::script::ScriptError;

    #[test]
    fn an_existing_file_survives_and_no_temporary_one_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        fs::write(folder.path().join(".a.sql.0.tmp"), "of a crash").unwrap();

        write_new(&path, "first").unwrap();
        assert!(matches!(
            write_new(&path, "second"),
            Err(ScriptError::InTheWay { .. })
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, [".a.sql.0.tmp", "a.sql"]);
    }

    #[test]
    fn without_hard_links_an_existing_file_survives_too() {
        let folder = tempfile::tempdir().unwrap();
        let [path, first, second] = ["a.sql", "1", "2"].map(|name| folder.path().join(name));
        fs::write(&first, "first").unwrap();
        fs::write(&second, "second").unwrap();

        take_name(&first, &path).unwrap();
        take_name(&second, &path).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");

        let other = folder.path().join("b.sql");
        take_name(&first, &other).unwrap_err();
        assert!(!other.exists());
    }
}
