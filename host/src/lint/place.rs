//! Statements with their places, for the adapter and back.

use std::ops::Range;

use dapter_plugin_api::{Finding, Statement};

use crate::plan::PlannedStatement;

/// A statement as adapters take it, lying at this range of a text.
pub(super) fn at(range: Range<usize>, planned: &PlannedStatement) -> Statement {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Statement {
        start: range.start,
        end: range.end,
        line: number(planned.line),
        column: number(planned.column),
        alone: planned.alone,
    }
}

/// Line and column of a finding in the script of its statement.
pub(super) fn of(finding: &Finding, statement: &PlannedStatement) -> (usize, usize) {
    let position = finding.position.unwrap_or_default();
    let position = usize::try_from(position).unwrap_or_default();
    let position = statement.text.written_offset(position);
    let before = statement.text.written().get(..position).unwrap_or_default();
    match before.rsplit_once('\n') {
        None => (statement.line, statement.column + before.chars().count()),
        Some((lines, last)) => (
            statement.line + 1 + lines.matches('\n').count(),
            1 + last.chars().count(),
        ),
    }
}
