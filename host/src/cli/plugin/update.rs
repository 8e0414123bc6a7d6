//! `dapter plugin update`.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use dapter::api::Descriptor;
use dapter::api::abi::descriptor::target;
use dapter::plugin::install::InstallError;
use dapter::plugin::store::{Existing, Receipt, stored};
use dapter::plugin::{Demands, Request, peek};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::session::Session;
use super::books::{demands_open, store};
use super::from_source::release;
use super::install::{Candidate, finish};
use super::sources::{Found, Source, failure, newest, read_sources};

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Which: acme/oracle [default: all that are installed]
    #[arg(value_name = "ID")]
    what: Vec<String>,
    /// Look into this source alone
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// An installed plugin, in its newest version.
struct Installed {
    receipt: Receipt,
    /// What its file says of itself; nothing if it cannot be read.
    descriptor: Option<Descriptor>,
}

/// What came of a plugin, for programs and for people.
struct Updated {
    document: Value,
    text: String,
}

pub(super) fn run(command: &Update, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let demands = demands_open(session)?;
    let chosen = chosen(&command.what, installed(&store()?))?;
    let sources = match chosen.is_empty() {
        true => Vec::new(),
        false => read_sources(&demands.trust, command.source.as_deref())?,
    };
    let mut documents = Vec::new();
    let mut text = String::new();
    for plugin in &chosen {
        let updated = update(plugin, &sources, &demands, session, *output)?;
        documents.push(updated.document);
        text.push_str(&updated.text);
    }
    if chosen.is_empty() && output.is_chatty() {
        text.push_str("nothing is installed\n");
    }
    output.result(&json!({ "plugins": documents }), &text)
}

/// The newest version of each installed plugin, by id.
fn installed(store: &Path) -> Vec<Installed> {
    let mut found: Vec<Installed> = stored(store, &target())
        .into_iter()
        .filter_map(|plugin| {
            Some(Installed {
                receipt: plugin.receipt.ok()?,
                descriptor: peek(&plugin.file).ok(),
            })
        })
        .collect();
    found.sort_by(|one, other| {
        let (one, other) = (&one.receipt, &other.receipt);
        let newest_first = other.version.cmp(&one.version);
        one.id.cmp(&other.id).then(newest_first)
    });
    found.dedup_by(|next, first| next.receipt.id == first.receipt.id);
    found
}

/// Those that were named, or all.
fn chosen(what: &[String], installed: Vec<Installed>) -> Result<Vec<Installed>, Failure> {
    let mut requests = Vec::new();
    for text in what {
        let request: Request = text.parse().map_err(failure)?;
        if request.requirement.is_some() {
            return Err(
                Failure::usage(format!("{text}: an update goes to the newest version"))
                    .hint(format!("for this one: dapter plugin install {text}")),
            );
        }
        let names = |one: &&Installed| request.names(&one.receipt.id);
        match installed
            .iter()
            .filter(names)
            .map(|one| &one.receipt.id)
            .collect::<Vec<_>>()[..]
        {
            [_] => requests.push(request),
            [] => {
                let known: Vec<String> = installed
                    .iter()
                    .map(|one| one.receipt.id.to_string())
                    .collect();
                let hint = match known.is_empty() {
                    true => "nothing is installed".to_owned(),
                    false => format!("installed are {}", known.join(", ")),
                };
                return Err(Failure::usage(format!("{text} is not installed")).hint(hint));
            }
            ref several => {
                let ids = several.iter().map(ToString::to_string).collect();
                return Err(failure(InstallError::SeveralPublishers { ids }));
            }
        }
    }
    let is_meant = |one: &Installed| {
        requests.is_empty()
            || requests
                .iter()
                .any(|request| request.names(&one.receipt.id))
    };
    Ok(installed.into_iter().filter(is_meant).collect())
}

fn update(
    plugin: &Installed,
    sources: &[Source],
    demands: &Demands,
    session: &Session<'_>,
    output: Output,
) -> Result<Updated, Failure> {
    let receipt = &plugin.receipt;
    let (id, version) = (&receipt.id, &receipt.version);
    let Some(found) = newer(receipt, sources, demands)? else {
        let text = match is_listed(receipt, sources) {
            true => format!("{id} {version} is the newest that there is\n"),
            false => format!(
                "{id} {version} came from {}: no source has it\n",
                receipt.source
            ),
        };
        let outcome = match is_listed(receipt, sources) {
            true => "current",
            false => "no_source",
        };
        return Ok(told(receipt, None, outcome, text));
    };
    let to = &found.entry.version;
    let locked = demands.lock.as_ref().and_then(|lock| lock.file.get(id));
    if let Some(locked) = locked {
        let pinned = &locked.version;
        let text = match pinned < to {
            true => format!(
                "{id} is pinned to {pinned}, and there is {to}: dapter plugin lock {id}, then dapter plugin install\n"
            ),
            false => format!("{id} is pinned to {pinned}: dapter plugin install\n"),
        };
        return Ok(told(receipt, Some(found), "locked", text));
    }
    // Only the key that is known already makes an update: whoever keeps a source names no other.
    if !demands.trust.publishers.contains_key(id.publisher()) {
        let publisher = id.publisher().to_owned();
        return Err(failure(InstallError::NoKey { publisher }));
    }
    let candidate = Candidate {
        pin: None,
        ..release(found, demands)?
    };
    let changes = changes(plugin.descriptor.as_ref(), &candidate.package.descriptor);
    let installed = finish(candidate, demands, Existing::Keep, session, output)?;
    let mut text = installed.text();
    for change in &changes {
        text.push_str(&line(change));
    }
    text.push_str(&match session.global.dry_run {
        true => String::new(),
        false => format!("  {version} stays beside it: dapter plugin remove {id}@{version}\n"),
    });
    let outcome = match session.global.dry_run {
        true => "dry_run",
        false => "updated",
    };
    let mut updated = told(receipt, Some(found), outcome, text);
    updated.document["signer"] = installed.document["signer"].clone();
    updated.document["path"] = installed.document["path"].clone();
    updated.document["changes"] = json!(changes);
    Ok(updated)
}

/// The newest version that the project allows, if it is newer than what is installed.
fn newer<'a>(
    receipt: &Receipt,
    sources: &'a [Source],
    demands: &Demands,
) -> Result<Option<Found<'a>>, Failure> {
    let required = demands.requirements.get(&receipt.id);
    let request = Request {
        publisher: Some(receipt.id.publisher().to_owned()),
        name: receipt.id.name().to_owned(),
        requirement: required.and_then(|required| required.version.clone()),
    };
    let found = newest(sources, &request).map_err(failure)?;
    Ok(found.filter(|found| found.entry.version > receipt.version))
}

/// Whether a source has any version of it.
fn is_listed(receipt: &Receipt, sources: &[Source]) -> bool {
    let mut entries = sources.iter().flat_map(|source| &source.index.plugins);
    entries.any(|entry| entry.id == receipt.id)
}

fn told(receipt: &Receipt, found: Option<Found<'_>>, outcome: &str, text: String) -> Updated {
    let document = json!({
        "id": receipt.id,
        "from": receipt.version,
        "to": found.map(|found| &found.entry.version),
        "outcome": outcome,
        "source": found.map(|found| found.source.location.to_string()),
        "signer": null,
        "path": null,
        "changes": [],
    });
    Updated { document, text }
}

/// What the new file says of itself and the old one did not, and the reverse.
fn changes(before: Option<&Descriptor>, after: &Descriptor) -> Vec<Value> {
    let Some(before) = before else {
        return Vec::new();
    };
    let subjects = [
        ("interface", interface(before), interface(after)),
        ("schemes", schemes(before), schemes(after)),
        ("capabilities", capabilities(before), capabilities(after)),
    ];
    let mut changes = Vec::new();
    for (what, before, after) in subjects {
        if before != after {
            changes.push(json!({
                "what": what,
                "added": after.difference(&before).collect::<Vec<_>>(),
                "removed": before.difference(&after).collect::<Vec<_>>(),
            }));
        }
    }
    changes
}

fn interface(plugin: &Descriptor) -> BTreeSet<String> {
    [plugin.abi.clone()].into()
}

fn schemes(plugin: &Descriptor) -> BTreeSet<String> {
    let adapters = plugin.adapters.iter();
    adapters
        .flat_map(|adapter| adapter.schemes.clone())
        .collect()
}

/// Each behind the adapter that declares it.
fn capabilities(plugin: &Descriptor) -> BTreeSet<String> {
    let of = plugin.adapters.iter().flat_map(|adapter| {
        let names = adapter.capabilities.iter();
        names.map(move |name| format!("{}: {name}", adapter.key))
    });
    of.collect()
}

fn line(change: &Value) -> String {
    let words = |name: &str, mark: &str| -> Vec<String> {
        let words = change[name].as_array().into_iter().flatten();
        let words = words.filter_map(Value::as_str);
        words.map(|word| format!("{mark} {word}")).collect()
    };
    let what = change["what"].as_str().unwrap_or_default();
    let all = [words("removed", "-"), words("added", "+")].concat();
    format!("  {what}: {}\n", all.join(", "))
}
