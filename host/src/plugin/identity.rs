//! What tells a file from another one without reading it.

use std::fmt;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// For how long after a change of a file another one may bear the same time, in seconds: some file systems count in whole
/// seconds, and some in two.
const SAME_TIME: u64 = 2;

/// What tells a file from another one, and from itself before it was written to, without reading it. Nobody but the system
/// sets the time of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    /// Of the file that the metadata are of.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether whatever is written to the file from now on shows in its times: the last change is long enough ago. One in
    /// the future is not.
    #[must_use]
    pub fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        u64::try_from(self.changed.0).is_ok_and(|changed| changed + SAME_TIME < now.as_secs())
    }
}

/// On one line.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity {
            device,
            inode,
            size,
            modified,
            changed,
        } = self;
        write!(
            f,
            "{device}:{inode} {size} {}.{} {}.{}",
            modified.0, modified.1, changed.0, changed.1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use std::fs::{self, File, FileTimes};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_that_is_written_to_is_another_one_whatever_its_own_time_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plugin.so");
        let identity = || Identity::of(&fs::metadata(&path).expect("it exists"));
        fs::write(&path, b"one").expect("writes");
        let before = identity();
        let modified = fs::metadata(&path).and_then(|file| file.modified());
        fs::remove_file(&path).expect("it is ours");
        fs::write(&path, b"two").expect("writes");
        let file = File::options().write(true).open(&path).expect("opens");
        let times = FileTimes::new().set_modified(modified.expect("a time"));
        file.set_times(times).expect("it is ours");
        assert_ne!(identity(), before);
    }

    #[test]
    fn what_was_changed_just_now_may_change_unseen() {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = Identity::of(&fs::metadata(folder.path()).expect("it exists"));
        let now = SystemTime::now();
        assert!(!identity.is_settled(now));
        assert!(!identity.is_settled(now - Duration::from_secs(60)));
        assert!(identity.is_settled(now + Duration::from_secs(60)));
    }
}
