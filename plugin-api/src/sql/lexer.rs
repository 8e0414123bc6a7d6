//! The lexer.

use super::rules::{DoubleQuotes, ExecutableComments, Rules};
use super::scan::{self, Extent};
use super::token::{Token, TokenKind};

/// A blank wherever a token may start, as for SQLite: scripts put together from files have it in their middle.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// An iterator over the tokens of a text.
///
/// Lossless: the tokens, whitespace and comments among them, put together are the text. It never
/// fails: what is not closed is a token that says so, what has no meaning is a
/// [`TokenKind::Symbol`]. It allocates nothing.
///
/// Whether an executable comment is closed is no matter of one token:
/// [`in_executable_comment`](Self::in_executable_comment) tells, after the last one.
#[derive(Debug, Clone)]
pub struct Lexer<'t> {
    text: &'t str,
    rules: Rules,
    position: usize,
    executable_depth: usize,
    terminator: &'t str,
    /// Whether the terminator may stand in a run of word characters, as `$$` may.
    terminator_cuts_words: bool,
}

impl<'t> Lexer<'t> {
    /// A lexer at the start of `text`.
    #[must_use]
    pub fn new(text: &'t str, rules: &Rules) -> Self {
        Self {
            text,
            rules: *rules,
            position: 0,
            executable_depth: 0,
            terminator: ";",
            terminator_cuts_words: false,
        }
    }

    /// Byte offset of the next token.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Whether the next token stands inside of a comment that the server runs.
    #[must_use]
    pub const fn in_executable_comment(&self) -> bool {
        self.executable_depth > 0
    }

    /// Whether `;` is the terminator in force.
    #[must_use]
    pub fn has_standard_terminator(&self) -> bool {
        self.terminator == ";"
    }

    /// Makes `terminator` end statements from here on, and `;` no more: what a client's own command says, such as `SET TERM`.
    /// An empty one ends none.
    pub fn set_terminator(&mut self, terminator: &'t str) {
        self.terminator = terminator;
        self.terminator_cuts_words = terminator.bytes().next().is_some_and(scan::is_word_part);
    }

    /// Goes on at `position`, a character boundary at or after the present one: behind what is no token of the language.
    pub const fn skip_to(&mut self, position: usize) {
        self.position = position;
    }

    fn scan(&mut self, at: usize, first: u8) -> (TokenKind, Extent) {
        let bytes = self.text.as_bytes();
        if let Some(end) = self.terminator_at(at) {
            return (TokenKind::Terminator, Extent::closed(end));
        }
        match first {
            _ if scan::is_space(first) => {
                let end = scan::run(bytes, at, scan::is_space);
                (TokenKind::Whitespace, Extent::closed(end))
            }
            0xef if scan::starts_with(bytes, at, BYTE_ORDER_MARK) => {
                let end = at + BYTE_ORDER_MARK.len();
                (TokenKind::Whitespace, Extent::closed(end))
            }
            _ if scan::is_word_start(first) => self.word(at),
            b'0'..=b'9' => (TokenKind::Number, Extent::closed(self.number_end(at))),
            b'\'' => (TokenKind::String, self.string(at + 1, b'\'')),
            b'"' => match self.rules.double_quotes {
                DoubleQuotes::String => (TokenKind::String, self.string(at + 1, b'"')),
                DoubleQuotes::Identifier => quoted_identifier(bytes, at + 1, b'"'),
            },
            b'`' if self.rules.backtick_identifiers => quoted_identifier(bytes, at + 1, b'`'),
            b'[' if self.rules.bracket_identifiers => {
                (TokenKind::QuotedIdentifier, scan::bracketed(bytes, at + 1))
            }
            b'-' | b'#' | b'/' | b'*' => self.comment(at, first),
            _ => self.dollar_or_variable(at, first),
        }
    }

    /// The end of the terminator in force, if it stands at `at`.
    fn terminator_at(&self, at: usize) -> Option<usize> {
        let terminator = self.terminator.as_bytes();
        let bytes = self.text.as_bytes();
        let stands =
            bytes.get(at) == terminator.first() && scan::starts_with(bytes, at, terminator);
        stands.then_some(at + terminator.len())
    }

    /// The end of a run of word characters. A terminator of such characters cuts it short anywhere,
    /// as in the `mysql` client: `END$$` is a word and a terminator.
    fn word_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        if !self.terminator_cuts_words {
            return scan::run(bytes, from, scan::is_word_part);
        }
        (from..bytes.len())
            .find(|&at| !scan::is_word_part(bytes[at]) || self.terminator_at(at).is_some())
            .unwrap_or(bytes.len())
    }

    fn number_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let whole = self.word_end(at);
        let has_fraction = bytes.get(whole) == Some(&b'.')
            && bytes.get(whole + 1).is_some_and(u8::is_ascii_digit)
            && self.terminator_at(whole).is_none();
        if has_fraction {
            self.word_end(whole + 1)
        } else {
            whole
        }
    }

    /// A word, or the string or identifier that a prefix such as `E` forms with the quote after it.
    fn word(&self, at: usize) -> (TokenKind, Extent) {
        let bytes = self.text.as_bytes();
        let end = self.word_end(at);
        if end == at + 1 {
            let letter = bytes[at].to_ascii_lowercase();
            match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b'\''), _) if letter == b'e' && self.rules.escape_strings => {
                    return (TokenKind::String, escape_string(bytes, end + 1));
                }
                (Some(b'\''), Some(_)) if letter == b'q' && self.rules.alternative_quotes => {
                    return (TokenKind::String, scan::alternative(self.text, end + 1));
                }
                (Some(b'\''), _) if self.rules.string_prefixes.contains(&letter) => {
                    return (TokenKind::String, self.string(end + 1, b'\''));
                }
                (Some(b'&'), Some(b'\'')) if letter == b'u' && self.rules.unicode_escapes => {
                    return (TokenKind::String, scan::quoted(bytes, end + 2, b'\''));
                }
                (Some(b'&'), Some(b'"')) if letter == b'u' && self.rules.unicode_escapes => {
                    return quoted_identifier(bytes, end + 2, b'"');
                }
                _ => {}
            }
        }
        (TokenKind::Word, Extent::closed(end))
    }

    fn string(&self, from: usize, quote: u8) -> Extent {
        if self.rules.backslash_escapes {
            scan::escaped(self.text.as_bytes(), from, quote)
        } else {
            scan::quoted(self.text.as_bytes(), from, quote)
        }
    }

    fn comment(&mut self, at: usize, first: u8) -> (TokenKind, Extent) {
        let bytes = self.text.as_bytes();
        let second = bytes.get(at + 1).copied();
        match (first, second) {
            (b'#', _) if self.rules.hash_comments => self.line_comment(at),
            (b'-', Some(b'-')) if self.starts_dash_comment(at) => self.line_comment(at),
            (b'/', Some(b'*')) => {
                if let Some(end) = self.executable_start(at) {
                    self.executable_depth += 1;
                    (TokenKind::ExecutableCommentStart, Extent::closed(end))
                } else if self.rules.nested_comments {
                    (TokenKind::BlockComment, scan::nested_comment(bytes, at))
                } else {
                    (TokenKind::BlockComment, scan::block_comment(bytes, at))
                }
            }
            (b'*', Some(b'/')) if self.executable_depth > 0 => {
                self.executable_depth -= 1;
                (TokenKind::ExecutableCommentEnd, Extent::closed(at + 2))
            }
            _ => (TokenKind::Symbol, Extent::closed(at + 1)),
        }
    }

    fn line_comment(&self, at: usize) -> (TokenKind, Extent) {
        let end = scan::line_comment(
            self.text.as_bytes(),
            at,
            self.rules.carriage_return_ends_comment,
        );
        (TokenKind::LineComment, Extent::closed(end))
    }

    fn starts_dash_comment(&self, at: usize) -> bool {
        let after = self.text.as_bytes().get(at + 2);
        !self.rules.dash_comment_needs_blank
            || after.is_none_or(|&byte| scan::is_space(byte) || byte.is_ascii_control())
    }

    /// The end of the opening of an executable comment with its version, if one stands at `at`.
    fn executable_start(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let rules = self.rules.executable_comments;
        let mariadb = rules == ExecutableComments::MariaDb;
        let mark = match (bytes.get(at + 2)?, bytes.get(at + 3)) {
            (b'!', _) if rules != ExecutableComments::None => at + 3,
            (b'M', Some(b'!')) if mariadb => at + 4,
            _ => return None,
        };
        let digits = scan::run(bytes, mark, |byte| byte.is_ascii_digit()).min(mark + 6);
        if digits < mark + 5 {
            return Some(mark);
        }
        let version = self.text.get(mark..digits)?.parse::<u32>().ok()?;
        let for_mysql_only = mark == at + 3 && (50_700..=99_999).contains(&version);
        (!(mariadb && for_mysql_only)).then_some(digits)
    }

    fn dollar_or_variable(&self, at: usize, first: u8) -> (TokenKind, Extent) {
        let bytes = self.text.as_bytes();
        if first == b'$' && self.rules.dollar_quotes {
            if let Some(extent) = scan::dollar_quoted(self.text, at) {
                return (TokenKind::String, extent);
            }
            let end = scan::run(bytes, at + 1, |byte| byte.is_ascii_digit());
            if end > at + 1 {
                return (TokenKind::Variable, Extent::closed(end));
            }
        }
        if self.rules.variable_prefixes.contains(&first) {
            let doubled = first == b'@' && bytes.get(at + 1) == Some(&b'@');
            let name = if doubled { at + 2 } else { at + 1 };
            let end = self.word_end(name);
            if end > name {
                return (TokenKind::Variable, Extent::closed(end));
            }
        }
        (TokenKind::Symbol, Extent::closed(at + 1))
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.position;
        let first = *self.text.as_bytes().get(start)?;
        let (kind, extent) = self.scan(start, first);
        self.position = extent.end;
        Some(Token {
            kind,
            start,
            end: extent.end,
            terminated: extent.terminated,
        })
    }
}

fn quoted_identifier(bytes: &[u8], from: usize, quote: u8) -> (TokenKind, Extent) {
    let extent = scan::quoted(bytes, from, quote);
    (TokenKind::QuotedIdentifier, extent)
}

/// An escape string whose content starts at `from`, with the literals that continue it.
fn escape_string(bytes: &[u8], from: usize) -> Extent {
    let mut extent = scan::escaped(bytes, from, b'\'');
    while let Some(next) = extent
        .terminated
        .then(|| scan::continued_string(bytes, extent.end))
        .flatten()
    {
        extent = scan::escaped(bytes, next, b'\'');
    }
    extent
}
