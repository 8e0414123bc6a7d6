//! A script with its text, for a run.

use std::sync::Arc;

use super::parsed::{Script, SectionError};
use super::sections::{Chunk, ChunkKind, Section};

/// A script together with its text, read for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptBody {
    script: Script,
    text: Arc<String>,
}

impl ScriptBody {
    /// Joins a script and the very text it was parsed from.
    pub(crate) fn new(script: Script, text: String) -> Self {
        Self {
            script,
            text: Arc::new(text),
        }
    }

    /// The script as its text is now: line ends may differ from those it was loaded with, and so may the ranges.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What an adapter runs to upgrade.
    ///
    /// # Errors
    ///
    /// As [`Script::upgrade_for`].
    pub fn upgrade_for(&self, adapter: &str) -> Result<Vec<BodyPart<'_>>, SectionError> {
        Ok(self.parts(self.script.upgrade_for(adapter)?))
    }

    /// What an adapter runs to downgrade.
    ///
    /// # Errors
    ///
    /// As [`Script::downgrade_for`].
    pub fn downgrade_for(&self, adapter: &str) -> Result<Vec<BodyPart<'_>>, SectionError> {
        Ok(self.parts(self.script.downgrade_for(adapter)?))
    }

    pub(super) fn parts(&self, section: &Section) -> Vec<BodyPart<'_>> {
        let part = |chunk: &Chunk| BodyPart {
            kind: chunk.kind,
            text: &self.text[chunk.range.clone()],
            script: &self.text,
            start: chunk.range.start,
            line: chunk.line,
        };
        section.chunks.iter().map(part).collect()
    }
}

/// A stretch of a section with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyPart<'body> {
    /// Whether a splitter may touch it.
    pub kind: ChunkKind,
    /// Its text, whole lines as they stand in the file.
    pub text: &'body str,
    /// The whole script.
    pub script: &'body Arc<String>,
    /// Where in the script the text begins, in bytes.
    pub start: usize,
    /// The line of the script that the text begins at.
    pub line: usize,
}
