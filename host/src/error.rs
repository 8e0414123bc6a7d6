//! What can go wrong in a migration, from the least to the worst.

use std::path::PathBuf;

use dapter_plugin_api::AdapterError;

use crate::adopt::AdoptError;
use crate::autogenerate::AutogenerateError;
use crate::diagnostic::Diagnostics;
use crate::execute::{BackupError, LockFailure, RunFailure, TrialError};
use crate::lint::LintFinding;
use crate::migrator::{OfflineError, PlanChanged, SquashFailure};
use crate::plan::Direction;
use crate::plugin::PluginError;
use crate::project::ConfigError;
use crate::revision::{
    ExpressionError, Gap, ResolveError, RevisionId, SquashError, UnknownApplied,
};
use crate::script::{ScriptError, SectionError};

/// Why a migration operation failed.
///
/// The kinds are those of pydapter's migrations module (init, creation, upgrade, downgrade, not found) and those that a
/// host of plugins needs besides. A `Display` never repeats the source beneath it: print the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The migrations directory could not be made.
    #[error("cannot initialise the migrations directory")]
    Init(#[source] ScriptError),
    /// A migration could not be created.
    #[error("cannot create the migration")]
    Creation(#[source] ScriptError),
    /// An upgrade failed on its way; the failure says in which state the database is now.
    #[error(transparent)]
    Upgrade(Box<RunFailure>),
    /// A downgrade failed on its way; the failure says in which state the database is now.
    #[error(transparent)]
    Downgrade(Box<RunFailure>),
    /// A revision expression names nothing, or more than one thing.
    #[error(transparent)]
    NotFound(#[from] ResolveError),
    /// A revision expression cannot be read.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// No plugin serves the database, or it cannot be loaded.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another deployer holds the database.
    #[error(transparent)]
    Lock(Box<LockFailure>),
    /// Scripts have errors: all of them, with file and line.
    #[error("{}", count_errors(.0))]
    Scripts(#[source] Diagnostics),
    /// A script could not be read.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A script has no section for what was asked.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// A script cannot be split into statements.
    #[error("{}:{line}:{column}: the script cannot be split into statements", path.display())]
    Split {
        /// The script.
        path: PathBuf,
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1 in characters.
        column: usize,
        /// What the adapter says.
        source: AdapterError,
    },
    /// The adapter cannot tell what scripts do to a live system.
    #[error("the scripts cannot be linted")]
    Lint(#[source] AdapterError),
    /// Statements would destroy data, and nobody agreed; nothing was run.
    #[error("{}", destroys(.0))]
    Destroys(Vec<LintFinding>),
    /// A trial run failed; it was rolled back.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// A saved plan is not the one that would be made now; nothing was run.
    #[error(transparent)]
    PlanChanged(#[from] PlanChanged),
    /// There is no copy of the database, and so nothing was run.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// No script came of models; none was written.
    #[error(transparent)]
    Autogenerate(#[from] AutogenerateError),
    /// There is no script for the database's own client.
    #[error(transparent)]
    Offline(#[from] OfflineError),
    /// Revisions cannot become one.
    #[error(transparent)]
    Squash(#[from] SquashError),
    /// One script would not do what several do; none was changed.
    #[error(transparent)]
    SquashFailure(#[from] SquashFailure),
    /// What the database remembers and what the scripts say do not go together; nothing was run.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Something cannot be taken over from another tool, or given back to it; nothing was changed.
    #[error(transparent)]
    Adoption(#[from] AdoptError),
    /// The database refused something that belongs to no step.
    #[error("cannot {doing}")]
    Database {
        /// What was tried, as in "cannot connect to sqlite:app.db".
        doing: String,
        /// What the adapter says.
        source: AdapterError,
    },
}

fn destroys(findings: &[LintFinding]) -> String {
    let mut text = match findings.len() {
        1 => "a statement would destroy data, and nobody agreed:".to_owned(),
        count => format!("{count} statements would destroy data, and nobody agreed:"),
    };
    for finding in findings {
        let LintFinding {
            path,
            line,
            code,
            message,
            ..
        } = finding;
        text.push_str(&format!(
            "\n  {}:{line}: {message} ({code})",
            path.display()
        ));
    }
    text
}

fn count_errors(diagnostics: &Diagnostics) -> String {
    match diagnostics.0.len() {
        1 => "there is an error in the scripts".to_owned(),
        count => format!("there are {count} errors in the scripts"),
    }
}

/// Why the history of a database and the scripts do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Scripts were edited after they had been applied.
    #[error("{}", edited(.0))]
    Edited(Vec<EditedScript>),
    /// The database has revisions that no script defines.
    #[error(transparent)]
    Unknown(#[from] UnknownApplied),
    /// Applied revisions need others that are not applied: scripts were inserted below them.
    #[error("{}", gaps(.0))]
    Gaps(Vec<Gap>),
    /// The database has a history, and what was asked is for one without.
    #[error("the database has a history already: {}", count_applied(*.applied))]
    NotNew {
        /// How many are applied.
        applied: usize,
    },
    /// A step stopped half-way, and what was asked would leave it so.
    #[error("the {direction} of revision {revision} stopped after {done} of {total} statements", direction = if *.upgrading { "upgrade" } else { "downgrade" })]
    HalfDone {
        /// The revision.
        revision: RevisionId,
        /// Whether it was its upgrade.
        upgrading: bool,
        /// Statements that took effect.
        done: u64,
        /// Statements that the step has.
        total: u64,
    },
    /// A step stopped half-way, and the part of its script that ran was edited since.
    #[error("revision {revision} is half done, and the part of {} that ran was edited since", path.display())]
    DoneEdited {
        /// The revision.
        revision: RevisionId,
        /// The script.
        path: PathBuf,
    },
    /// A statement of a step was running when everything stopped, and the database does not tell whether it took effect.
    #[error(
        "statement {number} of revision {revision} was about to run at {since}, and whether it did is not known: {statement}"
    )]
    InDoubt {
        /// The revision.
        revision: RevisionId,
        /// The statement's number in the step, from 1.
        number: u64,
        /// The beginning of its text.
        statement: String,
        /// When it was about to run: UTC, RFC 3339.
        since: String,
    },
    /// Of the revisions that a script has taken the place of only some are applied.
    #[error("{} takes the place of several revisions, and only some of them are applied: {}", path.display(), applied.join(", "))]
    PartlySquashed {
        /// The revision that took their place.
        revision: RevisionId,
        /// Its script.
        path: PathBuf,
        /// Those that are applied.
        applied: Vec<String>,
    },
    /// What is half done cannot be settled in the way that was chosen.
    #[error("{why}")]
    CannotRepair {
        /// Why not.
        why: String,
        /// What to do instead.
        hint: String,
    },
    /// The history holds something that cannot be an id of a revision.
    #[error("the history holds a revision called `{0}`, which no script can be called")]
    Malformed(String),
}

/// A script that was edited after it had been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedScript {
    /// The revision.
    pub revision: RevisionId,
    /// The script.
    pub path: PathBuf,
    /// When it was applied: UTC, RFC 3339.
    pub applied_at: String,
}

fn count_applied(count: usize) -> String {
    match count {
        1 => "a revision is applied".to_owned(),
        count => format!("{count} revisions are applied"),
    }
}

fn edited(scripts: &[EditedScript]) -> String {
    let mut text = match scripts.len() {
        1 => "an applied script was edited:".to_owned(),
        count => format!("{count} applied scripts were edited:"),
    };
    for script in scripts {
        text.push_str(&format!(
            "\n  {} (applied {})",
            script.path.display(),
            script.applied_at
        ));
    }
    text
}

fn gaps(gaps: &[Gap]) -> String {
    let mut text = "applied revisions need others that are not applied:".to_owned();
    for gap in gaps {
        text.push_str(&format!("\n  {} needs {}", gap.revision, gap.missing));
    }
    text
}

impl HistoryError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Edited(_) => "undo the edit and write a new revision instead; or, if the database already is as the \
                 edited script says, record that with `dapter stamp current`"
                .to_owned(),
            Self::Unknown(unknown) => unknown.hint(),
            Self::NotNew { .. } => {
                "`dapter stamp` changes what a history says; `dapter status` shows it".to_owned()
            }
            Self::Gaps(gaps) => {
                let missing = gaps.first().map_or("ID", |gap| gap.missing.as_str());
                format!(
                    "move it behind the head: `dapter rebase {missing}`; or apply it all the same: \
                     `dapter upgrade --out-of-order`; or, if the database already has what it does, record that: \
                     `dapter stamp` with the ids that `dapter current` prints"
                )
            }
            Self::HalfDone {
                revision,
                upgrading: true,
                ..
            } => format!("finish it first: `dapter upgrade {revision}` goes on behind the last statement that ran"),
            Self::HalfDone { revision, .. } => {
                format!("finish it first: `dapter downgrade` to below {revision} goes on behind the last statement that ran")
            }
            Self::DoneEdited { .. } => {
                "restore the statements that ran as they were; those after them may be edited; or look at the choices of \
                 `dapter repair`"
                    .to_owned()
            }
            Self::PartlySquashed { revision, .. } => format!(
                "go on with the scripts as they were before: `dapter upgrade {revision}` with them applies the rest"
            ),
            Self::CannotRepair { hint, .. } => hint.clone(),
            Self::InDoubt { revision, .. } => format!(
                "look whether the database has what it does, then say so: `dapter repair {revision} --done` or \
                 `dapter repair {revision} --not-done`"
            ),
            Self::Malformed(_) => "something other than dapter wrote it; delete that row by hand".to_owned(),
        }
    }
}

impl From<Box<RunFailure>> for MigrationError {
    fn from(failure: Box<RunFailure>) -> Self {
        match failure.direction {
            Direction::Upgrade => Self::Upgrade(failure),
            Direction::Downgrade => Self::Downgrade(failure),
        }
    }
}

impl MigrationError {
    /// What to do about it, where more can be said than the messages do.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Init(error) | Self::Creation(error) | Self::Script(error) => {
                error.hint().map(str::to_owned)
            }
            Self::Upgrade(failure) | Self::Downgrade(failure) => failure.error.hint.clone(),
            Self::NotFound(error @ ResolveError::SeveralHeads { .. }) => {
                Some(format!("{}\n`dapter merge` joins them", error.hint()))
            }
            Self::NotFound(error) => Some(error.hint()),
            Self::Expression(error) => Some(error.hint()),
            Self::Plugin(error) => Some(error.hint()),
            Self::Config(error) => error.hint(),
            Self::Lock(failure) => Some(lock_hint(failure)),
            Self::Scripts(_) => None,
            Self::Lint(source) => source.hint.clone(),
            Self::Trial(error) => Some(error.hint()),
            Self::PlanChanged(_) => Some("nothing was run; make a new plan: `dapter plan --save FILE`".to_owned()),
            Self::Destroys(_) => Some(
                "run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE \"why\"` \
                 above the statement"
                    .to_owned(),
            ),
            Self::Section(error) => Some(error.hint()),
            Self::Autogenerate(error) => error.hint(),
            Self::Offline(error) => error.hint(),
            Self::Backup(error) => error.hint(),
            Self::Squash(error) => Some(error.hint()),
            Self::SquashFailure(error) => Some(error.hint()),
            Self::Split { source, .. } | Self::Database { source, .. } => source.hint.clone(),
            Self::History(error) => Some(error.hint()),
            Self::Adoption(error) => error.hint(),
        }
    }

    /// The failure of a run, if this is one.
    #[must_use]
    pub fn run_failure(&self) -> Option<&RunFailure> {
        match self {
            Self::Upgrade(failure) | Self::Downgrade(failure) => Some(failure),
            _ => None,
        }
    }
}

fn lock_hint(failure: &LockFailure) -> String {
    let wait = "wait for it to finish, or give it more time with --lock-wait";
    match &failure.holder {
        Some(_) => format!(
            "{wait}; if that process is gone for certain, `dapter unlock` gives its lock back"
        ),
        None => wait.to_owned(),
    }
}
