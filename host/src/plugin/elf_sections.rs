//! The section table of an ELF file, and the tables that it leads to.

use super::bytes::Bytes;
use super::image::MAX_DESCRIPTOR;
use super::inspect_error::InspectError;
use dapter_plugin_api::abi::descriptor::SECTION;
use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, SectionHeader};
use object::read::{self, ReadRef};

/// The section table with its names.
pub(super) struct Sections<'a, Header: FileHeader> {
    headers: &'a [Header::SectionHeader],
    names: &'a [u8],
    pub(super) endian: Header::Endian,
    pub(super) data: Bytes<'a>,
}

impl<'a, Header: FileHeader<Endian = Endianness>> Sections<'a, Header> {
    pub(super) fn read(header: &Header, endian: Endianness, data: Bytes<'a>) -> read::Result<Self> {
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

    /// The first section of a kind.
    pub(super) fn of_kind(&self, kind: elf::SectionType) -> Option<&'a Header::SectionHeader> {
        self.headers
            .iter()
            .find(|section| section.sh_type(self.endian) == kind)
    }

    /// The table of names that a section points into; empty if it points nowhere.
    pub(super) fn linked_names(&self, section: &Header::SectionHeader) -> read::Result<&'a [u8]> {
        match self.headers.get(section.link(self.endian).0) {
            Some(names) => names.data(self.endian, self.data),
            None => Ok(&[]),
        }
    }

    /// The bytes of the descriptor's section, if there is one.
    pub(super) fn descriptor(&self) -> Result<Option<Vec<u8>>, InspectError> {
        let named = |section: &&Header::SectionHeader| {
            name_at(self.names, section.sh_name(self.endian)) == Some(SECTION.as_bytes())
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
}

/// The name at an offset of a table of zero-terminated names.
pub(super) fn name_at(names: &[u8], offset: u32) -> Option<&[u8]> {
    let name = names.get(usize::try_from(offset).ok()?..)?;
    let end = memchr::memchr(0, name)?;
    Some(&name[..end])
}

#[cfg(test)]
mod tests {
    use super::name_at;

    #[test]
    fn names_end_with_a_zero() {
        let names = b"\0one\0two";
        assert_eq!(name_at(names, 1), Some(&b"one"[..]));
        assert_eq!(name_at(names, 2), Some(&b"ne"[..]));
        assert_eq!(name_at(names, 0), Some(&b""[..]));
        for outside in [5, 8, 9, u32::MAX] {
            assert_eq!(name_at(names, outside), None, "{outside}");
        }
    }
}
