//! What can be wrong with a set of revisions.

use thiserror::Error;

use super::id::{Alias, BranchLabel, RevisionId};

/// How many ids of a cycle a message spells out.
const SHOWN_OF_CYCLE: usize = 8;

/// A part of a revision's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The id.
    Revision,
    /// The parents.
    Revises,
    /// The dependencies.
    DependsOn,
    /// The branch labels.
    Branch,
    /// The aliases.
    Alias,
}

/// What an alias is besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasOf {
    /// The id of a revision.
    Id,
    /// A branch label.
    Label,
    /// The alias of another revision.
    Alias,
}

impl AliasOf {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "the id of a revision",
            Self::Label => "a branch label",
            Self::Alias => "an alias of another revision",
        }
    }
}

/// Where an error is: a revision of the input and a part of its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The position of the revision in the list given to [`Graph::new`](super::Graph::new).
    pub index: usize,
    /// The part of the revision that is wrong.
    pub field: Field,
}

/// One error in a set of revisions.
///
/// [`Graph::new`](super::Graph::new) reports all of them at once. [`places`](Self::places) lets
/// the caller, who knows the files, name file and line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Several revisions have the same id.
    #[error("revision id `{id}` is used {} times", indices.len())]
    DuplicateId {
        /// The id.
        id: RevisionId,
        /// The positions of all revisions that use it.
        indices: Vec<usize>,
    },
    /// A revision revises one that does not exist.
    #[error("revision `{id}` revises `{parent}`, which does not exist")]
    UnknownParent {
        /// The revision.
        id: RevisionId,
        /// The missing parent.
        parent: RevisionId,
        /// The position of the revision.
        index: usize,
        /// An existing id that looks like the missing one.
        suggestion: Option<String>,
    },
    /// A revision depends on something that is neither a revision nor a branch label.
    #[error(
        "revision `{id}` depends on `{dependency}`, which is neither a revision nor a branch label"
    )]
    UnknownDependency {
        /// The revision.
        id: RevisionId,
        /// The missing dependency.
        dependency: String,
        /// The position of the revision.
        index: usize,
        /// An existing id or label that looks like the missing one.
        suggestion: Option<String>,
    },
    /// A revision revises itself, or depends on itself.
    #[error("revision `{id}` {} itself", verb(*field))]
    SelfReference {
        /// The revision.
        id: RevisionId,
        /// The position of the revision.
        index: usize,
        /// [`Field::Revises`] or [`Field::DependsOn`].
        field: Field,
    },
    /// A revision names the same parent or the same dependency twice.
    #[error("revision `{id}` {} `{name}` more than once", verb(*field))]
    Repeated {
        /// The revision.
        id: RevisionId,
        /// What is named twice.
        name: String,
        /// The position of the revision.
        index: usize,
        /// [`Field::Revises`] or [`Field::DependsOn`].
        field: Field,
    },
    /// Several revisions, or one revision twice, declare the same branch label.
    #[error(
        "branch label `{label}` is declared more than once: by {}",
        listed(ids)
    )]
    DuplicateLabel {
        /// The label.
        label: BranchLabel,
        /// The revisions that declare it.
        ids: Vec<RevisionId>,
        /// The positions of these revisions.
        indices: Vec<usize>,
    },
    /// A branch label is also the id of a revision.
    #[error("branch label `{label}` of revision `{id}` is also the id of a revision")]
    LabelIsId {
        /// The label.
        label: BranchLabel,
        /// The revision that declares it.
        id: RevisionId,
        /// The position of that revision.
        index: usize,
        /// The position of the revision with that id.
        namesake: usize,
    },
    /// An alias is also an id, a branch label, or an alias of another revision.
    #[error("alias `{alias}` of revision `{id}` is also {}", of.name())]
    AliasIsTaken {
        /// The alias.
        alias: Alias,
        /// The revision that declares it.
        id: RevisionId,
        /// What it is besides.
        of: AliasOf,
        /// The position of that revision.
        index: usize,
        /// The position of the revision that has the name too.
        namesake: usize,
    },
    /// Revisions need each other in a circle, through parents or dependencies.
    #[error("revisions form a cycle: {}", circle(ids))]
    Cycle {
        /// The revisions, each needing the next and the last needing the first.
        ids: Vec<RevisionId>,
        /// Where each of them names the next.
        places: Vec<Place>,
    },
}

impl GraphError {
    /// Where the error is: the first place is the best to show, the others belong to it.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        let one = |index, field| vec![Place { index, field }];
        let every = |indices: &[usize], field| -> Vec<Place> {
            let place = |index: &usize| Place {
                index: *index,
                field,
            };
            indices.iter().map(place).collect()
        };
        match self {
            Self::DuplicateId { indices, .. } => every(indices, Field::Revision),
            Self::UnknownParent { index, .. } => one(*index, Field::Revises),
            Self::UnknownDependency { index, .. } => one(*index, Field::DependsOn),
            Self::SelfReference { index, field, .. } | Self::Repeated { index, field, .. } => {
                one(*index, *field)
            }
            Self::DuplicateLabel { indices, .. } => every(indices, Field::Branch),
            Self::LabelIsId {
                index, namesake, ..
            } => vec![
                Place {
                    index: *index,
                    field: Field::Branch,
                },
                Place {
                    index: *namesake,
                    field: Field::Revision,
                },
            ],
            Self::AliasIsTaken {
                index,
                namesake,
                of,
                ..
            } => vec![
                Place {
                    index: *index,
                    field: Field::Alias,
                },
                Place {
                    index: *namesake,
                    field: match of {
                        AliasOf::Id => Field::Revision,
                        AliasOf::Label => Field::Branch,
                        AliasOf::Alias => Field::Alias,
                    },
                },
            ],
            Self::Cycle { places, .. } => places.clone(),
        }
    }

    /// Whether a revision is named that is not among those given.
    pub(crate) fn is_about_a_missing_revision(&self) -> bool {
        matches!(
            self,
            Self::UnknownParent { .. } | Self::UnknownDependency { .. }
        )
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::DuplicateId { .. } => {
                "give all but one of them a new id, and correct what revises them".to_owned()
            }
            Self::UnknownParent { suggestion, .. } => match suggestion {
                Some(name) => format!("did you mean `{name}`?"),
                None => "restore the missing script, or name an existing revision".to_owned(),
            },
            Self::UnknownDependency { suggestion, .. } => match suggestion {
                Some(name) => format!("did you mean `{name}`?"),
                None => "name an existing revision or branch label".to_owned(),
            },
            Self::SelfReference { .. } => "name the revision that comes before it".to_owned(),
            Self::Repeated { .. } => "name it once".to_owned(),
            Self::DuplicateLabel { .. } => {
                "declare a label once, on the first revision of its branch".to_owned()
            }
            Self::LabelIsId { .. } => "choose another label".to_owned(),
            Self::AliasIsTaken { .. } => {
                "remove the alias, or give the other a new name".to_owned()
            }
            Self::Cycle { .. } => {
                "remove one of these references, so that a first revision remains".to_owned()
            }
        }
    }
}

fn verb(field: Field) -> &'static str {
    match field {
        Field::DependsOn => "depends on",
        Field::Revision | Field::Revises | Field::Branch | Field::Alias => "revises",
    }
}

fn listed(ids: &[RevisionId]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    quoted.join(", ")
}

fn circle(ids: &[RevisionId]) -> String {
    let mut parts: Vec<String> = ids
        .iter()
        .take(SHOWN_OF_CYCLE)
        .map(|id| format!("`{id}`"))
        .collect();
    if let Some(more) = ids
        .len()
        .checked_sub(SHOWN_OF_CYCLE)
        .filter(|more| *more > 0)
    {
        parts.push(format!("{more} more"));
    }
    if let Some(first) = ids.first() {
        parts.push(format!("`{first}`"));
    }
    parts.join(" needs ")
}
