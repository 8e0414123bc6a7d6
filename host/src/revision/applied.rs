//! The graph as one database sees it.

use thiserror::Error;

use super::graph::{Graph, marked};
use super::id::RevisionId;
use super::order;

/// The revisions that are applied to a database, in the order in which they were applied.
///
/// Every one of them is in the graph: rows that name a revision without a script are an
/// [`UnknownApplied`] error, which the caller may report, or take the rest from
/// [`split`](Self::split).
#[derive(Debug, Clone)]
pub struct Applied<'g> {
    graph: &'g Graph,
    sequence: Vec<usize>,
    marks: Vec<bool>,
}

/// Applied revisions for which there is no script.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database has {} that no script defines: {}", counted(ids.len()), listed(ids))]
pub struct UnknownApplied {
    /// The ids, in the order of application.
    pub ids: Vec<RevisionId>,
}

impl UnknownApplied {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        "restore the missing scripts (a newer checkout may have them), or stamp the database if \
         they are gone for good"
            .to_owned()
    }
}

/// An applied revision that needs one that is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The applied revision.
    pub revision: RevisionId,
    /// What it revises or depends on and is not applied.
    pub missing: RevisionId,
}

impl<'g> Applied<'g> {
    /// A database to which nothing is applied.
    #[must_use]
    pub fn none(graph: &'g Graph) -> Self {
        Self {
            graph,
            sequence: Vec::new(),
            marks: vec![false; graph.len()],
        }
    }

    /// Looks up the applied revisions, given in the order of application. A repeated id counts once.
    ///
    /// # Errors
    /// [`UnknownApplied`] lists every id that is not in the graph.
    pub fn new<'i>(
        graph: &'g Graph,
        ids: impl IntoIterator<Item = &'i RevisionId>,
    ) -> Result<Self, UnknownApplied> {
        let (applied, unknown) = Self::split(graph, ids);
        if unknown.is_empty() {
            Ok(applied)
        } else {
            Err(UnknownApplied { ids: unknown })
        }
    }

    /// Looks up the applied revisions and hands back, apart, the ids that are not in the graph.
    ///
    /// For commands that show what there is (`current`, `history`); a command that changes a
    /// database uses [`new`](Self::new).
    #[must_use]
    pub fn split<'i>(
        graph: &'g Graph,
        ids: impl IntoIterator<Item = &'i RevisionId>,
    ) -> (Self, Vec<RevisionId>) {
        let mut applied = Self::none(graph);
        let mut unknown = Vec::new();
        for id in ids {
            match graph.index(id.as_str()) {
                Some(index) => applied.insert(index),
                None => unknown.push(id.clone()),
            }
        }
        (applied, unknown)
    }

    /// Expands heads to all that they imply: the heads, their ancestors and all dependencies.
    ///
    /// This is what an `alembic_version` table says in short. The order of application is taken to be
    /// topological.
    ///
    /// # Errors
    /// [`UnknownApplied`] lists every head that is not in the graph.
    pub fn from_heads<'i>(
        graph: &'g Graph,
        heads: impl IntoIterator<Item = &'i RevisionId>,
    ) -> Result<Self, UnknownApplied> {
        let heads = Self::new(graph, heads)?;
        let mut applied = Self::none(graph);
        for index in graph.needed_by(heads.sequence) {
            applied.insert(index);
        }
        Ok(applied)
    }

    fn insert(&mut self, index: usize) {
        if !std::mem::replace(&mut self.marks[index], true) {
            self.sequence.push(index);
        }
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Whether nothing is applied.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequence.is_empty()
    }

    /// The number of applied revisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sequence.len()
    }

    /// Whether the revision with this id is applied.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        let index = self.graph.index(id);
        index.is_some_and(|index| self.marks[index])
    }

    /// The applied revisions, in the order of application.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'g RevisionId> {
        let graph = self.graph;
        self.sequence
            .iter()
            .map(move |index| &graph.revision(*index).id)
    }

    /// The heads of the database: applied revisions that no other applied one needs, directly or not.
    ///
    /// These are the rows that Alembic would have in `alembic_version`. They come in the order in which
    /// the graph was given.
    #[must_use]
    pub fn heads(&self) -> Vec<RevisionId> {
        let indices = self.head_indices().into_iter();
        let id = |index| self.graph.revision(index).id.clone();
        indices.map(id).collect()
    }

    /// Revisions of the graph that are not applied, in the order in which they would be.
    #[must_use]
    pub fn pending(&self) -> Vec<RevisionId> {
        self.graph.in_order(|index| !self.marks[index])
    }

    /// Applied revisions whose parents or dependencies are not all applied.
    ///
    /// Empty for every database that only paths of this module have changed. A gap appears when a
    /// script is inserted below an applied one, or rows are changed by hand; an upgrade to the
    /// revision above applies what is missing.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for &index in &self.sequence {
            for &need in &self.graph.need_edges()[index] {
                if !self.marks[need] {
                    gaps.push(Gap {
                        revision: self.graph.revision(index).id.clone(),
                        missing: self.graph.revision(need).id.clone(),
                    });
                }
            }
        }
        gaps
    }

    pub(super) fn marks(&self) -> &[bool] {
        &self.marks
    }

    /// Positions in the order of application.
    pub(super) fn sequence(&self) -> &[usize] {
        &self.sequence
    }

    pub(super) fn head_indices(&self) -> Vec<usize> {
        let needs = self.graph.need_edges();
        let below_any = self
            .sequence
            .iter()
            .flat_map(|index| needs[*index].iter().copied());
        let implied = order::reachable(needs, below_any);
        marked(&self.marks)
            .filter(|index| !implied[*index])
            .collect()
    }
}

fn counted(number: usize) -> String {
    match number {
        1 => "1 applied revision".to_owned(),
        _ => format!("{number} applied revisions"),
    }
}

fn listed(ids: &[RevisionId]) -> String {
    const SHOWN: usize = 5;
    let quoted: Vec<String> = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    let shown = quoted.join(", ");
    match ids.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
