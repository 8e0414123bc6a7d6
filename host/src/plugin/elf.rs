//! What an ELF file says of itself, read from its headers and three small tables.

use super::bytes::Bytes;
use super::image::{Image, MAX_DESCRIPTOR, header_symbol};
use super::inspect_error::InspectError;
use super::system::{System, elf_architecture};
use dapter_plugin_api::abi::descriptor::SECTION;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, Sym};
use object::read::{self, ReadRef};
use object::{BinaryFormat, Endianness};

/// Reads the headers of an ELF file of the class of `Header`.
///
/// # Errors
/// [`InspectError::Truncated`] if a segment or a table lies behind the end of the file, [`InspectError::Damaged`] if the
/// headers contradict themselves.
pub(super) fn read<Header>(data: Bytes<'_>, size: u64) -> Result<Image, InspectError>
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
    check_size(header, endian, data, size)?;
    let table = Sections::<Header>::read(header, endian, data)?;
    Ok(Image {
        system: System {
            format: BinaryFormat::Elf,
            architecture: elf_architecture(header.e_machine(endian), header.is_class_64()),
            little_endian: header.is_little_endian(),
        },
        is_library: header.e_type(endian) == elf::ET_DYN,
        descriptor: table.descriptor()?,
        exports_header: table.exports(header_symbol(BinaryFormat::Elf).as_bytes())?,
    })
}

/// Compares where the tables and the loadable segments end with the size of the file: what is mapped but is not there
/// kills the process when it is touched.
fn check_size<Header>(
    header: &Header,
    endian: Endianness,
    data: Bytes<'_>,
    size: u64,
) -> Result<(), InspectError>
where
    Header: FileHeader<Endian = Endianness>,
{
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
    let mut needs = segments_end.max(sections_end);
    if segments_end <= size {
        for segment in header.program_headers(endian, data)? {
            if segment.p_type(endian) == elf::PT_LOAD {
                let (offset, length) = segment.file_range(endian);
                needs = needs.max(offset.saturating_add(length));
            }
        }
    }
    if needs > size {
        return Err(InspectError::Truncated { needs, has: size });
    }
    Ok(())
}

/// The section table with its names.
struct Sections<'a, Header: FileHeader> {
    headers: &'a [Header::SectionHeader],
    names: &'a [u8],
    endian: Header::Endian,
    data: Bytes<'a>,
}

impl<'a, Header: FileHeader<Endian = Endianness>> Sections<'a, Header> {
    fn read(header: &Header, endian: Endianness, data: Bytes<'a>) -> read::Result<Self> {
        let headers = header.section_headers(endian, data)?;
        let names = if headers.is_empty() {
            &[]
        } else {
            let index = header.section_strings_index(endian, data)?;
            headers
                .get(index.0)
                .map_or(Ok(&[][..]), |names| names.data(endian, data))?
        };
        Ok(Sections {
            headers,
            names,
            endian,
            data,
        })
    }

    fn descriptor(&self) -> Result<Option<Vec<u8>>, InspectError> {
        let named = |section: &&Header::SectionHeader| {
            is_name(self.names, section.sh_name(self.endian), SECTION.as_bytes())
        };
        let Some(section) = self.headers.iter().find(named) else {
            return Ok(None);
        };
        let (offset, size) = section.file_range(self.endian).unwrap_or_default();
        if size > MAX_DESCRIPTOR {
            return Err(InspectError::DescriptorTooLarge { size });
        }
        let bytes = self.data.read_bytes_at(offset, size).map_err(|()| {
            InspectError::Damaged("the section of the descriptor lies outside the file".to_owned())
        })?;
        Ok(Some(bytes.to_vec()))
    }

    /// Whether the dynamic symbol table defines the name.
    fn exports(&self, name: &[u8]) -> read::Result<bool> {
        let dynamic =
            |section: &&Header::SectionHeader| section.sh_type(self.endian) == elf::SHT_DYNSYM;
        let Some(table) = self.headers.iter().find(dynamic) else {
            return Ok(false);
        };
        let symbols: &[Header::Sym] = table.data_as_array(self.endian, self.data)?;
        let link = table.link(self.endian);
        let Some(names) = self.headers.get(link.0) else {
            return Ok(false);
        };
        let names = names.data(self.endian, self.data)?;
        Ok(symbols.iter().any(|symbol| {
            symbol.st_shndx(self.endian) != elf::SHN_UNDEF
                && is_name(names, symbol.st_name(self.endian), name)
        }))
    }
}

/// Whether a table of zero-terminated names holds exactly this one at the offset.
fn is_name(names: &[u8], offset: u32, name: &[u8]) -> bool {
    usize::try_from(offset)
        .ok()
        .and_then(|offset| names.get(offset..))
        .and_then(|names| names.strip_prefix(name))
        .is_some_and(|rest| rest.first() == Some(&0))
}
