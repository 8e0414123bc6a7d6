//! What the lexer yields.

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks, line ends and byte order marks.
    Whitespace,
    /// A comment up to the end of its line, without the line end.
    LineComment,
    /// A comment in `/* */`, also one that holds an optimizer hint.
    BlockComment,
    /// The opening of a comment that the server runs: `/*!50003`, `/*M!`. What follows is ordinary
    /// tokens up to the [`ExecutableCommentEnd`](Self::ExecutableCommentEnd).
    ExecutableCommentStart,
    /// The `*/` that closes a comment that the server runs.
    ExecutableCommentEnd,
    /// A keyword or an identifier without quotes.
    Word,
    /// An identifier in quotes, with them.
    QuotedIdentifier,
    /// A string literal with its quotes and its prefix: `'a'`, `E'a'`, `x'00'`, `$tag$a$tag$`.
    String,
    /// A token that starts with a digit.
    Number,
    /// A placeholder or variable with a name: `:a`, `@a`, `@@a`, `$1`.
    Variable,
    /// The statement terminator in force: `;`, or what a `DELIMITER` command chose.
    Terminator,
    /// Any other character, one a token.
    Symbol,
}

/// A piece of a text: what it is and where it lies.
///
/// The ranges of consecutive tokens touch, so tokens put together again are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// What the token is.
    pub kind: TokenKind,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character; always a character boundary.
    pub end: usize,
    /// Whether a string, quoted identifier or block comment is closed; such a token that is not
    /// reaches to the end of the text. True for every other kind.
    pub terminated: bool,
}

impl Token {
    /// The token's characters in `text`, the text it was read from.
    ///
    /// Empty when `text` is another text that has no such range.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the token means nothing to the server: whitespace or a plain comment.
    #[must_use]
    pub const fn is_trivia(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment
        )
    }
}
