//! A portable script with the statements that its operations come to.

use std::ops::Range;

use super::body::ScriptBody;
use super::sections::{Chunk, ChunkKind, Section};
use super::substitution::Substitution;
use crate::plan::Direction;

/// What came of one or more operations of a section.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// Which of the section.
    pub(crate) of: Range<usize>,
    /// Whether it is to be split.
    pub(crate) kind: ChunkKind,
    /// The text, in stretches.
    pub(crate) segments: Vec<Segment>,
}

/// A stretch of a text that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) text: String,
    pub(crate) is_secret: bool,
}

impl Segment {
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_secret: false,
        }
    }
}

/// Where a stretch lies in the text that was made, and where what it was made of lies in the script.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) made: Range<usize>,
    pub(super) written: Range<usize>,
    pub(super) is_secret: bool,
}

/// The script with these statements in the place of the operations of its sections; a section of which nothing was made is
/// empty. Places of statements are those of the
/// operations; its checksum stays that of the operations.
pub(crate) fn rendered(body: &ScriptBody, made: &[(Direction, Vec<Made>)]) -> ScriptBody {
    let mut script = body.script().clone();
    let mut text = String::new();
    let mut stretches = Vec::new();
    let written = body.script();
    let mut fill = |section: &mut [Section], operations: &[Section], wanted: Direction| {
        let (Some(section), Some(operations)) = (section.first_mut(), operations.first()) else {
            return;
        };
        section.chunks.clear();
        let of_section = made.iter().filter(|(direction, _)| *direction == wanted);
        for made in of_section.flat_map(|(_, made)| made) {
            add(
                made,
                body.text(),
                &operations.chunks,
                section,
                &mut text,
                &mut stretches,
            );
        }
    };
    fill(&mut script.upgrade, &written.upgrade, Direction::Upgrade);
    fill(
        &mut script.downgrade,
        &written.downgrade,
        Direction::Downgrade,
    );
    let substitution = Substitution::of(body.text().to_owned(), stretches);
    ScriptBody::filled_in(script, text, substitution)
}

fn add(
    made: &Made,
    script: &str,
    operations: &[Chunk],
    section: &mut Section,
    text: &mut String,
    stretches: &mut Vec<Stretch>,
) {
    let Some(of) = operations.get(made.of.clone()) else {
        return;
    };
    let (Some(first), Some(last)) = (of.first(), of.last()) else {
        return;
    };
    let whole = script
        .get(first.range.start..last.range.end)
        .unwrap_or_default();
    let written = first.range.start..first.range.start + whole.trim_end().len();
    let start = text.len();
    let last = made.segments.len().saturating_sub(1);
    for (at, segment) in made.segments.iter().enumerate() {
        let begin = text.len();
        text.push_str(&segment.text);
        if at == last {
            text.push('\n');
        }
        stretches.push(Stretch {
            made: begin..text.len(),
            written: written.clone(),
            is_secret: segment.is_secret,
        });
    }
    section.chunks.push(Chunk {
        kind: made.kind,
        range: start..text.len(),
        line: first.line,
    });
}
