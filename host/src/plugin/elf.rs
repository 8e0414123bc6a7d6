//! What an ELF file says of itself, read from its headers and some small tables.

use super::bytes::Bytes;
use super::elf_dynamic::dynamic;
use super::elf_sections::Sections;
use super::elf_symbols::symbols;
use super::elf_versions::glibc_needed;
use super::facts::Facts;
use super::image::Image;
use super::inspect_error::InspectError;
use super::system::{System, elf_architecture};
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{BinaryFormat, Endianness};
use std::ops::Range;

/// Reads the headers of an ELF file of the class of `Header`.
///
/// # Errors
/// [`InspectError::Truncated`] if a segment or a table lies behind the end of the file, [`InspectError::Damaged`] if the
/// headers contradict themselves.
pub(super) fn read<Header>(data: Bytes<'_>, size: u64) -> Result<Image, InspectError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let (header, loaded) = loaded_part::<Header>(data, size)?;
    let endian = header.endian()?;
    let sections = Sections::<Header>::read(header, endian, data)?;
    let symbols = symbols(&sections)?;
    let dynamic = dynamic(&sections)?;
    Ok(Image {
        system: System {
            format: BinaryFormat::Elf,
            architecture: elf_architecture(header.e_machine(endian), header.is_class_64()),
            little_endian: header.is_little_endian(),
        },
        is_library: header.e_type(endian) == elf::ET_DYN,
        descriptor: sections.descriptor()?,
        exports_header: symbols.exports_header,
        loaded,
        search: dynamic.search,
        facts: Facts {
            size,
            needs: dynamic.needs,
            glibc: glibc_needed(&sections)?,
            further_exports: symbols.further,
            panics: symbols.panics,
        },
    })
}

/// The header, and where the last segment ends that the system's loader maps.
///
/// Compares where the tables and the segments end with the size of the file: what is mapped but is not there kills the
/// process when it is touched. So does a dynamic section, which the loader reads first, that lies outside of what is mapped.
///
/// # Errors
/// As [`read`].
pub(super) fn loaded_part<Header>(
    data: Bytes<'_>,
    size: u64,
) -> Result<(&Header, u64), InspectError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let header_size = size_of::<Header>() as u64;
    if size < header_size {
        return Err(InspectError::Truncated {
            needs: header_size,
            has: size,
        });
    }
    let header = Header::parse(data)?;
    let endian = header.endian()?;
    let table_end = |offset: u64, count: u16, entry: u16| match offset {
        0 => 0,
        offset => offset.saturating_add(u64::from(count) * u64::from(entry)),
    };
    let (ph_offset, sh_offset): (u64, u64) =
        (header.e_phoff(endian).into(), header.e_shoff(endian).into());
    let segments_end = table_end(
        ph_offset,
        header.e_phnum(endian),
        header.e_phentsize(endian),
    );
    let sections_end = table_end(
        sh_offset,
        header.e_shnum(endian),
        header.e_shentsize(endian),
    );
    let mut loaded = segments_end.max(header_size);
    let mut mapped = Vec::new();
    let mut dynamic = None;
    if segments_end <= size {
        for segment in header.program_headers(endian, data)? {
            let (offset, length) = segment.file_range(endian);
            let start: u64 = segment.p_vaddr(endian).into();
            let memory = start..start.saturating_add(segment.p_memsz(endian).into());
            match segment.p_type(endian) {
                elf::PT_LOAD => {
                    loaded = loaded.max(offset.saturating_add(length));
                    mapped.push(memory);
                }
                elf::PT_DYNAMIC => dynamic = Some(memory),
                _ => {}
            }
        }
    }
    let needs = loaded.max(sections_end);
    if needs > size {
        return Err(InspectError::Truncated { needs, has: size });
    }
    let holds = |mapped: &Range<u64>, part: &Range<u64>| {
        mapped.start <= part.start && part.end <= mapped.end
    };
    match dynamic {
        Some(part) if !mapped.iter().any(|mapped| holds(mapped, &part)) => Err(
            InspectError::Damaged("its dynamic section lies outside its segments".to_owned()),
        ),
        _ => Ok((header, loaded)),
    }
}
