//! `dapter plugin doctor`: where plugins are looked for and why, and what keeps each of them from being used.

use dapter::plugin::{CheckedStep, Origin, Outcome, PluginFile, StepOutcome};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::from_here;
use super::super::session::Session;
use super::find::title;
use super::list::origin;

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let catalog = session.catalog()?;
    let mut text = String::new();
    let mut places = Vec::new();
    for place in catalog.searched() {
        let place_text = from_here(&place.path.display().to_string());
        text.push_str(&format!(
            "{place_text}\n  {}; {}\n",
            why(place.origin),
            place.outcome
        ));
        places.push(json!({
            "path": place.path,
            "origin": origin(place.origin),
            "why": why(place.origin),
            "exists": place.outcome != Outcome::Missing,
        }));
    }
    let mut plugins = Vec::new();
    let mut is_well = true;
    for file in catalog.files() {
        let failed = first_failure(file);
        is_well &= failed.is_none();
        let path = from_here(&file.path.display().to_string());
        text.push_str(&format!("\n{} {path}\n", title(file)));
        text.push_str(&match &failed {
            None => format!("  ok ({})\n", file.confirmed_trust()),
            Some((code, message, hint)) => format!("  {code}: {message}\n  do: {hint}\n"),
        });
        plugins.push(document(file, failed));
    }
    output.result(&json!({"places": places, "plugins": plugins}), &text)?;
    match is_well {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

fn document(file: &PluginFile, failed: Option<(&'static str, String, String)>) -> Value {
    let (code, message, hint) = match failed {
        Some((code, message, hint)) => (Some(code), Some(message), Some(hint)),
        None => (None, None, None),
    };
    json!({
        "id": file.id(),
        "path": file.path,
        "trust": file.confirmed_trust().name(),
        "code": code,
        "message": message,
        "hint": hint,
    })
}

fn first_failure(file: &PluginFile) -> Option<(&'static str, String, String)> {
    file.check()
        .into_iter()
        .find_map(|CheckedStep { step, outcome }| match outcome {
            StepOutcome::Failed { message, hint } => Some((step.code(), message, hint)),
            _ => None,
        })
}

/// Why a place is searched.
fn why(origin: Origin) -> &'static str {
    match origin {
        Origin::Option => "named with --plugin",
        Origin::PathVariable => "in the environment variable DAPTER_PLUGIN_PATH",
        Origin::Configuration => "in `plugin_path` of dapter.toml",
        Origin::UserData => "where `dapter plugin install` puts plugins",
        Origin::BesideExecutable => "where this program lies",
        Origin::Installation => "where ./install puts the plugins that come with dapter",
    }
}
