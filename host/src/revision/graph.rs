//! The graph of all revisions of a project.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::{self, Edges, Names};
use super::error::GraphError;
use super::id::{Alias, BranchLabel, RevisionId};
use super::links::Links;
use super::order;

/// One revision as its script declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// Its parents; none for a base, several for a merge.
    pub revises: Vec<RevisionId>,
    /// Revisions of other branches that must be applied before it, by id or by branch label. A
    /// label stands for the revision that declares it.
    pub depends_on: Vec<String>,
    /// The branch labels that it declares.
    pub branch_labels: Vec<BranchLabel>,
    /// What else it may be called: its names in a tool that it was taken over from.
    pub aliases: Vec<Alias>,
    /// What it does, in one line; may be empty.
    pub message: String,
}

/// All revisions of a project, checked and linked: no name is unknown or doubled, no cycle exists.
///
/// Parents (`revises`) make branches; dependencies (`depends-on`) only order. So [`heads`],
/// [`bases`], [`children`] and branch labels look at parents alone, while paths and
/// [`topological`] look at both, as in Alembic.
///
/// [`heads`]: Self::heads
/// [`bases`]: Self::bases
/// [`children`]: Self::children
/// [`topological`]: Self::topological
#[derive(Debug, Clone, Default)]
pub struct Graph {
    revisions: Vec<Arc<Revision>>,
    names: Names,
    edges: Edges,
    children: Links,
    dependents: Links,
    order: Vec<usize>,
}

impl Graph {
    /// Checks and links the revisions of a project.
    ///
    /// The order of the list decides ties, in [`heads`](Self::heads) and in
    /// [`topological`](Self::topological): give it sorted by creation time and id. Time and
    /// memory are linear in the number of revisions and references.
    ///
    /// # Errors
    /// Every error there is, ordered by the position of the revision concerned.
    pub fn new<R: Into<Arc<Revision>>>(revisions: Vec<R>) -> Result<Self, Vec<GraphError>> {
        let revisions: Vec<Arc<Revision>> = revisions.into_iter().map(Into::into).collect();
        let (names, edges) = build::link(&revisions)?;
        let children = edges.parents.reversed();
        let dependents = edges.needs.reversed();
        let tops: Vec<usize> = dependents.leaves().collect();
        let order = order::topological(&edges.needs, &tops);
        Ok(Self {
            revisions,
            names,
            edges,
            children,
            dependents,
            order,
        })
    }

    /// The number of revisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// All revisions, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Revision> {
        self.revisions.iter().map(AsRef::as_ref)
    }

    /// All revisions, each after its parents and dependencies.
    ///
    /// The order stays on one branch until another is needed. It depends only on the order in
    /// which the revisions were given. Of two unrelated branches the one whose head was given last
    /// comes first, and of two parents of a merge the one named last, as in Alembic.
    pub fn topological(&self) -> impl ExactSizeIterator<Item = &Revision> {
        self.order.iter().map(|index| self.revision(*index))
    }

    /// Where in the list given to [`new`](Self::new) the revision with this id is.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.index(id)
    }

    /// The revision with this id, written in full.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Revision> {
        self.index(id).map(|index| self.revision(index))
    }

    /// Revisions that no other revises, in the order given.
    ///
    /// A head that others depend on is among them, as for Alembic's `head`.
    pub fn heads(&self) -> impl Iterator<Item = &Revision> {
        self.children.leaves().map(|index| self.revision(index))
    }

    /// Revisions that revise no other, in the order given.
    pub fn bases(&self) -> impl Iterator<Item = &Revision> {
        self.edges
            .parents
            .leaves()
            .map(|index| self.revision(index))
    }

    /// The revisions that this one revises, in the order its script names them. Nothing if the id is
    /// unknown.
    pub fn parents(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.neighbours(id, &self.edges.parents)
    }

    /// The revisions that revise this one, in the order given. Nothing if the id is unknown.
    pub fn children(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.neighbours(id, &self.children)
    }

    /// The revisions that this one revises or depends on, each once. Nothing if the id is unknown.
    pub fn needs(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.neighbours(id, &self.edges.needs)
    }

    /// The revisions that revise this one or depend on it. Nothing if the id is unknown.
    pub fn dependents(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.neighbours(id, &self.dependents)
    }

    /// Every branch label with the revision that declares it, sorted by label.
    pub fn branch_labels(&self) -> impl Iterator<Item = (&BranchLabel, &Revision)> {
        let labels = self.names.labels.iter();
        labels.map(|(label, index)| (label, self.revision(*index)))
    }

    /// The branch labels that apply to each revision; revisions without any are left out.
    ///
    /// A label applies to the revision that declares it, to all its descendants, and to its
    /// ancestors down to the nearest branch point or merge, exclusive. (Alembic starts the way
    /// down at whichever descendant it happens to visit last; the two agree on a branch that does
    /// not itself branch or merge.)
    #[must_use]
    pub fn inherited_labels(&self) -> HashMap<&RevisionId, Vec<&BranchLabel>> {
        let mut inherited: HashMap<&RevisionId, Vec<&BranchLabel>> = HashMap::new();
        for (label, &origin) in &self.names.labels {
            let mut members = order::reachable(&self.children, [origin]);
            let mut below = Some(origin);
            while let Some(index) = below.filter(|index| !self.is_fork_or_merge(*index)) {
                members[index] = true;
                below = self.edges.parents[index].first().copied();
            }
            for index in marked(&members) {
                let labels = inherited.entry(&self.revisions[index].id).or_default();
                labels.push(label);
            }
        }
        inherited
    }

    fn is_fork_or_merge(&self, index: usize) -> bool {
        self.dependents[index].len() > 1 || self.edges.parents[index].len() > 1
    }

    fn neighbours<'g>(
        &'g self,
        id: &str,
        edges: &'g Links,
    ) -> impl Iterator<Item = &'g Revision> + use<'g> {
        let ends = self.index(id).map_or(&[][..], |index| &edges[index]);
        ends.iter().map(|index| self.revision(*index))
    }

    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.names.ids.get(id).copied()
    }

    pub(super) fn label(&self, name: &str) -> Option<usize> {
        self.names.labels.get(name).copied()
    }

    pub(super) fn alias(&self, name: &str) -> Option<usize> {
        self.names.aliases.get(name).copied()
    }

    pub(super) fn revision(&self, index: usize) -> &Revision {
        &self.revisions[index]
    }

    pub(super) fn parent_edges(&self) -> &Links {
        &self.edges.parents
    }

    pub(super) fn need_edges(&self) -> &Links {
        &self.edges.needs
    }

    pub(super) fn child_edges(&self) -> &Links {
        &self.children
    }

    pub(super) fn dependent_edges(&self) -> &Links {
        &self.dependents
    }

    /// Positions of revisions and of all that they need, each after what it needs itself.
    ///
    /// The walk is that of [`topological`](Self::topological), from these revisions down.
    pub(super) fn needed_by(&self, mut targets: Vec<usize>) -> Vec<usize> {
        targets.sort_unstable();
        order::topological(&self.edges.needs, &targets)
    }

    /// Positions of the revisions that no other revises.
    pub(super) fn head_indices(&self) -> Vec<usize> {
        self.children.leaves().collect()
    }

    /// Positions of the revisions that no other revises or depends on.
    pub(super) fn top_indices(&self) -> Vec<usize> {
        self.dependents.leaves().collect()
    }

    /// Positions of the revisions that revise no other.
    pub(super) fn base_indices(&self) -> Vec<usize> {
        self.edges.parents.leaves().collect()
    }

    /// The marked revisions, each after its parents and dependencies.
    pub(super) fn in_order(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<RevisionId> {
        let wanted = self.order.iter().filter(|index| is_wanted(**index));
        wanted.map(|i| self.revisions[*i].id.clone()).collect()
    }
}

/// The positions that are marked.
pub(super) fn marked(marks: &[bool]) -> impl Iterator<Item = usize> {
    (0..marks.len()).filter(|index| marks[*index])
}
