//! `dapter branches`.

use dapter::revision::{Revision, RevisionId};
use serde_json::{Value, json};

use super::output::{Failure, Output};
use super::session::Session;
use super::table::table;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let scripts = session.scripts()?;
    let graph = scripts.graph();
    let mut rows = Vec::new();
    let mut points = Vec::new();
    for revision in graph.topological() {
        let children: Vec<&RevisionId> = graph
            .children(revision.id.as_str())
            .map(|child| &child.id)
            .collect();
        if children.len() > 1 {
            let parts = format!(
                "{} (branch point of {})",
                revision.message,
                listed(&children)
            );
            rows.push(vec![revision.id.to_string(), parts]);
            points.push(point(revision, &children));
        }
    }
    let inherited = graph.inherited_labels();
    let mut labels = Vec::new();
    for (label, revision) in graph.branch_labels() {
        let carries = |id: &RevisionId| inherited.get(id).is_some_and(|all| all.contains(&label));
        let heads: Vec<&RevisionId> = graph
            .heads()
            .map(|head| &head.id)
            .filter(|id| carries(id))
            .collect();
        let from = format!("from {} to {}", revision.id, listed(&heads));
        rows.push(vec![format!("branch {label}"), from]);
        labels.push(json!({"branch_label": label, "revision": revision.id, "heads": heads}));
    }
    if rows.is_empty() {
        output.note("there are no branches");
    }
    let document = json!({"branch_points": points, "branch_labels": labels});
    output.result(&document, &table(&rows))
}

fn point(revision: &Revision, children: &[&RevisionId]) -> Value {
    json!({"revision": revision.id, "message": revision.message, "children": children})
}

fn listed(ids: &[&RevisionId]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    names.join(", ")
}
