//! Why a plugin that could be loaded is not to be.

use super::document::DocumentError;
use super::id::PluginId;
use super::signature::KeyId;
use super::step::Step;

/// Why a plugin that could be loaded is not to be: nobody vouches for it, or the project wants another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// What the store remembers of it cannot be read.
    #[error("what the store remembers of it cannot be used: {0}")]
    Receipt(DocumentError),
    /// The receipt is of another plugin than the folder it lies in.
    #[error("its receipt is of {0}, and it lies in the folder of another plugin")]
    Elsewhere(String),
    /// The key that signed it is not accepted any more.
    #[error("the key {key} that signed it was revoked{}", because(why))]
    Revoked {
        /// The key.
        key: KeyId,
        /// Why; may be empty.
        why: String,
    },
    /// The key that signed it is not the publisher's.
    #[error("it was signed with the key {key}, which is not the one that {publisher} is known by")]
    OtherKey {
        /// The publisher.
        publisher: String,
        /// The key that signed it.
        key: KeyId,
    },
    /// Nobody knows the key that signed it.
    #[error("it was signed with the key {key}, and no key of {publisher} is trusted")]
    UnknownKey {
        /// The publisher.
        publisher: String,
        /// The key that signed it.
        key: KeyId,
    },
    /// The signature that it was installed with is gone.
    #[error("the signature that it was installed with is not there any more")]
    NoSignature {
        /// The plugin, to install it anew.
        id: PluginId,
    },
    /// The project requires another version.
    #[error("{origin} requires version {requirement}")]
    Requirement {
        /// Where that is written.
        origin: String,
        /// What is required.
        requirement: String,
        /// The plugin.
        id: PluginId,
    },
    /// The project's lock file has another version.
    #[error("the lock file has version {version}")]
    LockedVersion {
        /// The version in the lock file.
        version: String,
        /// The plugin.
        id: PluginId,
    },
    /// The project's lock file has another file for this system.
    #[error("the lock file has another file of this version: their hashes differ")]
    LockedFile {
        /// The plugin.
        id: PluginId,
    },
    /// Only what the lock file has may be used.
    #[error("it is not in the lock file, and only what is may be used (--locked)")]
    NotLocked,
    /// It offers a scheme that dapter's own plugins serve.
    #[error("the scheme `{scheme}` belongs to the plugin that comes with dapter")]
    Reserved {
        /// The scheme.
        scheme: String,
        /// The plugin.
        id: String,
    },
}

fn because(why: &str) -> String {
    match why.is_empty() {
        true => String::new(),
        false => format!(": {why}"),
    }
}

impl Refusal {
    /// The step of loading that this belongs to.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Requirement { .. }
            | Self::LockedVersion { .. }
            | Self::NotLocked
            | Self::Reserved { .. } => Step::Resolve,
            Self::Receipt(_) | Self::Elsewhere(_) | Self::LockedFile { .. } => Step::Hash,
            Self::Revoked { .. }
            | Self::OtherKey { .. }
            | Self::UnknownKey { .. }
            | Self::NoSignature { .. } => Step::Signature,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Receipt(_) | Self::Elsewhere(_) => {
                "remove its folder, and install the plugin again".to_owned()
            }
            Self::Revoked { .. } => {
                "install a version that is signed with another key, or remove it: dapter plugin remove".to_owned()
            }
            Self::OtherKey { publisher, .. } => format!(
                "ask {publisher}, by a way you trust, whether the key was changed; if so: dapter plugin trust remove {publisher}, then trust add {publisher} KEY"
            ),
            Self::UnknownKey { publisher, .. } => format!(
                "if you trust its publisher: dapter plugin trust add {publisher} KEY"
            ),
            Self::NoSignature { id } => format!("dapter plugin install --force {id}"),
            Self::Requirement { id, requirement, .. } => {
                format!("dapter plugin install '{id}@{requirement}'")
            }
            Self::LockedVersion { id, version } => {
                format!("dapter plugin install {id}@{version}, or pin another: dapter plugin lock {id}")
            }
            Self::LockedFile { id } => {
                format!("find out which of them is right, then: dapter plugin install --force {id}")
            }
            Self::NotLocked => {
                "pin it with `dapter plugin lock`, and commit the lock file".to_owned()
            }
            Self::Reserved { scheme, id } => format!(
                "if you want it nonetheless, say so in dapter.toml: [plugins] \"{id}\" = {{ schemes = [\"{scheme}\"] }}"
            ),
        }
    }
}
