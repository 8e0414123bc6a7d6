//! diesel: a folder `<version>_<name>` with `up.sql`, perhaps `down.sql` and `metadata.toml`
//! (`diesel_migrations/migrations_internals`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::migration::{Directory, Migration};
use super::names::{moment_of_version, words};
use super::source::SourceFile;
use crate::script::ScriptTransaction;

/// A file without the key means `false` to diesel, and no file means `true`.
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    run_in_transaction: bool,
}

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut folders: BTreeMap<&str, BTreeMap<&str, &SourceFile>> = BTreeMap::new();
    for file in files {
        let folder = file.folder();
        if !folder.is_empty() && !folder.contains('/') && !folder.starts_with('.') {
            folders.entry(folder).or_default().insert(file.name(), file);
        }
    }
    let mut found: Vec<(String, &str, BTreeMap<&str, &SourceFile>)> = folders
        .into_iter()
        .map(|(folder, files)| (version(folder), folder, files))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    for (key, folder, files) in found {
        let Some(up) = files.get("up.sql") else {
            if let Some(file) = files.get("down.sql") {
                directory
                    .problems
                    .push(file.problem(None, "there is no `up.sql` beside it"));
            }
            continue;
        };
        if up.text.trim().is_empty() {
            let problem = up.problem(None, "it is empty, which diesel refuses to run");
            directory.problems.push(problem);
        }
        let transaction = match files.get("metadata.toml") {
            None => ScriptTransaction::Default,
            Some(file) => match toml::from_str::<Metadata>(&file.text) {
                Ok(metadata) if metadata.run_in_transaction => ScriptTransaction::Default,
                Ok(_) => ScriptTransaction::None,
                Err(error) => {
                    let message = format!("cannot be read: {}", error.message());
                    directory.problems.push(file.problem(None, message));
                    continue;
                }
            },
        };
        directory.migrations.push(Migration {
            created: created(&key),
            key,
            name: folder.to_owned(),
            file: up.path.clone(),
            message: words(folder.split_once('_').map_or("", |(_, name)| name)),
            upgrade: up.text.clone(),
            downgrade: files.get("down.sql").map(|down| down.text.clone()),
            upgrade_transaction: transaction,
            downgrade_transaction: transaction,
            ..Migration::default()
        });
    }
    directory
}

/// What diesel calls a migration: what stands before the first `_`, without hyphens.
fn version(folder: &str) -> String {
    let version = folder
        .split_once('_')
        .map_or(folder, |(version, _)| version);
    version.replace('-', "")
}

/// diesel counts up where a date has been used before: the last six digits need be no time.
fn created(version: &str) -> Option<String> {
    moment_of_version(version.get(..14)?)
}
