//! golang-migrate: `<number>_<title>.up.sql` and `.down.sql` (`source/parse.go`).

use std::collections::BTreeMap;

use super::migration::{Directory, Migration};
use super::names::{Pair, digits_then, moment_of_version, words};
use super::source::SourceFile;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut pairs: BTreeMap<(u64, &str), Pair<'_>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.folder().is_empty()) {
        let (digits, rest) = digits_then(file.name());
        if digits.is_empty() || !rest.starts_with('_') {
            continue;
        }
        let (stem, is_up) = match file.name() {
            name if name.ends_with(".up.sql") => (&name[..name.len() - ".up.sql".len()], true),
            name if name.ends_with(".down.sql") => (&name[..name.len() - ".down.sql".len()], false),
            _ => continue,
        };
        let Ok(version) = digits.parse::<u64>() else {
            let message = format!("version {digits} is too great");
            directory.problems.push(file.problem(None, message));
            continue;
        };
        let pair = pairs.entry((version, stem)).or_default();
        match is_up {
            true => pair.up = Some(file),
            false => pair.down = Some(file),
        }
    }
    for ((version, stem), pair) in pairs {
        let Some(up) = pair.up else {
            let down = pair
                .any()
                .map(|file| file.problem(None, "there is no `.up.sql` to it"));
            directory.problems.extend(down);
            continue;
        };
        let (digits, title) = digits_then(stem);
        directory.migrations.push(Migration {
            key: version.to_string(),
            name: stem.to_owned(),
            file: up.path.clone(),
            message: words(title),
            created: moment_of_version(digits),
            upgrade: up.text.clone(),
            downgrade: pair.down.map(|down| down.text.clone()),
            ..Migration::default()
        });
    }
    directory
}
