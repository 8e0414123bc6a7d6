//! From a database and a destination to the revisions to apply, to undo or to record.

use super::applied::Applied;
use super::expression::{Anchor, Expression, Point};
use super::id::RevisionId;
use super::order::{reachable, topological};
use super::resolve::single_point;
use super::resolve_error::ResolveError;
use super::resolver::{Branch, Resolver, Spot};

/// The revisions to apply so that the destination is applied, parents and dependencies first.
///
/// Empty if it already is, and for `base`. What the destination needs and is not applied is
/// part of the path, on whatever branch it is.
///
/// # Errors
/// What can be wrong with any expression; [`ResolveError::SeveralHeads`] for `head` where there are
/// several, [`ResolveError::WrongDirection`] for steps down, [`ResolveError::RangeNotAllowed`].
pub fn upgrade_path(
    applied: &Applied<'_>,
    expression: &Expression,
) -> Result<Vec<RevisionId>, ResolveError> {
    let graph = applied.graph();
    let point = single_point(expression)?;
    if counts_from_current(point) && point.steps < 0 {
        return Err(wrong_direction(point));
    }
    let targets = Resolver::new(applied).many(point)?;
    let needed = graph.needed_by(targets).into_iter();
    let missing = needed.filter(|index| !applied.marks()[*index]);
    Ok(missing.map(|i| graph.revision(i).id.clone()).collect())
}

/// The revisions to undo so that nothing above the destination is applied, last applied first.
///
/// A destination stays applied itself; all that revises it goes, and all that revises or depends
/// on what goes. With a branch (`crm@base`, `crm@ID`) only that branch is followed from the destination
/// up. Steps count along parents from the database's head; steps from a revision that end below a
/// base mean `base`, every branch included, as in Alembic. The order is the reverse of the order of
/// application; where that would undo a revision before another that needs it, that other one comes
/// first.
///
/// Alembic warns and takes any head for steps from several heads; here that is an error. With a
/// branch, the destination must be on it. Where the destination has several children, those on the
/// branch are followed, and with steps only those that lead to the head the steps start from;
/// Alembic refuses if the label is declared below a fork, and undoes both sides if it is declared
/// on a merge that is not applied.
///
/// # Errors
/// What can be wrong with any expression; [`ResolveError::NotApplied`],
/// [`ResolveError::NothingAbove`], [`ResolveError::SeveralCurrent`],
/// [`ResolveError::WrongDirection`] for steps up, [`ResolveError::RangeNotAllowed`].
pub fn downgrade_path(
    applied: &Applied<'_>,
    expression: &Expression,
) -> Result<Vec<RevisionId>, ResolveError> {
    let graph = applied.graph();
    let resolver = Resolver::new(applied);
    let point = single_point(expression)?;
    if counts_from_current(point) {
        if point.steps > 0 {
            return Err(wrong_direction(point));
        }
        if point.steps == 0 {
            resolver.branch_of(point)?;
            return Ok(Vec::new());
        }
    }
    let branch = resolver.branch_of(point)?;
    let target = resolver.spot_on(point, branch.as_ref())?;
    let mut branches: Vec<&Branch> = branch.iter().collect();
    let counted_from = match resolver.start(point, branch.as_ref())? {
        Spot::At(head) if counts_from_current(point) => Some(Branch::through(graph, head)),
        Spot::At(_) | Spot::Base => None,
    };
    branches.extend(&counted_from);
    let doomed = doomed(applied, target, &branches);
    if let Spot::At(index) = target {
        check_applied(&resolver, applied, index)?;
        if !doomed.contains(&true) {
            check_is_head(&resolver, applied, index)?;
        }
    }
    Ok(undo_order(applied, &doomed))
}

/// What [`stamp`] changes: rows of the history to remove and to insert, no script run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StampChange {
    /// Applied revisions to forget, those that need others before these.
    pub remove: Vec<RevisionId>,
    /// Revisions to record as applied, each after its parents and dependencies.
    pub insert: Vec<RevisionId>,
}

/// What must be recorded so that the destination takes the place of the heads related to it.
///
/// As in Alembic, every head of the database above or below the destination, by parents or
/// dependencies, gives way to it; what it needs is recorded as applied, and what no remaining head
/// needs is forgotten. Unrelated heads stay. `base` forgets everything, `label@base` the heads
/// above or below the revision that carries the label. `current` changes nothing.
///
/// # Errors
/// What can be wrong with any expression, and [`ResolveError::RangeNotAllowed`].
pub fn stamp(applied: &Applied<'_>, expression: &Expression) -> Result<StampChange, ResolveError> {
    stamp_all(applied, std::slice::from_ref(expression))
}

/// The same for several destinations, each on a branch of its own: the heads related to any of them give way to them all.
///
/// # Errors
/// Those of [`stamp`].
pub fn stamp_all(
    applied: &Applied<'_>,
    expressions: &[Expression],
) -> Result<StampChange, ResolveError> {
    let graph = applied.graph();
    let resolver = Resolver::new(applied);
    let (mut targets, mut origins) = (Vec::new(), Vec::new());
    let (mut keeps_all, mut keeps_none) = (true, false);
    for expression in expressions {
        let point = single_point(expression)?;
        let meant = resolver.many(point)?;
        if !(counts_from_current(point) && point.steps == 0) {
            keeps_all = false;
            match (resolver.branch_of(point)?, meant.is_empty()) {
                (None, true) => keeps_none = true,
                (Some(branch), true) => origins.push(branch.origin()),
                (_, false) => origins.extend(&meant),
            }
        }
        targets.extend(meant);
    }
    if keeps_all {
        return Ok(StampChange::default());
    }
    let kept = match keeps_none {
        true => vec![false; graph.len()],
        false => needed_by_others(applied, &origins),
    };
    let wanted = reachable(graph.need_edges(), targets);
    let forgotten: Vec<bool> = (0..graph.len())
        .map(|index| applied.marks()[index] && !kept[index] && !wanted[index])
        .collect();
    Ok(StampChange {
        remove: undo_order(applied, &forgotten),
        insert: graph.in_order(|index| wanted[index] && !applied.marks()[index]),
    })
}

/// All that must be applied where these destinations are reached and nothing else is, each after what it needs.
///
/// # Errors
/// Those of [`stamp`].
pub fn needed(
    applied: &Applied<'_>,
    expressions: &[Expression],
) -> Result<Vec<RevisionId>, ResolveError> {
    let graph = applied.graph();
    let mut targets = Vec::new();
    for expression in expressions {
        targets.extend(Resolver::new(applied).many(single_point(expression)?)?);
    }
    let wanted = reachable(graph.need_edges(), targets);
    Ok(graph.in_order(|index| wanted[index]))
}

/// Marks what those heads of the database need that are neither above nor below any of `origins`.
fn needed_by_others(applied: &Applied<'_>, origins: &[usize]) -> Vec<bool> {
    let graph = applied.graph();
    let above = reachable(graph.dependent_edges(), origins.iter().copied());
    let below = reachable(graph.need_edges(), origins.iter().copied());
    let heads = applied.head_indices().into_iter();
    let others = heads.filter(|head| !above[*head] && !below[*head]);
    reachable(graph.need_edges(), others)
}

/// Whether a point counts steps from the database's heads.
fn counts_from_current(point: &Point) -> bool {
    matches!(point.anchor, None | Some(Anchor::Current))
}

fn wrong_direction(point: &Point) -> ResolveError {
    ResolveError::WrongDirection {
        expression: point.to_string(),
        steps: point.steps,
    }
}

/// Marks the applied revisions above a target. Where it has several children, only those on all of
/// the branches are followed.
fn doomed(applied: &Applied<'_>, target: Spot, branches: &[&Branch]) -> Vec<bool> {
    let graph = applied.graph();
    let mut roots = match target {
        Spot::Base => graph.base_indices(),
        Spot::At(index) => graph.child_edges()[index].to_vec(),
    };
    if roots.len() > 1 {
        roots.retain(|root| branches.iter().all(|branch| branch.contains(*root)));
    }
    let mut marks = reachable(graph.dependent_edges(), roots);
    for (index, mark) in marks.iter_mut().enumerate() {
        *mark = *mark && applied.marks()[index];
    }
    marks
}

/// Refuses a target that is not applied.
fn check_applied(
    resolver: &Resolver<'_>,
    applied: &Applied<'_>,
    target: usize,
) -> Result<(), ResolveError> {
    if applied.marks()[target] {
        return Ok(());
    }
    Err(ResolveError::NotApplied {
        id: applied.graph().revision(target).id.clone(),
        heads: resolver.candidates(&resolver.current_heads(None)),
    })
}

/// Explains why nothing is to be undone, unless the target is a head of the database.
fn check_is_head(
    resolver: &Resolver<'_>,
    applied: &Applied<'_>,
    target: usize,
) -> Result<(), ResolveError> {
    let graph = applied.graph();
    if resolver.current_heads(None).contains(&target) {
        return Ok(());
    }
    let mut dependents = graph.dependent_edges()[target].to_vec();
    dependents.retain(|index| applied.marks()[*index]);
    Err(ResolveError::NothingAbove {
        id: graph.revision(target).id.clone(),
        dependents: resolver.candidates(&dependents),
    })
}

/// The marked revisions, last applied first, but none before another marked one that needs it.
fn undo_order(applied: &Applied<'_>, doomed: &[bool]) -> Vec<RevisionId> {
    let graph = applied.graph();
    let mut place = vec![0; graph.len()];
    for (at, &index) in applied.sequence().iter().enumerate() {
        place[index] = at;
    }
    let dependents = graph.dependent_edges().clone();
    let above = dependents.sorted_by_key(|index| place[index]);
    let sequence = applied.sequence().iter().copied();
    let starts: Vec<usize> = sequence.filter(|index| doomed[*index]).collect();
    let order = topological(&above, &starts).into_iter();
    let ids = order.filter(|index| doomed[*index]);
    ids.map(|index| graph.revision(index).id.clone()).collect()
}
