//! `dapter plugin install` without a name: everything that the lock file has.

use dapter::api::abi::descriptor::target;
use dapter::plugin::install::{InstallError, Package};
use dapter::plugin::store::{Existing, Receipt, stored};
use dapter::plugin::{Demands, LockedPlugin};
use serde_json::json;

use super::super::output::{Failure, Output};
use super::super::session::Session;
use super::books::{lock_path, store};
use super::from_source::location;
use super::install::{Candidate, finish};
use super::sources::failure;

/// Installs what the lock file has and the store has not. Its hashes vouch for the files: no source is asked.
pub(super) fn run(demands: &Demands, session: &Session<'_>, output: Output) -> Result<(), Failure> {
    let Some(lock) = &demands.lock else {
        let path = super::super::paths::shown(&lock_path(session));
        return Err(
            Failure::usage(format!("there is no {path} to install from"))
                .hint("name a plugin; or write the file with `dapter plugin lock`"),
        );
    };
    let receipts: Vec<Receipt> = stored(&store()?, &target())
        .into_iter()
        .filter_map(|plugin| plugin.receipt.ok())
        .collect();
    let mut documents = Vec::new();
    let mut text = String::new();
    for plugin in lock.file.plugins() {
        if is_installed(plugin, &receipts) {
            continue;
        }
        let candidate = fetch(plugin, demands, session)?;
        let installed = finish(candidate, demands, Existing::Keep, session, output)?;
        text.push_str(&installed.text());
        documents.push(installed.document);
    }
    if documents.is_empty() && output.is_chatty() {
        text.push_str("everything in the lock file is installed\n");
    }
    output.result(&json!({ "installed": documents }), &text)
}

fn is_installed(plugin: &LockedPlugin, receipts: &[Receipt]) -> bool {
    let file = plugin.targets.get(&target());
    receipts.iter().any(|receipt| {
        receipt.id == plugin.id
            && receipt.version == plugin.version
            && file.is_some_and(|file| file.sha256 == receipt.sha256)
    })
}

fn fetch(
    plugin: &LockedPlugin,
    demands: &Demands,
    session: &Session<'_>,
) -> Result<Candidate, Failure> {
    let title = format!("{} {}", plugin.id, plugin.version);
    let file = plugin.targets.get(&target()).ok_or_else(|| {
        failure(InstallError::NoTarget {
            plugin: title.clone(),
            target: target(),
            others: plugin.targets.keys().cloned().collect(),
        })
    })?;
    let url = file.url.as_ref().ok_or_else(|| {
        failure(InstallError::Other {
            message: format!("the lock file does not say where {title} can be had"),
            hint: format!("it came from {}: dapter plugin install FILE", plugin.source),
        })
    })?;
    let location = location(url, session.project_folder())?;
    let package = Package::fetch_known(&location, file.sha256, "the lock file").map_err(failure)?;
    let identity = package.of_locked(plugin, &demands.trust).map_err(failure)?;
    Ok(Candidate {
        source: plugin.source.clone(),
        pin: None,
        identity,
        package,
    })
}
