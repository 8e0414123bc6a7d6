//! The list of what came with dapter: `SHA256SUMS` in the folder of its plugins, as `sha256sum` writes it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::expected::Sha256;

/// The name of the list.
pub(super) const LIST_NAME: &str = "SHA256SUMS";

/// The hashes of the files that came with dapter, by their names.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    pub(super) path: PathBuf,
    hashes: HashMap<String, Sha256>,
}

impl Bundle {
    /// The list of a folder; none where there is none: it is a folder in which dapter was built.
    ///
    /// A list that is there and cannot be read is an empty one: then no file counts as one that came with dapter.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let path = folder.join(LIST_NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(_) => String::new(),
        };
        Some(Self {
            hashes: parse(&text),
            path,
        })
    }

    /// The hash that a file should have.
    pub(super) fn hash(&self, file: &Path) -> Option<Sha256> {
        self.hashes.get(file.file_name()?.to_str()?).copied()
    }
}

/// Lines of `HASH  NAME` or `HASH *NAME`; others are passed over.
fn parse(text: &str) -> HashMap<String, Sha256> {
    text.lines()
        .filter_map(|line| {
            let (hash, name) = line.split_once(' ')?;
            let name = name.trim_start_matches([' ', '*']);
            Some((name.to_owned(), hash.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_what_sha256sum_writes() {
        let hash = Sha256::of(b"x");
        let hashes = parse(&format!(
            "{hash}  liba.so\n{hash} *libb.so\nnonsense\nxyz  libc.so\n"
        ));
        assert_eq!(hashes.len(), 2);
        assert_eq!((hashes["liba.so"], hashes["libb.so"]), (hash, hash));
    }
}
