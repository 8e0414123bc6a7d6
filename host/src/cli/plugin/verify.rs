//! `dapter plugin verify`: everything that is checked of a plugin before any of it runs.

use clap::Args;
use dapter::plugin::{CheckedStep, PluginFile, StepOutcome};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::from_here;
use super::super::session::Session;
use super::find::{find, title};

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// An id, the name of a plugin, a URL scheme or a file [default: every plugin that is used]
    #[arg(value_name = "ID|FILE")]
    what: Option<String>,
}

pub(super) fn run(command: &Verify, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let found = match &command.what {
        Some(name) => find(name, session)?,
        None => session.catalog()?,
    };
    let chosen: Vec<&PluginFile> = match &command.what {
        Some(name) => found
            .files()
            .iter()
            .filter(|file| super::find::answers(file, name))
            .collect(),
        None => found.files().iter().collect(),
    };
    let mut text = String::new();
    let mut documents = Vec::new();
    let mut is_well = true;
    for file in chosen {
        let steps = file.check();
        is_well &= !steps.iter().any(is_failed);
        let trust = file.confirmed_trust();
        let path = from_here(&file.path.display().to_string());
        text.push_str(&format!("{} {path}\n", title(file)));
        for step in &steps {
            text.push_str(&line(step));
        }
        text.push_str(&format!("  trust  {trust}\n"));
        documents.push(json!({
            "id": file.id(),
            "path": file.path,
            "trust": trust.name(),
            "key": trust.key(),
            "steps": steps.iter().map(document).collect::<Vec<_>>(),
        }));
    }
    output.result(&json!({ "plugins": documents }), &text)?;
    match is_well {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

fn is_failed(step: &CheckedStep) -> bool {
    matches!(step.outcome, StepOutcome::Failed { .. })
}

fn line(step: &CheckedStep) -> String {
    let (code, title) = (step.step.code(), step.step.title());
    match &step.outcome {
        StepOutcome::Passed => format!("  {code}    ok       {title}\n"),
        StepOutcome::Skipped { why } => format!("  {code}    skipped  {title}: {why}\n"),
        StepOutcome::Failed { message, hint } => {
            format!("  {code}    failed   {title}: {message}\n                  {hint}\n")
        }
    }
}

fn document(step: &CheckedStep) -> Value {
    let (outcome, message, hint) = match &step.outcome {
        StepOutcome::Passed => ("passed", None, None),
        StepOutcome::Skipped { why } => ("skipped", Some(why), None),
        StepOutcome::Failed { message, hint } => ("failed", Some(message), Some(hint)),
    };
    json!({
        "code": step.step.code(),
        "title": step.step.title(),
        "outcome": outcome,
        "message": message,
        "hint": hint,
    })
}
