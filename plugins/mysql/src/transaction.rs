//! Whose transaction is open.

use crate::answer::Failure;
use crate::error::DEADLOCK;
use crate::form::Form;

/// Whose transaction is open on the connection. The server does not tell, so every statement is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Transaction {
    /// Nobody's: each statement takes effect on its own.
    #[default]
    None,
    /// The host's.
    Host,
    /// The host's, but the server rolled it back: nothing may run until the host has noticed.
    Lost,
    /// One that the script began.
    Script,
}

impl Transaction {
    /// Whether one is open.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Transaction::Host | Transaction::Script)
    }

    /// The server rolled everything back.
    pub(crate) fn lost(&mut self) {
        *self = match self {
            Transaction::Host | Transaction::Lost => Transaction::Lost,
            Transaction::None | Transaction::Script => Transaction::None,
        };
    }

    /// A statement committed what was open.
    pub(crate) fn committed_implicitly(&mut self) {
        *self = Transaction::None;
    }

    /// A statement has run.
    pub(crate) fn follow(&mut self, form: Form) {
        match form {
            Form::Begin if *self == Transaction::None => *self = Transaction::Script,
            Form::Commit | Form::Rollback if *self == Transaction::Script => {
                *self = Transaction::None;
            }
            Form::Chain if *self == Transaction::None => {}
            Form::Implicit => self.committed_implicitly(),
            _ => {}
        }
    }

    /// A statement has failed.
    pub(crate) fn follow_failure(&mut self, failure: &Failure) {
        if failure.code() == Some(DEADLOCK) {
            self.lost();
        }
    }
}
