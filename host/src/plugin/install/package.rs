//! What was downloaded, inspected without running any of it.

use std::io::Write;
use std::path::Path;

use dapter_plugin_api::Descriptor;

use super::error::InstallError;
use crate::plugin::expected::Sha256;
use crate::plugin::inspect::{inspect, peek};
use crate::plugin::inspect_error::InspectError;
use crate::plugin::registry::{LARGEST_PLUGIN, Location, Unpacked, fetch, fetch_if_there, unpack};
use crate::plugin::signature::LARGEST_SIGNATURE;

/// A plugin's library as it came, and what can be known of it without running any of it.
#[derive(Debug)]
pub struct Package {
    /// Where it came from.
    pub location: Location,
    /// The library.
    pub library: Vec<u8>,
    /// The hash of the library.
    pub sha256: Sha256,
    /// The text of its signature.
    pub signature: Option<String>,
    /// What it says of itself.
    pub descriptor: Descriptor,
}

impl Package {
    /// Fetches a library, or an archive with one, and its signature: the one in the archive, else the one beside it.
    ///
    /// # Errors
    /// If it cannot be had, or cannot be a plugin for this system.
    pub fn fetch(location: &Location) -> Result<Self, InstallError> {
        let (unpacked, sha256) = fetched(location)?;
        Self::inspected(location, unpacked, sha256)
    }

    /// The same of a plugin for any system, which need not be one that can be loaded here.
    ///
    /// # Errors
    /// If it cannot be had, or is no plugin.
    pub fn fetch_any(location: &Location) -> Result<Self, InstallError> {
        let (unpacked, sha256) = fetched(location)?;
        Ok(Self {
            descriptor: described(&unpacked.library, peek)?,
            location: location.clone(),
            library: unpacked.library,
            sha256,
            signature: unpacked.signature,
        })
    }

    /// The same of a file whose hash is known: nothing of another one is looked at.
    ///
    /// # Errors
    /// Those of [`fetch`](Self::fetch), and [`InstallError::Hash`].
    pub fn fetch_known(
        location: &Location,
        expected: Sha256,
        by: &str,
    ) -> Result<Self, InstallError> {
        let (unpacked, found) = fetched(location)?;
        if found != expected {
            return Err(InstallError::Hash {
                by: by.to_owned(),
                found,
                expected,
            });
        }
        Self::inspected(location, unpacked, found)
    }

    fn inspected(
        location: &Location,
        unpacked: Unpacked,
        sha256: Sha256,
    ) -> Result<Self, InstallError> {
        Ok(Self {
            descriptor: described(&unpacked.library, |path| {
                inspect(path).map(|inspection| inspection.descriptor)
            })?,
            location: location.clone(),
            library: unpacked.library,
            sha256,
            signature: unpacked.signature,
        })
    }
}

fn fetched(location: &Location) -> Result<(Unpacked, Sha256), InstallError> {
    let mut unpacked = unpack(fetch(location, LARGEST_PLUGIN)?)?;
    if unpacked.signature.is_none() {
        let beside = fetch_if_there(&location.signature(), LARGEST_SIGNATURE)?;
        unpacked.signature = beside.map(|text| String::from_utf8_lossy(&text).into_owned());
    }
    let sha256 = Sha256::of(&unpacked.library);
    Ok((unpacked, sha256))
}

/// What a library says of itself. It is looked at as a file of its own, which nobody else can write.
fn described(
    library: &[u8],
    look: impl FnOnce(&Path) -> Result<Descriptor, InspectError>,
) -> Result<Descriptor, InstallError> {
    let unwritable = |error: std::io::Error| InspectError::Unreadable(error.to_string());
    let mut file = tempfile::NamedTempFile::new().map_err(unwritable)?;
    file.write_all(library).map_err(unwritable)?;
    Ok(look(file.path())?)
}
