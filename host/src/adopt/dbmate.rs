//! dbmate: `<digits>….sql` with the blocks `-- migrate:up` and `-- migrate:down` (`pkg/dbmate/migration.go`).

use super::migration::{Directory, Migration, alone};
use super::names::{digits_then, lines, moment_of_version, words};
use super::source::SourceFile;
use crate::diagnostic::Diagnostic;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let mut files: Vec<&SourceFile> = files
        .iter()
        .filter(|file| file.folder().is_empty())
        .collect();
    files.sort_by_key(|file| file.name());
    for file in files {
        let (digits, _) = digits_then(file.name());
        let Some(stem) = file.name().strip_suffix(".sql") else {
            continue;
        };
        if digits.is_empty() {
            continue;
        }
        let blocks = match blocks(file) {
            Ok(blocks) => blocks,
            Err(problem) => {
                directory.problems.push(problem);
                continue;
            }
        };
        let (_, title) = digits_then(stem);
        let ups = blocks.iter().filter(|block| block.is_up);
        // What came last goes first.
        let downs = blocks.iter().rev().filter(|block| !block.is_up);
        directory.migrations.push(Migration {
            key: digits.to_owned(),
            name: stem.to_owned(),
            file: file.path.clone(),
            message: words(title),
            created: moment_of_version(digits),
            upgrade: ups.map(|block| block.text.as_str()).collect(),
            downgrade: Some(downs.map(|block| block.text.as_str()).collect()),
            upgrade_transaction: alone(blocks.iter().any(|block| block.is_up && block.alone)),
            downgrade_transaction: alone(blocks.iter().any(|block| !block.is_up && block.alone)),
            ..Migration::default()
        });
    }
    directory
}

#[derive(Debug)]
struct Block {
    is_up: bool,
    /// Whether it wants no transaction.
    alone: bool,
    text: String,
}

/// The blocks of a file: ups and downs in turn, an up first.
fn blocks(file: &SourceFile) -> Result<Vec<Block>, Diagnostic> {
    let mut blocks: Vec<Block> = Vec::new();
    for (at, line) in lines(&file.text) {
        match directive(line) {
            Some((is_up, options)) => {
                let expected = blocks.last().is_none_or(|block| !block.is_up);
                if is_up != expected {
                    let message = "`migrate:up` and `migrate:down` do not take turns, an up first";
                    return Err(file.problem(Some(at), message));
                }
                blocks.push(Block {
                    is_up,
                    alone: options
                        .split_whitespace()
                        .any(|option| option == "transaction:false"),
                    text: String::new(),
                });
            }
            None => match blocks.last_mut() {
                Some(block) => block.text.push_str(line),
                None if line.trim().is_empty() || line.trim_start().starts_with("--") => {}
                None => {
                    let message = "a statement stands before `-- migrate:up`";
                    return Err(file.problem(Some(at), message));
                }
            },
        }
    }
    match blocks.last() {
        None => Err(file.problem(None, "there is no `-- migrate:up`")),
        Some(block) if block.is_up => Err(file.problem(None, "there is no `-- migrate:down`")),
        Some(_) => Ok(blocks),
    }
}

/// Whether a line begins a block, which, and with which options.
pub(super) fn directive(line: &str) -> Option<(bool, &str)> {
    let comment = line.strip_prefix("--")?.trim_start();
    let (is_up, rest) = match comment.strip_prefix("migrate:up") {
        Some(rest) => (true, rest),
        None => (false, comment.strip_prefix("migrate:down")?),
    };
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    ends.then(|| (is_up, rest.trim()))
}
