//! The versions of symbols: which ones a library is bound to, and which ones the C library of this system has.

use super::bytes::{Bytes, Pieces};
use super::elf_sections::{Sections, name_at};
use super::glibc::Glibc;
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, elf, read};
use std::fs::File;
use std::path::Path;

/// The most versions that are looked at: entries may overlap, so their number is not bounded by the size of the table.
const MOST: usize = 10_000;

/// The newest glibc whose symbols a library is bound to.
pub(super) fn glibc_needed<Header>(sections: &Sections<'_, Header>) -> read::Result<Option<Glibc>>
where
    Header: FileHeader<Endian = Endianness>,
{
    let Some(section) = sections.of_kind(elf::SHT_GNU_VERNEED) else {
        return Ok(None);
    };
    let endian = sections.endian;
    let names = sections.linked_names(section)?;
    let Some((libraries, _)) = section.gnu_verneed(endian, sections.data)? else {
        return Ok(None);
    };
    let mut newest = None;
    let mut seen = 0;
    for library in libraries {
        for version in library?.1 {
            let name = name_at(names, version?.vna_name.get(endian)).unwrap_or_default();
            newest = newest.max(Glibc::of_symbol_version(name));
            seen += 1;
            if seen > MOST {
                return Ok(newest);
            }
        }
    }
    Ok(newest)
}

#[cfg(target_pointer_width = "64")]
type Native = elf::FileHeader64<Endianness>;
#[cfg(not(target_pointer_width = "64"))]
type Native = elf::FileHeader32<Endianness>;

/// The newest glibc whose symbols a C library has; nothing if the file tells none.
pub(super) fn newest_glibc_defined(libc: &Path) -> Option<Glibc> {
    let pieces = Pieces::new(File::open(libc).ok()?).ok()?;
    defined(Bytes(&pieces)).ok().flatten()
}

fn defined(data: Bytes<'_>) -> read::Result<Option<Glibc>> {
    let header = Native::parse(data)?;
    let endian = header.endian()?;
    let sections = Sections::<Native>::read(header, endian, data)?;
    let Some(section) = sections.of_kind(elf::SHT_GNU_VERDEF) else {
        return Ok(None);
    };
    let names = sections.linked_names(section)?;
    let Some((versions, _)) = section.gnu_verdef(endian, data)? else {
        return Ok(None);
    };
    let mut newest = None;
    for version in versions.take(MOST) {
        // The first name is the version's own, those behind it are the ones that it follows.
        if let Some(own) = version?.1.next()? {
            let name = name_at(names, own.vda_name.get(endian)).unwrap_or_default();
            newest = newest.max(Glibc::of_symbol_version(name));
        }
    }
    Ok(newest)
}
