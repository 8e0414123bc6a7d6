//! What the tables of a library say, beside its descriptor.

use super::glibc::Glibc;

/// How many names of further exported symbols are kept.
const KEPT: usize = 20;

/// What the tables of a library say, beside its descriptor, learned without running any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The size of the file in bytes.
    pub size: u64,
    /// The shared libraries that it is linked to, in their order. Known of ELF files.
    pub needs: Vec<String>,
    /// The oldest glibc that has all versions of symbols that it is bound to; nothing if it needs none.
    pub glibc: Option<Glibc>,
    /// What it exports beside its header. A plugin in Rust exports nothing else; what does may be confused with symbols
    /// of the same name in other libraries.
    pub further_exports: Exports,
    /// What becomes of a panic in it, where that shows.
    pub panics: Option<Panics>,
}

/// Symbols that a library exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exports {
    /// How many there are.
    pub count: usize,
    /// The names of the first of them.
    pub names: Vec<String>,
}

impl Exports {
    pub(super) fn add(&mut self, name: &[u8]) {
        self.count += 1;
        if self.names.len() < KEPT {
            self.names.push(printable(name));
        }
    }
}

/// What becomes of a panic in a library's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panics {
    /// It becomes an error, and the program goes on.
    Unwind,
    /// It ends the program.
    Abort,
}

impl Panics {
    /// The word of Rust's setting: `unwind` or `abort`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Panics::Unwind => "unwind",
            Panics::Abort => "abort",
        }
    }
}

/// A name of a file that is not trusted, such that it can be printed: without control characters, of bearable length.
pub(super) fn printable(name: &[u8]) -> String {
    String::from_utf8_lossy(name)
        .chars()
        .take(200)
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Exports, KEPT, printable};

    #[test]
    fn names_can_be_printed_and_are_not_endless() {
        assert_eq!(
            printable(b"lib\x1b[31mx\xff.so"),
            "lib\u{fffd}[31mx\u{fffd}.so"
        );
        assert_eq!(printable(&[b'a'; 100_000]).len(), 200);
        let mut exports = Exports::default();
        (0..1000).for_each(|_| exports.add(b"f"));
        assert_eq!((exports.count, exports.names.len()), (1000, KEPT));
    }
}
