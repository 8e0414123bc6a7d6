//! A script on its way out.

use std::path::PathBuf;

use crate::revision::Revision;
use crate::script::ChunkKind;

/// A script that is to be written in another tool's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its revision.
    pub revision: Revision,
    /// Its file, for messages.
    pub path: PathBuf,
    /// When it was made, as RFC 3339.
    pub created: Option<String>,
    /// The upgrade section of the adapter.
    pub upgrade: Section,
    /// The downgrade section; `None` if there is no way back.
    pub downgrade: Option<Section>,
}

impl Outgoing {
    /// Whether a part of it runs outside any transaction.
    pub(super) fn is_alone(&self) -> bool {
        self.upgrade.alone || self.downgrade.as_ref().is_some_and(|section| section.alone)
    }
}

/// A section with its statements, as the adapter splits it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Its text, without directives.
    pub text: String,
    /// The statements in it, in order.
    pub statements: Vec<String>,
    /// Whether it runs outside any transaction.
    pub alone: bool,
    /// Whether some of it is marked as one statement, which a splitter might take for several.
    pub has_marked: bool,
}

impl Section {
    /// A section of these parts of a script: what only separates it from the next one is no part of it. What is marked as
    /// one statement ends with a semicolon: elsewhere nothing else may tell it from the next.
    pub(crate) fn new(parts: &[(ChunkKind, &str)], is_followed: bool) -> Self {
        let is_directive = |line: &str| {
            let comment = line.trim_start().trim_start_matches(['-', '#', '/']);
            comment.trim_start().starts_with("dapter:")
        };
        let plain = |text: &str| -> String {
            let lines = text.split_inclusive('\n');
            lines.filter(|line| !is_directive(line)).collect()
        };
        let parted = parts.iter().map(|(kind, text)| match kind {
            ChunkKind::Text | ChunkKind::Operation => plain(text),
            ChunkKind::Statement => ended(&plain(text)),
        });
        let mut text: String = parted.collect();
        let ends_with_empty_line = text.ends_with("\n\n") || text.ends_with("\n\r\n");
        if is_followed && ends_with_empty_line {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        let is_marked = |(kind, _): &(ChunkKind, &str)| *kind == ChunkKind::Statement;
        Self {
            text,
            has_marked: parts.iter().any(is_marked),
            ..Self::default()
        }
    }
}

/// A statement with a semicolon at its end; on a line of its own where a comment may stand before it.
fn ended(text: &str) -> String {
    let statement = text.trim_end();
    if statement.is_empty() || statement.ends_with(';') {
        return text.to_owned();
    }
    let last_line = statement.lines().next_back().unwrap_or_default();
    let own_line = if last_line.contains("--") || last_line.contains('#') {
        "\n"
    } else {
        ""
    };
    format!("{statement}{own_line};{}", &text[statement.len()..])
}
