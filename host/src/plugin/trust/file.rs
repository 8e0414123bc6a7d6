//! Whom the user trusts: `trust.toml` in the user's configuration folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::plugin::document::{self, DocumentError};
use crate::plugin::id::{check_part, shown};
use crate::plugin::signature::{KeyId, PublicKey};

/// The name of the file, in `dapter` in the user's configuration folder.
pub const TRUST_FILE_NAME: &str = "trust.toml";

const FORMAT: u32 = 1;

/// Whom the user trusts: publishers' keys, sources, and keys that are never accepted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustFile {
    format: u32,
    /// The key of each publisher.
    #[serde(
        default,
        rename = "publisher",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub publishers: BTreeMap<String, Pinned>,
    /// Where plugins can be had by name, by the name that the user gave each source.
    #[serde(default, rename = "source", skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, Source>,
    /// Keys that are never accepted again.
    #[serde(default, rename = "revoked", skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revoked>,
}

/// A publisher's key, and how it came to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The key.
    pub key: PublicKey,
    /// Who named it: the index of a source, or `by hand`.
    pub from: String,
    /// When, in UTC.
    pub since: String,
}

/// Where plugins can be had by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its index.
    pub url: String,
    /// The key that its index is signed with.
    pub key: PublicKey,
    /// The highest number of its index that was seen.
    #[serde(default)]
    pub serial: u64,
}

/// A key that is never accepted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Its number.
    pub key: KeyId,
    /// Why; may be empty.
    #[serde(default)]
    pub why: String,
    /// Since when, in UTC.
    pub since: String,
}

/// How a key stands to a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding<'a> {
    /// It is the publisher's.
    Pinned(&'a Pinned),
    /// The publisher has another.
    Other(&'a Pinned),
    /// No key of the publisher is known.
    Unknown,
    /// It is never accepted again.
    Revoked(&'a Revoked),
}

impl Default for TrustFile {
    fn default() -> Self {
        Self {
            format: FORMAT,
            publishers: BTreeMap::new(),
            sources: BTreeMap::new(),
            revoked: Vec::new(),
        }
    }
}

impl TrustFile {
    /// Reads the file.
    ///
    /// # Errors
    /// [`DocumentError`], also for names that cannot be a publisher's.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DocumentError> {
        let trust: Self = document::read(text, path, FORMAT)?;
        let mut names = trust.publishers.keys().chain(trust.sources.keys());
        match names.find(|name| check_part(name).is_err()) {
            None => Ok(trust),
            Some(name) => Err(DocumentError {
                path: path.to_owned(),
                line: 1,
                message: format!("`{}` cannot be a publisher or a source", shown(name)),
                hint: "take the entry out of the file".to_owned(),
            }),
        }
    }

    /// The text to write.
    ///
    /// # Errors
    /// [`DocumentError`], never for a file that was made here.
    pub fn text(&self, path: &Path) -> Result<String, DocumentError> {
        let about =
            "Whom dapter's plugins are taken from. Written by `dapter plugin trust` and `source`.";
        document::write(about, self, path)
    }

    /// How the key that signed something stands to a publisher.
    #[must_use]
    pub fn standing(&self, publisher: &str, signer: KeyId) -> KeyStanding<'_> {
        if let Some(revoked) = self.revocation(signer) {
            return KeyStanding::Revoked(revoked);
        }
        match self.publishers.get(publisher) {
            Some(pinned) if pinned.key.id() == signer => KeyStanding::Pinned(pinned),
            Some(pinned) => KeyStanding::Other(pinned),
            None => KeyStanding::Unknown,
        }
    }

    /// Why a key is not accepted any more, if it is not.
    #[must_use]
    pub fn revocation(&self, key: KeyId) -> Option<&Revoked> {
        self.revoked.iter().find(|revoked| revoked.key == key)
    }

    /// Never accepts a key again.
    pub fn revoke(&mut self, revoked: Revoked) {
        if self.revocation(revoked.key).is_none() {
            self.revoked.push(revoked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    #[test]
    fn a_key_is_the_publishers_or_not_or_revoked() {
        let path = Path::new(TRUST_FILE_NAME);
        let key: PublicKey = KEY.parse().expect("a key");
        let other: KeyId = "0123456789ABCDEF".parse().expect("a number");
        let mut trust = TrustFile::default();
        assert_eq!(trust.standing("acme", key.id()), KeyStanding::Unknown);
        let pinned = Pinned {
            key,
            from: "by hand".to_owned(),
            since: "2026-01-01T00:00:00Z".to_owned(),
        };
        trust.publishers.insert("acme".to_owned(), pinned.clone());
        assert_eq!(
            trust.standing("acme", key.id()),
            KeyStanding::Pinned(&pinned)
        );
        assert_eq!(trust.standing("acme", other), KeyStanding::Other(&pinned));
        trust.revoke(Revoked {
            key: key.id(),
            why: "stolen".to_owned(),
            since: String::new(),
        });
        assert!(matches!(
            trust.standing("acme", key.id()),
            KeyStanding::Revoked(_)
        ));
        let text = trust.text(path).expect("writes");
        assert_eq!(TrustFile::parse(&text, path).expect("reads"), trust);
    }
}
