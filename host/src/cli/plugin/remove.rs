//! `dapter plugin remove`.

use clap::Args;
use dapter::api::abi::descriptor::target;
use dapter::plugin::Request;
use dapter::plugin::install::InstallError;
use dapter::plugin::store::{Receipt, remove, stored};
use serde_json::json;

use super::super::output::{Failure, Output};
use super::super::paths::shown;
use super::super::session::Session;
use super::books::{read_lock, store};
use super::sources::failure;

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// Which: acme/oracle for all its versions, acme/oracle@1.4.0 for one
    #[arg(value_name = "ID[@VERSION]")]
    what: String,
    /// Remove it although the project's lock file has it
    #[arg(long)]
    force: bool,
}

pub(super) fn run(command: &Remove, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let request: Request = command.what.parse().map_err(failure)?;
    let store = store()?;
    let installed: Vec<Receipt> = stored(&store, &target())
        .into_iter()
        .filter_map(|plugin| plugin.receipt.ok())
        .collect();
    let chosen: Vec<&Receipt> = installed
        .iter()
        .filter(|receipt| {
            let takes = request.requirement.is_none() || request.takes(&receipt.version);
            request.names(&receipt.id) && takes
        })
        .collect();
    if let Some(other) = chosen.iter().find(|receipt| receipt.id != chosen[0].id) {
        let ids = vec![chosen[0].id.to_string(), other.id.to_string()];
        return Err(failure(InstallError::SeveralPublishers { ids }));
    }
    if chosen.is_empty() {
        let known = installed
            .iter()
            .map(|receipt| format!("{} {}", receipt.id, receipt.version));
        let known: Vec<String> = known.collect();
        let hint = match known.is_empty() {
            true => "nothing is installed".to_owned(),
            false => format!("installed are {}", known.join(", ")),
        };
        return Err(Failure::usage(format!("{request} is not installed")).hint(hint));
    }
    if !command.force {
        refuse_locked(&chosen, session)?;
    }
    let mut text = String::new();
    for receipt in &chosen {
        let done = match session.global.dry_run {
            true => "would remove",
            false => {
                remove(&store, receipt).map_err(failure)?;
                "removed"
            }
        };
        text.push_str(&format!("{done} {} {}\n", receipt.id, receipt.version));
    }
    let removed: Vec<_> = chosen
        .iter()
        .map(|receipt| json!({"id": receipt.id, "version": receipt.version, "target": receipt.target}))
        .collect();
    output.result(&json!({ "removed": removed }), &text)
}

fn refuse_locked(chosen: &[&Receipt], session: &Session<'_>) -> Result<(), Failure> {
    let Some(lock) = read_lock(session)? else {
        return Ok(());
    };
    let is_locked = |receipt: &&&Receipt| {
        let locked = lock.file.get(&receipt.id);
        locked.is_some_and(|locked| locked.version == receipt.version)
    };
    match chosen.iter().find(is_locked) {
        None => Ok(()),
        Some(receipt) => Err(Failure::refused(format!(
            "{} {} is what {} has",
            receipt.id,
            receipt.version,
            shown(&lock.path)
        ))
        .hint("remove it nonetheless with --force; the project then runs without it no more")),
    }
}
