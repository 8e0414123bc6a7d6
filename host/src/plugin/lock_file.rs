//! `dapter-plugins.lock`: which plugins a project runs with, to the byte.

use std::collections::BTreeMap;
use std::path::Path;

use semver::Version;
use serde::{Deserialize, Serialize};

use super::document::{self, DocumentError};
use super::expected::Sha256;
use super::id::PluginId;
use super::signature::{KeyId, is_target};

/// The name of the lock file, beside `dapter.toml`.
pub const LOCK_FILE_NAME: &str = "dapter-plugins.lock";

const FORMAT: u32 = 1;

/// Which plugins a project runs with, to the byte.
///
/// **Invariant:** sorted by id, and each id once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFile {
    format: u32,
    #[serde(default, rename = "plugin")]
    plugins: Vec<LockedPlugin>,
}

/// A plugin that a project is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedPlugin {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// Where it came from: the index of a source, or the file it was installed from.
    pub source: String,
    /// The key that signed it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<KeyId>,
    /// Its files, by the system that each was built for.
    #[serde(rename = "target")]
    pub targets: BTreeMap<String, LockedFile>,
}

/// The file of a plugin for one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedFile {
    /// The hash of the library.
    pub sha256: Sha256,
    /// Where it can be had; none for a file that was added by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Default for LockFile {
    fn default() -> Self {
        Self {
            format: FORMAT,
            plugins: Vec::new(),
        }
    }
}

impl LockFile {
    /// Reads a lock file.
    ///
    /// # Errors
    /// [`DocumentError`], also if a plugin stands in it twice.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DocumentError> {
        let mut lock: Self = document::read(text, path, FORMAT)?;
        lock.plugins.sort_by(|one, other| one.id.cmp(&other.id));
        let twice = lock
            .plugins
            .windows(2)
            .find(|pair| pair[0].id == pair[1].id);
        let target = lock.plugins.iter().flat_map(|plugin| plugin.targets.keys());
        let problem = match twice {
            Some(pair) => Some(format!("`{}` stands in it twice", pair[0].id)),
            None => target
                .filter(|target| !is_target(target))
                .map(|target| format!("`{}` names no system", super::id::shown(target)))
                .next(),
        };
        match problem {
            None => {
                lock.clean();
                Ok(lock)
            }
            Some(message) => Err(DocumentError {
                path: path.to_owned(),
                line: 1,
                message,
                hint: "take the file from version control once more, or write it with `dapter plugin lock`"
                    .to_owned(),
            }),
        }
    }

    /// Leaves out of its texts what would do something to a terminal: whoever sends a change sends this file too.
    fn clean(&mut self) {
        let clean = |text: &mut String| text.retain(|character| !character.is_control());
        for plugin in &mut self.plugins {
            clean(&mut plugin.source);
            let urls = plugin.targets.values_mut();
            urls.filter_map(|file| file.url.as_mut()).for_each(clean);
        }
    }

    /// The text to write; the same for the same plugins.
    ///
    /// # Errors
    /// [`DocumentError`], never for a lock file that was made here.
    pub fn text(&self, path: &Path) -> Result<String, DocumentError> {
        document::write(
            "Written by `dapter plugin lock` and `dapter plugin install`. Commit it.",
            self,
            path,
        )
    }

    /// The plugins, sorted by id.
    #[must_use]
    pub fn plugins(&self) -> &[LockedPlugin] {
        &self.plugins
    }

    /// The plugin with this id.
    #[must_use]
    pub fn get(&self, id: &PluginId) -> Option<&LockedPlugin> {
        self.plugins.iter().find(|plugin| plugin.id == *id)
    }

    /// Pins a plugin, in place of what the file says of it.
    ///
    /// Files for systems that the new entry does not have are kept if they are of the same version: they were added by
    /// hand. One that says nothing new, the same file from somewhere else, changes nothing.
    pub fn pin(&mut self, mut plugin: LockedPlugin) {
        match self.plugins.binary_search_by(|old| old.id.cmp(&plugin.id)) {
            Err(place) => self.plugins.insert(place, plugin),
            Ok(place) => {
                let old = &mut self.plugins[place];
                if old.version == plugin.version {
                    let is_known = |(target, file): (&String, &LockedFile)| {
                        let known = old.targets.get(target);
                        file.url.is_none() && known.is_some_and(|known| known.sha256 == file.sha256)
                    };
                    if plugin.targets.iter().all(is_known) {
                        return;
                    }
                    for (target, file) in std::mem::take(&mut old.targets) {
                        plugin.targets.entry(target).or_insert(file);
                    }
                }
                *old = plugin;
            }
        }
    }

    /// The plugin that has a file of this hash for this system.
    #[must_use]
    pub fn by_hash(&self, target: &str, sha256: Sha256) -> Option<&LockedPlugin> {
        self.plugins.iter().find(|plugin| {
            let file = plugin.targets.get(target);
            file.is_some_and(|file| file.sha256 == sha256)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(id: &str, minor: u64, target: &str) -> LockedPlugin {
        let file = LockedFile {
            sha256: Sha256::of(target.as_bytes()),
            url: None,
        };
        LockedPlugin {
            id: id.parse().expect("an id"),
            version: Version::new(1, minor, 0),
            source: "https://plugins.example/index.toml".to_owned(),
            signer: None,
            targets: BTreeMap::from([(target.to_owned(), file)]),
        }
    }

    #[test]
    fn a_lock_file_is_read_as_it_was_written_and_sorted() {
        let path = Path::new(LOCK_FILE_NAME);
        let mut lock = LockFile::default();
        lock.pin(locked("b/b", 1, "x86_64-linux-gnu"));
        lock.pin(locked("a/a", 1, "x86_64-linux-gnu"));
        let text = lock.text(path).expect("writes");
        assert!(text.find("a/a") < text.find("b/b"), "{text}");
        assert_eq!(LockFile::parse(&text, path).expect("reads"), lock);
        let empty = LockFile::default().text(path).expect("writes");
        assert_eq!(
            LockFile::parse(&empty, path).expect("reads"),
            LockFile::default()
        );
    }

    #[test]
    fn what_was_added_by_hand_stays_as_long_as_the_version() {
        let mut lock = LockFile::default();
        lock.pin(locked("a/a", 1, "x86_64-linux-musl"));
        lock.pin(locked("a/a", 1, "x86_64-linux-gnu"));
        let id = "a/a".parse().expect("an id");
        assert_eq!(lock.get(&id).expect("it is there").targets.len(), 2);
        lock.pin(locked("a/a", 2, "x86_64-linux-gnu"));
        assert_eq!(lock.get(&id).expect("it is there").targets.len(), 1);
        let found = lock.by_hash("x86_64-linux-gnu", Sha256::of(b"x86_64-linux-gnu"));
        assert_eq!(found.map(|found| &found.id), Some(&id));
        assert_eq!(lock.by_hash("other", Sha256::of(b"x86_64-linux-gnu")), None);
    }

    #[test]
    fn a_plugin_stands_in_it_once() {
        let path = Path::new(LOCK_FILE_NAME);
        let mut lock = LockFile::default();
        lock.pin(locked("a/a", 1, "x86_64-linux-gnu"));
        let text = lock.text(path).expect("writes");
        let entry = &text[text.find("[[plugin]]").expect("an entry")..];
        let error = LockFile::parse(&format!("{text}\n{entry}"), path).expect_err("twice");
        assert_eq!(error.message, "`a/a` stands in it twice");
        let evil = text.replace("x86_64-linux-gnu", "../x");
        LockFile::parse(&evil.replace("target.../x", "target.\"../x\""), path)
            .expect_err("no system");
    }
}
