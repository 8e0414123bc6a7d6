//! The dynamic symbols of an ELF file: what it exports, and what its imports tell.

use super::elf_sections::{Sections, name_at};
use super::facts::{Exports, Panics};
use super::image::header_symbol;
use object::read::elf::{FileHeader, SectionHeader, Sym};
use object::{BinaryFormat, Endianness, elf, read};

/// What the dynamic symbol table says.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// Whether the header that a host looks for is among them.
    pub(super) exports_header: bool,
    /// What else is exported.
    pub(super) further: Exports,
    pub(super) panics: Option<Panics>,
}

/// What code that unwinds calls to throw, and what code calls that only prints where it was.
const THROW: &[u8] = b"_Unwind_RaiseException";
const BACKTRACE: &[u8] = b"_Unwind_Backtrace";

pub(super) fn symbols<Header>(sections: &Sections<'_, Header>) -> read::Result<Symbols>
where
    Header: FileHeader<Endian = Endianness>,
{
    let mut found = Symbols::default();
    let Some(table) = sections.of_kind(elf::SHT_DYNSYM) else {
        return Ok(found);
    };
    let endian = sections.endian;
    let symbols: &[Header::Sym] = table.data_as_array(endian, sections.data)?;
    let names = sections.linked_names(table)?;
    let header = header_symbol(BinaryFormat::Elf);
    let (mut throws, mut walks) = (false, false);
    for symbol in symbols {
        let Some(name) = name_at(names, symbol.st_name(endian)) else {
            continue;
        };
        if symbol.st_shndx(endian) == elf::SHN_UNDEF {
            throws |= name == THROW;
            walks |= name == BACKTRACE;
        } else if name == header.as_bytes() {
            found.exports_header = true;
        } else if is_visible::<Header>(symbol) && !name.is_empty() {
            found.further.add(name);
        }
    }
    // Where the unwinder is linked in, neither shows.
    found.panics = match (throws, walks) {
        (true, _) => Some(Panics::Unwind),
        (false, true) => Some(Panics::Abort),
        (false, false) => None,
    };
    Ok(found)
}

fn is_visible<Header: FileHeader>(symbol: &Header::Sym) -> bool {
    let hidden = matches!(symbol.st_visibility(), elf::STV_HIDDEN | elf::STV_INTERNAL);
    !symbol.is_local() && !hidden
}
