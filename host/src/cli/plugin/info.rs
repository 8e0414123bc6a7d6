//! `dapter plugin info`.

use std::fmt::Write;

use dapter::MigrationError;
use dapter::api::Descriptor;
use dapter::plugin::{PluginError, PluginFile, Standing};
use serde_json::json;

use super::super::output::{Failure, Output};
use super::super::session::Session;
use super::facts::{describe_facts, facts_document};
use super::find::{answers, find};
use super::list::{document, path};

pub(super) fn info(name: &str, session: &Session<'_>, output: Output) -> Result<(), Failure> {
    let catalog = find(name, session)?;
    let mut files = catalog.files().iter().filter(|file| answers(file, name));
    // Of several the one that is used.
    let file = files.clone().find(|file| file.is_usable());
    match file.or_else(|| files.next()).or(catalog.files().first()) {
        Some(file) => one(file, output),
        None => Err(Failure::usage(format!("there is no plugin `{name}`"))),
    }
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

fn described(file: &PluginFile) -> String {
    let mut text = format!("file       {} ({})\n", path(&file.path), file.origin);
    // Writing to a String cannot fail.
    if let Standing::Refused(refusal) = &file.standing {
        let _ = writeln!(text, "refused    {refusal}");
        let _ = writeln!(text, "           {}", refusal.hint());
    }
    if let Standing::Shadowed { by } = &file.standing {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "not used   {} is preferred", path(by));
    }
    if let Some(receipt) = &file.installed {
        let _ = writeln!(text, "id         {} {}", receipt.id, receipt.version);
        let _ = writeln!(text, "source     {}", receipt.source);
        let _ = writeln!(text, "installed  {}", receipt.installed);
    }
    let _ = writeln!(text, "trust      {}", file.confirmed_trust());
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
