//! What an object file says of itself, as far as loading it as a plugin depends on it.

use super::bytes::{Bytes, Pieces};
use super::elf;
use super::facts::{Exports, Facts};
use super::inspect_error::InspectError;
use super::system::{System, other_architecture};
use dapter_plugin_api::abi::HEADER_SYMBOL;
use dapter_plugin_api::abi::descriptor::{APPLE_SECTION, SECTION};
use object::elf::{FileHeader32, FileHeader64};
use object::read::{NameOrOrdinal, ReadRef};
use object::{
    BinaryFormat, Endianness, FileKind, Object, ObjectKind, ObjectSection, ObjectSegment,
};
use std::borrow::Cow;
use std::fs::File;

/// The largest descriptor that is read, in bytes: a hundred times what a plugin of ten adapters needs.
pub(super) const MAX_DESCRIPTOR: u64 = 256 << 10;

/// The parts of a library that decide whether it is a plugin for this program.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) system: System,
    /// Whether it is a dynamic library, and no program or object file.
    pub(super) is_library: bool,
    /// The section of the descriptor, if there is one.
    pub(super) descriptor: Option<Vec<u8>>,
    /// Whether it exports the symbol that a host looks for.
    pub(super) exports_header: bool,
    /// How many bytes, from its beginning, the system's loader may look at.
    pub(super) loaded: u64,
    /// Where the libraries that it is linked to are looked for first, as the file says it.
    pub(super) search: Vec<String>,
    pub(super) facts: Facts,
}

impl Image {
    /// Reads the headers of a file of `size` bytes, and nothing but them.
    ///
    /// # Errors
    /// What keeps the file from being understood, or from being whole.
    pub(super) fn read(file: File, size: u64) -> Result<Self, InspectError> {
        if size == 0 {
            return Err(InspectError::Empty);
        }
        let pieces = Pieces::new(file)?;
        let data = Bytes(&pieces);
        // The kind of a file is told by its first 16 bytes; one that is cut within them is told by the first four.
        if data.read_bytes_at(0, 4) == Ok(b"\x7fELF") && size < 16 {
            return Err(InspectError::Truncated {
                needs: 64,
                has: size,
            });
        }
        match FileKind::parse(data) {
            Ok(FileKind::Elf32) => elf::read::<FileHeader32<Endianness>>(data, size),
            Ok(FileKind::Elf64) => elf::read::<FileHeader64<Endianness>>(data, size),
            Ok(FileKind::MachO32 | FileKind::MachO64 | FileKind::Pe32 | FileKind::Pe64) => {
                other(data, size)
            }
            Ok(FileKind::MachOFat32 | FileKind::MachOFat64) => Err(InspectError::Universal),
            _ => Err(InspectError::NotALibrary),
        }
    }
}

/// How many bytes, from its beginning, the system's loader may look at: [`Image::loaded`], of headers alone.
///
/// # Errors
/// As [`Image::read`].
#[cfg(target_os = "linux")]
pub(super) fn loaded_part(file: File, size: u64) -> Result<u64, InspectError> {
    let pieces = Pieces::new(file)?;
    let data = Bytes(&pieces);
    match FileKind::parse(data) {
        Ok(FileKind::Elf32) => Ok(elf::loaded_part::<FileHeader32<Endianness>>(data, size)?.1),
        Ok(FileKind::Elf64) => Ok(elf::loaded_part::<FileHeader64<Endianness>>(data, size)?.1),
        _ => Err(InspectError::NotALibrary),
    }
}

/// The name of the header symbol as the tables of a format spell it.
pub(super) fn header_symbol(format: BinaryFormat) -> Cow<'static, str> {
    match format {
        BinaryFormat::MachO => Cow::Owned(format!("_{HEADER_SYMBOL}")),
        _ => Cow::Borrowed(HEADER_SYMBOL),
    }
}

/// Reads a Mach-O or PE file.
fn other(data: Bytes<'_>, size: u64) -> Result<Image, InspectError> {
    let file = object::File::parse(data)?;
    let segments = file.segments().map(|segment| segment.file_range());
    let needs = segments
        .map(|(offset, length)| offset.saturating_add(length))
        .max()
        .unwrap_or(0);
    if needs > size {
        return Err(InspectError::Truncated { needs, has: size });
    }
    let section = match file.format() {
        BinaryFormat::MachO => APPLE_SECTION.1,
        _ => SECTION,
    };
    let descriptor = match file.section_by_name(section) {
        Some(section) if section.size() > MAX_DESCRIPTOR => {
            return Err(InspectError::DescriptorTooLarge {
                size: section.size(),
            });
        }
        Some(section) => Some(section.data()?.to_vec()),
        None => None,
    };
    let symbol = header_symbol(file.format());
    let mut exports_header = false;
    let mut further_exports = Exports::default();
    for export in file.exports()? {
        match export?.name() {
            NameOrOrdinal::Name(name) if name == symbol.as_bytes() => exports_header = true,
            NameOrOrdinal::Name(name) => further_exports.add(name),
            NameOrOrdinal::Ordinal(number) => {
                further_exports.add(format!("#{number}").as_bytes());
            }
        }
    }
    Ok(Image {
        system: System {
            format: file.format(),
            architecture: other_architecture(file.architecture()),
            little_endian: file.is_little_endian(),
        },
        is_library: file.kind() == ObjectKind::Dynamic,
        descriptor,
        exports_header,
        loaded: size,
        search: Vec::new(),
        facts: Facts {
            size,
            further_exports,
            ..Facts::default()
        },
    })
}
