//! A finding and its code.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::lint::LintFinding;
use crate::revision::RevisionId;
use crate::script::Script;

/// Something that `check` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckFinding {
    /// What kind of thing it is.
    pub code: CheckCode,
    /// What is the case.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The revision it is about, if it is about one.
    pub revision: Option<RevisionId>,
    /// The file it is about.
    pub path: Option<PathBuf>,
    /// The line of the file, from 1.
    pub line: Option<usize>,
}

impl CheckFinding {
    pub(crate) fn new(code: CheckCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            revision: None,
            path: None,
            line: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// About a revision, and the line of its script that names it.
    pub(crate) fn of(mut self, id: &RevisionId, script: Option<&Script>) -> Self {
        self.revision = Some(id.clone());
        self.path = script.map(|script| script.path.clone());
        self.line = script.map(|script| script.lines.revision);
        self
    }
}

impl From<Diagnostic> for CheckFinding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            hint: diagnostic.hint,
            path: Some(diagnostic.path),
            line: diagnostic.line,
            ..Self::new(CheckCode::Script, diagnostic.message)
        }
    }
}

impl From<LintFinding> for CheckFinding {
    fn from(finding: LintFinding) -> Self {
        let message = format!("{} ({}): {}", finding.message, finding.code, finding.reason);
        Self {
            hint: Some(finding.advice),
            revision: finding.revision,
            path: Some(finding.path),
            line: Some(finding.line),
            ..Self::new(CheckCode::Lint, message)
        }
    }
}

/// What kind of thing `check` found. The names are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckCode {
    /// A script is wrong, or the graph is: a missing parent, two scripts with one id, a cycle.
    Script,
    /// The graph has more than one head on no branch of its own, so `upgrade head` is ambiguous.
    SeveralHeads,
    /// A script does something and says neither how to undo it nor why it cannot be undone.
    MissingDowngrade,
    /// A revision is not applied to the database.
    Pending,
    /// A script was edited after it had been applied.
    Edited,
    /// The database has a revision that no script defines.
    Unknown,
    /// A revision is not applied and an applied one needs it.
    OutOfOrder,
    /// A step stopped half-way.
    HalfDone,
    /// A script does something that hurts a live system.
    Lint,
    /// The database is not what its applied scripts build.
    Drift,
}

impl CheckCode {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Script,
        Self::SeveralHeads,
        Self::MissingDowngrade,
        Self::Pending,
        Self::Edited,
        Self::Unknown,
        Self::OutOfOrder,
        Self::HalfDone,
        Self::Lint,
        Self::Drift,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::SeveralHeads => "several-heads",
            Self::MissingDowngrade => "missing-downgrade",
            Self::Pending => "pending",
            Self::Edited => "edited",
            Self::Unknown => "unknown",
            Self::OutOfOrder => "out-of-order",
            Self::HalfDone => "half-done",
            Self::Lint => "lint",
            Self::Drift => "drift",
        }
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
