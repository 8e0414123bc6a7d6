//! Shared libraries that a plugin needs and this system does not have, found out without loading anything.
//!
//! The search is that of glibc's loader: the folders that the file names, those of `LD_LIBRARY_PATH`, the loader's list, its
//! standard folders; and a library that the process has mapped already is not looked for at all. Wherever that is not
//! certain, a library counts as present: the loader has the last word, and says which one is missing too.

use super::ld_cache;
use super::mapped::mapped_libraries;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the loader looks of itself, besides the folder of the C library.
const STANDARD: [&str; 4] = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"];

/// Where the system's loader finds libraries.
#[derive(Debug)]
pub(super) struct Libraries {
    mapped: HashSet<Vec<u8>>,
    folders: Vec<PathBuf>,
    /// The loader's list; nothing if it is of a form that is not known. Read when it is needed: mostly it is not.
    listed: OnceCell<Option<HashSet<Vec<u8>>>>,
}

impl Libraries {
    /// Those of this system and process; `library_path` is the value of `LD_LIBRARY_PATH` that the process was started with.
    ///
    /// Nothing where the loader is none that is known here.
    pub(super) fn of_this_process(library_path: &OsStr) -> Option<Self> {
        // The loader takes semicolons too.
        let is_known = cfg!(all(target_os = "linux", target_env = "gnu"))
            && !library_path.as_encoded_bytes().contains(&b';');
        if !is_known {
            return None;
        }
        let mapped = mapped_libraries().ok()?;
        // The order does not matter here: first those in which most is found.
        let beside: HashSet<&Path> = mapped.iter().filter_map(|path| path.parent()).collect();
        let mut folders: Vec<PathBuf> = beside.into_iter().map(Path::to_owned).collect();
        folders.extend(STANDARD.map(PathBuf::from));
        if !library_path.is_empty() {
            folders.extend(std::env::split_paths(library_path));
        }
        Some(Libraries {
            mapped: mapped.iter().filter_map(|path| file_name(path)).collect(),
            folders,
            listed: OnceCell::new(),
        })
    }

    /// The first library that a plugin needs and that is nowhere; `search` are the folders that the plugin's file names.
    pub(super) fn missing<'a>(
        &self,
        needs: &'a [String],
        search: &[String],
        plugin: &Path,
    ) -> Option<&'a str> {
        let own = own_folders(search, plugin)?;
        needs
            .iter()
            .map(String::as_str)
            .find(|name| !self.has(name, &own))
    }

    fn has(&self, name: &str, own: &[PathBuf]) -> bool {
        // A path is no name to be looked for; what could not be printed was changed.
        let is_certain =
            !name.contains(['/', '$', char::REPLACEMENT_CHARACTER]) && !name.is_empty();
        let mut folders = own.iter().chain(&self.folders);
        !is_certain
            || self.mapped.contains(name.as_bytes())
            || folders.any(|folder| folder.join(name).exists())
            || self.is_listed(name)
    }

    fn is_listed(&self, name: &str) -> bool {
        let listed = self
            .listed
            .get_or_init(|| match fs::read("/etc/ld.so.cache") {
                Ok(list) => ld_cache::names(&list),
                // Systems without a list have all in the loader's own folders.
                Err(_) => Some(HashSet::new()),
            });
        listed
            .as_ref()
            .is_none_or(|names| names.contains(name.as_bytes()))
    }
}

/// The folders that a file names; nothing if one of them depends on more than the file's own place.
fn own_folders(search: &[String], plugin: &Path) -> Option<Vec<PathBuf>> {
    let origin = plugin.parent()?.to_str()?;
    search
        .iter()
        .flat_map(|folders| folders.split(':'))
        .map(|folder| {
            let folder = folder
                .replace("${ORIGIN}", origin)
                .replace("$ORIGIN", origin);
            let is_certain = folder.starts_with('/') && !folder.contains('$');
            is_certain.then(|| PathBuf::from(folder))
        })
        .collect()
}

fn file_name(path: &Path) -> Option<Vec<u8>> {
    path.file_name()
        .map(|name| name.as_encoded_bytes().to_vec())
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::Libraries;
    use std::ffi::OsStr;
    use std::fs;
    use std::path::Path;

    #[test]
    fn a_library_is_missing_only_if_it_is_certain_that_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("libbeside.so.1"), b"").expect("writes");
        fs::create_dir(folder.path().join("given")).expect("makes it");
        fs::write(folder.path().join("given/libgiven.so.1"), b"").expect("writes");
        let plugin = folder.path().join("plugin.so");
        let library_path = folder.path().join("given");
        let libraries = Libraries::of_this_process(library_path.as_os_str()).expect("known");
        for (needs, search, expected) in [
            ("libc.so.6", "", None),
            ("libgcc_s.so.1", "", None),
            ("libgiven.so.1", "", None),
            ("libbeside.so.1", "", Some("libbeside.so.1")),
            ("libbeside.so.1", "/nowhere:$ORIGIN", None),
            ("libbeside.so.1", "${ORIGIN}/.", None),
            ("libnowhere.so.1", "$ORIGIN", Some("libnowhere.so.1")),
            ("libnowhere.so.1", "/opt/$LIB", None),
            ("libnowhere.so.1", "relative", None),
            ("./libnowhere.so.1", "", None),
        ] {
            let search: Vec<String> = Some(search.to_owned())
                .into_iter()
                .filter(|s| !s.is_empty())
                .collect();
            let needs = [needs.to_owned()];
            assert_eq!(
                libraries.missing(&needs, &search, &plugin),
                expected,
                "{needs:?} {search:?}"
            );
        }
        let plain = Libraries::of_this_process(OsStr::new("")).expect("known");
        let needs = ["libgiven.so.1".to_owned()];
        assert_eq!(
            plain.missing(&needs, &[], Path::new("/x/plugin.so")),
            Some("libgiven.so.1")
        );
    }
}
