//! Atlas: `<version>_<description>.sql` with directives in comments (`sql/migrate/dir.go`).

use super::migration::{Directory, Migration};
use super::names::{moment_of_version, words};
use super::source::SourceFile;
use super::sums::AtlasSum;
use crate::script::ScriptTransaction;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut sums = AtlasSum::default();
    let is_migration =
        |file: &&SourceFile| file.folder().is_empty() && file.name().ends_with(".sql");
    let mut found: Vec<&SourceFile> = files.iter().filter(is_migration).collect();
    found.sort_by_key(|file| file.name());
    for file in found {
        let sum = sums.add(file.name(), &file.text);
        let stem = file.name().trim_end_matches(".sql");
        let (version, title) = stem.split_once('_').unwrap_or((stem, ""));
        if directive(&file.text, "checkpoint").is_some() && !directory.migrations.is_empty() {
            directory.notes.push(format!(
                "{} is left out: it is a checkpoint, and what it stands for is there itself",
                file.path
            ));
            continue;
        }
        if directive(&file.text, "txtar").is_some() {
            directory
                .problems
                .push(file.problem(None, "archives of several files are not read"));
            continue;
        }
        let none = directive(&file.text, "txmode") == Some("none");
        directory.migrations.push(Migration {
            key: version.to_owned(),
            name: stem.to_owned(),
            file: file.path.clone(),
            message: words(title),
            created: moment_of_version(version),
            upgrade: match directive(&file.text, "delimiter") {
                Some(delimiter) => delimited(&file.text, &delimiter.replace("\\n", "\n")),
                None => file.text.clone(),
            },
            upgrade_transaction: match none {
                true => ScriptTransaction::None,
                false => ScriptTransaction::Default,
            },
            checksums: sum.into_iter().collect(),
            ..Migration::default()
        });
    }
    if let Some(file) = files.iter().find(|file| file.path == "atlas.sum")
        && file.text.trim() != sums.text().trim()
    {
        let note =
            "atlas.sum does not match the files: somebody changed them since `atlas migrate hash`";
        directory.notes.push(note.to_owned());
    }
    directory
}

/// The value of a directive at the top of a file, empty if it has none.
fn directive<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let comments = text.lines().take_while(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with("--") || line.starts_with('#')
    });
    comments.into_iter().find_map(|line| {
        let (_, rest) = line.split_once("atlas:")?;
        let rest = rest.strip_prefix(name)?;
        let ends = rest.is_empty() || rest.starts_with(' ');
        ends.then(|| rest.trim_matches(' '))
    })
}

/// Each statement of a text with a delimiter of its own, so that nobody splits it elsewhere.
fn delimited(text: &str, delimiter: &str) -> String {
    let body: String = text
        .split_inclusive('\n')
        .filter(|line| !line.contains("atlas:delimiter"))
        .collect();
    let statements = body.split(delimiter).map(str::trim);
    let statement = |text: &str| format!("-- dapter:statement\n{text}\n-- dapter:end\n");
    statements
        .filter(|text| !text.is_empty())
        .map(statement)
        .collect()
}
