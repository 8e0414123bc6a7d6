//! `dapter stamp`.

use std::fmt::Write;

use dapter::StampTo;
use dapter::project::Target;
use dapter::revision::StampChange;
use serde_json::{Value, json};

use super::arguments::Stamp;
use super::fleet::{Done, Style, Verb, Work};
use super::migrate::watched;
use super::offline;
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(command: &Stamp, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    let to = to(command);
    if command.offline.sql {
        return offline::stamp(to, &migrator, &target, *output);
    }
    let dry_run = session.global.dry_run;
    let change = if dry_run {
        migrator.plan_stamp(to)?
    } else {
        watched(migrator, &target, *output).stamp(to)?
    };
    let text = if output.is_chatty() || dry_run {
        text(&change, dry_run)
    } else {
        String::new()
    };
    output.result(&document(&change, &target, dry_run), &text)
}

/// The same of each of many databases.
pub(super) fn each<'a>(command: &'a Stamp, session: &Session<'_>) -> Work<'a> {
    let dry_run = session.global.dry_run;
    Work {
        style: match dry_run {
            true => Style::Planning(Verb::Stamp),
            false => Style::Changing(Verb::Stamp),
        },
        act: Box::new(move |target, migrator| {
            let change = match dry_run {
                true => migrator.plan_stamp(to(command))?,
                false => migrator.stamp(to(command))?,
            };
            let text = text(&change, dry_run);
            Ok(Done {
                document: document(&change, target, dry_run),
                lines: text.lines().map(str::to_owned).collect(),
                changed: change != StampChange::default(),
            })
        }),
    }
}

fn to(command: &Stamp) -> StampTo {
    StampTo {
        destinations: command.revisions.clone(),
        purge: command.purge,
        ..StampTo::default()
    }
}

fn document(change: &StampChange, target: &Target, dry_run: bool) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": dry_run,
        "recorded": change.insert,
        "forgotten": change.remove,
    })
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
