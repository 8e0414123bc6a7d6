//! What the names of files say.

use super::source::SourceFile;

/// The digits that a name begins with, and the rest.
pub(crate) fn digits_then(name: &str) -> (&str, &str) {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    name.split_at(name.len() - rest.len())
}

/// A name as words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ").trim().to_owned()
}

/// A number without the zeros before it.
pub(super) fn number(digits: &str) -> String {
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        number => number.to_owned(),
    }
}

/// The moment that a version of fourteen digits names, as RFC 3339.
pub(crate) fn moment_of_version(version: &str) -> Option<String> {
    let (digits, rest) = digits_then(version);
    if digits.len() != 14 || !rest.is_empty() {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    let between = |from: usize, least: &str, most: &str| {
        part(from, from + 2).is_some_and(|part| (least..=most).contains(&part))
    };
    let is_moment = part(0, 2).is_some_and(|century| matches!(century, "19" | "20" | "21"))
        && between(4, "01", "12")
        && between(6, "01", "31")
        && between(8, "00", "23")
        && between(10, "00", "59")
        && between(12, "00", "59");
    if !is_moment {
        return None;
    }
    Some(format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}

/// The two files of a migration that has one for each direction.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Pair<'f> {
    pub(super) up: Option<&'f SourceFile>,
    pub(super) down: Option<&'f SourceFile>,
}

impl<'f> Pair<'f> {
    /// Either of them.
    pub(super) fn any(&self) -> Option<&'f SourceFile> {
        self.up.or(self.down)
    }
}

/// The lines of a text with their line ends, and where each is, from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n')
        .zip(1..)
        .map(|(line, at)| (at, line))
}
