//! A script with its text, for a run.

use std::sync::Arc;

use super::header::ScriptTransaction;
use super::parsed::{Script, SectionError};
use super::sections::{Chunk, ChunkKind, Section};
use super::substitution::Substitution;
use crate::plan::Direction;

/// A script together with its text, read for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptBody {
    script: Arc<Script>,
    text: Arc<String>,
    substitution: Option<Arc<Substitution>>,
}

impl ScriptBody {
    /// Joins a script and the very text it was parsed from.
    pub(crate) fn new(script: impl Into<Arc<Script>>, text: impl Into<Arc<String>>) -> Self {
        Self {
            script: script.into(),
            text: text.into(),
            substitution: None,
        }
    }

    /// The same script with another text, in which variables are filled in, and sections that lie in that text.
    pub(super) fn filled_in(script: Script, text: String, substitution: Substitution) -> Self {
        Self {
            script: Arc::new(script),
            text: Arc::new(text),
            substitution: Some(Arc::new(substitution)),
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

    /// The same, to be run outside any transaction.
    pub(crate) fn outside_transaction(mut self) -> Self {
        Arc::make_mut(&mut self.script).transaction = ScriptTransaction::None;
        self
    }

    /// The texts of a portable script's operations, each with the line that it begins on.
    pub(crate) fn operations(&self, direction: Direction) -> impl Iterator<Item = (&str, usize)> {
        let sections = match direction {
            Direction::Upgrade => &self.script.upgrade,
            Direction::Downgrade => &self.script.downgrade,
        };
        let chunks = sections.iter().flat_map(|section| &section.chunks);
        let operations = chunks.filter(|chunk| chunk.kind == ChunkKind::Operation);
        operations.map(|chunk| (&self.text[chunk.range.clone()], chunk.line))
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
            substitution: self.substitution.as_ref(),
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
    /// What was filled into the script, if anything was.
    pub(crate) substitution: Option<&'body Arc<Substitution>>,
}

impl BodyPart<'_> {
    /// Line and column in the script, as it was written, of a place in the text, in bytes.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let (before, first_line) = match self.substitution {
            None => (self.text.get(..offset), self.line),
            Some(made) => (made.written_before(self.start + offset), 1),
        };
        place_behind(before.unwrap_or_default(), first_line)
    }
}

/// Line and column of what stands behind a text that begins on this line; columns count from 1, in characters.
pub(crate) fn place_behind(before: &str, first_line: usize) -> (usize, usize) {
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        first_line + before.matches('\n').count(),
        before[line_start..].chars().count() + 1,
    )
}
