//! Graphs as pictures, for tests.
//!
//! | picture | meaning |
//! |---|---|
//! | `a` | a base |
//! | `a->b` | `b` revises `a` |
//! | `c,d->e` | `e` is a merge of `c` and `d` |
//! | `b->d@crm` | `d` declares the branch label `crm` |
//! | `e=>x` | `x`, whether drawn before or not, depends on `e` |

use super::{Applied, BranchLabel, Expression, Graph, Revision, RevisionId};

/// The id of a picture.
pub(crate) fn id(name: &str) -> RevisionId {
    RevisionId::parse(name).expect("a picture uses valid ids")
}

/// The ids of a list such as `a b c`.
pub(crate) fn ids(names: &str) -> Vec<RevisionId> {
    names.split_whitespace().map(id).collect()
}

/// The list of ids as text.
pub(crate) fn names(ids: &[RevisionId]) -> String {
    let names: Vec<&str> = ids.iter().map(RevisionId::as_str).collect();
    names.join(" ")
}

/// The revisions of a picture, in the order in which they are first drawn; messages are `about ID`.
pub(crate) fn revisions(picture: &[&str]) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::new();
    for stroke in picture {
        let (stroke, labels) = match stroke.split_once('@') {
            Some((stroke, labels)) => (stroke, labels.split(',').map(label).collect()),
            None => (*stroke, Vec::new()),
        };
        let (below, arrow, name) = match (stroke.split_once("->"), stroke.split_once("=>")) {
            (Some((below, name)), _) => (below, "->", name),
            (None, Some((below, name))) => (below, "=>", name),
            (None, None) => ("", "", stroke),
        };
        let below: Vec<&str> = below.split(',').filter(|name| !name.is_empty()).collect();
        let known = revisions
            .iter()
            .position(|revision| revision.id == *name && arrow == "=>");
        let revision = match known {
            Some(index) => &mut revisions[index],
            None => {
                revisions.push(Revision {
                    id: id(name),
                    revises: Vec::new(),
                    depends_on: Vec::new(),
                    branch_labels: labels,
                    aliases: Vec::new(),
                    message: format!("about {name}"),
                });
                revisions.last_mut().expect("just pushed")
            }
        };
        match arrow {
            "=>" => revision
                .depends_on
                .extend(below.iter().map(ToString::to_string)),
            _ => revision.revises.extend(below.into_iter().map(id)),
        }
    }
    revisions
}

fn label(name: &str) -> BranchLabel {
    BranchLabel::parse(name).expect("a picture uses valid labels")
}

/// The graph of a picture.
pub(crate) fn graph(picture: &[&str]) -> Graph {
    Graph::new(revisions(picture)).expect("a picture of a valid graph")
}

/// The database to which a list such as `a b c` was applied in this order.
pub(crate) fn applied<'g>(graph: &'g Graph, names: &str) -> Applied<'g> {
    Applied::new(graph, &ids(names)).expect("a picture of known revisions")
}

/// A parsed expression.
pub(crate) fn expression(text: &str) -> Expression {
    Expression::parse(text).expect("a valid expression")
}
