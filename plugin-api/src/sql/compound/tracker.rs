//! One state machine for the rules at hand.

use super::super::rules::Compound;
use super::super::token::Token;
use super::atomic::Atomic;
use super::stored_program::StoredProgram;
use super::trigger::Trigger;

/// A body that is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct OpenBody {
    /// What opens it.
    pub(in super::super) opening: &'static str,
    /// What would close it.
    pub(in super::super) closing: &'static str,
    /// Byte offset of what opens it.
    pub(in super::super) offset: usize,
}

/// Follows a statement and knows whether a terminator would end it.
#[derive(Debug)]
pub(in super::super) struct Tracker(Machine);

#[derive(Debug)]
enum Machine {
    Plain,
    Trigger(Trigger),
    Atomic(Atomic),
    StoredProgram(StoredProgram),
}

impl Tracker {
    pub(in super::super) fn new(compound: Compound) -> Self {
        Self(match compound {
            Compound::None => Machine::Plain,
            Compound::Trigger => Machine::Trigger(Trigger::default()),
            Compound::Atomic => Machine::Atomic(Atomic::default()),
            Compound::StoredProgram => Machine::StoredProgram(StoredProgram::default()),
        })
    }

    /// Takes the next token of the statement, one that is no whitespace and no plain comment.
    pub(in super::super) fn see(&mut self, token: Token, text: &str) {
        match &mut self.0 {
            Machine::Plain => {}
            Machine::Trigger(tracker) => tracker.see(token, text),
            Machine::Atomic(tracker) => tracker.see(token, text),
            Machine::StoredProgram(tracker) => tracker.see(token, text),
        }
    }

    /// Whether a terminator would end the statement.
    pub(in super::super) fn may_end(&self) -> bool {
        self.open_body().is_none()
    }

    /// The body that the statement is in.
    pub(in super::super) fn open_body(&self) -> Option<OpenBody> {
        match &self.0 {
            Machine::Plain => None,
            Machine::Trigger(tracker) => tracker.open_body(),
            Machine::Atomic(tracker) => tracker.open_body(),
            Machine::StoredProgram(tracker) => tracker.open_body(),
        }
    }

    /// Whether lines of data follow the statement.
    pub(in super::super) fn reads_data(&self) -> bool {
        match &self.0 {
            Machine::Atomic(tracker) => tracker.reads_data(),
            Machine::Plain | Machine::Trigger(_) | Machine::StoredProgram(_) => false,
        }
    }

    /// Starts with a new statement.
    pub(in super::super) fn reset(&mut self) {
        match &mut self.0 {
            Machine::Plain => {}
            Machine::Trigger(tracker) => *tracker = Trigger::default(),
            Machine::Atomic(tracker) => *tracker = Atomic::default(),
            Machine::StoredProgram(tracker) => tracker.reset(),
        }
    }
}
