//! What a command does with each of many databases.

use dapter::Migrator;
use dapter::plan::Direction;
use dapter::project::Target;
use serde_json::Value;

use super::super::output::Failure;

type Act<'a> = Box<dyn Fn(&Target, &Migrator) -> Result<Done, Failure> + Sync + 'a>;

/// What is done with each.
pub(in crate::cli) struct Work<'a> {
    pub(in crate::cli) act: Act<'a>,
    pub(in crate::cli) style: Style,
}

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    /// It changes the databases; who is done first is told first.
    Changing(Direction),
    /// It tells what it would change, in the order of the targets.
    Planning(Direction),
    /// It tells where they are, in the order of the targets.
    Reading,
}

impl Style {
    /// What the summary says of the databases that were changed, and of those that were not.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Changing(Direction::Upgrade) => ("upgraded", "had nothing to do"),
            Self::Changing(Direction::Downgrade) => ("downgraded", "had nothing to do"),
            Self::Planning(Direction::Upgrade) => ("would be upgraded", "have nothing to do"),
            Self::Planning(Direction::Downgrade) => ("would be downgraded", "have nothing to do"),
            Self::Reading => ("read", "read"),
        }
    }

    pub(super) fn changes(self) -> bool {
        matches!(self, Self::Changing(_))
    }
}

/// What came of one of them.
#[derive(Debug)]
pub(in crate::cli) struct Done {
    /// The command's document for one database.
    pub(in crate::cli) document: Value,
    /// The same for people: what stands beside the name, and below.
    pub(in crate::cli) lines: Vec<String>,
    /// Whether the database was changed, or would be.
    pub(in crate::cli) changed: bool,
}
