//! `dapter heads`.

use serde_json::json;

use super::output::{Failure, Output};
use super::session::Session;
use super::table::table;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let scripts = session.scripts()?;
    let mut rows = Vec::new();
    let mut heads = Vec::new();
    for head in scripts.graph().heads() {
        rows.push(vec![head.id.to_string(), head.message.clone()]);
        heads.push(json!({
            "revision": head.id,
            "message": head.message,
            "branch_labels": head.branch_labels,
            "path": scripts.get(head.id.as_str()).map(|script| &script.path),
        }));
    }
    match rows.len() {
        0 => output.note("there are no revisions yet"),
        1 => {}
        count => output.note(&format!("{count} heads: `dapter merge` joins them")),
    }
    output.result(&json!({ "heads": heads }), &table(&rows))
}
