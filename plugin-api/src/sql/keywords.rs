//! The words of a statement, for telling what kind of statement it is.

use super::lexer::Lexer;
use super::rules::Rules;
use super::token::{Token, TokenKind};

/// Long enough for every keyword this module compares with.
const LONGEST: usize = 16;

/// A word in upper case, kept on the stack; empty for a word that is longer than any keyword.
#[derive(Debug, Clone, Copy)]
pub(super) struct UpperWord {
    bytes: [u8; LONGEST],
    length: usize,
}

impl UpperWord {
    pub(super) fn of(word: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let Some(place) = bytes.get_mut(..word.len()) else {
            return Self { bytes, length: 0 };
        };
        place.copy_from_slice(word.as_bytes());
        place.make_ascii_uppercase();
        Self {
            bytes,
            length: word.len(),
        }
    }

    /// The token as a keyword; empty if it is no word.
    pub(super) fn of_token(token: Token, text: &str) -> Self {
        Self::of(match token.kind {
            TokenKind::Word => token.text(text),
            _ => "",
        })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// An iterator over the words of a statement, as [`keywords`] makes it.
#[derive(Debug, Clone)]
pub struct Keywords<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    ended: bool,
}

impl<'t> Iterator for Keywords<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        while !self.ended {
            let inside_comment = self.lexer.in_executable_comment();
            let token = self.lexer.next()?;
            match token.kind {
                TokenKind::Word => return Some(token.text(self.text)),
                TokenKind::Terminator if !inside_comment => self.ended = true,
                _ => {}
            }
        }
        None
    }
}

/// The words of the first statement in `text`, in order and as they are written.
///
/// A word is a keyword or an identifier without quotes. Everything else is passed over: comments,
/// literals, quoted identifiers, variables and symbols. What stands in a comment that the server runs
/// counts. The words end at the first terminator. Reading the first few costs no more than the text
/// up to them, and allocates nothing.
#[must_use]
pub fn keywords<'t>(text: &'t str, rules: &Rules) -> Keywords<'t> {
    Keywords {
        text,
        lexer: Lexer::new(text, rules),
        ended: false,
    }
}

/// The first `count` words of the first statement in `text`, in upper case; see [`keywords`].
///
/// ```
/// # use dapter_plugin_api::sql::{Rules, first_keywords};
/// let words = first_keywords("/* x */ create index concurrently i on t (a)", &Rules::POSTGRESQL, 3);
/// assert_eq!(words, ["CREATE", "INDEX", "CONCURRENTLY"]);
/// ```
#[must_use]
pub fn first_keywords(text: &str, rules: &Rules, count: usize) -> Vec<String> {
    keywords(text, rules)
        .take(count)
        .map(str::to_ascii_uppercase)
        .collect()
}
