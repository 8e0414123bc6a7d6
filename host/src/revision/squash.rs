//! Several revisions as one.

use std::collections::HashSet;

use super::graph::Graph;
use super::id::{BranchLabel, RevisionId};

/// What a revision is that takes the place of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// Its id: that of the last of them, so that what follows that follows it.
    pub id: RevisionId,
    /// The others, each after those it needs.
    pub replaces: Vec<RevisionId>,
    /// Their parents outside.
    pub revises: Vec<RevisionId>,
    /// What they depend on outside, by id or branch label.
    pub depends_on: Vec<String>,
    /// The branch labels that they declare.
    pub branch_labels: Vec<BranchLabel>,
}

/// Why revisions cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SquashError {
    /// There are not two of them.
    #[error("there is nothing to squash: {}", if *.count == 0 { "no revision" } else { "one revision alone" })]
    TooFew {
        /// How many there are.
        count: usize,
    },
    /// They have several ends.
    #[error("{} do not follow one another", names(.ends))]
    SeveralEnds {
        /// The ends.
        ends: Vec<RevisionId>,
    },
    /// A revision outside builds on one in the middle.
    #[error("revision {by} builds on {revision}, which would be in the middle of what is squashed")]
    Used {
        /// The revision in the middle.
        revision: RevisionId,
        /// Who builds on it.
        by: RevisionId,
    },
}

impl SquashError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::TooFew { .. } => {
                "name a range of at least two revisions, such as `base:head`".to_owned()
            }
            Self::SeveralEnds { .. } => {
                "squash one branch after the other, or join them first: `dapter merge`".to_owned()
            }
            Self::Used { revision, by } => {
                format!("end the range at {revision}, or let it hold {by} too")
            }
        }
    }
}

fn names(ids: &[RevisionId]) -> String {
    let names: Vec<&str> = ids.iter().map(RevisionId::as_str).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("revisions {} and {last}", others.join(", "))
        }
        _ => format!("revision {}", names.join("")),
    }
}

/// What the revision is that takes the place of these.
///
/// # Errors
/// If they have more than one end, or something outside builds on one that is not the end.
pub fn squash(graph: &Graph, revisions: &[RevisionId]) -> Result<Squash, SquashError> {
    let inside: HashSet<&RevisionId> = revisions.iter().collect();
    let members = || {
        graph
            .topological()
            .filter(|member| inside.contains(&member.id))
    };
    let is_end = |id: &RevisionId| {
        !graph
            .dependents(id.as_str())
            .any(|d| inside.contains(&d.id))
    };
    if inside.len() < 2 {
        return Err(SquashError::TooFew {
            count: inside.len(),
        });
    }
    let ends: Vec<RevisionId> = members()
        .map(|member| member.id.clone())
        .filter(|id| is_end(id))
        .collect();
    let [end] = &ends[..] else {
        return Err(SquashError::SeveralEnds { ends });
    };
    for member in members().filter(|member| member.id != *end) {
        let mut outside = graph.dependents(member.id.as_str());
        if let Some(by) = outside.find(|other| !inside.contains(&other.id)) {
            return Err(SquashError::Used {
                revision: member.id.clone(),
                by: by.id.clone(),
            });
        }
    }
    let mut made = Squash {
        id: end.clone(),
        replaces: Vec::new(),
        revises: Vec::new(),
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
    };
    for member in members() {
        if member.id != *end {
            made.replaces.push(member.id.clone());
        }
        made.branch_labels
            .extend(member.branch_labels.iter().cloned());
        for parent in &member.revises {
            if !inside.contains(parent) && !made.revises.contains(parent) {
                made.revises.push(parent.clone());
            }
        }
        for name in &member.depends_on {
            if !means_one_of(graph, name, &inside) && !made.depends_on.contains(name) {
                made.depends_on.push(name.clone());
            }
        }
    }
    Ok(made)
}

/// Whether a dependency is on one of these revisions, by its id or its label.
fn means_one_of(graph: &Graph, name: &str, inside: &HashSet<&RevisionId>) -> bool {
    let labelled = graph
        .branch_labels()
        .find(|(label, _)| label.as_str() == name);
    let meant = labelled
        .map(|(_, revision)| revision)
        .or_else(|| graph.get(name));
    meant.is_some_and(|revision| inside.contains(&revision.id))
}

#[cfg(test)]
mod tests {
    use super::super::pictures::{graph, ids};
    use super::*;

    fn told(picture: &[&str], revisions: &str) -> String {
        match squash(&graph(picture), &ids(revisions)) {
            Ok(made) => {
                let list = |ids: &[RevisionId]| {
                    let ids: Vec<&str> = ids.iter().map(RevisionId::as_str).collect();
                    ids.join(" ")
                };
                format!(
                    "{} for {} on {}",
                    made.id,
                    list(&made.replaces),
                    list(&made.revises)
                )
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_follows_one_another_becomes_one() {
        let line = ["a", "a->b", "b->c", "c->d"];
        let fork = ["a", "a->b", "a->c", "b,c->d", "d->e"];
        let table: [(&[&str], &str, &str); 7] = [
            (&line, "a b", "b for a on "),
            (&line, "b c", "c for b on a"),
            (&line, "a", "there is nothing to squash: one revision alone"),
            (&fork, "a b c d", "d for a c b on "),
            (&fork, "d e", "e for d on b c"),
            (&fork, "b c", "revisions c and b do not follow one another"),
            (
                &fork,
                "a b",
                "revision c builds on a, which would be in the middle of what is squashed",
            ),
        ];
        for (picture, revisions, expected) in table {
            assert_eq!(told(picture, revisions), expected, "{revisions}");
        }
    }
}
