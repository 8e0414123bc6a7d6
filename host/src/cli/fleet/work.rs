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

/// What is done with a database that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Verb {
    Upgrade,
    Downgrade,
    Stamp,
    Repair,
}

impl From<Direction> for Verb {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Upgrade => Self::Upgrade,
            Direction::Downgrade => Self::Downgrade,
        }
    }
}

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    /// It changes the databases; who is done first is told first.
    Changing(Verb),
    /// It tells what it would change, in the order of the targets.
    Planning(Verb),
    /// It tells where they are, in the order of the targets.
    Reading,
}

impl Style {
    /// What the summary says of the databases that were changed, and of those that were not.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Changing(Verb::Upgrade) => ("upgraded", "had nothing to do"),
            Self::Changing(Verb::Downgrade) => ("downgraded", "had nothing to do"),
            Self::Changing(Verb::Stamp) => ("stamped", "had just these revisions"),
            Self::Changing(Verb::Repair) => ("repaired", "had nothing half done"),
            Self::Planning(Verb::Upgrade) => ("would be upgraded", "have nothing to do"),
            Self::Planning(Verb::Downgrade) => ("would be downgraded", "have nothing to do"),
            Self::Planning(Verb::Stamp) => ("would be stamped", "have just these revisions"),
            Self::Planning(Verb::Repair) => ("could be repaired", "have nothing half done"),
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
