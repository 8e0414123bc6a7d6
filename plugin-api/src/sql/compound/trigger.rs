//! SQLite: `CREATE TRIGGER`.

use super::super::keywords::UpperWord;
use super::super::token::{Token, TokenKind};
use super::statement_list::StatementList;
use super::tracker::OpenBody;

/// Follows a statement of SQLite.
///
/// The head of a trigger has no semicolon, so its body is known by the first one, as
/// `sqlite3_complete` does it; a head without `BEGIN` has no body, and the server says what is wrong.
/// Names such as `begin` and `end`, which SQLite allows without quotes, cannot mislead it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Trigger {
    #[default]
    Start,
    Create,
    /// In the head, with the place of the last `BEGIN` and whether that is the token before.
    Head {
        begin: Option<usize>,
        follows_begin: bool,
    },
    Body(StatementList),
    Plain,
}

impl Trigger {
    pub(super) fn see(&mut self, token: Token, text: &str) {
        match self {
            Self::Plain => {}
            Self::Body(list) => list.see(token, text),
            Self::Start | Self::Create => *self = self.prefix(token, text),
            Self::Head {
                begin,
                follows_begin,
            } => {
                let word = UpperWord::of_token(token, text);
                match (word.as_bytes(), *begin) {
                    (_, Some(offset)) if token.kind == TokenKind::Terminator => {
                        *self = Self::Body(StatementList::new(offset));
                    }
                    (b"END", Some(_)) if *follows_begin => *self = Self::Plain,
                    (b"BEGIN", _) => {
                        *begin = Some(token.start);
                        *follows_begin = true;
                    }
                    _ => *follows_begin = false,
                }
            }
        }
    }

    fn prefix(self, token: Token, text: &str) -> Self {
        let word = UpperWord::of_token(token, text);
        match (self, word.as_bytes()) {
            (Self::Start, b"EXPLAIN" | b"QUERY" | b"PLAN") => Self::Start,
            (Self::Start, b"CREATE") | (Self::Create, b"TEMP" | b"TEMPORARY") => Self::Create,
            (Self::Create, b"TRIGGER") => Self::Head {
                begin: None,
                follows_begin: false,
            },
            _ => Self::Plain,
        }
    }

    pub(super) fn open_body(&self) -> Option<OpenBody> {
        match self {
            Self::Body(list) => list.open_body(),
            Self::Head {
                begin: Some(offset),
                ..
            } => StatementList::new(*offset).open_body(),
            _ => None,
        }
    }
}
