//! Paths as short as they can be said from the working directory.

use std::env;
use std::path::{self, MAIN_SEPARATOR, Path, PathBuf};

/// How many folders above the working directory a short path may lead through.
const FOLDERS_UP: usize = 2;
/// The fewest names in a folder above that is worth a `..`: from `/home/me` nobody wants to read `../../etc`.
const NAMES_OF_A_FOLDER: usize = 2;

/// A script's path as short as it can be said from here, which may be a folder of the project.
pub(super) fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    shorten(&path.display().to_string(), &prefixes(&here, FOLDERS_UP))
}

/// A text of the library with the paths below the working directory shortened: the library knows them as absolute.
pub(super) fn from_here(text: &str) -> String {
    let here = env::current_dir().unwrap_or_default();
    shorten(text, &prefixes(&here, 0))
}

/// A path that means the same from everywhere, as programs want it.
pub(super) fn absolute(path: &Path) -> PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// How paths below this folder, and below those above it, begin, and what to say instead.
fn prefixes(here: &Path, folders_up: usize) -> Vec<(String, String)> {
    here.ancestors()
        .take(folders_up + 1)
        .enumerate()
        .filter(|(up, folder)| match up {
            0 => folder.file_name().is_some(),
            _ => folder.components().count() > NAMES_OF_A_FOLDER,
        })
        .map(|(up, folder)| {
            let begin = format!("{}{MAIN_SEPARATOR}", folder.display());
            (begin, format!("..{MAIN_SEPARATOR}").repeat(up))
        })
        .collect()
}

/// Replaces the beginnings of paths; what stands in the middle of a word, as in a URL, is none.
fn shorten(text: &str, prefixes: &[(String, String)]) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(character) = rest.chars().next() {
        let begins = before.is_whitespace() || "`'\"(".contains(before);
        let found = prefixes
            .iter()
            .find(|(begin, _)| begins && rest.starts_with(begin.as_str()));
        if let Some((begin, instead)) = found {
            short.push_str(instead);
            rest = &rest[begin.len()..];
            before = MAIN_SEPARATOR;
        } else {
            short.push(character);
            rest = &rest[character.len_utf8()..];
            before = character;
        }
    }
    short
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_are_said_from_the_working_directory() {
        let prefixes = prefixes(Path::new("/home/me/shop/api"), FOLDERS_UP);
        for (long, short) in [
            ("/home/me/shop/api/versions/a.sql", "versions/a.sql"),
            ("/home/me/shop/migrations/a.sql", "../migrations/a.sql"),
            ("/home/me/other/a.sql", "../../other/a.sql"),
            ("/home/you/a.sql", "/home/you/a.sql"),
            ("/etc/passwd", "/etc/passwd"),
            (
                "cannot read `/home/me/shop/api/a` (as /home/me/shop/api/b)",
                "cannot read `a` (as b)",
            ),
            (
                "sqlite:///home/me/shop/api/a.db",
                "sqlite:///home/me/shop/api/a.db",
            ),
            (
                "/backup/home/me/shop/api/a.db",
                "/backup/home/me/shop/api/a.db",
            ),
        ] {
            assert_eq!(shorten(long, &prefixes), short);
        }
    }

    #[test]
    fn nothing_is_short_from_the_root() {
        assert_eq!(prefixes(Path::new("/"), FOLDERS_UP), []);
    }
}
