//! The blocks of a stored program.

use super::tracker::OpenBody;

/// What an open block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Begin,
    If,
    CaseStatement,
    CaseExpression,
    Loop,
    /// A `REPEAT` before its `UNTIL`.
    Repeat,
    /// A `REPEAT` after its `UNTIL`.
    Until,
    While,
    For,
}

/// An open block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// Byte offset of what opens it.
    pub(super) offset: usize,
}

impl Block {
    pub(super) const fn open_body(self) -> OpenBody {
        let (opening, closing) = match self.kind {
            BlockKind::Begin => ("BEGIN", "END"),
            BlockKind::If => ("IF", "END IF"),
            BlockKind::CaseStatement => ("CASE", "END CASE"),
            BlockKind::CaseExpression => ("CASE", "END"),
            BlockKind::Loop => ("LOOP", "END LOOP"),
            BlockKind::Repeat | BlockKind::Until => ("REPEAT", "END REPEAT"),
            BlockKind::While => ("WHILE", "END WHILE"),
            BlockKind::For => ("FOR", "END FOR"),
        };
        OpenBody {
            opening,
            closing,
            offset: self.offset,
        }
    }
}
