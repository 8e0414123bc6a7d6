//! Reads what is installed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::place::{RECEIPT_NAME, signature_name};
use super::receipt::Receipt;
use crate::plugin::document::DocumentError;
use crate::plugin::id::{PluginId, version};
use crate::plugin::signature::LARGEST_SIGNATURE;

/// The largest receipt that is read, in bytes: a hundred times what one needs.
const LARGEST_RECEIPT: u64 = 64 << 10;

/// A version of a plugin that is installed for this system.
#[derive(Debug)]
pub struct StoredPlugin {
    /// The plugin's file.
    pub file: PathBuf,
    /// Where its receipt lies.
    pub receipt_path: PathBuf,
    /// What the store remembers of it.
    pub receipt: Result<Receipt, DocumentError>,
    /// The text of its signature, if there is one.
    pub signature: Option<String>,
}

/// Everything that is installed in a store for a system, sorted by id and version.
///
/// Folders that cannot be read, or whose names are none of ours, are passed over: plugins may lie directly in the
/// store's folder, and something else beside them.
#[must_use]
pub fn stored(store: &Path, target: &str) -> Vec<StoredPlugin> {
    let mut found = Vec::new();
    let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
    for publisher in folders(&store) {
        let at = store.join(&publisher);
        for name in folders(&at) {
            let Ok(id) = PluginId::new(&publisher, &name) else {
                continue;
            };
            let at = at.join(&name);
            let mut versions: Vec<_> = folders(&at)
                .iter()
                .filter_map(|name| version(name).ok())
                .collect();
            versions.sort();
            for version in versions {
                let folder = at.join(version.to_string()).join(target);
                found.extend(read(&folder, &id, &version));
            }
        }
    }
    found
}

/// The folders in a folder, sorted by name; symbolic links are none.
fn folders(of: &Path) -> Vec<String> {
    let entries = fs::read_dir(of).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The plugin in a folder; none where this version is not installed for this system.
fn read(folder: &Path, id: &PluginId, version: &semver::Version) -> Option<StoredPlugin> {
    let receipt_path = folder.join(RECEIPT_NAME);
    let receipt = match read_text(&receipt_path, LARGEST_RECEIPT) {
        Ok(text) => Receipt::parse(&text, &receipt_path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => Err(unusable(&receipt_path, error.to_string())),
    };
    let receipt = receipt.and_then(|receipt| {
        let belongs = receipt.id == *id && receipt.version == *version;
        let is_here = folder
            .file_name()
            .is_some_and(|name| name == receipt.target.as_str());
        match belongs && is_here {
            true => Ok(receipt),
            false => Err(unusable(
                &receipt_path,
                "it is of another plugin".to_owned(),
            )),
        }
    });
    let name = match &receipt {
        Ok(receipt) => receipt.file.clone(),
        Err(_) => super::place::file_name(id),
    };
    let file = folder.join(&name);
    let receipt = match is_link(folder) || is_link(&file) {
        true => Err(unusable(
            &receipt_path,
            "what it is of is a symbolic link".to_owned(),
        )),
        false => receipt,
    };
    let is_signed = receipt
        .as_ref()
        .is_ok_and(|receipt| receipt.signer.is_some());
    let signature = match is_signed {
        // One that cannot be read is none: who expects one says so.
        true => read_text(&folder.join(signature_name(&name)), LARGEST_SIGNATURE).ok(),
        false => None,
    };
    Some(StoredPlugin {
        file,
        receipt_path,
        receipt,
        signature,
    })
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn unusable(path: &Path, message: String) -> DocumentError {
    DocumentError {
        path: path.to_owned(),
        line: 1,
        message,
        hint: "remove the folder, and install the plugin again".to_owned(),
    }
}

/// The text of a file, up to a size.
fn read_text(path: &Path, largest: u64) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    if file.take(largest + 1).read_to_string(&mut text)? as u64 > largest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}
