//! `dapter lint --trace`.

use std::fmt::Write;

use dapter::project::Target;
use dapter::{Migrator, TrialStatement};
use serde_json::json;

use super::arguments::Lint;
use super::migrate::watched;
use super::output::{Failure, Output};
use super::paths::shown;

pub(super) fn run(
    command: &Lint,
    migrator: &Migrator,
    target: &Target,
    output: Output,
) -> Result<(), Failure> {
    let destination = match &command.what[..] {
        [] => "head",
        [revision] => revision,
        _ => {
            return Err(Failure::usage("--trace goes to one revision")
                .hint("name where the trial run is to go, or nothing for head"));
        }
    };
    let traced = watched(migrator.clone(), target, output).trial(destination)?;
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "statements": traced,
    });
    let mut text: String = traced.iter().map(one).collect();
    if output.is_chatty() {
        let count = traced.len();
        let _ = writeln!(
            text,
            "{count} statements ran on {} and were rolled back; the locks are those really taken",
            target.url.value
        );
    }
    output.result(&document, &text)
}

fn one(statement: &TrialStatement) -> String {
    let first_line = statement.text.lines().next().unwrap_or_default();
    let mut text = format!(
        "{}:{}: {first_line} ({} ms)\n",
        shown(&statement.path),
        statement.line,
        statement.duration_ms
    );
    for lock in &statement.locks {
        let blocks = match lock.blocks.as_str() {
            "" => "nobody waits".to_owned(),
            who => format!("{who} wait"),
        };
        let waiting = match lock.waiting {
            0 => String::new(),
            waiting => format!(", {waiting} waited just now"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  {} {}: {}, {blocks}{waiting}",
            lock.kind, lock.object, lock.mode
        );
    }
    if statement.locks.is_empty() {
        text.push_str("  no lock beyond those held already\n");
    }
    text
}
