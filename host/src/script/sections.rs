//! The sections of a script and what lies in them, as places in its text.

use std::ops::Range;

use super::header::ScriptTransaction;

/// An upgrade or downgrade section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The adapters it is for; empty means every adapter that no other section names.
    pub adapters: Vec<String>,
    /// The line of its directive.
    pub line: usize,
    /// How it wants to be run, whatever the header says of the other sections.
    pub transaction: ScriptTransaction,
    /// What lies in it, in order and without overlap; stretches of nothing but blanks are left out.
    pub chunks: Vec<Chunk>,
}

/// A stretch of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Whether a splitter may touch it.
    pub kind: ChunkKind,
    /// Its bytes in the text of the script: whole lines, so always on character boundaries.
    pub range: Range<usize>,
    /// The line it begins at.
    pub line: usize,
}

/// Whether a splitter may touch a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkKind {
    /// Text in the adapter's language, which the adapter splits into statements.
    Text,
    /// One statement, written between `statement` and `end`: passed on as it stands.
    Statement,
    /// A portable operation, from its `[[upgrade]]` or `[[downgrade]]` on: an adapter makes statements of it.
    Operation,
}

/// The section an adapter runs: the one that names it, else the one that names none.
pub(super) fn choose<'script>(
    sections: &'script [Section],
    adapter: &str,
) -> Option<&'script Section> {
    sections
        .iter()
        .find(|section| section.adapters.iter().any(|name| name == adapter))
        .or_else(|| sections.iter().find(|section| section.adapters.is_empty()))
}
