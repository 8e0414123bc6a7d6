//! The index of a source: which plugins it has.

use std::collections::BTreeMap;
use std::path::Path;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::plugin::document::{self, DocumentError};
use crate::plugin::expected::Sha256;
use crate::plugin::id::{PluginId, Request, check_part, shown};
use crate::plugin::signature::{KeyId, PublicKey, is_target};

/// The name of the index in its folder; its signature lies beside it, with `.minisig` behind the name.
pub const INDEX_NAME: &str = "index.toml";

const FORMAT: u32 = 1;

/// Which plugins a source has, who publishes them, and which keys are not to be trusted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    format: u32,
    /// Counts up with every change, so that an older index in place of the newer one is noticed.
    pub serial: u64,
    /// The publishers of its plugins.
    #[serde(default, rename = "publisher")]
    pub publishers: BTreeMap<String, Publisher>,
    /// Keys that were lost or stolen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<RevokedKey>,
    /// Every version of every plugin.
    #[serde(default, rename = "plugin")]
    pub plugins: Vec<Entry>,
}

/// Who signs plugins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// With what.
    pub key: PublicKey,
}

/// A key that is not to be trusted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedKey {
    /// Its number.
    pub key: KeyId,
    /// Why; may be empty.
    #[serde(default)]
    pub why: String,
}

/// A version of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The version of the plugin interface that it was built with.
    #[serde(default)]
    pub abi: String,
    /// What it is, in a sentence; may be empty.
    #[serde(default)]
    pub description: String,
    /// The URL schemes that choose it.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// Why nobody should install it any more; only who names this very version or has it locked still does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<String>,
    /// Its files, by the system that each was built for.
    #[serde(default, rename = "target")]
    pub targets: BTreeMap<String, IndexFile>,
}

/// A plugin's file in a source: a library or an archive with one. Its signature lies beside it, or in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexFile {
    /// Where it is: a path below the index's folder, or an address of the web.
    pub url: String,
    /// The hash of the library.
    pub sha256: Sha256,
    /// The size of the library in bytes.
    pub size: u64,
}

impl Index {
    /// An index without plugins.
    #[must_use]
    pub fn new(serial: u64) -> Self {
        Self {
            format: FORMAT,
            serial,
            publishers: BTreeMap::new(),
            revoked: Vec::new(),
            plugins: Vec::new(),
        }
    }

    /// Reads an index. Its signature must have been checked before.
    ///
    /// # Errors
    /// [`DocumentError`], also if it has a version twice, or names that cannot be names.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DocumentError> {
        let mut index: Self = document::read(text, path, FORMAT)?;
        match index.fault() {
            Some(message) => Err(DocumentError {
                path: path.to_owned(),
                line: 1,
                message,
                hint: "tell whoever keeps the source".to_owned(),
            }),
            None => {
                index.clean();
                Ok(index)
            }
        }
    }

    fn fault(&self) -> Option<String> {
        let mut versions: Vec<_> = self
            .plugins
            .iter()
            .map(|one| (&one.id, &one.version))
            .collect();
        versions.sort();
        if let Some(twice) = versions.windows(2).find(|pair| pair[0] == pair[1]) {
            let (id, version) = twice[0];
            return Some(format!("it has {id} {version} twice"));
        }
        if let Some(local) = self.plugins.iter().find(|entry| entry.id.is_local()) {
            return Some(format!(
                "it has {}, and nobody publishes as `local`",
                local.id
            ));
        }
        let mut names = self.publishers.keys();
        if let Some(name) = names.find(|name| check_part(name).is_err()) {
            return Some(format!("`{}` cannot be a publisher", shown(name)));
        }
        let mut targets = self.plugins.iter().flat_map(|entry| entry.targets.keys());
        let wrong = targets.find(|target| !is_target(target));
        wrong.map(|target| format!("`{}` names no system", shown(target)))
    }

    /// Leaves out of its texts what would do something to a terminal.
    fn clean(&mut self) {
        let clean = |text: &mut String| text.retain(|character| !character.is_control());
        for entry in &mut self.plugins {
            clean(&mut entry.description);
            clean(&mut entry.abi);
            entry.schemes.iter_mut().for_each(clean);
            entry.yanked.iter_mut().for_each(clean);
        }
        self.revoked.iter_mut().for_each(|key| clean(&mut key.why));
    }

    /// The text to write.
    ///
    /// # Errors
    /// [`DocumentError`], never for an index that was made here.
    pub fn text(&self, path: &Path) -> Result<String, DocumentError> {
        document::write("An index of dapter plugins.", self, path)
    }

    /// The versions that a request takes, the newest first. One that was yanked is only taken by its exact version.
    #[must_use]
    pub fn matching(&self, request: &Request) -> Vec<&Entry> {
        let mut found: Vec<&Entry> = self
            .plugins
            .iter()
            .filter(|entry| request.names(&entry.id) && request.takes(&entry.version))
            .filter(|entry| entry.yanked.is_none() || request.is_exact())
            .collect();
        found.sort_by(|one, other| other.version.cmp(&one.version).then(one.id.cmp(&other.id)));
        found
    }

    /// The very version.
    #[must_use]
    pub fn get(&self, id: &PluginId, version: &Version) -> Option<&Entry> {
        let mut entries = self.plugins.iter();
        entries.find(|entry| entry.id == *id && entry.version == *version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"
        format = 1
        serial = 7
        [publisher.acme]
        key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
        [[plugin]]
        id = "acme/oracle"
        version = "1.4.0"
        description = "Or\u001b[31macle"
        [plugin.target.x86_64-linux-gnu]
        url = "acme/oracle/1.4.0/liboracle.so"
        sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        size = 10
        [[plugin]]
        id = "acme/oracle"
        version = "1.5.0"
        yanked = "loses rows"
        new = "from the future"
        [[plugin]]
        id = "acme/oracle"
        version = "1.3.0"
    "#;

    fn parse(text: &str) -> Result<Index, DocumentError> {
        Index::parse(text, Path::new(INDEX_NAME))
    }

    #[test]
    fn versions_are_found_and_yanked_ones_only_by_name() {
        let index = parse(INDEX).expect("reads");
        for (request, expected) in [
            ("oracle", vec!["1.4.0", "1.3.0"]),
            ("acme/oracle@^1.4", vec!["1.4.0"]),
            ("acme/oracle@1.5.0", vec!["1.5.0"]),
            ("acme/oracle@2.0.0", vec![]),
            ("other/oracle", vec![]),
        ] {
            let request = request.parse().expect("a request");
            let found = index.matching(&request);
            let found: Vec<_> = found
                .iter()
                .map(|entry| entry.version.to_string())
                .collect();
            assert_eq!(found, expected, "{request}");
        }
        assert_eq!(index.plugins[0].description, "Or[31macle");
        assert_eq!(
            index.publishers["acme"].key.id().to_string(),
            "E7620F1842B4E81F"
        );
    }

    #[test]
    fn an_index_that_contradicts_itself_is_refused() {
        for (from, to, expected) in [
            ("1.3.0", "1.4.0", "acme/oracle 1.4.0 twice"),
            (
                "\"acme/oracle\"",
                "\"local/oracle\"",
                "nobody publishes as `local`",
            ),
            (
                "publisher.acme",
                "publisher.\"../x\"",
                "cannot be a publisher",
            ),
            ("x86_64-linux-gnu", "\"../x\"", "names no system"),
            (
                "acme/oracle\"\n        version = \"1.3",
                "acme/../x\"\n        version = \"1.3",
                "no plugin id",
            ),
            ("RWQf6", "RWQ", "cannot be read"),
            ("e3b0c", "x", "64 hexadecimal digits"),
            ("size = 10", "size = -1", "invalid value"),
        ] {
            let text = INDEX.replace(from, to);
            assert_ne!(text, INDEX, "{from}");
            let error = parse(&text).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
