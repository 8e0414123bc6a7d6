//! goose: `<number>_<name>.sql` with annotations (`pressly/goose`, `internal/sqlparser`).

use super::migration::{Directory, Migration};
use super::names::{digits_then, lines, moment_of_version, words};
use super::source::SourceFile;
use crate::diagnostic::Diagnostic;
use crate::script::ScriptTransaction;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut found: Vec<(u64, Migration)> = Vec::new();
    for file in files.iter().filter(|file| file.folder().is_empty()) {
        let name = file.name();
        let (digits, rest) = digits_then(name);
        if digits.is_empty() || !rest.starts_with('_') {
            continue;
        }
        if name.ends_with(".go") {
            if !name.ends_with("_test.go") {
                let mut problem = file.problem(None, "it is a program, and no statements");
                problem.hint = Some("write what it does as SQL, under the same version".to_owned());
                directory.problems.push(problem);
            }
            continue;
        }
        let Some(stem) = name.strip_suffix(".sql") else {
            continue;
        };
        match digits.parse::<u64>() {
            Ok(version) if version > 0 => match sections(file) {
                Ok(sections) => found.push((version, migration(file, stem, version, sections))),
                Err(problems) => directory.problems.extend(problems),
            },
            _ => {
                let message = format!("version {digits} is none that goose has");
                directory.problems.push(file.problem(None, message));
            }
        }
    }
    found.sort_by_key(|(version, _)| *version);
    directory.migrations = found.into_iter().map(|(_, migration)| migration).collect();
    directory
}

fn migration(file: &SourceFile, stem: &str, version: u64, sections: Sections) -> Migration {
    let (digits, title) = digits_then(stem);
    Migration {
        key: version.to_string(),
        name: stem.to_owned(),
        file: file.path.clone(),
        message: words(title),
        created: moment_of_version(digits),
        upgrade: sections.up.unwrap_or_default(),
        downgrade: sections.down,
        upgrade_transaction: sections.transaction,
        downgrade_transaction: sections.transaction,
        ..Migration::default()
    }
}

#[derive(Debug, Default)]
struct Sections {
    up: Option<String>,
    down: Option<String>,
    transaction: ScriptTransaction,
}

/// Reads the annotations; a statement between `StatementBegin` and `StatementEnd` is one here too.
fn sections(file: &SourceFile) -> Result<Sections, Vec<Diagnostic>> {
    let mut sections = Sections::default();
    let mut problems = Vec::new();
    let mut in_statement = None;
    let mut in_down = false;
    for (at, line) in lines(&file.text) {
        let annotation = annotation(line);
        let place = match in_down {
            true => &mut sections.down,
            false => &mut sections.up,
        };
        match (annotation.as_deref(), place) {
            (Some("up"), None) if !in_down => sections.up = Some(String::new()),
            (Some("down"), Some(_)) if !in_down => {
                in_down = true;
                sections.down = Some(String::new());
            }
            (Some("statementbegin"), Some(text)) if in_statement.is_none() => {
                in_statement = Some(at);
                text.push_str("-- dapter:statement\n");
            }
            (Some("statementend"), Some(text)) if in_statement.is_some() => {
                in_statement = None;
                text.push_str("-- dapter:end\n");
            }
            (Some("no transaction"), _) => sections.transaction = ScriptTransaction::None,
            (Some("envsub off"), _) => {}
            (Some("envsub on"), _) => problems.push(file.problem(
                Some(at),
                "it has variables of the environment filled in, which dapter does not",
            )),
            (Some(other), _) => {
                let message = format!("`+goose {other}` cannot stand here");
                problems.push(file.problem(Some(at), message));
            }
            (None, Some(text)) => text.push_str(line),
            (None, None) => {
                let text = line.trim();
                if !text.is_empty() && !text.starts_with("--") {
                    let message = "a statement stands before `-- +goose Up`";
                    problems.push(file.problem(Some(at), message));
                }
            }
        }
    }
    if let Some(at) = in_statement {
        problems.push(file.problem(Some(at), "`StatementBegin` without `StatementEnd`"));
    }
    if sections.up.is_none() && problems.is_empty() {
        problems.push(file.problem(None, "there is no `-- +goose Up`"));
    }
    match problems.is_empty() {
        true => Ok(sections),
        false => Err(problems),
    }
}

/// The annotation of a line in small letters: a comment from the very first character that names goose.
pub(super) fn annotation(line: &str) -> Option<String> {
    let comment = line.strip_prefix("--")?;
    let words = comment.trim().strip_prefix("+goose")?;
    let words: Vec<&str> = words.split_whitespace().collect();
    Some(words.join(" ").to_ascii_lowercase())
}
