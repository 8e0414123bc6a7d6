//! Who servers run as.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

/// A user other than this process's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl User {
    /// Whom servers run as, unless as this process's user: `nobody` if that is root.
    pub(crate) fn of_servers() -> Option<Self> {
        if !is_root() {
            return None;
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let nobody = users.lines().find_map(|line| {
            let mut fields = line.strip_prefix("nobody:")?.split(':').skip(1);
            let user = fields.next()?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            Some(Self { user, group })
        });
        // The ids that the kernel itself uses for nobody.
        Some(nobody.unwrap_or(Self {
            user: 65534,
            group: 65534,
        }))
    }

    /// Hands a file or folder over.
    pub(crate) fn own(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.user), Some(self.group))
    }
}

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
