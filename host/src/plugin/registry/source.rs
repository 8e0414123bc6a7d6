//! Reads the index of a source.

use super::fetch::{FetchError, LARGEST_INDEX, fetch, fetch_if_there};
use super::index::Index;
use super::location::Location;
use crate::plugin::document::DocumentError;
use crate::plugin::signature::{LARGEST_SIGNATURE, PublicKey, SignatureError, verify_any};

/// Why the index of a source is not used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be read.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It has no signature.
    #[error("the index {0} is not signed")]
    Unsigned(Location),
    /// It is not what the keeper of the source signed.
    #[error("the index {location} is not what its keeper signed")]
    Signature {
        /// The index.
        location: Location,
        /// What is wrong with the signature.
        source: SignatureError,
    },
    /// It cannot be understood.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A newer one was seen before.
    #[error("the index {location} has number {serial}, and number {seen} was seen before")]
    Older {
        /// The index.
        location: Location,
        /// Its number.
        serial: u64,
        /// The number that was seen.
        seen: u64,
    },
}

impl SourceError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Fetch(error) => error.hint().to_owned(),
            Self::Unsigned(_) => {
                "an index without its .minisig is never used: copy both, or tell whoever keeps the source".to_owned()
            }
            Self::Signature { source, .. } => source.hint().to_owned(),
            Self::Document(error) => error.hint.clone(),
            Self::Older { .. } => {
                "it is a copy that was not kept up, or somebody hides what is new; to use it nonetheless, remove the source and add it again".to_owned()
            }
        }
    }
}

/// The index at a location, if the key signed it and no newer one was seen.
///
/// # Errors
/// [`SourceError`]. Nothing of an index is looked at before its signature is.
pub fn read_index(location: &Location, key: &PublicKey, seen: u64) -> Result<Index, SourceError> {
    let content = fetch(location, LARGEST_INDEX)?;
    let signature = fetch_if_there(&location.signature(), LARGEST_SIGNATURE)?
        .ok_or_else(|| SourceError::Unsigned(location.clone()))?;
    let signature = String::from_utf8_lossy(&signature);
    verify_any(&content, &signature, key).map_err(|source| SourceError::Signature {
        location: location.clone(),
        source,
    })?;
    let text = String::from_utf8_lossy(&content);
    let index = Index::parse(&text, location.as_path())?;
    match index.serial < seen {
        true => Err(SourceError::Older {
            location: location.clone(),
            serial: index.serial,
            seen,
        }),
        false => Ok(index),
    }
}
