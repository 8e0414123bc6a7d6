//! The shared libraries that an ELF file is linked to.

use super::elf_sections::{Sections, name_at};
use super::facts::printable;
use object::read::elf::{Dyn, FileHeader, SectionHeader};
use object::{Endianness, elf, read};

/// The most libraries, and folders to look for them in, that are read of one file.
const MOST: usize = 200;

/// What the system's loader is told to load besides.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    /// The names of the libraries, in their order.
    pub(super) needs: Vec<String>,
    /// Where they are looked for first, as the file says it: folders separated by colons, `$ORIGIN` for the file's own.
    pub(super) search: Vec<String>,
}

pub(super) fn dynamic<Header>(sections: &Sections<'_, Header>) -> read::Result<Dynamic>
where
    Header: FileHeader<Endian = Endianness>,
{
    let mut found = Dynamic::default();
    let Some(section) = sections.of_kind(elf::SHT_DYNAMIC) else {
        return Ok(found);
    };
    let endian = sections.endian;
    let entries: &[Header::Dyn] = section.data_as_array(endian, sections.data)?;
    let names = sections.linked_names(section)?;
    for entry in entries {
        let into = match entry.tag(endian) {
            elf::DT_NULL => break,
            elf::DT_NEEDED => &mut found.needs,
            elf::DT_RPATH | elf::DT_RUNPATH => &mut found.search,
            _ => continue,
        };
        if let Some(name) = entry.val32(endian).and_then(|at| name_at(names, at))
            && into.len() < MOST
        {
            into.push(printable(name));
        }
    }
    Ok(found)
}
