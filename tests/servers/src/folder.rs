//! Folders of servers, and what dead test processes have left.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, process};

use tempfile::TempDir;

use crate::process::kill_all;
use crate::user::User;

const PREFIX: &str = "dapter-servers-";

/// A new folder, named after this process so that others can tell when nobody needs it any more. It is short enough for
/// the path of a socket (107 bytes).
///
/// # Panics
/// If it cannot be made.
pub(crate) fn create(user: Option<User>) -> TempDir {
    static SWEPT: OnceLock<()> = OnceLock::new();
    SWEPT.get_or_init(sweep);
    let folder = tempfile::Builder::new()
        .prefix(&format!("{PREFIX}{}-", process::id()))
        .tempdir()
        .expect("a temporary folder");
    if let Some(user) = user {
        user.own(folder.path()).expect("root may give it away");
    }
    folder
}

/// Ends and removes what belongs to test processes that are gone.
fn sweep() {
    let entries = fs::read_dir(env::temp_dir()).expect("there is a folder for temporary files");
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split('-').next());
        let Some(process) = process else { continue };
        if Path::new("/proc").join(process).exists() {
            continue;
        }
        kill_all(&entry.path(), None);
        for place in mounted_in(&entry.path()) {
            unmount(&place);
        }
        // Another test process may be at it too, or it is another user's: whatever stays, the next one tries again.
        drop(fs::remove_dir_all(entry.path()));
    }
}

/// Where something is mounted within a folder.
fn mounted_in(folder: &Path) -> Vec<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(PathBuf::from)
        .filter(|place| place.starts_with(folder))
        .collect()
}

/// Unmounts a disk, when nobody uses it any more at the latest; whether that went well.
pub(crate) fn unmount(place: &Path) -> bool {
    let mut command = Command::new("umount");
    let command = command.arg("--lazy").arg(place);
    command.output().is_ok_and(|output| output.status.success())
}
