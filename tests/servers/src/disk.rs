//! A disk that can be filled.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::text;
use crate::folder::unmount;
use crate::missing::Missing;
use crate::user::{User, is_root};

/// What is left on a full disk, in bytes: room for a server's own bookkeeping.
const LEFT: u64 = 1_500_000;

const CHUNK: usize = 65_536;

/// A disk of its own, mounted at a folder until the value ends.
#[derive(Debug)]
pub(crate) struct Disk {
    place: PathBuf,
}

impl Disk {
    /// Mounts a disk of so many megabytes on a new folder.
    ///
    /// # Errors
    /// If this process may not mount.
    pub(crate) fn mount(place: &Path, megabytes: u32, user: Option<User>) -> Result<Self, Missing> {
        Self::check()?;
        fs::create_dir(place).expect("the folder is new");
        let owner = user.map_or(String::new(), |User { user, group }| {
            format!(",uid={user},gid={group}")
        });
        let options = format!("size={megabytes}M,mode=0700{owner}");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(place);
        let output = mount
            .output()
            .map_err(|error| Missing::new(format!("mount: {error}")))?;
        text(output)
            .map_err(|said| Missing::new(format!("no small disk can be mounted: {said}")))?;
        Ok(Self {
            place: place.to_owned(),
        })
    }

    /// Whether this process may mount, as far as that can be told without.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check() -> Result<(), Missing> {
        if is_root() {
            return Ok(());
        }
        Err(Missing::new("only root mounts small disks"))
    }

    /// Leaves about one and a half megabytes.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.ballast()).expect("there is room for a name");
        let chunk = [0; CHUNK];
        let mut length: u64 = 0;
        loop {
            match file.write(&chunk) {
                Ok(written) => length += written as u64,
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("the ballast cannot be written: {error}"),
            }
        }
        file.set_len(length.saturating_sub(LEFT))
            .expect("files can be cut");
    }

    /// Gives the room back.
    pub(crate) fn free(&self) {
        fs::remove_file(self.ballast()).expect("the disk was filled before");
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = unmount(&self.place);
        // A second panic would hide the first.
        assert!(
            unmounted || std::thread::panicking(),
            "{:?} stays mounted",
            self.place
        );
    }
}
