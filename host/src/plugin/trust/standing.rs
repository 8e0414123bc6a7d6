//! How far a plugin's file is trusted.

use std::fmt;

use crate::plugin::signature::KeyId;

/// How far a plugin's file is trusted, as everything that shows plugins says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// It came with dapter, and is the file that came.
    Bundled,
    /// Its publisher signed it, with the key that is pinned.
    Verified {
        /// The publisher.
        publisher: String,
        /// The publisher's key.
        key: KeyId,
    },
    /// Nobody known signed it, and the project's lock file has its hash.
    Locked,
    /// Nobody known signed it; whoever installed it, or put it there, agreed.
    Unsigned,
    /// It is not the file that was installed, or that came with dapter.
    Modified,
    /// The key that signed it is not accepted any more.
    Revoked {
        /// The key.
        key: KeyId,
    },
    /// It was named by hand, or lies where it was built.
    Development,
}

impl Trust {
    /// One word, which never changes its meaning.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bundled => "bundled",
            Self::Verified { .. } => "verified",
            Self::Locked => "locked",
            Self::Unsigned => "unsigned",
            Self::Modified => "modified",
            Self::Revoked { .. } => "revoked",
            Self::Development => "development",
        }
    }

    /// The key that the word is about.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match self {
            Self::Verified { key, .. } | Self::Revoked { key } => Some(*key),
            _ => None,
        }
    }
}

/// `verified (acme, key 0123456789ABCDEF)`
impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Verified { publisher, key } => write!(f, " ({publisher}, key {key})"),
            Self::Revoked { key } => write!(f, " (key {key})"),
            _ => Ok(()),
        }
    }
}
