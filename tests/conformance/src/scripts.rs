//! The capability `scripts`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::Refused;
use crate::outcome::Ended;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{Capability, ConnectOptions, ErrorKind, NewRevision, ToolScript};
use std::collections::HashSet;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Scripts) =>
        the_same_project_has_the_same_scripts,
        names_are_file_names_with_the_adapters_extension,
        texts_are_scripts_of_a_revision_each,
        what_is_made_is_listed_and_what_is_refused_is_not,
    ),
    promises!(Gate::Undeclared(Capability::Scripts) => undeclared_they_are_unsupported),
];

fn list(bench: &Bench, options: &ConnectOptions) -> Result<Vec<ToolScript>, Refused> {
    let listed = block_on(bench.subject.adapter.list_scripts(options));
    listed.map_err(|error| Refused {
        call: "list_scripts",
        error,
    })
}

/// A new base, which may be made whatever else there is.
fn create(bench: &Bench, options: &ConnectOptions) -> Result<Option<ToolScript>, Refused> {
    let revision = NewRevision {
        message: "Made by the kit".to_owned(),
        revises: vec!["base".to_owned()],
        ..NewRevision::default()
    };
    let created = block_on(bench.subject.adapter.create_script(options, &revision));
    created.map_err(|error| Refused {
        call: "create_script",
        error,
    })
}

/// The scripts of a project to which one was added, if its tool lets the kit add one.
fn some(bench: &Bench) -> Result<Vec<ToolScript>, Ended> {
    let options = bench.empty()?.options;
    // What comes of it another case tells.
    let _ = create(bench, &options);
    Ok(list(bench, &options)?)
}

fn the_same_project_has_the_same_scripts(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    let listed = list(bench, &options)?;
    same("the scripts", &list(bench, &options)?, &listed)
}

fn names_are_file_names_with_the_adapters_extension(bench: &Bench) -> Verdict {
    let ending = format!(".{}", bench.info().extension);
    let mut names = HashSet::new();
    for ToolScript { name, .. } in some(bench)? {
        let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
        let is_name = name.chars().all(is_plain) && !name.starts_with('.');
        holds(is_name, &format!("{name:?} is no file name"))?;
        let ends = name.ends_with(&ending);
        holds(ends, &format!("{name:?} does not end in {ending}"))?;
        let is_new = names.insert(name.clone());
        holds(is_new, &format!("two scripts are called {name:?}"))?;
    }
    Ok(())
}

/// As far as it shows without a host: the header has an id, there is an upgrade section, and the adapter splits the text.
fn texts_are_scripts_of_a_revision_each(bench: &Bench) -> Verdict {
    let comment = &bench.info().comment;
    let mut ids = HashSet::new();
    for ToolScript { name, text, .. } in some(bench)? {
        let directives: Vec<Vec<&str>> = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix(comment.as_str())?
                    .trim()
                    .strip_prefix("dapter:")
            })
            .map(|directive| directive.split_whitespace().collect())
            .collect();
        let of_name = |name: &str| {
            let mut found = directives
                .iter()
                .filter(|words| words.first() == Some(&name));
            (found.next(), found.next())
        };
        let id = match of_name("revision") {
            (Some(words), None) if words.len() == 2 => words[1].to_owned(),
            _ => String::new(),
        };
        holds(!id.is_empty(), &format!("{name} has no id"))?;
        holds(ids.insert(id), &format!("{name} has the id of another"))?;
        let upgrades = of_name("upgrade").0.is_some();
        holds(upgrades, &format!("{name} has no upgrade section"))?;
        block_on(bench.subject.adapter.split(&text)).map_err(|error| Refused {
            call: "split",
            error,
        })?;
    }
    Ok(())
}

fn what_is_made_is_listed_and_what_is_refused_is_not(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    let mut expected = list(bench, &options)?;
    // A tool may have no such revisions; then it must have made none.
    if let Ok(made) = create(bench, &options) {
        expected.extend(made);
    }
    let mut listed = list(bench, &options)?;
    for scripts in [&mut expected, &mut listed] {
        scripts.sort_by(|one, other| one.name.cmp(&other.name));
    }
    same("the scripts", &listed, &expected)
}

fn undeclared_they_are_unsupported(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    refused(list(bench, &options), ErrorKind::Unsupported)?;
    refused(create(bench, &options), ErrorKind::Unsupported).map(drop)
}
