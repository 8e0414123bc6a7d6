//! Why a script cannot be split.

use std::error::Error;
use std::fmt;

use super::token::TokenKind;

/// Why a script cannot be split into statements, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitError {
    /// What is wrong.
    pub kind: SplitErrorKind,
    /// Byte offset of the place in the text.
    pub offset: usize,
    /// Line of the place, from 1 on.
    pub line: u32,
    /// Column of the place in characters, from 1 on.
    pub column: u32,
}

impl fmt::Display for SplitError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind, line, column, ..
        } = self;
        write!(formatter, "{kind} (line {line}, column {column})")
    }
}

impl Error for SplitError {}

/// What can be wrong with a script for the splitter. Its `Display` names no place, for those who
/// tell the place their own way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitErrorKind {
    /// A string, quoted identifier or comment that is never closed.
    Unclosed {
        /// What it is.
        kind: TokenKind,
        /// What opens it: `'`, `/*`, `$body$`.
        opening: String,
    },
    /// A body whose end never comes, so the rest of the script seems to belong to it.
    OpenBody {
        /// What opens it: `BEGIN`, `CASE`, `(`.
        opening: &'static str,
        /// What should close it: `END`, `END CASE`, `)`.
        closing: &'static str,
    },
    /// A command of an interactive client, which no server knows.
    MetaCommand {
        /// The command: `\d`, `\i`.
        command: String,
    },
    /// A `DELIMITER` command without a delimiter, or with one that has a backslash or more than 64 bytes.
    Delimiter,
    /// `COPY … FROM STDIN` without lines of data that end in `\.`.
    CopyDataUnclosed,
    /// Further SQL in the line where `COPY … FROM STDIN` ends and after which its data begin.
    CopyDataExpected,
}

impl fmt::Display for SplitErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed { kind, opening } => {
                let what = match kind {
                    TokenKind::String => "string",
                    TokenKind::QuotedIdentifier => "quoted identifier",
                    _ => "comment",
                };
                write!(formatter, "the {what} that {opening} opens is never closed")
            }
            Self::OpenBody { opening, closing } => {
                write!(formatter, "`{opening}` has no `{closing}`")
            }
            Self::MetaCommand { command } => {
                write!(formatter, "`{command}` is a command of the psql client")
            }
            Self::Delimiter => write!(
                formatter,
                "`DELIMITER` takes a delimiter of 1 to 64 bytes without a backslash"
            ),
            Self::CopyDataUnclosed => {
                write!(formatter, "the data of `COPY … FROM STDIN` have no end")
            }
            Self::CopyDataExpected => write!(
                formatter,
                "the data of `COPY … FROM STDIN` begin in the next line"
            ),
        }
    }
}

impl SplitErrorKind {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Unclosed { .. } => "close it, or escape the quote before it",
            Self::OpenBody { .. } => {
                "close it; the last statement of a body needs its `;` before the closing word, and one after it"
            }
            Self::MetaCommand { .. } => {
                "write the SQL that it stands for; the `\\restrict` and `\\unrestrict` of a dump may be deleted"
            }
            Self::Delimiter => "write `DELIMITER $$`, and `DELIMITER ;` after the statements",
            Self::CopyDataUnclosed => "end the data with a line that holds `\\.` and nothing else",
            Self::CopyDataExpected => "move the SQL below the line `\\.`",
        }
    }
}
