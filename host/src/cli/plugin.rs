//! `dapter plugin`.

use std::fmt::Write;
use std::path::Path;

use dapter::MigrationError;
use dapter::api::{AdapterInfo, Descriptor};
use dapter::plugin::{
    Catalog, Given, Origin, Outcome, PluginError, PluginFile, Searched, Standing, standard_places,
};
use serde_json::{Value, json};

use super::arguments::Plugin;
use super::output::{Failure, Output};
use super::paths::from_here;
use super::plugin_facts::{describe_facts, facts_document};
use super::session::{Session, library_path};
use super::table::table;

pub(super) fn run(command: &Plugin, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let catalog = session.catalog()?;
    match command {
        Plugin::List => list(&catalog, *output),
        Plugin::Info { name } => info(name, &catalog, *output),
    }
}

fn list(catalog: &Catalog, output: Output) -> Result<(), Failure> {
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

fn path(path: &Path) -> String {
    from_here(&path.display().to_string())
}

/// Name and version, schemes, and the file with what is wrong with it.
fn row(file: &PluginFile) -> Vec<String> {
    let descriptor = file.descriptor.as_ref();
    let title = descriptor.map_or_else(
        || "(no plugin)".to_owned(),
        |descriptor| format!("{} {}", descriptor.name, descriptor.version),
    );
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
    };
    vec![
        title,
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

fn document(file: &PluginFile) -> Value {
    let (standing, reason, code) = match &file.standing {
        Standing::Usable => ("usable", None, None),
        Standing::Shadowed { by } => ("shadowed", Some(by.display().to_string()), None),
        Standing::Broken(problem) => (
            "broken",
            Some(problem.to_string()),
            Some(problem.step().code()),
        ),
    };
    json!({
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
fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Option => "option",
        Origin::PathVariable => "path_variable",
        Origin::Configuration => "configuration",
        Origin::UserData => "user_data",
        Origin::BesideExecutable => "beside_executable",
        Origin::Installation => "installation",
    }
}

fn info(name: &str, catalog: &Catalog, output: Output) -> Result<(), Failure> {
    if let Some(file) = catalog.files().iter().find(|file| answers(file, name)) {
        return one(file, output);
    }
    let path = Path::new(name);
    if path.components().count() > 1 || path.exists() {
        let given = Given {
            files: vec![path.to_owned()],
            library_path: library_path(),
            ..Given::default()
        };
        let catalog = Catalog::scan(&standard_places(&given).map_err(MigrationError::from)?);
        if let Some(file) = catalog.files().first() {
            return one(file, output);
        }
    }
    // Says what was searched and what there is.
    let nothing = catalog.choose_by_key(name).map_err(MigrationError::from);
    Err(nothing.err().map_or_else(
        || Failure::usage(format!("there is no plugin `{name}`")),
        Failure::from,
    ))
}

/// What a plugin says of itself; a file that cannot be used says why it cannot.
fn one(file: &PluginFile, output: Output) -> Result<(), Failure> {
    if let Standing::Broken(problem) = &file.standing {
        let refused = PluginError::Refused {
            path: file.path.clone(),
            problem: problem.clone(),
        };
        return Err(MigrationError::from(refused).into());
    }
    let mut document = document(file);
    document["facts"] = json!(file.facts.as_ref().map(facts_document));
    output.result(&document, &described(file))
}

fn answers(file: &PluginFile, name: &str) -> bool {
    let is_named = |adapter: &AdapterInfo| {
        adapter.key == name || adapter.schemes.iter().any(|scheme| scheme == name)
    };
    file.descriptor.as_ref().is_some_and(|descriptor| {
        descriptor.name == name || descriptor.adapters.iter().any(is_named)
    })
}

fn described(file: &PluginFile) -> String {
    let mut text = format!("file       {} ({})\n", path(&file.path), file.origin);
    if let Standing::Shadowed { by } = &file.standing {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "not used   {} is preferred", path(by));
    }
    if let Some(descriptor) = &file.descriptor {
        describe(&mut text, descriptor);
    }
    if let Some(facts) = &file.facts {
        describe_facts(&mut text, facts);
    }
    text
}

fn describe(text: &mut String, descriptor: &Descriptor) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "plugin     {} {}",
        descriptor.name, descriptor.version
    );
    for (name, value) in [
        ("what", &descriptor.description),
        ("license", &descriptor.license),
        ("homepage", &descriptor.homepage),
        ("abi", &descriptor.abi),
        ("built for", &descriptor.target),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<11}{value}");
        }
    }
    for adapter in &descriptor.adapters {
        let _ = writeln!(text, "adapter    {}", adapter.key);
        let _ = writeln!(text, "  schemes       {}", adapter.schemes.join(", "));
        let _ = writeln!(
            text,
            "  scripts       *.{}, comments with {}",
            adapter.extension, adapter.comment
        );
        let _ = writeln!(text, "  capabilities  {}", adapter.capabilities.join(", "));
    }
}
