//! PostgreSQL: routines with an SQL body, rules with several actions, and `COPY`.

use super::super::keywords::UpperWord;
use super::super::token::{Token, TokenKind};
use super::statement_list::StatementList;
use super::tracker::OpenBody;

/// Follows a statement of PostgreSQL. Bodies in dollar quotes are strings and no matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Atomic {
    #[default]
    Start,
    /// After `CREATE` and perhaps `OR REPLACE`.
    Create,
    /// In the head of a routine, with the depth of parentheses and the place of a `BEGIN` that is
    /// the token before.
    Routine {
        depth: usize,
        begin: Option<usize>,
    },
    Body(StatementList),
    /// In a rule, with the depth of parentheses and the place of the outermost.
    Rule {
        depth: usize,
        offset: usize,
    },
    /// In a `COPY`, with the depth of parentheses and what its `FROM` said so far.
    Copy {
        depth: usize,
        source: CopySource,
    },
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CopySource {
    Unknown,
    AfterFrom,
    Stdin,
}

impl Atomic {
    pub(super) fn see(&mut self, token: Token, text: &str) {
        match self {
            Self::Plain => {}
            Self::Body(list) => list.see(token, text),
            Self::Start | Self::Create => *self = self.prefix(token, text),
            Self::Routine { depth, begin } => {
                let outside = *depth == 0;
                count_parentheses(depth, token, text);
                let word = UpperWord::of_token(token, text);
                match (word.as_bytes(), *begin) {
                    (b"ATOMIC", Some(offset)) => *self = Self::Body(StatementList::new(offset)),
                    (b"BEGIN", _) if outside => *begin = Some(token.start),
                    _ => *begin = None,
                }
            }
            Self::Rule { depth, offset } => {
                let outside = *depth == 0;
                count_parentheses(depth, token, text);
                if outside {
                    *offset = token.start;
                }
            }
            Self::Copy { depth, source } => {
                let outside = *depth == 0;
                count_parentheses(depth, token, text);
                let word = UpperWord::of_token(token, text);
                *source = match (*source, word.as_bytes()) {
                    (CopySource::AfterFrom, b"STDIN") | (CopySource::Stdin, _) => CopySource::Stdin,
                    (_, b"FROM") if outside => CopySource::AfterFrom,
                    _ => CopySource::Unknown,
                };
            }
        }
    }

    fn prefix(self, token: Token, text: &str) -> Self {
        let word = UpperWord::of_token(token, text);
        match (self, word.as_bytes()) {
            (Self::Start, b"COPY") => Self::Copy {
                depth: 0,
                source: CopySource::Unknown,
            },
            (Self::Start, b"CREATE") | (Self::Create, b"OR" | b"REPLACE") => Self::Create,
            (Self::Create, b"FUNCTION" | b"PROCEDURE") => Self::Routine {
                depth: 0,
                begin: None,
            },
            (Self::Create, b"RULE") => Self::Rule {
                depth: 0,
                offset: token.start,
            },
            _ => Self::Plain,
        }
    }

    pub(super) fn open_body(&self) -> Option<OpenBody> {
        match self {
            Self::Body(list) => list.open_body(),
            Self::Rule { depth, offset } if *depth > 0 => Some(OpenBody {
                opening: "(",
                closing: ")",
                offset: *offset,
            }),
            _ => None,
        }
    }

    pub(super) const fn reads_data(&self) -> bool {
        matches!(
            self,
            Self::Copy {
                source: CopySource::Stdin,
                ..
            }
        )
    }
}

fn count_parentheses(depth: &mut usize, token: Token, text: &str) {
    if token.kind == TokenKind::Symbol {
        match token.text(text) {
            "(" => *depth += 1,
            ")" => *depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}
