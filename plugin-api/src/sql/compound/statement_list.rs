//! A body in which every statement ends with a semicolon.

use super::super::keywords::UpperWord;
use super::super::token::{Token, TokenKind};
use super::tracker::OpenBody;

/// Follows a list of statements, each with its semicolon, up to the `END` that closes it.
///
/// In such a list the closing `END` can only stand directly after a semicolon, or after what opens
/// an empty list, and no statement starts with `END`. So neither the `END` of a `CASE` nor a column
/// named `end` needs a second look.
#[derive(Debug, Clone, Copy)]
pub(super) struct StatementList {
    offset: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BetweenStatements,
    InStatement,
    Closed,
}

impl StatementList {
    /// A list whose `BEGIN` stands at `offset`.
    pub(super) const fn new(offset: usize) -> Self {
        Self {
            offset,
            state: State::BetweenStatements,
        }
    }

    pub(super) fn see(&mut self, token: Token, text: &str) {
        self.state = match (self.state, token.kind) {
            (State::Closed, _) => State::Closed,
            (_, TokenKind::Terminator) => State::BetweenStatements,
            (State::BetweenStatements, TokenKind::Word) if is_end(token, text) => State::Closed,
            _ => State::InStatement,
        };
    }

    pub(super) fn open_body(&self) -> Option<OpenBody> {
        (self.state != State::Closed).then_some(OpenBody {
            opening: "BEGIN",
            closing: "END",
            offset: self.offset,
        })
    }
}

fn is_end(token: Token, text: &str) -> bool {
    UpperWord::of_token(token, text).as_bytes() == b"END"
}
