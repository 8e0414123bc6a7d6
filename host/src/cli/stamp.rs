//! `dapter stamp`.

use std::fmt::Write;

use dapter::StampTo;
use dapter::revision::StampChange;
use serde_json::json;

use super::arguments::Stamp;
use super::migrate::watched;
use super::offline;
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(command: &Stamp, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    let to = StampTo {
        destinations: command.revisions.clone(),
        purge: command.purge,
        ..StampTo::default()
    };
    if command.offline.sql {
        return offline::stamp(to, &migrator, &target, *output);
    }
    let dry_run = session.global.dry_run;
    let change = if dry_run {
        migrator.plan_stamp(to)?
    } else {
        watched(migrator, &target, *output).stamp(to)?
    };
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": dry_run,
        "recorded": change.insert,
        "forgotten": change.remove,
    });
    let text = if output.is_chatty() || dry_run {
        text(&change, dry_run)
    } else {
        String::new()
    };
    output.result(&document, &text)
}

fn text(change: &StampChange, dry_run: bool) -> String {
    let mut text = String::new();
    let would = if dry_run { "would be " } else { "" };
    // Writing to a String cannot fail.
    for id in &change.remove {
        let _ = writeln!(text, "{id} {would}forgotten");
    }
    for id in &change.insert {
        let _ = writeln!(text, "{id} {would}recorded as applied");
    }
    if text.is_empty() {
        // Rows of edited and half-done revisions are settled all the same.
        let _ = writeln!(
            text,
            "the history names just these revisions; their scripts {}",
            match dry_run {
                true => "would count as applied as they are now",
                false => "count as applied as they are now",
            }
        );
    }
    text
}
