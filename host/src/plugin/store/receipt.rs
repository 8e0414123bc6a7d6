//! What the store remembers of an installed plugin.

use std::path::Path;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::plugin::document::{self, DocumentError};
use crate::plugin::expected::Sha256;
use crate::plugin::id::PluginId;
use crate::plugin::signature::KeyId;

const FORMAT: u32 = 1;

/// What the store remembers of an installed plugin: `receipt.toml`, beside its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    format: u32,
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system it was built for.
    pub target: String,
    /// The name of its file, in the folder of the receipt.
    pub file: String,
    /// The hash of the file.
    pub sha256: Sha256,
    /// The size of the file in bytes.
    pub size: u64,
    /// Where it came from: a file, a URL, or the index of a source.
    pub source: String,
    /// The key that signed it; the signature lies beside the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<KeyId>,
    /// Whether somebody agreed to install it although nobody signed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allowed_unsigned: bool,
    /// When it was installed, in UTC.
    pub installed: String,
}

/// What a receipt says, apart from its form.
#[derive(Debug, Clone)]
pub struct NewReceipt {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system it was built for.
    pub target: String,
    /// The name of its file.
    pub file: String,
    /// The hash of the file.
    pub sha256: Sha256,
    /// The size of the file in bytes.
    pub size: u64,
    /// Where it came from.
    pub source: String,
    /// The key that signed it.
    pub signer: Option<KeyId>,
    /// When it was installed.
    pub installed: String,
}

impl Receipt {
    /// A receipt. Of a file without a signer it says that somebody agreed.
    #[must_use]
    pub fn new(of: NewReceipt) -> Self {
        Self {
            format: FORMAT,
            allowed_unsigned: of.signer.is_none(),
            id: of.id,
            version: of.version,
            target: of.target,
            file: of.file,
            sha256: of.sha256,
            size: of.size,
            source: of.source,
            signer: of.signer,
            installed: of.installed,
        }
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// [`DocumentError`]; also if the file it names lies in another folder.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DocumentError> {
        let receipt: Self = document::read(text, path, FORMAT)?;
        let is_name = !receipt.file.is_empty()
            && !receipt.file.starts_with('.')
            && !receipt.file.contains(['/', '\\', ':'])
            && !receipt.file.contains(char::is_control);
        if is_name {
            return Ok(receipt);
        }
        Err(DocumentError {
            path: path.to_owned(),
            line: 1,
            message: "`file` is not the name of a file in this folder".to_owned(),
            hint: "install the plugin again with --force".to_owned(),
        })
    }

    /// The text to write.
    ///
    /// # Errors
    /// [`DocumentError`], never for a receipt that was made here.
    pub fn text(&self, path: &Path) -> Result<String, DocumentError> {
        document::write("Written by `dapter plugin install`.", self, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt::new(NewReceipt {
            id: "acme/oracle".parse().expect("an id"),
            version: Version::new(1, 4, 0),
            target: "x86_64-linux-gnu".to_owned(),
            file: "liboracle.so".to_owned(),
            sha256: Sha256::of(b"x"),
            size: 1,
            source: "https://plugins.example/index.toml".to_owned(),
            signer: None,
            installed: "2026-01-01T00:00:00Z".to_owned(),
        })
    }

    #[test]
    fn a_receipt_is_read_as_it_was_written() {
        let path = Path::new("receipt.toml");
        let written = receipt();
        assert!(written.allowed_unsigned);
        let text = written.text(path).expect("writes");
        assert_eq!(Receipt::parse(&text, path).expect("reads"), written);
        let newer = format!("{text}certified = \"1.2\"\n");
        assert_eq!(Receipt::parse(&newer, path).expect("reads"), written);
    }

    #[test]
    fn a_receipt_names_no_file_elsewhere() {
        let path = Path::new("receipt.toml");
        let text = receipt().text(path).expect("writes");
        for file in ["", "../x.so", "/etc/passwd", "a/b.so", "c:\\\\x.dll", ".."] {
            let evil = text.replace("liboracle.so", file);
            Receipt::parse(&evil, path).expect_err(file);
        }
        let wrong = text.replace("acme/oracle", "acme/../x");
        let error = Receipt::parse(&wrong, path).expect_err("no id").to_string();
        assert!(error.starts_with("receipt.toml:3: "), "{error}");
    }
}
