//! Files that were found to be what is expected of them, remembered, so that the next load need not hash them.
//!
//! What is remembered is a line in a small file for each path: what tells the file from another one, and what it was found
//! to be. It counts only while nobody but the user can write it, and may be deleted at any time. A file that was changed
//! just now is not remembered, since the next change could bear the same time.

use super::expected::{Expected, Sha256};
use super::identity::Identity;
use rustix::process::geteuid;
use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const OTHERS_WRITE: u32 = 0o022;

/// The longest line, in bytes, and more.
const LONGEST: u64 = 1 << 10;

/// A file that may be recognised: something is expected of it, and there is a place to remember that in.
pub(super) struct Recognised {
    folder: PathBuf,
    name: String,
    line: String,
    identity: Identity,
    is_settled: bool,
}

impl Recognised {
    /// Of a file with these metadata, which were taken now, and before anything of it was read.
    pub(super) fn of(
        path: &Path,
        metadata: &Metadata,
        expected: &Expected,
        now: SystemTime,
    ) -> Option<Self> {
        let folder = expected.remembered_in.clone()?;
        let identity = Identity::of(metadata);
        (!expected.is_nothing()).then(|| Recognised {
            folder,
            name: Sha256::of(path.as_os_str().as_encoded_bytes()).to_string(),
            line: format!("{identity} {}\n", fingerprint(expected)),
            identity,
            is_settled: identity.is_settled(now),
        })
    }

    /// Whether an open file is still the one that it was.
    pub(super) fn is_still(&self, file: &File) -> bool {
        file.metadata()
            .is_ok_and(|metadata| Identity::of(&metadata) == self.identity)
    }

    /// Whether it was found before to be what is expected of it.
    pub(super) fn is_remembered(&self) -> bool {
        self.remembered().is_ok_and(|line| line == self.line)
    }

    fn remembered(&self) -> io::Result<String> {
        let file = File::open(self.folder.join(&self.name))?;
        if !(is_ours(&fs::metadata(&self.folder)?) && is_ours(&file.metadata()?)) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut line = String::new();
        file.take(LONGEST).read_to_string(&mut line)?;
        Ok(line)
    }

    /// Remembers that it was. Where that cannot be done, the next load reads it again.
    pub(super) fn remember(&self) {
        if self.is_settled {
            let _ = self.written();
        }
    }

    fn written(&self) -> io::Result<()> {
        let mut folder = DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(self.line.as_bytes())?;
        file.persist(self.folder.join(&self.name))?;
        Ok(())
    }
}

/// What is expected, in one word: other expectations have others.
fn fingerprint(expected: &Expected) -> Sha256 {
    let hash = expected.sha256.map(|hash| hash.to_string());
    let signature = expected.signature.as_ref();
    let parts = [
        hash.as_deref(),
        signature.map(|it| it.signature.as_str()),
        signature.map(|it| it.public_key.as_str()),
    ];
    Sha256::of(format!("{parts:?}").as_bytes())
}

/// Whether it is the user's own, and nobody else can write it.
fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == geteuid().as_raw() && metadata.mode() & OTHERS_WRITE == 0
}

#[cfg(test)]
mod tests {
    use super::Recognised;
    use crate::plugin::{Expected, Sha256, SignatureExpectation};
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime};
    use tempfile::TempDir;

    /// A file, and a place to remember it in, a minute after the file was written.
    struct Scene {
        folder: TempDir,
        file: PathBuf,
    }

    impl Scene {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("plugin.so");
            fs::write(&file, b"as it was").expect("writes");
            Scene { folder, file }
        }

        fn memory(&self) -> PathBuf {
            self.folder.path().join("cache").join("verified")
        }

        fn expected(&self) -> Expected {
            Expected {
                sha256: Some(Sha256::of(b"as it was")),
                remembered_in: Some(self.memory()),
                ..Expected::default()
            }
        }

        fn look(&self, expected: &Expected, after: Duration) -> Recognised {
            let metadata = fs::metadata(&self.file).expect("it exists");
            let now = SystemTime::now() + after;
            Recognised::of(&self.file, &metadata, expected, now).expect("it may be recognised")
        }

        fn remember(&self) {
            self.look(&self.expected(), Duration::from_secs(60))
                .remember();
        }

        fn is_remembered(&self) -> bool {
            self.look(&self.expected(), Duration::ZERO).is_remembered()
        }

        fn entry(&self) -> PathBuf {
            let mut entries = fs::read_dir(self.memory()).expect("a folder");
            entries
                .next()
                .expect("an entry")
                .expect("it is read")
                .path()
        }
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    }

    #[test]
    fn a_file_is_recognised_until_it_is_written_to() {
        let scene = Scene::new();
        assert!(!scene.is_remembered());
        scene.remember();
        assert!(scene.is_remembered());
        let before = scene.look(&scene.expected(), Duration::ZERO);
        fs::write(&scene.file, b"as it is!").expect("writes");
        assert!(!scene.is_remembered());
        assert!(!before.is_still(&File::open(&scene.file).expect("opens")));
    }

    #[test]
    fn what_was_written_just_now_is_not_remembered() {
        let scene = Scene::new();
        scene.look(&scene.expected(), Duration::ZERO).remember();
        assert!(!scene.is_remembered());
    }

    #[test]
    fn a_file_is_recognised_as_what_it_was_found_to_be_and_as_nothing_else() {
        let scene = Scene::new();
        scene.remember();
        let signature = SignatureExpectation {
            signature: "signature".to_owned(),
            public_key: "key".to_owned(),
        };
        for other in [
            Expected {
                sha256: Some(Sha256::of(b"something else")),
                ..scene.expected()
            },
            Expected {
                signature: Some(signature),
                ..scene.expected()
            },
        ] {
            assert!(!scene.look(&other, Duration::ZERO).is_remembered());
        }
    }

    #[test]
    fn where_nothing_is_expected_nothing_is_remembered() {
        let scene = Scene::new();
        let metadata = fs::metadata(&scene.file).expect("it exists");
        for expected in [
            Expected {
                sha256: None,
                ..scene.expected()
            },
            Expected {
                remembered_in: None,
                ..scene.expected()
            },
        ] {
            let now = SystemTime::now();
            assert!(Recognised::of(&scene.file, &metadata, &expected, now).is_none());
        }
    }

    #[test]
    fn what_others_can_write_is_not_believed() {
        let scene = Scene::new();
        scene.remember();
        let entry = scene.entry();
        let memory = fs::metadata(scene.memory()).expect("it exists");
        assert_eq!(memory.permissions().mode() & 0o777, 0o700);
        for (path, wrong, right) in [(&scene.memory(), 0o777, 0o700), (&entry, 0o620, 0o600)] {
            chmod(path, wrong);
            assert!(!scene.is_remembered(), "{}", path.display());
            chmod(path, right);
            assert!(scene.is_remembered());
        }
    }

    #[test]
    fn a_memory_that_is_damaged_or_gone_is_none() {
        let scene = Scene::new();
        scene.remember();
        let entry = scene.entry();
        let line = fs::read(&entry).expect("it is there");
        for wrong in [&line[..line.len() - 2], b"", &[0xff; 4096], &line.repeat(2)] {
            fs::write(&entry, wrong).expect("writes");
            assert!(!scene.is_remembered());
        }
        fs::remove_dir_all(scene.memory()).expect("it is ours");
        assert!(!scene.is_remembered());
        scene.remember();
        assert!(scene.is_remembered());
    }
}
