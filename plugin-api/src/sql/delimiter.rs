//! The `DELIMITER` command of the `mysql` client.

use super::scan;
use super::token::Token;

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

/// Reads the line of the command whose word is `word`; `None` if the word is no command, since
/// neither a blank nor the line end follows it.
///
/// The word is a command where a statement would start. In the middle of one it may be a column's
/// name, so there it needs to be a line of its own with nothing but punctuation: the client too then
/// takes it for a command, and for the end of the statement.
pub(super) fn delimiter_line(
    text: &str,
    word: Token,
    in_statement: bool,
) -> Option<DelimiterLine<'_>> {
    let bytes = text.as_bytes();
    if !word.text(text).eq_ignore_ascii_case("DELIMITER") {
        return None;
    }
    if bytes
        .get(word.end)
        .is_some_and(|&byte| !scan::is_space(byte))
    {
        return None;
    }
    // Asked first, so that no line is read more than once.
    if in_statement && !starts_line(bytes, word.start) {
        return None;
    }
    let line = read_line(text, word.end);
    (!in_statement || line.unmistakable).then_some(line)
}

fn read_line(text: &str, from: usize) -> DelimiterLine<'_> {
    let end = scan::line_comment(text.as_bytes(), from, false);
    let mut words = text
        .get(from..end)
        .unwrap_or_default()
        .split_ascii_whitespace();
    let argument = words.next().map(unquote).unwrap_or_default();
    let valid = (1..=LONGEST).contains(&argument.len()) && !argument.contains('\\');
    DelimiterLine {
        delimiter: valid.then_some(argument),
        unmistakable: valid
            && words.next().is_none()
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
