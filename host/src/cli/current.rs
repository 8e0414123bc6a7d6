//! `dapter current`.

use std::fmt::Write;

use dapter::CurrentRevision;
use serde_json::json;

use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let current = session.migrator(&target)?.current_revision()?;
    let mut text = String::new();
    for revision in &current {
        line(&mut text, revision);
    }
    if current.is_empty() && output.is_chatty() {
        text.push_str("base (nothing is applied)\n");
    }
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "current": current,
    });
    output.result(&document, &text)
}

fn line(text: &mut String, current: &CurrentRevision) {
    let mark = match (current.has_script, current.is_head) {
        (false, _) => " (no script defines it)",
        (true, true) => " (head)",
        (true, false) => "",
    };
    let half_done = match current.state {
        "applied" => String::new(),
        state => format!(
            " ({state}: {} of {} statements done)",
            current.statements_done, current.statements_total
        ),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}{mark}{half_done} {}",
        current.revision, current.message
    );
}
