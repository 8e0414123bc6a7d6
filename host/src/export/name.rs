//! What a script is called in another tool.

use super::script::Outgoing;
use crate::adopt::{Tool, digits_then};
use crate::script::slug;

/// From here on a number is a time and no count.
const TIMES_FROM: u64 = 10_000_000_000;

/// What a script is called elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// What the tool's table calls it.
    pub(super) key: String,
    /// What its files are called, without directions and extension.
    pub(super) stem: String,
}

/// The names of scripts, in their order: those of their aliases, and behind them new ones.
pub(super) fn names(tool: Tool, scripts: &[Outgoing]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::with_capacity(scripts.len());
    for script in scripts {
        let aliases = script.revision.aliases.iter();
        let kept = aliases
            .filter_map(|alias| named(tool, alias.as_str()))
            .max_by_key(|name| name.stem.len());
        let name = kept.unwrap_or_else(|| new_name(tool, script, names.last()));
        names.push(name);
    }
    names
}

/// The name, if it is one that the tool itself could have given.
fn named(tool: Tool, stem: &str) -> Option<Name> {
    let (digits, rest) = digits_then(stem);
    let number = digits.parse::<i64>().ok();
    let is_numbered = rest.starts_with('_') && number.is_some();
    let key = match tool {
        Tool::Alembic => None,
        Tool::Sqlx | Tool::GolangMigrate | Tool::Goose => number
            .filter(|_| is_numbered)
            .map(|number| number.to_string()),
        Tool::Dbmate => is_numbered.then(|| digits.to_owned()),
        Tool::Atlas => {
            let is_version = is_numbered || number.is_some() && rest.is_empty();
            is_version.then(|| digits.to_owned())
        }
        Tool::Prisma => is_numbered.then(|| stem.to_owned()),
        Tool::Diesel => {
            let version = stem.split_once('_')?.0.replace('-', "");
            let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
            is_version.then_some(version)
        }
        Tool::Flyway => {
            let (version, _) = stem.strip_prefix('V')?.split_once("__")?;
            let is_version = version.starts_with(|c: char| c.is_ascii_digit());
            is_version.then(|| version.replace('_', "."))
        }
        Tool::Refinery => {
            let (digits, rest) = digits_then(stem.strip_prefix(['V', 'U'])?);
            let number = digits
                .parse::<i64>()
                .ok()
                .filter(|_| rest.starts_with("__"));
            number.map(|number| number.to_string())
        }
    };
    key.map(|key| Name {
        key,
        stem: stem.to_owned(),
    })
}

fn new_name(tool: Tool, script: &Outgoing, before: Option<&Name>) -> Name {
    let id = script.revision.id.as_str();
    let title = match slug(&script.revision.message) {
        title if title.is_empty() => slug(id),
        title => title,
    };
    if tool == Tool::Alembic {
        let stem = format!("{id}_{title}");
        return Name {
            key: id.to_owned(),
            stem,
        };
    }
    let digits_before = before.map(|name| version_digits(&name.stem));
    let last: Option<u64> = digits_before
        .as_ref()
        .and_then(|digits| digits.parse().ok());
    let counts =
        last.is_some_and(|last| last < TIMES_FROM) || last.is_none() && tool == Tool::Refinery;
    let next = last.map_or(1, |last| last + 1);
    let number = match time_digits(script) {
        Some(time) if !counts => time.max(next),
        _ => next,
    };
    let width = digits_before
        .filter(|_| counts)
        .map_or(0, |digits| digits.len());
    let version = format!("{number:0width$}");
    let stem = match tool {
        Tool::Flyway | Tool::Refinery => format!("V{version}__{title}"),
        _ => format!("{version}_{title}"),
    };
    named(tool, &stem).unwrap_or(Name { key: version, stem })
}

/// The digits of a name's version; of one with several parts the first.
fn version_digits(stem: &str) -> String {
    let version = stem.trim_start_matches(['V', 'U']);
    let version = version
        .split('_')
        .next()
        .unwrap_or_default()
        .replace('-', "");
    digits_then(&version).0.to_owned()
}

/// When a script was made, in fourteen digits.
fn time_digits(script: &Outgoing) -> Option<u64> {
    let created = script.created.as_deref()?.get(..19)?;
    let digits: String = created.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}
