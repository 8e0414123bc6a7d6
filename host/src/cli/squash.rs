//! `dapter squash`.

use clap::Args;
use dapter::{Migrator, Squashed};
use serde_json::json;

use super::output::{Failure, Output};
use super::paths::shown;
use super::scratch_url::ScratchUrl;
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Squash {
    /// Which revisions: a range such as `base:head`, or `a1:b2`
    #[arg(
        value_name = "RANGE",
        default_value = "base:head",
        allow_negative_numbers = true
    )]
    range: String,
    /// What the one script does, in one line
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    #[command(flatten)]
    scratch_url: ScratchUrl,
}

pub(super) fn run(command: &Squash, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let mut settings = session.settings(&target);
    settings.scratch_url = command.scratch_url.parse()?;
    let migrator = Migrator::new(session.adapter(&target)?, settings);
    let message = command.message.as_deref();
    let done = !session.global.dry_run;
    let squashed = match done {
        true => migrator.squash(&command.range, message)?,
        false => migrator.plan_squash(&command.range, message)?,
    };
    let document = json!({ "squashed": squashed, "done": done });
    output.result(&document, &text(&squashed, done, *output))
}

fn text(squashed: &Squashed, done: bool, output: Output) -> String {
    let path = shown(&squashed.path);
    if !output.is_chatty() {
        return format!("{path}\n");
    }
    let count = squashed.replaces.len();
    let others = match count {
        1 => "1 other".to_owned(),
        count => format!("{count} others"),
    };
    let revision = &squashed.revision;
    let removed = squashed.removed.iter();
    let removed: String = removed.map(|path| format!("  {}\n", shown(path))).collect();
    match done {
        true => format!(
            "revision {revision} took the place of {others}, and builds the same schema: {path}\nremoved:\n{removed}\
             databases that have all of them will know; one that has only some needs the old scripts first\n"
        ),
        false => format!(
            "revision {revision} would take the place of {others}; removed would be:\n{removed}"
        ),
    }
}
