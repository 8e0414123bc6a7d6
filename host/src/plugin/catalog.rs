//! What was found: plugin files, and the places they were looked for in.

use super::expected::Expected;
use super::facts::Facts;
use super::id::PluginId;
use super::inspect_error::InspectError;
use super::place::Origin;
use super::refusal::Refusal;
use super::store::Receipt;
use super::trust::Trust;
use dapter_plugin_api::{AdapterInfo, Descriptor};
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

/// The plugin files that were found, none of them loaded.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(super) files: Vec<PluginFile>,
    pub(super) searched: Vec<Searched>,
    /// Which plugin is to serve a scheme, where the project says so.
    pub(super) assigned: HashMap<String, PluginId>,
}

/// A plugin's file.
#[derive(Debug)]
pub struct PluginFile {
    /// The file, with all symbolic links resolved; as it was given if it does not exist.
    pub path: PathBuf,
    /// Who named the place it lies in.
    pub origin: Origin,
    /// What the plugin says of itself; also of a broken one, if that can be read.
    pub descriptor: Option<Descriptor>,
    /// What its tables say; of ELF files more than of others. Nothing if they could not be read.
    pub facts: Option<Facts>,
    /// Whether it can be chosen.
    pub standing: Standing,
    /// What the store remembers of it, if it was installed.
    pub installed: Option<Receipt>,
    /// How far it is trusted, as far as that shows without reading all of it.
    pub trust: Trust,
    /// What it must be, down to the byte, before any of it runs.
    pub expected: Expected,
    pub(super) modified: Option<SystemTime>,
}

/// Whether a plugin's file can be chosen.
#[derive(Debug)]
pub enum Standing {
    /// It can, as far as that shows without loading it.
    Usable,
    /// Another file of the same plugin is preferred: one in an earlier place, or a newer one in the same folder.
    Shadowed {
        /// The preferred file.
        by: PathBuf,
    },
    /// It cannot be loaded.
    Broken(InspectError),
    /// It could be loaded, and is not to be.
    Refused(Refusal),
}

/// A place that plugins were looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// Who named it.
    pub origin: Origin,
    /// The folder, or the file given with `--plugin`.
    pub path: PathBuf,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is no such folder or file.
    Missing,
    /// The folder could not be read.
    Unreadable(String),
    /// It was read.
    Read {
        /// Plugin files that an earlier place did not have, broken ones not among them.
        plugins: usize,
        /// Files that should be a plugin and cannot be loaded.
        broken: usize,
        /// Libraries that are no plugin.
        other_libraries: usize,
    },
}

/// An adapter that was chosen, and the plugin's file it is in.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The plugin's file.
    pub file: &'a PluginFile,
    /// What the plugin says of itself.
    pub plugin: &'a Descriptor,
    /// What the adapter is called and can do.
    pub adapter: &'a AdapterInfo,
}

impl Catalog {
    /// All plugin files, in the order in which they were found; within a folder sorted by name.
    #[must_use]
    pub fn files(&self) -> &[PluginFile] {
        &self.files
    }

    /// The places, in the order in which they were searched.
    #[must_use]
    pub fn searched(&self) -> &[Searched] {
        &self.searched
    }
}

impl PluginFile {
    /// Whether it can be chosen.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.standing, Standing::Usable)
    }

    /// Its id, if it was installed: only then anybody vouches for one.
    #[must_use]
    pub fn id(&self) -> Option<&PluginId> {
        self.installed.as_ref().map(|receipt| &receipt.id)
    }
}

/// `DAPTER_PLUGIN_PATH /opt/plugins (2 plugins, 1 broken)`
impl fmt::Display for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} ({})",
            self.origin,
            self.path.display(),
            self.outcome
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Missing => f.write_str("does not exist"),
            Outcome::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Outcome::Read {
                plugins,
                broken,
                other_libraries,
            } => {
                match plugins {
                    0 => f.write_str("no plugin")?,
                    1 => f.write_str("1 plugin")?,
                    many => write!(f, "{many} plugins")?,
                }
                if *broken > 0 {
                    write!(f, ", {broken} broken")?;
                }
                match other_libraries {
                    0 => Ok(()),
                    1 => f.write_str(", 1 other library"),
                    many => write!(f, ", {many} other libraries"),
                }
            }
        }
    }
}
