//! Revision expressions: what a person writes to name a destination.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::id::{InvalidId, check_name};

/// A parsed revision expression.
///
/// | written | meaning |
/// |---|---|
/// | `head`, `heads`, `base`, `current` | the only head, all heads, below every base, the database's heads |
/// | `ae1027a6acf0`, `ae10` | a revision, by its id or the unique beginning of it |
/// | `crm` | the revision that declares the branch label `crm` |
/// | `+2`, `-1` | steps from the heads of the database |
/// | `ae10+2`, `head-1` | steps from a revision |
/// | `crm@head`, `crm@base`, `crm@ae10`, `crm@+1` | the same on one branch, named by a label or a revision |
/// | `ae10:head`, `:ae10`, `-3:` | a range, both ends included |
///
/// Parsing needs no graph: whether a name exists is found out when it is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One destination.
    Point(Point),
    /// Everything from one point to another, both included.
    Range {
        /// The lower end; the bases if absent.
        from: Option<Point>,
        /// The upper end; the heads if absent.
        to: Option<Point>,
    },
}

/// One destination: a branch, where to start on it, and how many steps to take from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The branch before the `@`: a label, an id or the beginning of an id.
    pub branch: Option<String>,
    /// Where to start. Absent in `+2` and `-1`, which count from the heads of the database or, in a
    /// range, from its other end.
    pub anchor: Option<Anchor>,
    /// Steps from there: up if positive, down if negative.
    pub steps: i64,
}

/// Where the steps of a [`Point`] start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// `head`: the only head.
    Head,
    /// `heads`: all heads.
    Heads,
    /// `base`: below every base.
    Base,
    /// `current`: the heads of the database.
    Current,
    /// An id, the beginning of an id, or a branch label.
    Name(String),
}

/// Why a text is no revision expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpressionError {
    /// The text is empty.
    #[error("the revision expression is empty")]
    Empty,
    /// More than one colon.
    #[error("the range `{expression}` has more than two ends")]
    TooManyEnds {
        /// The text.
        expression: String,
    },
    /// More than one `@`.
    #[error("`{expression}` names more than one branch")]
    TooManyBranches {
        /// The text.
        expression: String,
    },
    /// Nothing before the `@`.
    #[error("`{expression}` names no branch before the `@`")]
    NoBranch {
        /// The text.
        expression: String,
    },
    /// Nothing after the `@`.
    #[error("`{expression}` names no revision after the `@`")]
    NoRevision {
        /// The text.
        expression: String,
    },
    /// A part that is no possible name.
    #[error("`{expression}` holds no possible name of a revision or branch")]
    InvalidName {
        /// The text.
        expression: String,
        /// The rule that the name breaks.
        source: InvalidId,
    },
    /// A number of steps beyond any graph.
    #[error("the number of steps in `{expression}` is too large")]
    TooManySteps {
        /// The text.
        expression: String,
    },
}

impl ExpressionError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::TooManyEnds { .. } => "write a range as `from:to`".to_owned(),
            Self::TooManyBranches { .. } | Self::NoBranch { .. } | Self::NoRevision { .. } => {
                "write `label@head`, `label@base`, `label@ID`, `label@+1` or `label@-1`".to_owned()
            }
            Self::InvalidName { source, .. } => source.hint(),
            Self::Empty | Self::TooManySteps { .. } => {
                "write an id, `head`, `heads`, `base`, `+1`, `-1` or `label@head`".to_owned()
            }
        }
    }
}

impl Expression {
    /// Parses an expression. Blanks around it are ignored.
    ///
    /// # Errors
    /// [`ExpressionError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        match text.split_once(':') {
            None => Ok(Self::Point(Point::parse(text)?)),
            Some((_, to)) if to.contains(':') => Err(ExpressionError::TooManyEnds {
                expression: text.to_owned(),
            }),
            Some((from, to)) => Ok(Self::Range {
                from: end(from)?,
                to: end(to)?,
            }),
        }
    }
}

fn end(text: &str) -> Result<Option<Point>, ExpressionError> {
    match text {
        "" => Ok(None),
        _ => Point::parse(text).map(Some),
    }
}

impl Point {
    fn parse(text: &str) -> Result<Self, ExpressionError> {
        let expression = || text.to_owned();
        if text.is_empty() {
            return Err(ExpressionError::Empty);
        }
        let (branch, rest) = match text.split_once('@') {
            None => (None, text),
            Some(("", _)) => {
                return Err(ExpressionError::NoBranch {
                    expression: expression(),
                });
            }
            Some((_, "")) => {
                return Err(ExpressionError::NoRevision {
                    expression: expression(),
                });
            }
            Some((_, rest)) if rest.contains('@') => {
                return Err(ExpressionError::TooManyBranches {
                    expression: expression(),
                });
            }
            Some((branch, rest)) => (Some(valid_name(branch, text)?), rest),
        };
        let (name, steps) = split_steps(rest).ok_or_else(|| ExpressionError::TooManySteps {
            expression: expression(),
        })?;
        let anchor = match name {
            "" => None,
            "head" => Some(Anchor::Head),
            "heads" => Some(Anchor::Heads),
            "base" => Some(Anchor::Base),
            "current" => Some(Anchor::Current),
            _ => Some(Anchor::Name(valid_name(name, text)?)),
        };
        Ok(Self {
            branch,
            anchor,
            steps,
        })
    }
}

fn valid_name(name: &str, expression: &str) -> Result<String, ExpressionError> {
    match check_name(name) {
        Ok(()) => Ok(name.to_owned()),
        Err(source) => Err(ExpressionError::InvalidName {
            expression: expression.to_owned(),
            source,
        }),
    }
}

/// Splits `name+3` into name and steps; a sign without a number after it belongs to the name.
/// Nothing if the number is too large.
fn split_steps(text: &str) -> Option<(&str, i64)> {
    let name = text.trim_end_matches(|character: char| character.is_ascii_digit());
    let has_number = name.len() < text.len();
    if !has_number || !name.ends_with(['+', '-']) {
        return Some((text, 0));
    }
    let (name, signed) = text.split_at(name.len() - 1);
    let steps: i32 = signed.parse().ok()?;
    Some((name, i64::from(steps)))
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        Self::parse(text)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Point(point) => write!(formatter, "{point}"),
            Self::Range { from, to } => {
                if let Some(from) = from {
                    write!(formatter, "{from}")?;
                }
                formatter.write_str(":")?;
                to.iter().try_for_each(|to| write!(formatter, "{to}"))
            }
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(formatter, "{branch}@")?;
        }
        if let Some(anchor) = &self.anchor {
            write!(formatter, "{anchor}")?;
        }
        if self.steps != 0 || self.anchor.is_none() {
            write!(formatter, "{:+}", self.steps)?;
        }
        Ok(())
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Head => "head",
            Self::Heads => "heads",
            Self::Base => "base",
            Self::Current => "current",
            Self::Name(name) => name,
        })
    }
}
