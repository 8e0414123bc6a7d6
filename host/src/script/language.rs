//! What a script is written in, and what its lines begin.

use std::path::Path;

use super::directive::DirectiveName;
use super::file_name::is_portable;
use super::sections::ChunkKind;

/// What sections are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// The adapter's own.
    Adapter,
    /// Portable operations.
    Portable,
}

impl Language {
    pub(super) fn of(path: &Path) -> Self {
        match is_portable(path) {
            true => Language::Portable,
            false => Language::Adapter,
        }
    }

    pub(super) fn chunks(self) -> ChunkKind {
        match self {
            Language::Adapter => ChunkKind::Text,
            Language::Portable => ChunkKind::Operation,
        }
    }
}

/// Where the next line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Section,
    /// Between `statement`, on this line, and `end`.
    Statement(usize),
}

/// The two kinds of section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Upgrade,
    Downgrade,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Upgrade => DirectiveName::Upgrade.as_str(),
            Kind::Downgrade => DirectiveName::Downgrade.as_str(),
        }
    }
}

/// What a line of a portable script begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// `[[upgrade]]`, on a line of its own.
    Operation(Kind),
    /// `upgrade = []`, before all operations: TOML takes it for a member of the last one otherwise.
    Nothing(Kind),
}

impl Begin {
    pub(super) fn of(line: &str, place: Place) -> Option<Self> {
        let line = line.split_once('#').map_or(line, |(line, _)| line);
        let bare: String = line.split_whitespace().collect();
        let all = [Kind::Upgrade, Kind::Downgrade];
        all.into_iter().find_map(|kind| {
            let word = kind.word();
            if bare == format!("[[{word}]]") {
                return Some(Begin::Operation(kind));
            }
            let nothing = place == Place::Header && bare == format!("{word}=[]");
            nothing.then_some(Begin::Nothing(kind))
        })
    }
}
