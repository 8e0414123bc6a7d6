//! From the files that lie in a folder to the index of it. Pure: files were read and signatures checked before.

use std::collections::BTreeMap;

use semver::Version;

use super::index::{Entry, Index, IndexFile};
use crate::plugin::id::PluginId;

/// A plugin's file in the folder of an index, whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system that it was built for.
    pub target: String,
    /// The file.
    pub file: IndexFile,
    /// The version of the plugin interface that it was built with.
    pub abi: String,
    /// What it is, in a sentence; may be empty.
    pub description: String,
    /// The URL schemes that choose it.
    pub schemes: Vec<String>,
}

/// What the files of a folder change in its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whether it is in the index from now on, or not any more.
    pub kind: ChangeKind,
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system that the file was built for.
    pub target: String,
}

/// Whether a file is in an index from now on, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// From now on.
    Added,
    /// Not any more.
    Removed,
}

impl ChangeKind {
    /// One word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// Why a folder cannot have an index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListingError {
    /// The file of a version is another one than before.
    #[error("`{url}` is another file of {plugin} than the one that the index has")]
    Changed {
        /// Where it is.
        url: String,
        /// The plugin, its version and system.
        plugin: String,
    },
    /// A version has two files for a system.
    #[error("`{one}` and `{other}` are both {plugin}")]
    Twice {
        /// Where the first is.
        one: String,
        /// Where the second is.
        other: String,
        /// The plugin, its version and system.
        plugin: String,
    },
}

impl ListingError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Changed { .. } => {
                "a version never changes: who has installed it would be refused the new file; publish a new version"
            }
            Self::Twice { .. } => "take one of them out of the folder",
        }
    }
}

impl Index {
    /// The index of the files that lie in its folder now, and what that changes. What was written into it by hand stays:
    /// descriptions, reasons why a version was yanked, files that lie elsewhere in the web. Its number stays too.
    ///
    /// # Errors
    /// [`ListingError`].
    pub fn listing(&self, found: Vec<Listed>) -> Result<(Index, Vec<Change>), ListingError> {
        let mut index = self.clone();
        for entry in &mut index.plugins {
            entry.targets.retain(|_, file| file.url.contains("://"));
        }
        for listed in found {
            self.refuse_changed(&listed)?;
            index.add(listed)?;
        }
        index.plugins.retain(|entry| !entry.targets.is_empty());
        let order = |entry: &Entry| (entry.id.clone(), entry.version.clone());
        index.plugins.sort_by_key(order);
        let changes = changes(self, &index);
        Ok((index, changes))
    }

    fn refuse_changed(&self, listed: &Listed) -> Result<(), ListingError> {
        let entry = self.get(&listed.id, &listed.version);
        let known = entry.and_then(|entry| entry.targets.get(&listed.target));
        match known {
            Some(known) if known.sha256 != listed.file.sha256 => Err(ListingError::Changed {
                url: listed.file.url.clone(),
                plugin: title(listed),
            }),
            _ => Ok(()),
        }
    }

    fn add(&mut self, listed: Listed) -> Result<(), ListingError> {
        let plugin = title(&listed);
        if self.get(&listed.id, &listed.version).is_none() {
            self.plugins.push(Entry {
                id: listed.id.clone(),
                version: listed.version.clone(),
                abi: String::new(),
                description: listed.description,
                schemes: Vec::new(),
                yanked: None,
                targets: BTreeMap::new(),
            });
        }
        let mut entries = self.plugins.iter_mut();
        let same =
            |entry: &&mut Entry| (&entry.id, &entry.version) == (&listed.id, &listed.version);
        let Some(entry) = entries.find(same) else {
            return Ok(());
        };
        entry.abi = listed.abi;
        for scheme in listed.schemes {
            if !entry.schemes.contains(&scheme) {
                entry.schemes.push(scheme);
            }
        }
        let url = listed.file.url.clone();
        match entry.targets.insert(listed.target, listed.file) {
            None => Ok(()),
            Some(one) => Err(ListingError::Twice {
                one: one.url,
                other: url,
                plugin,
            }),
        }
    }

    fn has(&self, id: &PluginId, version: &Version, target: &str) -> bool {
        let entry = self.get(id, version);
        entry.is_some_and(|entry| entry.targets.contains_key(target))
    }
}

fn title(listed: &Listed) -> String {
    format!("{} {} for {}", listed.id, listed.version, listed.target)
}

/// What one index has and the other has not, both ways.
fn changes(before: &Index, after: &Index) -> Vec<Change> {
    let mut changes = Vec::new();
    for (kind, these, those) in [
        (ChangeKind::Removed, before, after),
        (ChangeKind::Added, after, before),
    ] {
        for entry in &these.plugins {
            for target in entry.targets.keys() {
                if !those.has(&entry.id, &entry.version, target) {
                    changes.push(Change {
                        kind,
                        id: entry.id.clone(),
                        version: entry.version.clone(),
                        target: target.clone(),
                    });
                }
            }
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::Sha256;

    fn file(url: &str, content: &str) -> IndexFile {
        IndexFile {
            url: url.to_owned(),
            sha256: Sha256::of(content.as_bytes()),
            size: content.len() as u64,
        }
    }

    fn listed(version: &str, target: &str, url: &str, content: &str) -> Listed {
        Listed {
            id: "acme/oracle".parse().expect("an id"),
            version: version.parse().expect("a version"),
            target: target.to_owned(),
            file: file(url, content),
            abi: "1.0".to_owned(),
            description: "Oracle".to_owned(),
            schemes: vec!["oracle".to_owned()],
        }
    }

    fn told(changes: &[Change]) -> Vec<String> {
        let line = |change: &Change| {
            format!(
                "{} {} {}",
                change.kind.name(),
                change.version,
                change.target
            )
        };
        changes.iter().map(line).collect()
    }

    #[test]
    fn files_come_and_go_and_what_was_written_by_hand_stays() {
        let first = vec![
            listed("1.0.0", "a-b", "a.so", "a"),
            listed("1.0.0", "c-d", "c.so", "c"),
        ];
        let (mut index, changes) = Index::new(7).listing(first).expect("lists");
        assert_eq!(told(&changes), ["added 1.0.0 a-b", "added 1.0.0 c-d"]);
        assert_eq!((index.serial, index.plugins.len()), (7, 1));
        index.plugins[0].yanked = Some("loses rows".to_owned());
        index.plugins[0].description = "by hand".to_owned();
        let elsewhere = file("https://h/e.so", "e");
        index.plugins[0].targets.insert("e-f".to_owned(), elsewhere);

        let second = vec![
            listed("1.0.0", "a-b", "moved/a.so", "a"),
            listed("1.1.0", "a-b", "b.so", "b"),
        ];
        let (next, changes) = index.listing(second.clone()).expect("lists");
        assert_eq!(told(&changes), ["removed 1.0.0 c-d", "added 1.1.0 a-b"]);
        let entry = &next.plugins[0];
        assert_eq!(entry.yanked.as_deref(), Some("loses rows"));
        assert_eq!(entry.description, "by hand");
        assert_eq!(entry.targets["a-b"].url, "moved/a.so");
        assert_eq!(entry.targets["e-f"].url, "https://h/e.so");
        let (again, changes) = next.listing(second).expect("lists");
        assert_eq!((again, changes), (next, Vec::new()));
    }

    #[test]
    fn a_version_never_changes_and_has_one_file_a_system() {
        let one = listed("1.0.0", "a-b", "a.so", "a");
        let (index, _) = Index::new(1).listing(vec![one.clone()]).expect("lists");
        let other = listed("1.0.0", "a-b", "b.so", "other");
        let changed = index.listing(vec![other.clone()]).expect_err("changed");
        assert!(matches!(changed, ListingError::Changed { .. }), "{changed}");
        let twice = Index::new(1).listing(vec![one, other]).expect_err("twice");
        assert_eq!(
            twice.to_string(),
            "`a.so` and `b.so` are both acme/oracle 1.0.0 for a-b"
        );
    }
}
