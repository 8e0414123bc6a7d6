//! Flyway: `V<version>__<description>.sql`, `U` to undo one, `R` to repeat one, `B` for a baseline
//! (`flyway-core`, `resolver` and `ResourceNameParser`).

use std::collections::BTreeMap;

use super::migration::{Directory, Migration};
use super::names::words;
use super::source::SourceFile;
use super::sums::crc32_of_lines;
use crate::script::ScriptTransaction;

/// A version as Flyway compares it: part by part, and zeros at the end do not count.
pub(crate) type Version = Vec<u64>;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut versioned: Vec<(Version, Migration)> = Vec::new();
    let mut baselines: Vec<(Version, Migration)> = Vec::new();
    let mut undos: BTreeMap<Version, &SourceFile> = BTreeMap::new();
    for file in files.iter().filter(|file| file.name().ends_with(".sql")) {
        let stem = file.name().trim_end_matches(".sql");
        let Some((start, description)) = stem.split_once("__") else {
            continue;
        };
        let Some(kind) = start.chars().next() else {
            continue;
        };
        let written = &start[kind.len_utf8()..];
        if kind == 'R' && written.is_empty() {
            directory.notes.push(format!(
                "{} is left out: a script here runs once, so run it after each change by hand, or as a step of its own",
                file.path
            ));
            continue;
        }
        let (true, Some(version)) = (matches!(kind, 'V' | 'U' | 'B'), version(written)) else {
            continue;
        };
        match kind {
            'U' => {
                undos.insert(version, file);
            }
            _ => {
                if let Some(placeholder) = placeholder(&file.text) {
                    directory.notes.push(format!(
                        "{}: `{placeholder}` is not filled in by dapter: write its value",
                        file.path
                    ));
                }
                let list = match kind {
                    'B' => &mut baselines,
                    _ => &mut versioned,
                };
                let migration = migration(file, stem, written, description, files);
                list.push((version, migration));
            }
        }
    }
    versioned.sort_by(|one, other| one.0.cmp(&other.0));
    add_baseline(&mut versioned, baselines, &mut directory.notes);
    for (version, migration) in &mut versioned {
        if let Some(undo) = undos.remove(version) {
            migration.downgrade = Some(undo.text.clone());
            migration.downgrade_transaction = transaction(undo, files);
        }
    }
    for file in undos.into_values() {
        let problem = file.problem(None, "it undoes a version that is not there");
        directory.problems.push(problem);
    }
    directory.migrations = versioned
        .into_iter()
        .map(|(_, migration)| migration)
        .collect();
    directory
}

fn migration(
    file: &SourceFile,
    stem: &str,
    written: &str,
    description: &str,
    files: &[SourceFile],
) -> Migration {
    Migration {
        key: written.replace('_', "."),
        name: stem.to_owned(),
        file: file.path.clone(),
        message: words(description),
        created: super::names::moment_of_version(written),
        upgrade: file.text.clone(),
        upgrade_transaction: transaction(file, files),
        checksums: vec![crc32_of_lines(&file.text).to_string()],
        ..Migration::default()
    }
}

/// What the file beside it, `<name>.sql.conf`, says.
fn transaction(file: &SourceFile, files: &[SourceFile]) -> ScriptTransaction {
    let path = format!("{}.conf", file.path);
    let conf = files.iter().find(|other| other.path == path);
    let none = conf.is_some_and(|conf| {
        conf.text.lines().any(|line| {
            let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            line.eq_ignore_ascii_case("executeInTransaction=false")
        })
    });
    match none {
        true => ScriptTransaction::None,
        false => ScriptTransaction::Default,
    }
}

/// A baseline stands for all versions up to its own: it is the first script where those are gone, and left out where they
/// are there.
fn add_baseline(
    versioned: &mut Vec<(Version, Migration)>,
    mut baselines: Vec<(Version, Migration)>,
    notes: &mut Vec<String>,
) {
    baselines.sort_by(|one, other| one.0.cmp(&other.0));
    let first = versioned.first().map(|(version, _)| version.clone());
    let stands_first = |version: &Version| first.as_ref().is_none_or(|first| version < first);
    let chosen = baselines
        .iter()
        .rposition(|(version, _)| stands_first(version));
    for (at, (version, migration)) in baselines.into_iter().enumerate() {
        if Some(at) == chosen {
            versioned.insert(0, (version, migration));
        } else {
            notes.push(format!(
                "{} is left out: the versions that it stands for are there themselves",
                migration.file
            ));
        }
    }
}

/// A version, written with `.` or `_` between its parts.
pub(crate) fn version(written: &str) -> Option<Version> {
    let parts: Option<Version> = written
        .split(['.', '_'])
        .map(|part| part.parse().ok())
        .collect();
    let mut parts = parts?;
    while parts.len() > 1 && parts.last() == Some(&0) {
        parts.pop();
    }
    Some(parts)
}

fn placeholder(text: &str) -> Option<&str> {
    let start = text.find("${")?;
    let end = text[start..].find('}')?;
    Some(&text[start..=start + end])
}
