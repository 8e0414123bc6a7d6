//! Static inspection: whether a file can be loaded as a plugin, without running any of it.

use super::descriptor;
use super::facts::Facts;
use super::glibc::Glibc;
use super::image::Image;
use super::inspect_error::InspectError;
use super::opened::Opened;
use super::system::System;
use dapter_plugin_api::Descriptor;
use dapter_plugin_api::abi::ABI_VERSION;
use dapter_plugin_api::abi::descriptor::target;
use std::fs::{File, Metadata};
use std::path::Path;

/// A file that can be loaded, as far as that shows without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the plugin says of itself.
    pub descriptor: Descriptor,
    /// What its tables say.
    pub facts: Facts,
    /// How many bytes, from its beginning, the system's loader may look at.
    pub(super) loaded: u64,
    /// The folders that it names for the libraries that it is linked to.
    pub(super) search: Vec<String>,
}

/// Inspects a plugin's file: it is a whole dynamic library for this system and its glibc, it carries a descriptor of this
/// major version of the boundary, and it exports the symbol that a host looks for.
///
/// Only headers and tables are read, a few kilobytes of most files. What a damaged or hostile file holds behind them does
/// not show.
///
/// # Errors
/// The first thing that keeps the file from being loaded.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    let Opened { file, metadata } = Opened::open(path)?;
    inspect_file(file, metadata.len())
}

/// What a plugin says of itself, also of one for another system, which cannot be loaded here.
///
/// # Errors
/// If the file is no plugin.
pub fn peek(path: &Path) -> Result<Descriptor, InspectError> {
    let Opened { file, metadata } = Opened::open(path)?;
    described(&Image::read(file, metadata.len())?)
}

/// As [`inspect()`], of an open file of `size` bytes.
pub(super) fn inspect_file(file: File, size: u64) -> Result<Inspection, InspectError> {
    let image = Image::read(file, size)?;
    let descriptor = described(&image)?;
    check(&image, &descriptor)?;
    Ok(Inspection {
        descriptor,
        facts: image.facts,
        loaded: image.loaded,
        search: image.search,
    })
}

/// What can be known of a file, also of one that cannot be loaded.
#[derive(Debug)]
pub(super) struct Examination {
    pub(super) descriptor: Option<Descriptor>,
    pub(super) facts: Option<Facts>,
    pub(super) search: Vec<String>,
    pub(super) metadata: Option<Metadata>,
    pub(super) checked: Result<(), InspectError>,
}

/// As [`inspect()`], with all that can be known.
pub(super) fn examine(path: &Path) -> Examination {
    let mut examination = Examination {
        descriptor: None,
        facts: None,
        search: Vec::new(),
        metadata: None,
        checked: Ok(()),
    };
    examination.checked = Opened::open(path).and_then(|Opened { file, metadata }| {
        let size = metadata.len();
        examination.metadata = Some(metadata);
        let image = Image::read(file, size)?;
        let checked = described(&image)
            .and_then(|descriptor| check(&image, examination.descriptor.insert(descriptor)));
        examination.facts = Some(image.facts);
        examination.search = image.search;
        checked
    });
    examination
}

fn described(image: &Image) -> Result<Descriptor, InspectError> {
    let section = image.descriptor.as_ref().ok_or(InspectError::NotAPlugin)?;
    descriptor::read(section)
}

fn check(image: &Image, descriptor: &Descriptor) -> Result<(), InspectError> {
    let ours = System::current();
    if image.system != ours {
        return Err(InspectError::OtherSystem {
            found: image.system.to_string(),
            expected: ours.to_string(),
        });
    }
    if !image.is_library {
        return Err(InspectError::NotALibrary);
    }
    let (major, minor) = ABI_VERSION;
    let found = descriptor
        .abi
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if found != Some(major) {
        return Err(InspectError::AbiVersion {
            found: descriptor.abi.clone(),
            newer: found.is_some_and(|found| found > major),
            expected: format!("{major}.{minor}"),
        });
    }
    if descriptor.target != target() {
        return Err(InspectError::OtherTarget {
            found: descriptor.target.clone(),
            expected: target(),
        });
    }
    if !image.exports_header {
        return Err(InspectError::NoHeader);
    }
    match (image.facts.glibc, Glibc::running()) {
        (Some(needs), Some(has)) if needs > has => Err(InspectError::OlderGlibc { needs, has }),
        _ => Ok(()),
    }
}
