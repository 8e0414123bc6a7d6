//! `dapter plugin source`: where plugins can be had by name.

use std::env;

use clap::Subcommand;
use dapter::plugin::check_part;
use dapter::plugin::install::InstallError;
use dapter::plugin::registry::{Location, read_index};
use dapter::plugin::trust::{Source, TrustFile};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::table::table;
use super::books::{change_trust, read_trust};
use super::sources::failure;
use super::trust::read_key;

#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Show the sources
    List,
    /// Add a source, whose index must be signed with the key
    Add {
        /// What to call it
        name: String,
        /// Its folder, its index, or the address of either
        index: String,
        /// The public key of whoever keeps it, or the file that holds it
        #[arg(long, value_name = "KEY")]
        key: String,
    },
    /// Remove a source; what was installed from it stays
    Remove {
        /// What it is called
        name: String,
    },
}

pub(super) fn run(command: &SourceCommand, output: &Output) -> Result<(), Failure> {
    match command {
        SourceCommand::List => {}
        SourceCommand::Add { name, index, key } => add(name, index, key, *output)?,
        SourceCommand::Remove { name } => remove(name)?,
    }
    let trust = read_trust()?;
    let rows: Vec<Vec<String>> = trust
        .sources
        .iter()
        .map(|(name, source)| {
            let key = format!("key {}", source.key.id());
            vec![name.clone(), source.url.clone(), key]
        })
        .collect();
    let mut text = table(&rows);
    if rows.is_empty() && output.is_chatty() {
        text.push_str("there are no sources\n");
    }
    output.result(&document(&trust), &text)
}

fn remove(name: &str) -> Result<(), Failure> {
    change_trust(|trust| match trust.sources.remove(name) {
        Some(_) => Ok(()),
        None => Err(unknown(name, trust)),
    })
}

fn add(name: &str, url: &str, key: &str, output: Output) -> Result<(), Failure> {
    check_part(name).map_err(failure)?;
    let key = read_key(key)?;
    let here = env::current_dir()
        .map_err(|error| Failure::refused(format!("the working directory is unknown: {error}")))?;
    let location = Location::parse(url, &here).map_err(failure)?.index();
    // One that cannot be used is not added: the mistake is here, and not in a later install.
    let index =
        read_index(&location, &key, 0).map_err(|error| failure(InstallError::from(error)))?;
    if location.is_unprotected() {
        output.note("this source comes over http: others can see what is installed, but not change it unseen");
    }
    change_trust(|trust| {
        let source = Source {
            url: location.to_string(),
            key,
            serial: index.serial,
        };
        match trust.sources.get(name) {
            Some(known) if known.url != source.url || known.key != source.key => Err(
                Failure::usage(format!("there is a source `{name}` already: {}", known.url)).hint(
                    format!(
                        "choose another name, or remove it: dapter plugin source remove {name}"
                    ),
                ),
            ),
            Some(_) => Ok(()),
            None => {
                trust.sources.insert(name.to_owned(), source);
                Ok(())
            }
        }
    })
}

fn unknown(name: &str, trust: &TrustFile) -> Failure {
    let known: Vec<&str> = trust.sources.keys().map(String::as_str).collect();
    let hint = match known.is_empty() {
        true => "there are none".to_owned(),
        false => format!("there are {}", known.join(", ")),
    };
    Failure::usage(format!("there is no source `{name}`")).hint(hint)
}

fn document(trust: &TrustFile) -> Value {
    let sources: Vec<Value> = trust
        .sources
        .iter()
        .map(|(name, source)| {
            json!({"name": name, "url": source.url, "key": source.key, "serial": source.serial})
        })
        .collect();
    json!({ "sources": sources })
}
