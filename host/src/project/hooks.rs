//! Hooks: what `dapter.toml` wants done before and after an upgrade or a downgrade, a revision, a failure.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::layers::Resolved;
use crate::plan::Direction;

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookPoint {
    /// An upgrade has the lock and its plan, and has done nothing yet.
    BeforeUpgrade,
    /// All steps of an upgrade are done.
    AfterUpgrade,
    /// The same for a downgrade.
    BeforeDowngrade,
    /// The same for a downgrade.
    AfterDowngrade,
    /// A step is about to run, up or down.
    BeforeRevision,
    /// A step is done and lasts.
    AfterRevision,
    /// A run has failed, and what was open is rolled back.
    OnFailure,
}

impl HookPoint {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::BeforeUpgrade,
        Self::AfterUpgrade,
        Self::BeforeDowngrade,
        Self::AfterDowngrade,
        Self::BeforeRevision,
        Self::AfterRevision,
        Self::OnFailure,
    ];

    /// The key in `dapter.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeUpgrade => "before_upgrade",
            Self::AfterUpgrade => "after_upgrade",
            Self::BeforeDowngrade => "before_downgrade",
            Self::AfterDowngrade => "after_downgrade",
            Self::BeforeRevision => "before_revision",
            Self::AfterRevision => "after_revision",
            Self::OnFailure => "on_failure",
        }
    }

    /// The way that the runs go which it belongs to, if it does not belong to both.
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        match self {
            Self::BeforeUpgrade | Self::AfterUpgrade => Some(Direction::Upgrade),
            Self::BeforeDowngrade | Self::AfterDowngrade => Some(Direction::Downgrade),
            Self::BeforeRevision | Self::AfterRevision | Self::OnFailure => None,
        }
    }

    /// Whether it runs when what it belongs to is done, so that its failure undoes nothing.
    #[must_use]
    pub fn is_after(self) -> bool {
        matches!(
            self,
            Self::AfterUpgrade | Self::AfterDowngrade | Self::AfterRevision
        )
    }
}

impl fmt::Display for HookPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a hook does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookAction {
    /// Statements in the adapter's language, and where they were said.
    Sql(Resolved<String>),
    /// The same, in a file; absolute.
    File(PathBuf),
    /// A program with its arguments; no shell reads it.
    Command(Vec<String>),
}

/// The hooks of a target, in their order.
pub type HookActions = BTreeMap<HookPoint, Vec<HookAction>>;
