//! The system loader's list of libraries, `/etc/ld.so.cache` of glibc.

use super::elf_sections::name_at;
use std::collections::HashSet;

/// How the list begins since glibc 2.2, also where an older list stands before it.
const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";

/// Bytes of the head: the magic, the number of entries, the length of the texts, and what is not needed here.
const HEAD: usize = 48;

/// Bytes of an entry: flags, offset of the name, offset of the path, and what is not needed here.
const ENTRY: usize = 24;

/// The names of the libraries in the list; nothing if it is of a form that is not known.
pub(super) fn names(cache: &[u8]) -> Option<HashSet<Vec<u8>>> {
    let start = memchr::memmem::find(cache, MAGIC)?;
    let list = &cache[start..];
    let count = usize::try_from(number(list, MAGIC.len())?).ok()?;
    let mut names = HashSet::new();
    for index in 0..count {
        let entry = HEAD + index * ENTRY;
        names.insert(name_at(list, number(list, entry + 4)?)?.to_vec());
    }
    Some(names)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{ENTRY, HEAD, MAGIC, names};

    fn cache(before: &[u8], libraries: &[&str]) -> Vec<u8> {
        let texts_at = HEAD + libraries.len() * ENTRY;
        let mut texts = Vec::new();
        let mut entries = Vec::new();
        for library in libraries {
            let at = u32::try_from(texts_at + texts.len()).expect("small");
            texts.extend(format!("{library}\0/lib/{library}\0").bytes());
            entries.extend([3u32, at, at].into_iter().flat_map(u32::to_ne_bytes));
            entries.extend([0; 12]);
        }
        let mut cache = [before, MAGIC].concat();
        cache.extend(u32::try_from(libraries.len()).expect("few").to_ne_bytes());
        cache.resize(before.len() + HEAD, 0);
        [cache, entries, texts].concat()
    }

    #[test]
    fn names_are_read_also_behind_a_list_of_the_old_form() {
        for before in [&b""[..], b"ld.so-1.7.0\0\x01\0\0\0 old entries "] {
            let names = names(&cache(before, &["libz.so.1", "libc.so.6"])).expect("it is known");
            assert!(names.contains(&b"libz.so.1"[..]) && names.len() == 2);
        }
    }

    #[test]
    fn a_list_of_another_form_tells_nothing() {
        let whole = cache(b"", &["libz.so.1"]);
        assert_eq!(names(b"another form"), None);
        for end in 0..HEAD + ENTRY + 9 {
            assert_eq!(names(&whole[..end]), None, "cut at {end}");
        }
        let mut many = whole;
        many[MAGIC.len()..MAGIC.len() + 4].fill(0xff);
        assert_eq!(names(&many), None);
    }
}
