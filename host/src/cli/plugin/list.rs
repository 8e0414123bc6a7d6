//! `dapter plugin list`.

use std::path::Path;

use dapter::plugin::{Catalog, Origin, Outcome, PluginFile, Searched, Standing};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::from_here;
use super::super::table::table;
use super::find::title;

pub(super) fn list(catalog: &Catalog, output: Output) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = catalog.files().iter().map(row).collect();
    let mut text = table(&rows);
    if output.is_chatty() {
        if rows.is_empty() {
            text.push_str("no plugins\n");
        }
        text.push_str("\nsearched:\n");
        let rows: Vec<Vec<String>> = catalog.searched().iter().map(place_row).collect();
        text.push_str(&table(&rows));
    }
    let plugins: Vec<Value> = catalog.files().iter().map(document).collect();
    let searched: Vec<Value> = catalog.searched().iter().map(place_document).collect();
    output.result(&json!({"plugins": plugins, "searched": searched}), &text)
}

pub(super) fn path(path: &Path) -> String {
    from_here(&path.display().to_string())
}

/// Name and version, schemes, and the file with what is wrong with it.
fn row(file: &PluginFile) -> Vec<String> {
    let descriptor = file.descriptor.as_ref();
    let adapters = descriptor
        .iter()
        .flat_map(|descriptor| &descriptor.adapters);
    let schemes: Vec<&str> = adapters
        .flat_map(|adapter| &adapter.schemes)
        .map(String::as_str)
        .collect();
    let standing = match &file.standing {
        Standing::Usable => String::new(),
        Standing::Shadowed { by } => format!(" (not used: {} is preferred)", path(by)),
        Standing::Broken(problem) => format!(" (broken: {problem})"),
        Standing::Refused(refusal) => format!(" (refused: {refusal})"),
    };
    vec![
        title(file),
        file.confirmed_trust().to_string(),
        schemes.join(", "),
        format!("{}{standing}", path(&file.path)),
    ]
}

fn place_row(place: &Searched) -> Vec<String> {
    vec![
        format!("  {}", place.origin),
        place.outcome.to_string(),
        path(&place.path),
    ]
}

pub(super) fn document(file: &PluginFile) -> Value {
    let (standing, reason, code) = match &file.standing {
        Standing::Usable => ("usable", None, None),
        Standing::Shadowed { by } => ("shadowed", Some(by.display().to_string()), None),
        Standing::Broken(problem) => (
            "broken",
            Some(problem.to_string()),
            Some(problem.step().code()),
        ),
        Standing::Refused(refusal) => (
            "refused",
            Some(refusal.to_string()),
            Some(refusal.step().code()),
        ),
    };
    let trust = file.confirmed_trust();
    let installed = file.installed.as_ref();
    json!({
        "id": file.id(),
        "trust": trust.name(),
        "key": trust.key(),
        "source": installed.map(|receipt| &receipt.source),
        "installed": installed.map(|receipt| &receipt.installed),
        "path": file.path,
        "origin": origin(file.origin),
        "standing": standing,
        "reason": reason,
        "code": code,
        "descriptor": file.descriptor,
    })
}

fn place_document(place: &Searched) -> Value {
    let mut document = json!({
        "origin": origin(place.origin),
        "path": place.path,
        "exists": place.outcome != Outcome::Missing,
        "plugins": 0,
        "broken": 0,
        "other_libraries": 0,
        "error": null,
    });
    match &place.outcome {
        Outcome::Missing => {}
        Outcome::Unreadable(why) => document["error"] = json!(why),
        Outcome::Read {
            plugins,
            broken,
            other_libraries,
        } => {
            document["plugins"] = json!(plugins);
            document["broken"] = json!(broken);
            document["other_libraries"] = json!(other_libraries);
        }
    }
    document
}

/// Who named a place, as JSON has it.
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Option => "option",
        Origin::PathVariable => "path_variable",
        Origin::Configuration => "configuration",
        Origin::UserData => "user_data",
        Origin::BesideExecutable => "beside_executable",
        Origin::Installation => "installation",
    }
}
