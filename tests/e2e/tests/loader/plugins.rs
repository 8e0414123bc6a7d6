//! The plugins that are loaded here, and how one is spoken to.

use dapter::plugin::{Catalog, Places, inspect, load};
use dapter_e2e::{Toolchain, build_library, fixture};
use dapter_plugin_api::abi::{Adapter, Plugin, Session, block_on};
use dapter_plugin_api::{AdapterInfo, ConnectOptions};
use std::path::{Path, PathBuf};
use std::{env, fs};
use tempfile::TempDir;

/// The hostile plugin, built with this test and found where a host finds plugins.
pub(super) fn hostile() -> PathBuf {
    let executable = env::current_exe().expect("a running test has a file");
    let catalog = Catalog::scan(&Places::standard(&executable, None));
    let choice = catalog
        .choose_by_key("async-memory")
        .expect("cargo built it beside this test");
    choice.file.path.clone()
}

/// The plugin of an older version of the boundary.
pub(super) fn older() -> PathBuf {
    build_library(&fixture("abi-older"), "fixture_older", Toolchain::Same)
}

/// The plugin of a newer version of the boundary.
pub(super) fn newer() -> PathBuf {
    build_library(&fixture("abi-newer"), "fixture_newer", Toolchain::Same)
}

/// A file of its own with the content of another: to the system's loader, another library.
pub(super) struct Copy {
    folder: TempDir,
}

impl Copy {
    pub(super) fn of(file: &Path) -> Self {
        let copy = Copy::with(&fs::read(file).expect("reads"));
        assert!(copy.path().is_absolute());
        copy
    }

    pub(super) fn with(bytes: &[u8]) -> Self {
        let copy = Copy {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::write(copy.path(), bytes).expect("writes");
        copy
    }

    /// A copy in which each `from` is `to`, which is as long.
    pub(super) fn patched(file: &Path, from: &str, to: &str) -> Self {
        assert_eq!(from.len(), to.len());
        let mut bytes = fs::read(file).expect("reads");
        let places: Vec<usize> = (0..bytes.len() - from.len())
            .filter(|&at| bytes[at..].starts_with(from.as_bytes()))
            .collect();
        assert!(!places.is_empty(), "`{from}` is in the file");
        for at in places {
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
        Copy::with(&bytes)
    }

    /// Writes other bytes into the file.
    pub(super) fn overwrite(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).expect("writes");
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("plugin.so")
    }
}

/// An adapter of a loaded plugin; what it can do comes from the file's descriptor.
pub(super) fn adapter(file: &Path, plugin: Plugin, key: &str) -> Adapter {
    let descriptor = inspect(file).expect("it was loaded").descriptor;
    let info: AdapterInfo = descriptor
        .adapters
        .into_iter()
        .find(|info| info.key == key)
        .expect("it has the adapter");
    block_on(plugin.adapter(info)).expect("opens")
}

/// A session of an adapter of the hostile plugin, on a database of its own.
pub(super) fn session(key: &str, database: &str) -> Session {
    let file = hostile();
    let plugin = load(&file).expect("loads");
    let options = ConnectOptions::new(format!("{key}:{database}"));
    block_on(adapter(&file, plugin, key).connect(&options)).expect("connects")
}
