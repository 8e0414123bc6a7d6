//! `dapter heads`.

use std::fmt::Write;

use serde_json::json;

use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let scripts = session.scripts()?;
    let mut text = String::new();
    let mut heads = Vec::new();
    for head in scripts.graph().heads() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {}", head.id, head.message);
        heads.push(json!({"revision": head.id, "message": head.message, "branch_labels": head.branch_labels}));
    }
    output.result(&json!({ "heads": heads }), &text)
}
