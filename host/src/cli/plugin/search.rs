//! `dapter plugin search`.

use clap::Args;
use dapter::api::abi::descriptor::target;
use dapter::plugin::store::{Receipt, stored};
use serde_json::json;

use super::super::output::{Failure, Output};
use super::super::table::table;
use super::books::{read_trust, store};
use super::sources::{Found, Source, read_sources};

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Part of an id, of a description or of a URL scheme [default: everything there is]
    text: Option<String>,
    /// Look into this source alone
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

pub(super) fn run(command: &Search, output: &Output) -> Result<(), Failure> {
    let trust = read_trust()?;
    let sources = read_sources(&trust, command.source.as_deref())?;
    let text = command.text.as_deref().unwrap_or_default().to_lowercase();
    let found = latest(&sources, &text);
    let receipts: Vec<Receipt> = stored(&store()?, &target())
        .into_iter()
        .filter_map(|plugin| plugin.receipt.ok())
        .collect();
    let mut rows = Vec::new();
    let mut documents = Vec::new();
    for Found { source, entry } in found {
        let installed: Vec<String> = receipts
            .iter()
            .filter(|receipt| receipt.id == entry.id)
            .map(|receipt| receipt.version.to_string())
            .collect();
        let fits = entry.targets.contains_key(&target());
        let mark = match (installed.is_empty(), fits) {
            (false, _) => format!("installed: {}", installed.join(", ")),
            (true, true) => String::new(),
            (true, false) => format!("not for {}", target()),
        };
        rows.push(vec![
            format!("{} {}", entry.id, entry.version),
            entry.schemes.join(", "),
            mark,
            entry.description.clone(),
        ]);
        documents.push(json!({
            "id": entry.id,
            "version": entry.version,
            "description": entry.description,
            "schemes": entry.schemes,
            "abi": entry.abi,
            "source": source.name,
            "targets": entry.targets.keys().collect::<Vec<_>>(),
            "installed": installed,
        }));
    }
    let mut text = table(&rows);
    if rows.is_empty() && output.is_chatty() {
        text.push_str(match sources.is_empty() {
            true => {
                "there are no sources; add one with `dapter plugin source add NAME URL --key KEY`\n"
            }
            false => "no source has anything like it\n",
        });
    }
    output.result(&json!({ "plugins": documents }), &text)
}

/// The newest version of each plugin that has the text somewhere, by id. Yanked ones and pre-releases are left out.
fn latest<'a>(sources: &'a [Source], text: &str) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = sources
        .iter()
        .flat_map(|source| {
            let entries = source.index.plugins.iter();
            entries.map(move |entry| Found { source, entry })
        })
        .filter(|Found { entry, .. }| {
            let words = [&entry.id.to_string(), &entry.description];
            let mut words = words.into_iter().chain(&entry.schemes);
            entry.yanked.is_none()
                && entry.version.pre.is_empty()
                && words.any(|word| word.to_lowercase().contains(text))
        })
        .collect();
    found.sort_by(|one, other| {
        let newest_first = other.entry.version.cmp(&one.entry.version);
        one.entry.id.cmp(&other.entry.id).then(newest_first)
    });
    found.dedup_by(|next, first| next.entry.id == first.entry.id);
    found
}
