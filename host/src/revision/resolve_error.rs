//! Why an expression has no answer in a graph.

use std::fmt;

use thiserror::Error;

use super::id::RevisionId;

/// How many revisions a message lists.
const SHOWN: usize = 10;

/// A revision offered as a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: RevisionId,
    /// Its message.
    pub message: String,
}

impl fmt::Display for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => write!(formatter, "{}", self.id),
            message => write!(formatter, "{} ({message})", self.id),
        }
    }
}

/// Why an expression cannot be resolved, with all that the reader needs to write a better one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No revision has this id, none begins with it, and it is no branch label.
    #[error("no revision or branch is called `{name}`")]
    UnknownRevision {
        /// The name.
        name: String,
        /// An existing id or label that looks like it.
        suggestion: Option<String>,
    },
    /// What stands before the `@` is no branch label and no revision.
    #[error("no branch is called `{name}`")]
    UnknownBranch {
        /// The name.
        name: String,
        /// An existing label or id that looks like it.
        suggestion: Option<String>,
    },
    /// Several ids begin with the text.
    #[error("`{prefix}` is the beginning of {} revisions: {}", candidates.len(), listed(candidates))]
    AmbiguousPrefix {
        /// The text.
        prefix: String,
        /// The revisions.
        candidates: Vec<Candidate>,
    },
    /// The revision is neither above nor below the one that carries the branch label.
    #[error("revision `{id}` is not on branch `{branch}`")]
    NotOnBranch {
        /// The revision.
        id: RevisionId,
        /// The branch.
        branch: String,
    },
    /// One head is asked for, and the scripts have several.
    #[error("{} {} heads: {}", owner(branch.as_deref()), heads.len(), listed(heads))]
    SeveralHeads {
        /// The branch, if the expression names one.
        branch: Option<String>,
        /// The heads.
        heads: Vec<Candidate>,
    },
    /// Steps are to be counted from the database's head, and it has several.
    #[error("`{expression}` is ambiguous: the database has {} heads: {}", heads.len(), listed(heads))]
    SeveralCurrent {
        /// The expression.
        expression: String,
        /// The heads of the database that it may mean.
        heads: Vec<Candidate>,
    },
    /// The other end of a range, from which steps are to be counted, is several revisions.
    #[error(
        "`{expression}` is ambiguous: it may start from any of {}",
        listed(starts)
    )]
    SeveralStarts {
        /// The expression.
        expression: String,
        /// The revisions.
        starts: Vec<Candidate>,
    },
    /// A step leads to several revisions.
    #[error("`{expression}` is ambiguous: {} leads to {}", step(*steps, from.as_ref()), listed(candidates))]
    AmbiguousStep {
        /// The expression.
        expression: String,
        /// The steps it says: up if positive, down if negative.
        steps: i64,
        /// The revision it starts from; none below every base.
        from: Option<RevisionId>,
        /// Where it may lead.
        candidates: Vec<Candidate>,
    },
    /// There are fewer steps to take than the expression says.
    #[error("`{expression}` goes too far: {}", available_steps(*steps, *available))]
    TooManySteps {
        /// The expression.
        expression: String,
        /// The steps it says: up if positive, down if negative.
        steps: i64,
        /// How many can be taken.
        available: u64,
    },
    /// An upgrade by steps down, or a downgrade by steps up.
    #[error("`{expression}` goes {}", wrong_way(*steps))]
    WrongDirection {
        /// The expression.
        expression: String,
        /// The steps it says: up if positive, down if negative.
        steps: i64,
    },
    /// The destination of a downgrade is not applied.
    #[error(
        "revision `{id}` is not applied to the database, whose heads are: {}",
        listed(heads)
    )]
    NotApplied {
        /// The revision.
        id: RevisionId,
        /// The heads of the database.
        heads: Vec<Candidate>,
    },
    /// A downgrade to a revision that no applied one revises, but on which others depend.
    #[error("there is nothing to undo above revision `{id}`: no applied revision revises it")]
    NothingAbove {
        /// The revision.
        id: RevisionId,
        /// The applied revisions that depend on it.
        dependents: Vec<Candidate>,
    },
    /// Nothing is applied on the branch.
    #[error("nothing is applied on branch `{branch}`")]
    BranchNotApplied {
        /// The branch.
        branch: String,
    },
    /// The lower end of a range is not below its upper end.
    #[error("revision `{from}` is not an ancestor of `{to}`")]
    NotAncestor {
        /// The lower end.
        from: RevisionId,
        /// The upper end, as written.
        to: String,
    },
    /// A range stands where one destination is meant.
    #[error("`{expression}` is a range, not a destination")]
    RangeNotAllowed {
        /// The expression.
        expression: String,
    },
    /// The expression means no revision at all, as `base` does.
    #[error("`{expression}` is no revision")]
    NoRevision {
        /// The expression.
        expression: String,
    },
}

impl ResolveError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownRevision { suggestion, .. } => match suggestion {
                Some(name) => format!("did you mean `{name}`?"),
                None => "`dapter history` lists all revisions".to_owned(),
            },
            Self::UnknownBranch { suggestion, .. } => match suggestion {
                Some(name) => format!("did you mean `{name}`?"),
                None => "`dapter history` lists all revisions with their branches".to_owned(),
            },
            Self::AmbiguousPrefix { .. } => "write more of the id".to_owned(),
            Self::NotOnBranch { id, .. } => format!("write `{id}` without a branch"),
            Self::SeveralHeads { branch: None, .. } => {
                "say `heads` for all of them, `label@head` for one branch, or an id".to_owned()
            }
            Self::SeveralHeads {
                branch: Some(branch),
                ..
            } => format!("say `{branch}@heads` for all of them, or an id"),
            Self::SeveralCurrent { .. } => {
                "name the branch (`label@+1`, `label@-1`) or the revision to go to".to_owned()
            }
            Self::SeveralStarts { .. } | Self::AmbiguousStep { .. } => {
                "name the revision to go to".to_owned()
            }
            Self::TooManySteps { steps, .. } if *steps > 0 => {
                "say `head` or `heads` to apply all that is pending".to_owned()
            }
            Self::TooManySteps { .. } => "say `base` to undo everything".to_owned(),
            Self::WrongDirection { steps, .. } if *steps > 0 => {
                "use `dapter upgrade` to go up".to_owned()
            }
            Self::WrongDirection { .. } => "use `dapter downgrade` to go down".to_owned(),
            Self::NotApplied { .. } | Self::BranchNotApplied { .. } => {
                "`dapter current` shows what is applied".to_owned()
            }
            Self::NothingAbove { dependents, .. } if dependents.is_empty() => {
                "`dapter current` shows what is applied".to_owned()
            }
            Self::NothingAbove { dependents, .. } => format!(
                "what depends on it is not above it; to undo that too, go below it: {}",
                listed(dependents)
            ),
            Self::NotAncestor { .. } => {
                "write the older revision first; both must be on one branch".to_owned()
            }
            Self::RangeNotAllowed { .. } => "name one revision".to_owned(),
            Self::NoRevision { .. } => "name a revision by its id".to_owned(),
        }
    }
}

fn listed(candidates: &[Candidate]) -> String {
    if candidates.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = candidates
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    let shown = shown.join(", ");
    match candidates.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn owner(branch: Option<&str>) -> String {
    match branch {
        None => "the scripts have".to_owned(),
        Some(branch) => format!("branch `{branch}` has"),
    }
}

fn step(steps: i64, from: Option<&RevisionId>) -> String {
    let direction = if steps > 0 { "up" } else { "down" };
    match from {
        Some(id) => format!("the step {direction} from `{id}`"),
        None => format!("the step {direction} from the base"),
    }
}

fn available_steps(steps: i64, available: u64) -> String {
    let direction = if steps > 0 { "up" } else { "down" };
    match available {
        0 => format!("there is no revision to go {direction} to"),
        1 => format!("there is only 1 step {direction}"),
        _ => format!("there are only {available} steps {direction}"),
    }
}

fn wrong_way(steps: i64) -> &'static str {
    if steps > 0 {
        "up, which a downgrade cannot do"
    } else {
        "down, which an upgrade cannot do"
    }
}
