//! Checks a list of revisions and links them by position.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::HashMapExt;

use super::error::{AliasOf, Field, GraphError, Place};
use super::graph::Revision;
use super::id::{Alias, BranchLabel, RevisionId};
use super::links::Links;
use super::order;
use crate::suggest::did_you_mean;

/// How many unknown names get a suggestion: each costs a look at every existing name.
const SUGGESTIONS: usize = 20;

/// The names of a graph and what each stands for: a position in the list of revisions.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Every id. Of several revisions with one id, the first.
    pub(super) ids: foldhash::HashMap<RevisionId, usize>,
    /// Every branch label. Of several revisions that declare one label, the first.
    pub(super) labels: BTreeMap<BranchLabel, usize>,
    /// Every alias. Of several revisions with one alias, the first.
    pub(super) aliases: HashMap<Alias, usize>,
}

/// The edges of a graph by position, each list in the order in which the script names them.
#[derive(Debug, Clone, Default)]
pub(super) struct Edges {
    /// What each revision revises.
    pub(super) parents: Links,
    /// What each revision revises or depends on, each once.
    pub(super) needs: Links,
}

/// Checks and links the revisions.
///
/// # Errors
/// Every error there is, ordered by the position of the revision concerned.
pub(super) fn link(revisions: &[Arc<Revision>]) -> Result<(Names, Edges), Vec<GraphError>> {
    let mut errors = Vec::new();
    let names = Names {
        ids: index_ids(revisions, &mut errors),
        labels: index_labels(revisions, &mut errors),
        aliases: index_aliases(revisions),
    };
    check_labels_are_no_ids(revisions, &names, &mut errors);
    check_aliases_are_unique(revisions, &names, &mut errors);
    let edges = connect(revisions, &names, &mut errors);
    for circle in order::circles(&edges.needs) {
        errors.push(cycle_error(revisions, &edges, &circle));
    }
    if errors.is_empty() {
        return Ok((names, edges));
    }
    errors.sort_by_cached_key(|error| error.places().first().copied());
    Err(errors)
}

fn index_ids(
    revisions: &[Arc<Revision>],
    errors: &mut Vec<GraphError>,
) -> foldhash::HashMap<RevisionId, usize> {
    let mut ids = foldhash::HashMap::with_capacity(revisions.len());
    let mut repeated: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, revision) in revisions.iter().enumerate() {
        let first = *ids.entry(revision.id.clone()).or_insert(index);
        if first != index {
            repeated
                .entry(first)
                .or_insert_with(|| vec![first])
                .push(index);
        }
    }
    for (first, indices) in repeated {
        errors.push(GraphError::DuplicateId {
            id: revisions[first].id.clone(),
            indices,
        });
    }
    ids
}

fn index_labels(
    revisions: &[Arc<Revision>],
    errors: &mut Vec<GraphError>,
) -> BTreeMap<BranchLabel, usize> {
    let mut declared: BTreeMap<&BranchLabel, Vec<usize>> = BTreeMap::new();
    for (index, revision) in revisions.iter().enumerate() {
        for label in &revision.branch_labels {
            declared.entry(label).or_default().push(index);
        }
    }
    let mut labels = BTreeMap::new();
    for (label, indices) in declared {
        labels.insert(label.clone(), indices[0]);
        if indices.len() > 1 {
            errors.push(GraphError::DuplicateLabel {
                label: label.clone(),
                ids: indices.iter().map(|at| revisions[*at].id.clone()).collect(),
                indices,
            });
        }
    }
    labels
}

fn index_aliases(revisions: &[Arc<Revision>]) -> HashMap<Alias, usize> {
    let mut aliases = HashMap::new();
    for (index, revision) in revisions.iter().enumerate() {
        for alias in &revision.aliases {
            aliases.entry(alias.clone()).or_insert(index);
        }
    }
    aliases
}

/// An alias means one revision, and is neither an id nor a label; repeated within one revision it does no harm.
fn check_aliases_are_unique(
    revisions: &[Arc<Revision>],
    names: &Names,
    errors: &mut Vec<GraphError>,
) {
    for (index, revision) in revisions.iter().enumerate() {
        for alias in &revision.aliases {
            let name = alias.as_str();
            let others = [
                (names.ids.get(name), AliasOf::Id),
                (names.labels.get(name), AliasOf::Label),
                (names.aliases.get(name), AliasOf::Alias),
            ];
            for (namesake, of) in others {
                let Some(&namesake) = namesake else { continue };
                if namesake != index || of == AliasOf::Label {
                    errors.push(GraphError::AliasIsTaken {
                        alias: alias.clone(),
                        id: revision.id.clone(),
                        of,
                        index,
                        namesake,
                    });
                }
            }
        }
    }
}

fn check_labels_are_no_ids(
    revisions: &[Arc<Revision>],
    names: &Names,
    errors: &mut Vec<GraphError>,
) {
    for (label, &index) in &names.labels {
        if let Some(&namesake) = names.ids.get(label.as_str()) {
            errors.push(GraphError::LabelIsId {
                label: label.clone(),
                id: revisions[index].id.clone(),
                index,
                namesake,
            });
        }
    }
}

fn connect(revisions: &[Arc<Revision>], names: &Names, errors: &mut Vec<GraphError>) -> Edges {
    let mut edges = Edges {
        parents: Links::with_capacity(revisions.len()),
        needs: Links::with_capacity(revisions.len()),
    };
    let mut linker = Linker {
        revisions,
        names,
        errors,
        suggestions_left: SUGGESTIONS,
    };
    for (index, revision) in revisions.iter().enumerate() {
        // A second revision with the same id is checked too, but the id means the first.
        let node = names.ids.get(&revision.id).copied().unwrap_or(index);
        let mut needs = linker.parents(node, index, revision);
        edges.parents.push(&needs);
        for dependency in linker.dependencies(node, index, revision) {
            if !needs.contains(&dependency) {
                needs.push(dependency);
            }
        }
        edges.needs.push(&needs);
    }
    edges
}

struct Linker<'a> {
    revisions: &'a [Arc<Revision>],
    names: &'a Names,
    errors: &'a mut Vec<GraphError>,
    suggestions_left: usize,
}

impl Linker<'_> {
    fn parents(&mut self, node: usize, index: usize, revision: &Revision) -> Vec<usize> {
        let mut parents = Vec::with_capacity(revision.revises.len());
        for (at, parent) in revision.revises.iter().enumerate() {
            if revision.revises[..at].contains(parent) {
                self.repeated(index, revision, Field::Revises, parent.as_str());
                continue;
            }
            match self.names.ids.get(parent) {
                Some(&at) if at == node => self.itself(index, revision, Field::Revises),
                Some(&at) => parents.push(at),
                None => {
                    let suggestion = self.suggest(parent.as_str(), &[]);
                    self.errors.push(GraphError::UnknownParent {
                        id: revision.id.clone(),
                        parent: parent.clone(),
                        index,
                        suggestion,
                    });
                }
            }
        }
        parents
    }

    fn dependencies(&mut self, node: usize, index: usize, revision: &Revision) -> Vec<usize> {
        let mut dependencies = Vec::with_capacity(revision.depends_on.len());
        for (at, dependency) in revision.depends_on.iter().enumerate() {
            let name = dependency.as_str();
            if revision.depends_on[..at].contains(dependency) {
                self.repeated(index, revision, Field::DependsOn, name);
                continue;
            }
            match self.meant_by(name) {
                Some(at) if at == node => self.itself(index, revision, Field::DependsOn),
                Some(at) => dependencies.push(at),
                None => {
                    let labels: Vec<&BranchLabel> = self.names.labels.keys().collect();
                    let suggestion = self.suggest(name, &labels);
                    self.errors.push(GraphError::UnknownDependency {
                        id: revision.id.clone(),
                        dependency: dependency.clone(),
                        index,
                        suggestion,
                    });
                }
            }
        }
        dependencies
    }

    /// The revision with an id or a label. Where an id is used twice, always the first.
    fn meant_by(&self, name: &str) -> Option<usize> {
        let ids = &self.names.ids;
        let labelled = || {
            let declared_by = *self.names.labels.get(name)?;
            ids.get(&self.revisions[declared_by].id).copied()
        };
        ids.get(name).copied().or_else(labelled)
    }

    fn suggest(&mut self, name: &str, labels: &[&BranchLabel]) -> Option<String> {
        self.suggestions_left = self.suggestions_left.checked_sub(1)?;
        // A hash map has no order of its own, and a suggestion must not change between runs.
        let mut ids: Vec<&str> = self.names.ids.keys().map(RevisionId::as_str).collect();
        ids.sort_unstable();
        let candidates = ids
            .into_iter()
            .chain(labels.iter().map(|label| label.as_str()));
        did_you_mean(name, candidates).map(str::to_owned)
    }

    fn itself(&mut self, index: usize, revision: &Revision, field: Field) {
        self.errors.push(GraphError::SelfReference {
            id: revision.id.clone(),
            index,
            field,
        });
    }

    fn repeated(&mut self, index: usize, revision: &Revision, field: Field, name: &str) {
        self.errors.push(GraphError::Repeated {
            id: revision.id.clone(),
            name: name.to_owned(),
            index,
            field,
        });
    }
}

fn cycle_error(revisions: &[Arc<Revision>], edges: &Edges, circle: &[usize]) -> GraphError {
    let place = |(at, &index): (usize, &usize)| {
        let next = circle[(at + 1) % circle.len()];
        let field = if edges.parents[index].contains(&next) {
            Field::Revises
        } else {
            Field::DependsOn
        };
        Place { index, field }
    };
    GraphError::Cycle {
        ids: circle
            .iter()
            .map(|index| revisions[*index].id.clone())
            .collect(),
        places: circle.iter().enumerate().map(place).collect(),
    }
}
