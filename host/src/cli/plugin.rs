//! `dapter plugin`.

use std::fmt::Write;

use dapter::MigrationError;
use dapter::api::{AdapterInfo, Descriptor};
use dapter::plugin::{Catalog, Given, PluginFile, Standing, standard_places};
use serde_json::{Value, json};

use super::arguments::Plugin;
use super::diagnostics::shown;
use super::output::{Failure, Output};
use super::session::Session;

pub(super) fn run(command: &Plugin, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let catalog = session.catalog()?;
    match command {
        Plugin::List => list(&catalog, *output),
        Plugin::Info { name } => info(name, &catalog, *output),
    }
}

fn list(catalog: &Catalog, output: Output) -> Result<(), Failure> {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for file in catalog.files() {
        let _ = writeln!(text, "{}", line(file));
    }
    if catalog.files().is_empty() {
        text.push_str("no plugins\n");
    }
    if output.is_chatty() {
        text.push_str("searched:\n");
        for place in catalog.searched() {
            let _ = writeln!(text, "  {place}");
        }
    }
    let plugins: Vec<Value> = catalog.files().iter().map(document).collect();
    let searched: Vec<Value> = catalog
        .searched()
        .iter()
        .map(|place| json!({"origin": place.origin.to_string(), "path": place.path, "outcome": place.outcome.to_string()}))
        .collect();
    output.result(&json!({"plugins": plugins, "searched": searched}), &text)
}

fn line(file: &PluginFile) -> String {
    let title = file
        .descriptor
        .as_ref()
        .map_or_else(|| "?".to_owned(), |d| format!("{} {}", d.name, d.version));
    let schemes: Vec<&str> = file
        .descriptor
        .iter()
        .flat_map(|descriptor| &descriptor.adapters)
        .flat_map(|adapter| &adapter.schemes)
        .map(String::as_str)
        .collect();
    let standing = match &file.standing {
        Standing::Usable => String::new(),
        Standing::Shadowed { by } => format!(" [not used: {} is preferred]", shown(by)),
        Standing::Broken(problem) => format!(" [broken: {problem}]"),
    };
    format!(
        "{title} ({}) {}{standing}",
        schemes.join(", "),
        shown(&file.path)
    )
}

fn document(file: &PluginFile) -> Value {
    let (standing, reason) = match &file.standing {
        Standing::Usable => ("usable", None),
        Standing::Shadowed { by } => ("shadowed", Some(by.display().to_string())),
        Standing::Broken(problem) => ("broken", Some(problem.to_string())),
    };
    json!({
        "path": file.path,
        "origin": file.origin.to_string(),
        "standing": standing,
        "reason": reason,
        "descriptor": file.descriptor,
    })
}

fn info(name: &str, catalog: &Catalog, output: Output) -> Result<(), Failure> {
    if let Some(file) = catalog.files().iter().find(|file| answers(file, name)) {
        return output.result(&document(file), &described(file));
    }
    let path = std::path::Path::new(name);
    if path.components().count() > 1 || path.is_file() {
        let given = Given {
            files: vec![path.to_owned()],
            ..Given::default()
        };
        let catalog = Catalog::scan(&standard_places(&given).map_err(MigrationError::from)?);
        if let Some(file) = catalog.files().first() {
            return output.result(&document(file), &described(file));
        }
    }
    // Says what was searched and what there is.
    Err(catalog
        .choose(name)
        .map_err(MigrationError::from)
        .err()
        .map_or_else(
            || Failure::usage(format!("there is no plugin `{name}`")),
            Failure::from,
        ))
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
    let mut text = format!("file      {} ({})\n", shown(&file.path), file.origin);
    let standing = match &file.standing {
        Standing::Usable => "usable".to_owned(),
        Standing::Shadowed { by } => format!("not used: {} is preferred", shown(by)),
        Standing::Broken(problem) => format!("broken: {problem}; {}", problem.hint()),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "standing  {standing}");
    if let Some(descriptor) = &file.descriptor {
        describe(&mut text, descriptor);
    }
    text
}

fn describe(text: &mut String, descriptor: &Descriptor) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "plugin    {} {}", descriptor.name, descriptor.version);
    for (name, value) in [
        ("what", &descriptor.description),
        ("license", &descriptor.license),
        ("homepage", &descriptor.homepage),
        ("abi", &descriptor.abi),
        ("built for", &descriptor.target),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<10}{value}");
        }
    }
    for adapter in &descriptor.adapters {
        let _ = writeln!(text, "adapter   {}", adapter.key);
        let _ = writeln!(text, "  schemes       {}", adapter.schemes.join(", "));
        let _ = writeln!(
            text,
            "  scripts       *.{}, comments with {}",
            adapter.extension, adapter.comment
        );
        let _ = writeln!(text, "  capabilities  {}", adapter.capabilities.join(", "));
    }
}
