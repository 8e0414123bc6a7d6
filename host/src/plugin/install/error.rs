//! Why a plugin is not installed.

use crate::plugin::document::DocumentError;
use crate::plugin::expected::Sha256;
use crate::plugin::id::{IdError, PluginId};
use crate::plugin::inspect_error::InspectError;
use crate::plugin::refusal::Refusal;
use crate::plugin::registry::{ArchiveError, FetchError, LocationError, SourceError};
use crate::plugin::signature::{PublicKey, SignatureError};
use crate::plugin::step::Step;
use crate::plugin::store::PutError;

/// Why a plugin is not installed, locked or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// What was typed is no id or version.
    #[error(transparent)]
    Id(#[from] IdError),
    /// What was typed is no location.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// It cannot be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A source cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The archive is refused.
    #[error("the archive is refused")]
    Archive(#[from] ArchiveError),
    /// The file cannot be a plugin for this system.
    #[error("the file cannot be used as a plugin")]
    Inspect(#[from] InspectError),
    /// A file of plugins cannot be understood.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// No source has it.
    #[error("no source has {wanted}{}", list(known))]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// What there is instead.
        known: Vec<String>,
        /// How many sources were asked.
        sources: usize,
    },
    /// Several publishers have a plugin of this name.
    #[error("several plugins are called so: {}", ids.join(", "))]
    SeveralPublishers {
        /// Their ids.
        ids: Vec<String>,
    },
    /// There is no file of it for this system.
    #[error("{plugin} has no file for {target}{}", list(others))]
    NoTarget {
        /// The plugin and its version.
        plugin: String,
        /// This system.
        target: String,
        /// The systems that it has files for.
        others: Vec<String>,
    },
    /// The file is not the one that the index or the lock file names.
    #[error(
        "the file is not the one that {by} names: its hash is {found}, and should be {expected}"
    )]
    Hash {
        /// Who says what it should be.
        by: String,
        /// What was found.
        found: Sha256,
        /// What it should be.
        expected: Sha256,
    },
    /// The file of a source has no signature.
    #[error("{0} is not signed, and its source must not have unsigned plugins")]
    ReleaseUnsigned(String),
    /// The signature is not accepted.
    #[error("the signature is not accepted")]
    Signature(#[from] SignatureError),
    /// The publisher has another key than the one that is known.
    #[error(
        "the key of {publisher} was changed: {pinned} is trusted, and {found} is what the index says"
    )]
    KeyChanged {
        /// The publisher.
        publisher: String,
        /// The key that was pinned.
        pinned: Box<PublicKey>,
        /// The other.
        found: Box<PublicKey>,
    },
    /// Nobody says which key the publisher has.
    #[error("no key of {publisher} is known")]
    NoKey {
        /// The publisher.
        publisher: String,
    },
    /// Nobody signed the file, and nobody has agreed to that.
    #[error("{id} is not signed: nobody vouches for it")]
    Unsigned {
        /// The plugin.
        id: PluginId,
    },
    /// An unsigned file came over a connection that anybody could have changed.
    #[error("{id} is not signed, and came over http: anybody on the way could have changed it")]
    UnsignedOverHttp {
        /// The plugin.
        id: PluginId,
    },
    /// It is not to be used.
    #[error("it is not to be used")]
    Refused(#[from] Refusal),
    /// It cannot be written.
    #[error(transparent)]
    Put(#[from] PutError),
    /// Something else stands in the way.
    #[error("{message}")]
    Other {
        /// What.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl InstallError {
    /// The step of checking that failed.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Archive(_) => Step::Static,
            Self::Inspect(error) => error.step(),
            Self::Hash { .. } | Self::Put(PutError::Different { .. }) => Step::Hash,
            Self::ReleaseUnsigned(_)
            | Self::Signature(_)
            | Self::KeyChanged { .. }
            | Self::NoKey { .. }
            | Self::Unsigned { .. }
            | Self::UnsignedOverHttp { .. } => Step::Signature,
            Self::Refused(refusal) => refusal.step(),
            _ => Step::Resolve,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Id(error) => error.hint().to_owned(),
            Self::Location(error) => error.hint().to_owned(),
            Self::Fetch(error) => error.hint().to_owned(),
            Self::Source(error) => error.hint(),
            Self::Archive(error) => error.hint().to_owned(),
            Self::Inspect(error) => error.hint(),
            Self::Document(error) => error.hint.clone(),
            Self::NotFound { sources: 0, .. } => {
                "add one with `dapter plugin source add NAME URL --key KEY`, or name a file".to_owned()
            }
            Self::NotFound { .. } => {
                "look what there is with `dapter plugin search`, or name a file".to_owned()
            }
            Self::SeveralPublishers { ids } => format!(
                "name the publisher too: dapter plugin install {}",
                ids.first().map_or("PUBLISHER/NAME", String::as_str)
            ),
            Self::NoTarget { .. } => {
                "ask its publisher for a build for this system, or build it yourself and install the file".to_owned()
            }
            Self::Hash { .. } => {
                "download it again; if that does not help, tell the publisher before anything else".to_owned()
            }
            Self::ReleaseUnsigned(_) => "tell whoever keeps the source".to_owned(),
            Self::Signature(error) => error.hint().to_owned(),
            Self::KeyChanged { publisher, .. } => format!(
                "ask {publisher}, by a way you trust, whether the key was changed; if so: dapter plugin trust remove {publisher}, then trust add {publisher} KEY"
            ),
            Self::NoKey { publisher } => {
                format!("if you trust them: dapter plugin trust add {publisher} KEY")
            }
            Self::Unsigned { .. } => {
                "if you trust where the file came from, say so for this one: --allow-unsigned".to_owned()
            }
            Self::UnsignedOverHttp { .. } => {
                "download it over https, or from somebody you trust, and install the file".to_owned()
            }
            Self::Refused(refusal) => refusal.hint(),
            Self::Put(PutError::Different { .. }) => {
                "a version never changes: ask its publisher for a new one, or replace what is installed with --force".to_owned()
            }
            Self::Put(PutError::Receipt(error)) => error.hint.clone(),
            Self::Put(PutError::Io { .. }) => "check the permissions and the space on the disk".to_owned(),
            Self::Other { hint, .. } => hint.clone(),
        }
    }
}

fn list(known: &[String]) -> String {
    match known {
        [] => String::new(),
        known => format!("; there are {}", known.join(", ")),
    }
}
