//! Reads of a file whose content is not trusted.

use object::read::{ReadCache, ReadRef};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;

/// The most that is read at once: far above the tables of any plugin, and far below what hurts.
const LIMIT: u64 = 8 << 20;

/// What is read at the beginning in one go: the headers of a library, and often its symbols, lie in it.
const HEAD: usize = 8 << 10;

/// A file of which a few pieces are read.
pub(super) struct Pieces {
    head: Vec<u8>,
    rest: ReadCache<File>,
}

impl Pieces {
    /// Reads the beginning of the file.
    pub(super) fn new(mut file: File) -> io::Result<Self> {
        file.rewind()?;
        let mut head = Vec::with_capacity(HEAD);
        Read::by_ref(&mut file)
            .take(HEAD as u64)
            .read_to_end(&mut head)?;
        Ok(Pieces {
            head,
            rest: ReadCache::new(file),
        })
    }
}

/// The pieces as the parsers take them. None is larger than a limit, whatever the file's headers claim.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a Pieces);

impl<'a> ReadRef<'a> for Bytes<'a> {
    fn len(self) -> Result<u64, ()> {
        self.0.rest.len()
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        if size > LIMIT {
            return Err(());
        }
        let range = || {
            let start = usize::try_from(offset).ok()?;
            let end = start.checked_add(usize::try_from(size).ok()?)?;
            self.0.head.get(start..end)
        };
        range().map_or_else(|| self.0.rest.read_bytes_at(offset, size), Ok)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        self.0.rest.read_bytes_at_until(range, delimiter)
    }
}
