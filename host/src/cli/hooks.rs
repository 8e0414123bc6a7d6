//! Runs the commands of hooks, and names hooks that would run.

use std::process::{Command, Stdio};

use dapter::plan::Direction;
use dapter::project::{HookAction, Target};
use dapter::{HookFacts, Migrator};

/// The migrator with the hooks of its target.
pub(super) fn hooked(migrator: Migrator, target: &Target) -> Migrator {
    if target.hooks.is_empty() {
        return migrator;
    }
    let (name, url) = (target.name.clone(), target.url.value.to_string());
    let folder = target.project_directory.clone();
    migrator.with_hooks(
        target.hooks.clone(),
        move |command: &[String], facts: &HookFacts<'_>| {
            let Some((program, arguments)) = command.split_first() else {
                return Ok(());
            };
            let mut process = Command::new(program);
            process
                .args(arguments)
                .current_dir(&folder)
                .stdin(Stdio::null())
                // Results are on standard output, and a hook has none.
                .stdout(Stdio::from(std::io::stderr()))
                .env("DAPTER_TARGET", &name)
                .env("DAPTER_URL", &url);
            for (variable, value) in variables(facts) {
                match value {
                    Some(value) => process.env(variable, value),
                    None => process.env_remove(variable),
                };
            }
            match process.status() {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(format!("the command failed ({status})")),
                Err(error) => Err(format!("the command cannot be run: {error}")),
            }
        },
    )
}

/// What the command is told in its environment; what is not said of this point is not there.
fn variables(facts: &HookFacts<'_>) -> [(&'static str, Option<String>); 6] {
    [
        ("DAPTER_HOOK", Some(facts.point.name().to_owned())),
        ("DAPTER_DIRECTION", Some(facts.direction.name().to_owned())),
        ("DAPTER_REVISION", facts.revision.map(ToString::to_string)),
        ("DAPTER_MESSAGE", facts.message.map(str::to_owned)),
        (
            "DAPTER_SCRIPT",
            facts.path.map(|path| path.display().to_string()),
        ),
        ("DAPTER_ERROR", facts.error.clone()),
    ]
}

/// The hooks that a run in this direction has, a line each: `before_upgrade: notify start`.
pub(super) fn named(target: &Target, direction: Direction) -> Vec<String> {
    let hooks = target.hooks.iter();
    let hooks = hooks.filter(|(point, _)| point.direction().is_none_or(|way| way == direction));
    hooks
        .flat_map(|(point, actions)| actions.iter().map(move |action| (point, action)))
        .map(|(point, action)| match action {
            HookAction::Sql(text) => format!("{point}: {}", text.value.trim()),
            HookAction::File(path) => format!("{point}: {}", super::paths::shown(path)),
            HookAction::Command(words) => format!("{point}: {}", words.join(" ")),
        })
        .collect()
}
