//! The `DELIMITER` command of the `mysql` client.

use super::scan;
use super::token::{Token, TokenKind};

const NAME: &str = "DELIMITER";

/// The longest delimiter in bytes. (The client takes no more than 15.)
const LONGEST: usize = 64;

/// What follows the word `DELIMITER` in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DelimiterLine<'t> {
    /// The delimiter without quotes; `None` if it is missing, too long, or has a backslash.
    pub(super) delimiter: Option<&'t str>,
    /// Whether the delimiter is all of the line and made of punctuation.
    unmistakable: bool,
    /// Byte offset of the line end.
    pub(super) end: usize,
}

impl DelimiterLine<'_> {
    const fn without_delimiter(end: usize) -> Self {
        Self {
            delimiter: None,
            unmistakable: false,
            end,
        }
    }
}

/// Reads the line of the command whose word starts at `word`; `None` if none starts there.
///
/// The word is a command where a statement would start, even if the terminator in force is a part of it. In the middle
/// of a statement it may be a column's name, so there it needs to be a line of its own with nothing but punctuation: the
/// client too then takes it for a command, and for the end of the statement.
pub(super) fn delimiter_line(
    text: &str,
    word: Token,
    in_statement: bool,
) -> Option<DelimiterLine<'_>> {
    let bytes = text.as_bytes();
    let name_end = word.start + NAME.len();
    let name = text.get(word.start..name_end)?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    match bytes.get(name_end) {
        None => {}
        Some(&byte) if scan::is_space(byte) => {}
        // No statement starts with the word, but a block may have it for a label.
        Some(b':') => return None,
        Some(_) if word.end == name_end && word.kind == TokenKind::Word && !in_statement => {
            return Some(DelimiterLine::without_delimiter(name_end));
        }
        Some(_) => return None,
    }
    // Asked first, so that no line is read more than once.
    if in_statement && !starts_line(bytes, word.start) {
        return None;
    }
    let line = read_line(text, name_end);
    (!in_statement || line.unmistakable).then_some(line)
}

fn read_line(text: &str, from: usize) -> DelimiterLine<'_> {
    let bytes = text.as_bytes();
    let end = scan::line_comment(bytes, from, false);
    let start = scan::run(bytes, from, scan::is_space).min(end);
    let argument_end = scan::run(bytes, start, |byte| !scan::is_space(byte));
    let argument = unquote(text.get(start..argument_end).unwrap_or_default());
    if !(1..=LONGEST).contains(&argument.len()) || argument.contains('\\') {
        return DelimiterLine::without_delimiter(end);
    }
    DelimiterLine {
        delimiter: Some(argument),
        unmistakable: scan::run(bytes, argument_end, scan::is_space) >= end
            && argument.bytes().all(|byte| byte.is_ascii_punctuation()),
        end,
    }
}

fn unquote(argument: &str) -> &str {
    ['\'', '"', '`']
        .into_iter()
        .find_map(|quote| argument.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(argument)
}

fn starts_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before
        .iter()
        .rev()
        .find(|&&byte| byte == b'\n' || !scan::is_space(byte))
        .is_none_or(|&byte| byte == b'\n')
}
