//! From expressions to revisions.

use std::collections::HashSet;

use super::applied::Applied;
use super::expression::{Expression, Point};
use super::id::RevisionId;
use super::order::reachable;
use super::resolve_error::ResolveError;
use super::resolver::{Resolver, Spot, on_branch, only};

/// The one revision that an expression means.
///
/// # Errors
/// Besides what can be wrong with any expression: [`ResolveError::NoRevision`] for `base` and the
/// like, [`ResolveError::SeveralHeads`] or [`ResolveError::SeveralCurrent`] if it means more than
/// one, [`ResolveError::RangeNotAllowed`] for a range.
pub fn resolve_one(
    applied: &Applied<'_>,
    expression: &Expression,
) -> Result<RevisionId, ResolveError> {
    let point = single_point(expression)?;
    match Resolver::new(applied).spot(point)? {
        Spot::At(index) => Ok(applied.graph().revision(index).id.clone()),
        Spot::Base => Err(ResolveError::NoRevision {
            expression: expression.to_string(),
        }),
    }
}

/// The revisions that an expression means: several for `heads` and `current`, none for `base`.
///
/// # Errors
/// What can be wrong with any expression, and [`ResolveError::RangeNotAllowed`] for a range.
pub fn resolve_many(
    applied: &Applied<'_>,
    expression: &Expression,
) -> Result<Vec<RevisionId>, ResolveError> {
    let indices = Resolver::new(applied).many(single_point(expression)?)?;
    let ids = indices.into_iter();
    Ok(ids
        .map(|i| applied.graph().revision(i).id.clone())
        .collect())
}

/// The revisions of a range, both ends included, each after its parents and dependencies.
///
/// An open range reaches from the bases to the heads. From the bases, dependencies of other branches
/// belong to it; from any other lower end only its descendants do. Steps without an anchor count
/// from the other end if that one is fixed, otherwise from the database's heads, and stop at the
/// bases or heads (`-3:` are the last three steps). A single destination is a range of what it
/// means.
///
/// # Errors
/// What can be wrong with any expression, and [`ResolveError::NotAncestor`].
pub fn resolve_range(
    applied: &Applied<'_>,
    expression: &Expression,
) -> Result<Vec<RevisionId>, ResolveError> {
    let graph = applied.graph();
    let resolver = Resolver::new(applied);
    let (from, to) = match expression {
        Expression::Point(point) => {
            let meant: HashSet<usize> = resolver.many(point)?.into_iter().collect();
            return Ok(graph.in_order(|index| meant.contains(&index)));
        }
        Expression::Range { from, to } => (from.as_ref(), to.as_ref()),
    };
    let (lower, upper) = resolver.ends(from, to)?;
    let below_upper = reachable(graph.need_edges(), upper.iter().copied());
    if lower.is_empty() {
        return Ok(graph.in_order(|index| below_upper[index]));
    }
    if let Some(stray) = lower.iter().find(|index| !below_upper[**index]) {
        return Err(ResolveError::NotAncestor {
            from: graph.revision(*stray).id.clone(),
            to: to.map_or_else(|| "heads".to_owned(), ToString::to_string),
        });
    }
    let above_lower = reachable(graph.child_edges(), lower);
    Ok(graph.in_order(|index| below_upper[index] && above_lower[index]))
}

/// The one destination of an expression.
pub(super) fn single_point(expression: &Expression) -> Result<&Point, ResolveError> {
    match expression {
        Expression::Point(point) => Ok(point),
        Expression::Range { .. } => Err(ResolveError::RangeNotAllowed {
            expression: expression.to_string(),
        }),
    }
}

impl Resolver<'_> {
    /// Both ends of a range; an empty lower end is below every base.
    fn ends(
        &self,
        from: Option<&Point>,
        to: Option<&Point>,
    ) -> Result<(Vec<usize>, Vec<usize>), ResolveError> {
        let floats = |end: Option<&Point>| end.is_some_and(|point| point.anchor.is_none());
        let fixed = |end: Option<&Point>| end.map_or(Ok(Vec::new()), |point| self.many(point));
        match (from, to) {
            (Some(from), Some(to)) if floats(Some(from)) && floats(Some(to)) => {
                let current = self.current_heads(None);
                Ok((
                    self.steps_from(&current, from)?,
                    self.steps_from(&current, to)?,
                ))
            }
            (from, Some(to)) if floats(Some(to)) => {
                let lower = fixed(from)?;
                let upper = self.steps_from(&lower, to)?;
                Ok((lower, upper))
            }
            (from, to) => {
                let upper = match (from, to) {
                    (_, Some(to)) => self.many(to)?,
                    (Some(from), None) => self.all_heads(self.branch_of(from)?.as_ref()),
                    (None, None) => self.all_heads(None),
                };
                let lower = match from {
                    Some(from) if floats(Some(from)) => self.steps_from(&upper, from)?,
                    _ => fixed(from)?,
                };
                Ok((lower, upper))
            }
        }
    }

    /// Steps from the other end of a range, stopping at the last revision or below the first.
    fn steps_from(&self, others: &[usize], point: &Point) -> Result<Vec<usize>, ResolveError> {
        let branch = self.branch_of(point)?;
        let starts = on_branch(others.to_vec(), branch.as_ref());
        let start = only(&starts).map_err(|()| ResolveError::SeveralStarts {
            expression: point.to_string(),
            starts: self.candidates(&starts),
        })?;
        match self.walk(start, point, branch.as_ref())?.spot {
            Spot::Base => Ok(Vec::new()),
            Spot::At(index) => Ok(vec![index]),
        }
    }
}
