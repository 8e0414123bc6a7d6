//! What came of trying a revision.

use std::path::PathBuf;

use serde::Serialize;

use super::difference::Difference;
use crate::plan::Direction;
use crate::revision::RevisionId;

/// A revision that was tried in a scratch database, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The revision.
    pub revision: RevisionId,
    /// What its script says it does.
    pub message: String,
    /// The script.
    pub path: PathBuf,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the adapter had to tell, statements that were left out among it.
    pub notices: Vec<String>,
}

/// What came of applying a revision, undoing it, and applying it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The downgrade restored the schema, and the second upgrade made the same as the first.
    Exact,
    /// The downgrade left another schema than it should have.
    Inexact {
        /// How that differs from the one before the upgrade.
        differences: Vec<Difference>,
    },
    /// Undone and applied again, the revision made another schema than the first time.
    Unstable {
        /// How the second differs from the first.
        differences: Vec<Difference>,
    },
    /// There is no way down, so it was only applied.
    Irreversible {
        /// Why, if the script says so.
        reason: Option<String>,
    },
    /// A statement failed. What was to be tried behind an upgrade that fails is not tried.
    Failed {
        /// The way that failed.
        direction: Direction,
        /// Whether it had been applied, and undone, once before.
        again: bool,
        /// Why.
        error: String,
        /// The line of the script, if a statement failed.
        line: Option<usize>,
    },
    /// A revision before it failed.
    NotTried,
}

impl Outcome {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_right(&self) -> bool {
        matches!(self, Self::Exact | Self::Irreversible { .. })
    }
}
