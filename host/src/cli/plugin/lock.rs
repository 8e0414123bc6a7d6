//! `dapter plugin lock`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use dapter::api::abi::descriptor::target;
use dapter::plugin::install::InstallError;
use dapter::plugin::store::{Receipt, stored};
use dapter::plugin::{
    Demands, Lock, LockFile, LockedFile, LockedPlugin, PluginId, Request, Sha256, is_target, peek,
};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::shown;
use super::super::session::Session;
use super::books::{demands_open, lock_path, store, write_lock};
use super::from_source::pin;
use super::sources::{Source, failure, known, newest, read_sources};

#[derive(Debug, Args)]
pub(crate) struct LockPlugins {
    /// Pin this one anew, to the newest version that will do: acme/oracle, acme/oracle@1.4.0 [default: what dapter.toml requires and is not pinned]
    #[arg(value_name = "ID[@VERSION]")]
    what: Option<String>,
    /// Add the hash of this file by hand: the same version, built for another system
    #[arg(long, value_name = "FILE", requires = "what")]
    from: Option<PathBuf>,
}

pub(super) fn run(
    command: &LockPlugins,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let demands = demands_open(session)?;
    let before = demands.lock.clone().unwrap_or_else(|| Lock {
        path: lock_path(session),
        file: LockFile::default(),
    });
    let mut after = before.clone();
    let request = command.what.as_deref().map(str::parse::<Request>);
    let request = request.transpose().map_err(failure)?;
    match (&command.from, &request) {
        (Some(from), Some(request)) => by_hand(from, request, &mut after.file)?,
        _ => pin_all(request.as_ref(), &demands, &mut after.file)?,
    }
    if before.file != after.file && !session.global.dry_run {
        write_lock(&after)?;
    }
    let changes = changes(&before.file, &after.file);
    let mut text = String::new();
    for change in &changes {
        text.push_str(&line(change));
    }
    if changes.is_empty() && output.is_chatty() {
        text.push_str(&format!("{} is up to date\n", shown(&after.path)));
    }
    let document = json!({"path": after.path, "changes": changes});
    output.result(&document, &text)
}

/// Pins what is asked for, or everything that the project requires and that is not pinned to a version that will do.
fn pin_all(
    request: Option<&Request>,
    demands: &Demands,
    lock: &mut LockFile,
) -> Result<(), Failure> {
    let requests = match request {
        Some(request) => vec![required(request.clone(), demands)],
        None => wanted(demands, lock),
    };
    if requests.is_empty() {
        return Ok(());
    }
    let sources = read_sources(&demands.trust, None)?;
    let receipts: Vec<Receipt> = stored(&store()?, &target())
        .into_iter()
        .filter_map(|plugin| plugin.receipt.ok())
        .collect();
    for request in requests {
        lock.pin(find(&request, &sources, &receipts)?);
    }
    Ok(())
}

fn find(
    request: &Request,
    sources: &[Source],
    receipts: &[Receipt],
) -> Result<LockedPlugin, Failure> {
    if let Some(found) = newest(sources, request).map_err(failure)? {
        return pin(found).map_err(failure);
    }
    // What no source has may be installed from a file.
    let mut installed = receipts.iter().rev();
    let installed =
        installed.find(|receipt| request.names(&receipt.id) && request.takes(&receipt.version));
    let receipt = installed.ok_or_else(|| {
        failure(InstallError::NotFound {
            wanted: request.to_string(),
            known: known(sources, request),
            sources: sources.len(),
        })
    })?;
    let file = LockedFile {
        sha256: receipt.sha256,
        url: None,
    };
    Ok(LockedPlugin {
        id: receipt.id.clone(),
        version: receipt.version.clone(),
        source: receipt.source.clone(),
        signer: receipt.signer,
        targets: BTreeMap::from([(receipt.target.clone(), file)]),
    })
}

/// What the project requires and is not pinned to a version that will do.
fn wanted(demands: &Demands, lock: &LockFile) -> Vec<Request> {
    let requirements = demands.requirements.iter();
    requirements
        .filter(|(id, requirement)| {
            let locked = lock.get(id).map(|locked| &locked.version);
            let version = requirement.version.as_ref();
            !locked.is_some_and(|locked| version.is_none_or(|version| version.matches(locked)))
        })
        .map(|(id, requirement)| request_of(id, requirement.version.clone()))
        .collect()
}

/// The request with what the project requires, if it does not say itself which version.
fn required(mut request: Request, demands: &Demands) -> Request {
    if request.requirement.is_none() {
        let mut requirements = demands.requirements.iter();
        let found = requirements.find(|(id, _)| request.names(id));
        request.requirement = found.and_then(|(_, found)| found.version.clone());
    }
    request
}

fn request_of(id: &PluginId, requirement: Option<semver::VersionReq>) -> Request {
    Request {
        publisher: Some(id.publisher().to_owned()),
        name: id.name().to_owned(),
        requirement,
    }
}

/// Adds the hash of a file for another system, which cannot be loaded here.
fn by_hand(from: &Path, request: &Request, lock: &mut LockFile) -> Result<(), Failure> {
    let mut plugins = lock.plugins().iter();
    let Some(locked) = plugins.find(|plugin| request.names(&plugin.id)) else {
        return Err(Failure::usage(format!("{request} is not in the lock file"))
            .hint("pin it first: dapter plugin lock ID"));
    };
    let descriptor = peek(from).map_err(failure)?;
    let bytes = std::fs::read(from)
        .map_err(|error| Failure::refused(format!("{} cannot be read: {error}", shown(from))))?;
    let is_same = descriptor.version == locked.version.to_string();
    if !is_same || !is_target(&descriptor.target) {
        return Err(Failure::refused(format!(
            "{} is version {} for {}, and version {} is pinned",
            shown(from),
            descriptor.version,
            descriptor.target,
            locked.version
        ))
        .hint("name the file of the version that is pinned"));
    }
    let file = LockedFile {
        sha256: Sha256::of(&bytes),
        url: None,
    };
    let mut pin = locked.clone();
    pin.targets.insert(descriptor.target, file);
    lock.pin(pin);
    Ok(())
}

fn changes(before: &LockFile, after: &LockFile) -> Vec<Value> {
    let changed = after.plugins().iter();
    changed
        .filter(|plugin| before.get(&plugin.id) != Some(plugin))
        .map(|plugin| {
            json!({
                "id": plugin.id,
                "from": before.get(&plugin.id).map(|old| &old.version),
                "to": plugin.version,
                "source": plugin.source,
                "signer": plugin.signer,
                "targets": plugin.targets.keys().collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn line(change: &Value) -> String {
    let word = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
    let targets = change["targets"].as_array().into_iter().flatten();
    let targets: Vec<&str> = targets.filter_map(Value::as_str).collect();
    let from = match change["from"].as_str() {
        Some(from) if from != word("to") => format!(" (was {from})"),
        _ => String::new(),
    };
    format!(
        "pinned {} to {}{from} for {}\n",
        word("id"),
        word("to"),
        targets.join(", ")
    )
}
