//! `--sql`: what a command would do, as a script for the database's own client.

use clap::Args;
use dapter::plan::Direction;
use dapter::project::Target;
use dapter::{Migrator, StampTo};
use serde_json::json;

use super::arguments::Run;
use super::output::{Failure, Output};
use super::session::Session;

/// The option of the commands that can be carried out by somebody else.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Offline {
    /// Print a script that the database's own client runs, and connect to nothing: FROM:TO, FROM is base if left out
    #[arg(long)]
    pub(crate) sql: bool,
}

/// The script of an upgrade or a downgrade.
pub(super) fn migrate(
    direction: Direction,
    range: &str,
    options: &Run,
    session: &Session<'_>,
    output: Output,
) -> Result<(), Failure> {
    let target = session.target_with(|overrides| options.lay_over(overrides))?;
    let (plan, script) = session.migrator(&target)?.offline(direction, range)?;
    if plan.is_empty() {
        output.note(&format!("nothing to do in {range}"));
    }
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "direction": plan.direction,
        "steps": plan.steps,
        "script": script,
    });
    output.verbatim(&document, &script)
}

/// The script of a stamp.
pub(super) fn stamp(
    to: StampTo,
    migrator: &Migrator,
    target: &Target,
    output: Output,
) -> Result<(), Failure> {
    let (change, script) = migrator.offline_stamp(to)?;
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "recorded": change.insert,
        "forgotten": change.remove,
        "script": script,
    });
    output.verbatim(&document, &script)
}
