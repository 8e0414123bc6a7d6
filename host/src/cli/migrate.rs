//! `dapter upgrade` and `dapter downgrade`.

use std::time::Instant;

use dapter::plan::{Direction, Plan};
use dapter::project::Target;
use dapter::revision::RevisionId;
use dapter::{Migrator, Report};
use serde_json::json;

use super::arguments::{Downgrade, Run, Upgrade};
use super::consent::asking;
use super::output::{Failure, Output};
use super::progress::Progress;
use super::session::Session;
use super::time::took;

pub(super) fn upgrade(
    command: &Upgrade,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    migrate(
        Direction::Upgrade,
        &command.revision,
        &command.run,
        session,
        *output,
    )
}

pub(super) fn downgrade(
    command: &Downgrade,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    migrate(
        Direction::Downgrade,
        &command.revision,
        &command.run,
        session,
        *output,
    )
}

fn migrate(
    direction: Direction,
    revision: &str,
    run: &Run,
    session: &Session<'_>,
    output: Output,
) -> Result<(), Failure> {
    let target = session.target_with(|overrides| run.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    if session.global.dry_run {
        return show_plan(&migrator.plan(direction, revision)?, &target, output);
    }
    let started = Instant::now();
    let migrator = asking(watched(migrator, output), &target, output);
    let report = match direction {
        Direction::Upgrade => migrator.upgrade(revision)?,
        Direction::Downgrade => migrator.downgrade(revision)?,
    };
    show_report(&report, &target, started, output)
}

/// Prints what a run did.
pub(super) fn show_report(
    report: &Report,
    target: &Target,
    started: Instant,
    output: Output,
) -> Result<(), Failure> {
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": false,
        "direction": report.direction,
        "steps": report.steps,
        "heads": report.heads,
    });
    let text = if output.is_chatty() {
        summary(report, target, started)
    } else {
        String::new()
    };
    output.result(&document, &text)
}

/// The migrator with progress on it, and with Ctrl-C.
pub(super) fn watched(migrator: Migrator, output: Output) -> Migrator {
    let interrupt = migrator.interrupt();
    migrator.with_observer(Progress::new(output, interrupt))
}

/// Prints a plan, of which nothing is run.
pub(super) fn show_plan(plan: &Plan, target: &Target, output: Output) -> Result<(), Failure> {
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": true,
        "direction": plan.direction,
        "steps": plan.steps,
    });
    let mut text = plan.to_string();
    let database = &target.url.value;
    if plan.is_empty() {
        text = format!("nothing to do on {database}\n");
    } else if output.is_chatty() {
        let count = revisions(plan.steps.len());
        let verb = done_verb(plan.direction);
        text.push_str(&format!("\n{count} would be {verb} {database}\n"));
    }
    output.result(&document, &text)
}

fn summary(report: &Report, target: &Target, started: Instant) -> String {
    let database = &target.url.value;
    let heads = heads(&report.heads);
    if report.steps.is_empty() {
        return format!("nothing to do: {database} is at {heads}\n");
    }
    let count = revisions(report.steps.len());
    let verb = done_verb(report.direction);
    let took = took(started.elapsed());
    format!("{count} {verb} {database} in {took}, now at {heads}\n")
}

fn revisions(count: usize) -> String {
    match count {
        1 => "1 revision".to_owned(),
        count => format!("{count} revisions"),
    }
}

fn done_verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "applied to",
        Direction::Downgrade => "undone on",
    }
}

/// Where a database is, in words.
pub(super) fn heads(heads: &[RevisionId]) -> String {
    if heads.is_empty() {
        return "base".to_owned();
    }
    let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
    heads.join(", ")
}
