//! A script on its way out.

use std::path::PathBuf;

use crate::revision::Revision;

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
}

impl Section {
    /// A section of these parts of a script: what only separates it from the next one is no part of it.
    pub(crate) fn new(parts: &[&str], is_followed: bool) -> Self {
        let is_directive = |line: &str| {
            let comment = line.trim_start().trim_start_matches(['-', '#', '/']);
            comment.trim_start().starts_with("dapter:")
        };
        let lines = parts.iter().flat_map(|part| part.split_inclusive('\n'));
        let mut text: String = lines.filter(|line| !is_directive(line)).collect();
        let ends_with_empty_line = text.ends_with("\n\n") || text.ends_with("\n\r\n");
        if is_followed && ends_with_empty_line {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Self {
            text,
            ..Self::default()
        }
    }
}
