//! Static inspection: whether a file can be loaded as a plugin, without running any of it.

use super::descriptor;
use super::image::Image;
use super::inspect_error::InspectError;
use super::system::System;
use dapter_plugin_api::Descriptor;
use dapter_plugin_api::abi::ABI_VERSION;
use dapter_plugin_api::abi::descriptor::target;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// A file that can be loaded, as far as that shows without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the plugin says of itself.
    pub descriptor: Descriptor,
    /// The size of the file in bytes.
    pub size: u64,
}

/// Inspects a plugin's file: it is a whole dynamic library for this system, it carries a descriptor of this major version
/// of the boundary, and it exports the symbol that a host looks for.
///
/// Only headers are read, a few kilobytes of any file. What a damaged or hostile file holds behind them does not show.
///
/// # Errors
/// The first thing that keeps the file from being loaded.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    let (metadata, image) = open(path)?;
    let descriptor = described(&image)?;
    check(&image, &descriptor)?;
    Ok(Inspection {
        descriptor,
        size: metadata.len(),
    })
}

/// What can be known of a file, also of one that cannot be loaded.
#[derive(Debug)]
pub(super) struct Examination {
    pub(super) descriptor: Option<Descriptor>,
    pub(super) modified: Option<SystemTime>,
    pub(super) checked: Result<(), InspectError>,
}

/// As [`inspect()`], with all that can be known.
pub(super) fn examine(path: &Path) -> Examination {
    let mut examination = Examination {
        descriptor: None,
        modified: None,
        checked: Ok(()),
    };
    examination.checked = open(path).and_then(|(metadata, image)| {
        examination.modified = metadata.modified().ok();
        let descriptor = examination.descriptor.insert(described(&image)?);
        check(&image, descriptor)
    });
    examination
}

fn open(path: &Path) -> Result<(Metadata, Image), InspectError> {
    let absent = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => InspectError::Missing,
        _ => InspectError::Unreadable(error.to_string()),
    };
    // Asked before opening: opening a named pipe would wait for its other end.
    if !fs::metadata(path).map_err(absent)?.is_file() {
        return Err(InspectError::NotAFile);
    }
    let file = File::open(path).map_err(absent)?;
    // Asked again of what was opened: it is this file's size that counts.
    let metadata = file.metadata().map_err(absent)?;
    let image = Image::read(file, metadata.len())?;
    Ok((metadata, image))
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
    Ok(())
}
