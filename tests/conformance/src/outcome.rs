//! How a case ends.

use std::fmt;

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The promise was kept.
    Passed,
    /// It was not tested.
    Skipped(Skip),
    /// The promise was broken.
    Failed(Failure),
}

/// Why a case was not tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// Here there is nothing to test: the reason.
    Inapplicable(String),
    /// The adapter declares what a part of the [`Subject`](crate::Subject) is needed for, and the part is not there: its
    /// name.
    Unsupplied(&'static str),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::Inapplicable(reason) => f.write_str(reason),
            Skip::Unsupplied(part) => write!(f, "the subject has no `{part}`"),
        }
    }
}

/// How a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, or what was looked at if the other two are there.
    pub message: String,
    /// What should have come.
    pub expected: Option<String>,
    /// What came.
    pub found: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(found) = &self.found {
            write!(f, ": found {found}")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, ", expected {expected}")?;
        }
        Ok(())
    }
}

/// Why a case ends before its end. Every text is one.
#[derive(Debug, Clone)]
pub(crate) enum Ended {
    Skipped(Skip),
    Failed(Failure),
}

impl Ended {
    /// There is nothing to test, for this reason.
    pub(crate) fn inapplicable(reason: &str) -> Self {
        Ended::Skipped(Skip::Inapplicable(reason.to_owned()))
    }

    /// Something else was expected.
    pub(crate) fn differs(what: &str, found: String, expected: String) -> Self {
        Ended::Failed(Failure {
            message: what.to_owned(),
            expected: Some(expected),
            found: Some(found),
        })
    }

    /// The same, about a part of what was looked at.
    pub(crate) fn within(self, part: &str) -> Self {
        match self {
            Ended::Failed(failure) => Ended::Failed(Failure {
                message: format!("{part}: {}", failure.message),
                ..failure
            }),
            skipped => skipped,
        }
    }
}

impl<M: fmt::Display> From<M> for Ended {
    fn from(message: M) -> Self {
        Ended::Failed(Failure {
            message: message.to_string(),
            expected: None,
            found: None,
        })
    }
}

impl From<Result<(), Ended>> for Outcome {
    fn from(result: Result<(), Ended>) -> Self {
        match result {
            Ok(()) => Outcome::Passed,
            Err(Ended::Skipped(skip)) => Outcome::Skipped(skip),
            Err(Ended::Failed(failure)) => Outcome::Failed(failure),
        }
    }
}
