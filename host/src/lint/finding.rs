//! A finding at its place.

use std::path::PathBuf;

use dapter_plugin_api::LintSeverity;
use serde::Serialize;

use crate::plan::Direction;
use crate::revision::RevisionId;

/// What a rule found in a script, or what is wrong with what the script allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The rule's code; `ALLOW1` and `ALLOW2` are those of the host.
    pub code: String,
    /// How much it matters.
    pub severity: LintSeverity,
    /// The revision; absent for a file that is no script.
    pub revision: Option<RevisionId>,
    /// Which section it is in; absent where it is about the whole script.
    pub direction: Option<Direction>,
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1 in characters.
    pub column: usize,
    /// What the statement does.
    pub message: String,
    /// Why that hurts.
    pub reason: String,
    /// What to write instead.
    pub advice: String,
    /// Whether data is gone afterwards that no downgrade brings back.
    pub destroys_data: bool,
    /// Why the script allows it, if it does.
    pub allowed: Option<String>,
}

impl LintFinding {
    /// Whether somebody has to do something about it: nobody has allowed it, and it is more than information.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.allowed.is_none() && self.severity != LintSeverity::Info
    }
}
