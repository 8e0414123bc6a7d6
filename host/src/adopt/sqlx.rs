//! sqlx: `<number>_<name>.sql`, or `.up.sql` and `.down.sql` (`sqlx-core/src/migrate`).

use std::collections::BTreeMap;

use super::migration::{Directory, Migration, alone};
use super::names::{Pair, moment_of_version, number, words};
use super::source::SourceFile;
use super::sums::hex_sha384;

/// What the text of a migration that runs outside a transaction must begin with.
const NO_TRANSACTION: &str = "-- no-transaction";

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut pairs: BTreeMap<(i64, &str), Pair<'_>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.folder().is_empty()) {
        let Some(stem) = file.name().strip_suffix(".sql") else {
            continue;
        };
        let Some((digits, _)) = stem.split_once('_') else {
            continue;
        };
        let Ok(version) = digits.parse::<i64>() else {
            let message = format!("`{digits}` is no version: sqlx wants a whole number");
            directory.problems.push(file.problem(None, message));
            continue;
        };
        match (stem.strip_suffix(".up"), stem.strip_suffix(".down")) {
            (_, Some(stem)) => pairs.entry((version, stem)).or_default().down = Some(file),
            (stem_of_up, None) => {
                let stem = stem_of_up.unwrap_or(stem);
                pairs.entry((version, stem)).or_default().up = Some(file);
            }
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
        let wanted = |file: Option<&SourceFile>| {
            alone(file.is_some_and(|file| file.text.starts_with(NO_TRANSACTION)))
        };
        directory.migrations.push(Migration {
            key: version.to_string(),
            name: stem.to_owned(),
            file: up.path.clone(),
            message: words(stem.split_once('_').map_or("", |(_, name)| name)),
            created: moment_of_version(&number(&version.to_string())),
            upgrade: up.text.clone(),
            downgrade: pair.down.map(|down| down.text.clone()),
            upgrade_transaction: wanted(Some(up)),
            downgrade_transaction: wanted(pair.down),
            checksums: by_line_end(&up.text).map(|text| hex_sha384(&text)).into(),
            ..Migration::default()
        });
    }
    directory
}

/// A text with each kind of line end, as it is first: a checkout may have changed them.
pub(super) fn by_line_end(text: &str) -> [String; 3] {
    let plain = text.replace("\r\n", "\n");
    let with_cr = plain.replace('\n', "\r\n");
    [text.to_owned(), plain, with_cr]
}
