//! refinery: `V<number>__<name>.sql`; `U` instead of `V` for those that may come late (`refinery_core/src/util.rs`).

use super::migration::{Directory, Migration};
use super::names::{digits_then, moment_of_version, words};
use super::source::SourceFile;
use super::sqlx::by_line_end;
use super::sums::refinery_sums;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut found: Vec<(i64, Migration)> = Vec::new();
    for file in files {
        let Some((digits, title, extension)) = name_parts(file.name()) else {
            continue;
        };
        if extension == "rs" {
            let mut problem = file.problem(None, "it is a program, and no statements");
            problem.hint = Some("write what it returns as SQL, under the same version".to_owned());
            directory.problems.push(problem);
            continue;
        }
        let Ok(version) = digits.parse::<i64>() else {
            let message = format!("version {digits} is too great");
            directory.problems.push(file.problem(None, message));
            continue;
        };
        let stem = file.name().trim_end_matches(".sql");
        let texts = by_line_end(&file.text);
        let migration = Migration {
            key: version.to_string(),
            name: stem.to_owned(),
            file: file.path.clone(),
            message: words(title),
            created: moment_of_version(digits),
            upgrade: file.text.clone(),
            checksums: texts
                .iter()
                .flat_map(|text| refinery_sums(title, version, text))
                .collect(),
            ..Migration::default()
        };
        found.push((version, migration));
    }
    found.sort_by_key(|(version, _)| *version);
    directory.migrations = found.into_iter().map(|(_, migration)| migration).collect();
    directory
}

/// Digits, name and extension of a file that refinery takes for a migration.
pub(super) fn name_parts(name: &str) -> Option<(&str, &str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (digits, rest) = digits_then(stem.strip_prefix(['V', 'U'])?);
    let title = rest.strip_prefix("__")?;
    let is_title = !title.is_empty() && title.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_one = !digits.is_empty() && is_title && matches!(extension, "sql" | "rs");
    is_one.then_some((digits, title, extension))
}
