//! `dapter apply`.

use std::fs;
use std::time::Instant;

use dapter::SavedPlan;

use super::arguments::Apply;
use super::consent::asking;
use super::migrate::{show_plan, show_report, watched};
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(command: &Apply, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let path = &command.plan;
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    let saved: SavedPlan = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("{} is no plan: {error}", path.display()))
            .hint("`dapter plan --save FILE` writes one")
    })?;
    let target = session.target_with(|overrides| command.run.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    if session.global.dry_run {
        let plan = migrator.plan(saved.direction, &saved.destination)?;
        return show_plan(plan, &target, *output);
    }
    let started = Instant::now();
    let migrator = asking(watched(migrator, &target, *output), &target, *output);
    let report = migrator.apply(&saved)?;
    show_report(&report, &target, started, *output)
}
