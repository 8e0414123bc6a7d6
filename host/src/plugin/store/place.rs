//! Where in the store a plugin lies.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};

use semver::Version;

use crate::plugin::id::PluginId;

/// The name of a receipt.
pub(super) const RECEIPT_NAME: &str = "receipt.toml";

/// What unfinished folders begin with: no publisher can be called so.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// Where in the store a plugin lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePlace {
    /// The folder of this version for this system.
    pub folder: PathBuf,
    /// The plugin's file. Its name is made of the id: names that come with a plugin are never written anywhere.
    pub file: PathBuf,
}

impl StorePlace {
    /// Of a plugin in the store whose folder is `store`.
    #[must_use]
    pub fn of(store: &Path, id: &PluginId, version: &Version, target: &str) -> Self {
        let folder = store
            .join(id.publisher())
            .join(id.name())
            .join(version.to_string())
            .join(target);
        Self {
            file: folder.join(file_name(id)),
            folder,
        }
    }
}

/// What a plugin's file is called in the store.
pub(super) fn file_name(id: &PluginId) -> String {
    format!("{DLL_PREFIX}{}{DLL_SUFFIX}", id.name())
}

/// What the signature of a file is called.
pub(super) fn signature_name(file: &str) -> String {
    format!("{file}.minisig")
}
