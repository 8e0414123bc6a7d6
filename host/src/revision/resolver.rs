//! What the points of expressions mean in a graph and a database.

use super::applied::Applied;
use super::expression::{Anchor, Point};
use super::graph::{Graph, Revision, marked};
use super::id::Alias;
use super::links::Links;
use super::order::reachable;
use super::resolve_error::{Candidate, ResolveError};
use crate::suggest::did_you_mean;

/// A place in the graph: a revision, or below them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    Base,
    At(usize),
}

/// A branch that an expression names, and which revisions lie on it.
#[derive(Debug)]
pub(super) struct Branch {
    name: String,
    origin: usize,
    lineage: Vec<bool>,
}

impl Branch {
    /// The branch through a revision: its ancestors and descendants by parents, as for Alembic.
    pub(super) fn through(graph: &Graph, index: usize) -> Self {
        let mut lineage = reachable(graph.child_edges(), [index]);
        for below in marked(&reachable(graph.parent_edges(), [index])) {
            lineage[below] = true;
        }
        Self {
            name: graph.revision(index).id.to_string(),
            origin: index,
            lineage,
        }
    }

    /// The revision that carries the label or has the id.
    pub(super) fn origin(&self) -> usize {
        self.origin
    }

    pub(super) fn contains(&self, index: usize) -> bool {
        self.lineage[index]
    }
}

/// How far a walk got.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) spot: Spot,
    taken: u64,
}

/// Resolves points against a graph and a database.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    graph: &'a Graph,
    applied: &'a Applied<'a>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(applied: &'a Applied<'a>) -> Self {
        Self {
            graph: applied.graph(),
            applied,
        }
    }

    /// All revisions a point means; none for the base.
    pub(super) fn many(&self, point: &Point) -> Result<Vec<usize>, ResolveError> {
        let branch = self.branch_of(point)?;
        match (&point.anchor, point.steps) {
            (Some(Anchor::Heads), 0) => Ok(self.all_heads(branch.as_ref())),
            (Some(Anchor::Current) | None, 0) => Ok(self.current_heads(branch.as_ref())),
            _ => match self.spot_on(point, branch.as_ref())? {
                Spot::Base => Ok(Vec::new()),
                Spot::At(index) => Ok(vec![index]),
            },
        }
    }

    /// The one place a point means.
    pub(super) fn spot(&self, point: &Point) -> Result<Spot, ResolveError> {
        let branch = self.branch_of(point)?;
        self.spot_on(point, branch.as_ref())
    }

    /// The branch a point names.
    pub(super) fn branch_of(&self, point: &Point) -> Result<Option<Branch>, ResolveError> {
        let Some(name) = &point.branch else {
            return Ok(None);
        };
        let index = match self.named(name, None) {
            Err(ResolveError::UnknownRevision { name, suggestion }) => {
                return Err(ResolveError::UnknownBranch { name, suggestion });
            }
            found => found?,
        };
        let mut branch = Branch::through(self.graph, index);
        branch.name.clone_from(name);
        Ok(Some(branch))
    }

    pub(super) fn spot_on(
        &self,
        point: &Point,
        branch: Option<&Branch>,
    ) -> Result<Spot, ResolveError> {
        let start = self.start(point, branch)?;
        let walk = self.walk(start, point, branch)?;
        if walk.taken < point.steps.unsigned_abs() {
            return Err(ResolveError::TooManySteps {
                expression: point.to_string(),
                steps: point.steps,
                available: walk.taken,
            });
        }
        Ok(walk.spot)
    }

    /// Where the steps of a point start.
    pub(super) fn start(
        &self,
        point: &Point,
        branch: Option<&Branch>,
    ) -> Result<Spot, ResolveError> {
        let heads = match &point.anchor {
            Some(Anchor::Base) => return Ok(Spot::Base),
            Some(Anchor::Name(name)) => return Ok(Spot::At(self.named(name, branch)?)),
            Some(Anchor::Current) | None => return self.current(point, branch),
            Some(Anchor::Head) => on_branch(self.graph.head_indices(), branch),
            Some(Anchor::Heads) => self.all_heads(branch),
        };
        only(&heads).map_err(|()| ResolveError::SeveralHeads {
            branch: branch.map(|branch| branch.name.clone()),
            heads: self.candidates(&heads),
        })
    }

    /// Where steps from the database's head start.
    ///
    /// If no head of the database is on the named branch, what is applied of the branch below them
    /// counts: a head of another branch may have taken its place by a merge or a dependency.
    fn current(&self, point: &Point, branch: Option<&Branch>) -> Result<Spot, ResolveError> {
        let mut heads = self.current_heads(branch);
        if heads.is_empty()
            && let Some(branch) = branch
        {
            heads = if point.steps < 0 {
                let tips = tips(self.applied.marks(), self.graph.child_edges());
                on_branch(tips, Some(branch))
            } else {
                let marks: Vec<bool> = (0..self.graph.len())
                    .map(|index| self.applied.marks()[index] && branch.contains(index))
                    .collect();
                tips(&marks, self.graph.dependent_edges())
            };
            if heads.is_empty() && point.steps < 0 {
                return Err(ResolveError::BranchNotApplied {
                    branch: branch.name.clone(),
                });
            }
        }
        only(&heads).map_err(|()| ResolveError::SeveralCurrent {
            expression: point.to_string(),
            heads: self.candidates(&heads),
        })
    }

    /// Takes the steps of a point as far as they go.
    pub(super) fn walk(
        &self,
        start: Spot,
        point: &Point,
        branch: Option<&Branch>,
    ) -> Result<Walk, ResolveError> {
        let mut walk = Walk {
            spot: start,
            taken: 0,
        };
        while walk.taken < point.steps.unsigned_abs() {
            let choices = if point.steps > 0 {
                self.above(walk.spot, branch)
            } else {
                match walk.spot {
                    Spot::Base => return Ok(walk),
                    Spot::At(index) => self.graph.parent_edges()[index].to_vec(),
                }
            };
            match only(&choices) {
                Err(()) => return Err(self.ambiguous_step(point, &walk, &choices)),
                Ok(Spot::Base) if point.steps > 0 => return Ok(walk),
                Ok(spot) => walk.spot = spot,
            }
            walk.taken += 1;
        }
        Ok(walk)
    }

    fn above(&self, spot: Spot, branch: Option<&Branch>) -> Vec<usize> {
        let above = match spot {
            Spot::Base => self.graph.base_indices(),
            Spot::At(index) => self.graph.child_edges()[index].to_vec(),
        };
        on_branch(above, branch)
    }

    /// The revision called `name`: by id, by label, by alias, or by the beginning of an id.
    fn named(&self, name: &str, branch: Option<&Branch>) -> Result<usize, ResolveError> {
        let exact = (self.graph.index(name))
            .or_else(|| self.graph.label(name))
            .or_else(|| self.graph.alias(name));
        let index = match exact {
            Some(index) => index,
            None => self.by_prefix(name, branch)?,
        };
        match branch {
            Some(branch) if !branch.contains(index) => Err(ResolveError::NotOnBranch {
                id: self.graph.revision(index).id.clone(),
                branch: branch.name.clone(),
            }),
            _ => Ok(index),
        }
    }

    /// The only revision whose id begins with `prefix`; those on the branch come before others.
    fn by_prefix(&self, prefix: &str, branch: Option<&Branch>) -> Result<usize, ResolveError> {
        let ids = self.graph.iter().enumerate();
        let all: Vec<usize> = ids
            .filter(|(_, revision)| revision.id.as_str().starts_with(prefix))
            .map(|(index, _)| index)
            .collect();
        let mut matches = on_branch(all.clone(), branch);
        if matches.is_empty() {
            matches = all;
        }
        match only(&matches) {
            Ok(Spot::At(index)) => Ok(index),
            Ok(Spot::Base) => Err(ResolveError::UnknownRevision {
                name: prefix.to_owned(),
                suggestion: self.suggest(prefix),
            }),
            Err(()) => Err(ResolveError::AmbiguousPrefix {
                prefix: prefix.to_owned(),
                candidates: self.candidates(&matches),
            }),
        }
    }

    fn suggest(&self, name: &str) -> Option<String> {
        let labels = self.graph.branch_labels().map(|(label, _)| label.as_str());
        let ids = self.graph.iter().map(|revision| revision.id.as_str());
        let aliases = self.graph.iter().flat_map(|revision| &revision.aliases);
        let names = labels.chain(ids).chain(aliases.map(Alias::as_str));
        did_you_mean(name, names).map(str::to_owned)
    }

    /// `heads`: without a branch those on which nothing depends either, as for Alembic.
    pub(super) fn all_heads(&self, branch: Option<&Branch>) -> Vec<usize> {
        match branch {
            None => self.graph.top_indices(),
            Some(_) => on_branch(self.graph.head_indices(), branch),
        }
    }

    pub(super) fn current_heads(&self, branch: Option<&Branch>) -> Vec<usize> {
        on_branch(self.applied.head_indices(), branch)
    }

    pub(super) fn candidates(&self, indices: &[usize]) -> Vec<Candidate> {
        let revisions = indices.iter().map(|index| self.graph.revision(*index));
        let candidate = |revision: &Revision| Candidate {
            id: revision.id.clone(),
            message: revision.message.clone(),
        };
        revisions.map(candidate).collect()
    }

    fn ambiguous_step(&self, point: &Point, walk: &Walk, choices: &[usize]) -> ResolveError {
        ResolveError::AmbiguousStep {
            expression: point.to_string(),
            steps: point.steps,
            from: match walk.spot {
                Spot::Base => None,
                Spot::At(index) => Some(self.graph.revision(index).id.clone()),
            },
            candidates: self.candidates(choices),
        }
    }
}

/// The only place of a list, which is below everything if the list is empty; an error if several.
pub(super) fn only(indices: &[usize]) -> Result<Spot, ()> {
    match indices {
        [] => Ok(Spot::Base),
        [index] => Ok(Spot::At(*index)),
        _ => Err(()),
    }
}

pub(super) fn on_branch(mut indices: Vec<usize>, branch: Option<&Branch>) -> Vec<usize> {
    if let Some(branch) = branch {
        indices.retain(|index| branch.contains(*index));
    }
    indices
}

/// The marked revisions with no marked one directly above.
fn tips(marks: &[bool], above: &Links) -> Vec<usize> {
    let is_tip = |index: &usize| !above[*index].iter().any(|next| marks[*next]);
    marked(marks).filter(is_tip).collect()
}
