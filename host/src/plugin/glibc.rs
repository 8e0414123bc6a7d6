//! Versions of glibc: the one that a library needs, and the one that runs.

use std::fmt;

/// A version of glibc, as symbols are bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glibc {
    /// 2, so far.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
}

/// `2.38`.
impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Glibc {
    /// The version that a name of a symbol version stands for: `GLIBC_2.38`, `GLIBC_2.2.5`. Nothing for `GLIBC_PRIVATE`
    /// and for versions of other libraries.
    pub(super) fn of_symbol_version(name: &[u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
        let mut numbers = name.split('.').map(str::parse);
        Some(Glibc {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
        })
    }

    /// The glibc that this process runs on; nothing on other C libraries, and where it cannot be known.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    pub(super) fn running() -> Option<Self> {
        use super::mapped::mapped_libraries;
        use std::sync::OnceLock;

        static RUNNING: OnceLock<Option<Glibc>> = OnceLock::new();
        *RUNNING.get_or_init(|| {
            let libraries = mapped_libraries().ok()?;
            let libc = libraries
                .iter()
                .find(|path| path.file_name().is_some_and(|name| name == "libc.so.6"))?;
            super::elf_versions::newest_glibc_defined(libc)
        })
    }

    /// The glibc that this process runs on: another C library does.
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    pub(super) fn running() -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Glibc;

    #[test]
    fn versions_are_told_by_the_names_of_symbol_versions() {
        let version = |major, minor| Some(Glibc { major, minor });
        for (name, expected) in [
            ("GLIBC_2.38", version(2, 38)),
            ("GLIBC_2.2.5", version(2, 2)),
            ("GLIBC_PRIVATE", None),
            ("GLIBC_ABI_DT_RELR", None),
            ("GLIBCXX_3.4", None),
            ("GLIBC_2", None),
            ("GLIBC_99999999999.1", None),
            ("GCC_4.2.0", None),
        ] {
            assert_eq!(
                Glibc::of_symbol_version(name.as_bytes()),
                expected,
                "{name}"
            );
        }
        assert!(version(2, 9) < version(2, 38));
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn the_running_one_is_known() {
        let running = Glibc::running().expect("this process runs on one");
        assert!(
            running
                > Glibc {
                    major: 2,
                    minor: 16
                },
            "{running}"
        );
    }
}
