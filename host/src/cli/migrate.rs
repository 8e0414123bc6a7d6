//! `dapter upgrade` and `dapter downgrade`.

use std::mem::ManuallyDrop;
use std::time::Instant;

use dapter::plan::{Direction, Plan};
use dapter::project::Target;
use dapter::revision::RevisionId;
use dapter::{MigrationError, Migrator, Report, Scripts};
use serde_json::{Value, json};

use super::arguments::{Downgrade, Run, Upgrade};
use super::consent::asking;
use super::counted::counted_ids;
use super::fleet::{Done, Style, Work};
use super::hooks;
use super::offline;
use super::output::{Failure, Output};
use super::paths::shown;
use super::progress::Progress;
use super::session::Session;
use super::time::took;

pub(super) fn upgrade(
    command: &Upgrade,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    if command.offline.sql {
        return offline::migrate(
            Direction::Upgrade,
            &command.revision,
            &command.run,
            session,
            *output,
        );
    }
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
    if command.offline.sql {
        return offline::migrate(
            Direction::Downgrade,
            &command.revision,
            &command.run,
            session,
            *output,
        );
    }
    migrate(
        Direction::Downgrade,
        &command.revision,
        &command.run,
        session,
        *output,
    )
}

/// An upgrade of each of many databases.
pub(super) fn upgrade_each<'a>(command: &'a Upgrade, session: &Session<'_>) -> Work<'a> {
    each(Direction::Upgrade, &command.revision, session)
}

/// A downgrade of each of many databases.
pub(super) fn downgrade_each<'a>(command: &'a Downgrade, session: &Session<'_>) -> Work<'a> {
    each(Direction::Downgrade, &command.revision, session)
}

fn each<'a>(direction: Direction, revision: &'a str, session: &Session<'_>) -> Work<'a> {
    match session.global.dry_run {
        true => Work {
            style: Style::Planning(direction.into()),
            act: Box::new(move |target, migrator| {
                let plan = migrator.plan(direction, revision)?;
                Ok(Done {
                    document: plan_document(&plan, target),
                    lines: plan_lines(&plan),
                    changed: !plan.is_empty(),
                })
            }),
        },
        false => Work {
            style: Style::Changing(direction.into()),
            act: Box::new(move |target, migrator| {
                let started = Instant::now();
                let report = run(direction, revision, migrator)?;
                Ok(Done {
                    document: report_document(&report, target),
                    lines: vec![outcome(&report, started)],
                    changed: !report.steps.is_empty(),
                })
            }),
        },
    }
}

fn run(
    direction: Direction,
    revision: &str,
    migrator: &Migrator,
) -> Result<Report, MigrationError> {
    match direction {
        Direction::Upgrade => migrator.upgrade(revision),
        Direction::Downgrade => migrator.downgrade(revision),
    }
}

fn migrate(
    direction: Direction,
    revision: &str,
    options: &Run,
    session: &Session<'_>,
    output: Output,
) -> Result<(), Failure> {
    let target = session.target_with(|overrides| options.lay_over(overrides))?;
    if session.global.dry_run {
        let migrator = session.reading_migrator(&target, Scripts::load_with_texts)?;
        return show_plan(migrator.plan(direction, revision)?, &target, output);
    }
    let migrator = session.reading_migrator(&target, Scripts::load)?;
    let started = Instant::now();
    let migrator = asking(watched(migrator, &target, output), &target, output);
    let report = run(direction, revision, &migrator)?;
    show_report(&report, &target, started, output)
}

/// Prints what a run did.
pub(super) fn show_report(
    report: &Report,
    target: &Target,
    started: Instant,
    output: Output,
) -> Result<(), Failure> {
    let text = if output.is_chatty() {
        summary(report, target, started)
    } else {
        String::new()
    };
    output.result(&report_document(report, target), &text)
}

fn report_document(report: &Report, target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": false,
        "direction": report.direction,
        "steps": report.steps,
        "heads": report.heads,
        "backup": report.backup,
    })
}

/// The migrator with progress on it, and with Ctrl-C.
pub(super) fn watched(migrator: Migrator, target: &Target, output: Output) -> Migrator {
    let interrupt = migrator.interrupt();
    migrator.with_observer(Progress::new(output, &target.name, interrupt))
}

fn plan_document(plan: &Plan, target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": true,
        "direction": plan.direction,
        "steps": plan.steps,
        "hooks": hooks::named(target, plan.direction),
    })
}

/// Prints a plan, of which nothing is run.
pub(super) fn show_plan(plan: Plan, target: &Target, output: Output) -> Result<(), Failure> {
    // The process ends with it, and takes ten thousand steps back faster than the allocator.
    let plan = &*ManuallyDrop::new(plan);
    if output.is_json() {
        return output.result(&plan_document(plan, target), &"");
    }
    let mut text = plan.to_string();
    let database = &target.url.value;
    if plan.is_empty() {
        text = format!("nothing to do on {database}\n");
    } else if output.is_chatty() {
        let count = counted_ids(plan.steps.iter().map(|step| &step.revision));
        let verb = done_verb(plan.direction);
        let hooks = hooks::named(target, plan.direction);
        if !hooks.is_empty() {
            text.push_str("\nhooks that would run:\n");
            let lines = hooks.iter().map(|hook| format!("    {hook}\n"));
            text.extend(lines);
        }
        text.push_str(&format!("\n{count} would be {verb} {database}\n"));
    }
    output.text(&text)
}

/// How many steps a plan has, and which.
fn plan_lines(plan: &Plan) -> Vec<String> {
    if plan.is_empty() {
        return vec!["nothing to do".to_owned()];
    }
    let verb = match plan.direction {
        Direction::Upgrade => "applied",
        Direction::Downgrade => "undone",
    };
    let count = counted_ids(plan.steps.iter().map(|step| &step.revision));
    let mut lines = vec![format!("{count} would be {verb}")];
    lines.extend(plan.to_string().lines().map(str::to_owned));
    lines
}

/// What came of one of many databases.
fn outcome(report: &Report, started: Instant) -> String {
    let heads = heads(&report.heads);
    if report.steps.is_empty() {
        return format!("nothing to do, at {heads}");
    }
    let verb = match report.direction {
        Direction::Upgrade => "applied",
        Direction::Downgrade => "undone",
    };
    let count = counted_ids(report.steps.iter().map(|step| &step.revision));
    let took = took(started.elapsed());
    let backup = match &report.backup {
        Some(made) => format!("; backed up to {}", shown(&made.path)),
        None => String::new(),
    };
    format!("{count} {verb} in {took}, now at {heads}{backup}")
}

fn summary(report: &Report, target: &Target, started: Instant) -> String {
    let database = &target.url.value;
    let heads = heads(&report.heads);
    if report.steps.is_empty() {
        return format!("nothing to do: {database} is at {heads}\n");
    }
    let count = counted_ids(report.steps.iter().map(|step| &step.revision));
    let verb = done_verb(report.direction);
    let took = took(started.elapsed());
    format!("{count} {verb} {database} in {took}, now at {heads}\n")
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
