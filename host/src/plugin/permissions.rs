//! Who else can write a plugin's file (P03).
//!
//! Whoever can write a file, or the folder that it lies in, decides what runs when it is loaded. So both must belong to the
//! user that runs this program, to root, or to whoever owns the program itself (who decides what runs anyway), and nobody
//! else may write them. Two things are harmless and common:
//!
//! - a group that is the owner's alone, which many systems give each user and let write everything that the user makes
//!   (umask 002);
//! - a folder that all may write and nobody may take others' files from (`/tmp`, by its sticky bit).
//!
//! The folder of the program itself is not looked at: whoever can write there can exchange the program. Folders further up are not looked at: whoever can exchange one of them can put no file in place that is the user's own.

use super::inspect_error::InspectError;
use super::private_group::is_private_group;
use rustix::process::geteuid;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const GROUP_WRITES: u32 = 0o020;
const ALL_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Checks a file, of which the metadata is known, and its folder.
///
/// # Errors
/// [`InspectError::OtherOwner`] and [`InspectError::Writable`].
pub(super) fn check_permissions(path: &Path, file: &Metadata) -> Result<(), InspectError> {
    check_one(path, file)?;
    let Some(folder) = path.parent().filter(|folder| !is_program_folder(folder)) else {
        return Ok(());
    };
    check_one(folder, &fs::metadata(folder)?)
}

fn check_one(path: &Path, metadata: &Metadata) -> Result<(), InspectError> {
    let owner = metadata.uid();
    let is_trusted = [0, geteuid().as_raw()].contains(&owner) || program().owner == Some(owner);
    if !is_trusted {
        return Err(InspectError::OtherOwner {
            path: path.to_owned(),
            owner,
        });
    }
    let mode = metadata.mode();
    let keeps_files_apart = metadata.is_dir() && mode & STICKY != 0;
    let by_all = mode & ALL_WRITE != 0;
    let by_group = mode & GROUP_WRITES != 0;
    if keeps_files_apart || !(by_all || by_group) {
        return Ok(());
    }
    if !by_all && is_private_group(owner, metadata.gid()) {
        return Ok(());
    }
    Err(InspectError::Writable {
        path: path.to_owned(),
        by_all,
    })
}

fn is_program_folder(folder: &Path) -> bool {
    program().folder.as_deref() == Some(folder)
}

/// What is known of the running program's file.
#[derive(Default)]
struct Program {
    owner: Option<u32>,
    folder: Option<PathBuf>,
}

fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let file = std::env::current_exe().and_then(fs::canonicalize);
        let Ok(file) = file else {
            return Program::default();
        };
        Program {
            owner: fs::metadata(&file).ok().map(|metadata| metadata.uid()),
            folder: file.parent().map(Path::to_owned),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::check_permissions;
    use crate::plugin::InspectError;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    /// What comes of a file with one mode in a folder with another.
    fn checked(file_mode: u32, folder_mode: u32) -> Result<(), InspectError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plugin.so");
        fs::write(&file, b"").expect("writes");
        fs::set_permissions(&file, Permissions::from_mode(file_mode)).expect("it is ours");
        fs::set_permissions(folder.path(), Permissions::from_mode(folder_mode)).expect("ours");
        check_permissions(&file, &fs::metadata(&file).expect("exists"))
    }

    #[test]
    fn what_the_owner_alone_writes_is_accepted() {
        for (file, folder) in [
            (0o644, 0o755),
            (0o600, 0o700),
            (0o444, 0o555),
            (0o644, 0o1777),
        ] {
            assert_eq!(checked(file, folder), Ok(()), "{file:o} in {folder:o}");
        }
    }

    #[test]
    fn what_all_can_write_is_refused_and_the_hint_mends_it() {
        for (file, folder, what) in [
            (0o646, 0o755, "/plugin.so"),
            (0o666, 0o1777, "/plugin.so"),
            (0o644, 0o777, ""),
        ] {
            let error = checked(file, folder).expect_err("it is refused");
            let InspectError::Writable { path, by_all: true } = &error else {
                panic!("{error}");
            };
            let path = path.display().to_string();
            assert!(what.is_empty() || path.ends_with(what), "{path}");
            assert_eq!(error.hint(), format!("take that away: `chmod go-w {path}`"));
            assert_eq!(error.to_string(), format!("everybody can write {path}"));
        }
    }
}
