//! `dapter plan`.

use std::fs;

use dapter::Scripts;
use dapter::plan::Direction;

use super::arguments::Plan;
use super::migrate::show_plan;
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(command: &Plan, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| overrides.transaction = command.transaction)?;
    let migrator = session.reading_migrator(&target, Scripts::load_with_texts)?;
    let direction = match command.downgrade {
        true => Direction::Downgrade,
        false => Direction::Upgrade,
    };
    let save = command.save.as_ref().filter(|_| !session.global.dry_run);
    let Some(path) = save else {
        let plan = migrator.plan(direction, &command.revision)?;
        return show_plan(plan, &target, *output);
    };
    let (plan, saved) = migrator.plan_to_save(direction, &command.revision)?;
    let mut text =
        serde_json::to_string_pretty(&saved).map_err(|error| Failure::Print(error.into()))?;
    text.push('\n');
    fs::write(path, text)
        .map_err(|error| Failure::refused(format!("cannot write {}: {error}", path.display())))?;
    output.note(&format!(
        "kept in {}: `dapter apply {0}` carries it out",
        path.display()
    ));
    show_plan(plan, &target, *output)
}
