//! The lines of data after `COPY … FROM STDIN`.

use super::error::SplitErrorKind;
use super::lexer::Lexer;
use super::rules::Rules;
use super::token::TokenKind;

const END_MARK: &str = "\\.";

/// Where the data of a `COPY` lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataLines {
    /// Byte offset of the first line.
    pub(super) start: usize,
    /// Byte offset after the last line, where the mark `\.` stands.
    pub(super) end: usize,
    /// Byte offset after the mark, before its line end.
    pub(super) mark_end: usize,
}

/// Reads the data of the `COPY` whose terminator ends at `from`.
pub(super) fn read_data(
    text: &str,
    from: usize,
    rules: &Rules,
) -> Result<DataLines, SplitErrorKind> {
    let rest = text.get(from..).unwrap_or_default();
    let Some(line) = rest.find('\n') else {
        return Err(SplitErrorKind::CopyDataUnclosed);
    };
    let trivia = |kind| matches!(kind, TokenKind::Whitespace | TokenKind::LineComment);
    if !Lexer::new(&rest[..line], rules).all(|token| trivia(token.kind)) {
        return Err(SplitErrorKind::CopyDataExpected);
    }
    let start = from + line + 1;
    let data = &text[start..];
    let end = data
        .match_indices(END_MARK)
        .map(|(at, _)| at)
        .find(|&at| is_whole_line(data.as_bytes(), at))
        .ok_or(SplitErrorKind::CopyDataUnclosed)?;
    Ok(DataLines {
        start,
        end: start + end,
        mark_end: start + end + END_MARK.len(),
    })
}

fn is_whole_line(data: &[u8], at: usize) -> bool {
    let starts = at == 0 || data.get(at - 1) == Some(&b'\n');
    let after = data.get(at + END_MARK.len()..).unwrap_or_default();
    starts && (after.is_empty() || after.starts_with(b"\n") || after.starts_with(b"\r\n"))
}
