//! Alembic: what its own offline mode renders, revision by revision.
//!
//! [`ALEMBIC_READER`] is a program for the user's own Python, which knows the models and settings that `env.py` needs; it
//! prints one document, and only that is read here.

use serde::Deserialize;

use super::migration::{Directory, Migration, alone};
use super::names::lines;
use super::source::SourceFile;

/// The program that renders a directory of Alembic: its arguments are the directory, and what it prints is JSON.
pub const ALEMBIC_READER: &str = include_str!("alembic_reader.py");

/// The name under which the document is handed in.
pub const ALEMBIC_DOCUMENT: &str = "alembic.json";

#[derive(Debug, Deserialize)]
struct Document {
    version_table: String,
    revisions: Vec<Rendered>,
}

#[derive(Debug, Deserialize)]
struct Rendered {
    revision: String,
    path: String,
    message: String,
    created: Option<String>,
    down_revisions: Vec<String>,
    depends_on: Vec<String>,
    branch_labels: Vec<String>,
    upgrade: Option<String>,
    downgrade: Option<String>,
    /// Why it could not be rendered.
    error: Option<String>,
}

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let Some(file) = files.iter().find(|file| file.path == ALEMBIC_DOCUMENT) else {
        return directory;
    };
    let document: Document = match serde_json::from_str(&file.text) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("what Alembic rendered cannot be read: {error}");
            directory.problems.push(file.problem(None, message));
            return directory;
        }
    };
    for rendered in document.revisions {
        let source = SourceFile {
            path: rendered.path.clone(),
            text: String::new(),
        };
        if let Some(error) = &rendered.error {
            let mut problem = source.problem(None, format!("Alembic cannot render it: {error}"));
            let hint = "what asks the database cannot run offline: guard it with `context.is_offline_mode()`";
            problem.hint = Some(hint.to_owned());
            directory.problems.push(problem);
            continue;
        }
        let step =
            |text: &str, verb| statements(text, verb, &rendered.revision, &document.version_table);
        let up = step(rendered.upgrade.as_deref().unwrap_or_default(), "upgrade");
        let down = rendered
            .downgrade
            .as_deref()
            .map(|text| step(text, "downgrade"));
        directory.migrations.push(Migration {
            name: rendered.revision.clone(),
            key: rendered.revision,
            file: rendered.path,
            message: rendered.message,
            created: rendered.created,
            upgrade_transaction: alone(up.alone),
            downgrade_transaction: alone(down.as_ref().is_some_and(|down| down.alone)),
            upgrade: up.text,
            downgrade: down.map(|down| down.text),
            parents: Some(rendered.down_revisions),
            depends_on: rendered.depends_on,
            labels: rendered.branch_labels,
            checksums: Vec::new(),
        });
    }
    directory
}

struct Step {
    text: String,
    /// Whether a part of it left the transaction.
    alone: bool,
}

/// The statements of one revision in what an offline run printed: what stands behind the line that announces it, without
/// what Alembic does to its own table and without the transaction around it.
fn statements(text: &str, verb: &str, revision: &str, table: &str) -> Step {
    let mut own = String::new();
    let mut inside = false;
    for (_, line) in lines(text) {
        if let Some(rest) = line.strip_prefix(&format!("-- Running {verb} ")) {
            let (from, to) = rest
                .trim_end_matches(['\r', '\n'])
                .split_once(" -> ")
                .unwrap_or((rest, ""));
            let named = match verb {
                "upgrade" => to,
                _ => from,
            };
            inside = named.trim_end().split(", ").any(|name| name == revision);
        } else if line.starts_with("-- Running ") {
            inside = false;
        } else if inside {
            own.push_str(line);
        }
    }
    let paragraphs = own.split("\n\n").map(str::trim);
    let mut parts: Vec<&str> = paragraphs.filter(|part| !part.is_empty()).collect();
    let is_of_alembic = |part: &str| {
        matches!(part, "BEGIN;" | "COMMIT;" | "BEGIN TRANSACTION;") || touches(part, table)
    };
    while parts.last().is_some_and(|part| is_of_alembic(part)) {
        parts.pop();
    }
    let alone = parts.contains(&"COMMIT;");
    parts.retain(|part| !matches!(*part, "BEGIN;" | "COMMIT;"));
    let text = parts
        .iter()
        .map(|part| format!("{part}\n\n"))
        .collect::<String>();
    let text = text.trim_end();
    Step {
        text: match text.is_empty() {
            true => String::new(),
            false => format!("{text}\n"),
        },
        alone,
    }
}

/// Whether a statement changes Alembic's table: the first word that is none of the language is its name.
fn touches(statement: &str, table: &str) -> bool {
    const CHANGES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "DROP"];
    let mut words = statement.split([' ', ';', '\n']);
    let changes = words.next().is_some_and(|word| CHANGES.contains(&word));
    let mut names = words.filter(|word| !matches!(*word, "INTO" | "FROM" | "TABLE"));
    let name = names
        .next()
        .unwrap_or_default()
        .replace(['"', '`', '[', ']'], "");
    changes && (name == table || name.ends_with(&format!(".{table}")))
}
