//! `conformance.toml`: what the kit must know of an adapter's databases and language.

use crate::databases::Databases;
use crate::file_error::FileError;
use crate::subject::{Effect, Failing, Fresh, Look, Refusal, Script, Subject, Writers};
use dapter_plugin_api::{ErrorKind, Value};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What the file says; `docs/authors.md` explains each line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectFile {
    /// The URL of a new database.
    pub(crate) fresh: String,
    /// Statements, run at `--url`, that make it.
    #[serde(default)]
    pub(crate) create: Vec<String>,
    /// Statements, run at `--url`, that remove it.
    #[serde(default)]
    pub(crate) drop: Vec<String>,
    /// The URL of a database that is not there.
    pub(crate) absent: Option<String>,
    /// Options beside every URL.
    #[serde(default)]
    pub(crate) options: BTreeMap<String, String>,
    #[serde(default)]
    refused: Vec<RefusedUrl>,
    #[serde(default)]
    prepare: Vec<String>,
    put: EffectText,
    fail: FailText,
    script: ScriptText,
    unsplittable: Option<String>,
    look: Option<LookText>,
    ddl: Option<EffectText>,
    slow: Option<String>,
    #[serde(default)]
    kill: Vec<String>,
    #[serde(default)]
    writers: HowMany,
    /// How many processes see a database.
    processes: Option<HowMany>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedUrl {
    name: String,
    url: String,
    #[serde(default = "connect")]
    kind: ErrorKind,
    secret: Option<String>,
}

fn connect() -> ErrorKind {
    ErrorKind::Connect
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectText {
    statement: String,
    #[serde(default)]
    rows: u64,
    probe: String,
}

impl EffectText {
    fn into_effect(self) -> Effect {
        Effect {
            statement: self.statement,
            rows: self.rows,
            probe: self.probe,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailText {
    statement: String,
    #[serde(default = "statement")]
    kind: ErrorKind,
    code: Option<String>,
    position: Option<u64>,
}

fn statement() -> ErrorKind {
    ErrorKind::Statement
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptText {
    text: String,
    statements: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookText {
    query: String,
    #[serde(default)]
    before: Vec<Vec<Cell>>,
    after: Vec<Vec<Cell>>,
}

/// A value of a row. What TOML has no word for is `{ null = true }` and `{ bytes = [1, 2] }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Cell {
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(String),
    Null { null: True },
    Bytes { bytes: Vec<u8> },
}

/// The only thing that can be said of null.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "bool")]
struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(word: bool) -> Result<Self, Self::Error> {
        word.then_some(True).ok_or("write null = true")
    }
}

impl Cell {
    fn value(self) -> Value {
        match self {
            Cell::Bool(value) => Value::Bool(value),
            Cell::Integer(value) => Value::Integer(value),
            Cell::Real(value) => Value::Real(value),
            Cell::Text(value) => Value::Text(value),
            Cell::Null { null: True } => Value::Null,
            Cell::Bytes { bytes } => Value::Bytes(bytes),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HowMany {
    #[default]
    One,
    Many,
}

impl SubjectFile {
    /// What such a file is called.
    pub const NAME: &str = "conformance.toml";

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or does not say what the kit must know.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let broken = |why: String, hint| FileError::new(format!("{}: {why}", path.display()), hint);
        let text = fs::read_to_string(path).map_err(|error| {
            broken(
                format!("cannot be read: {error}"),
                "check that it is there and may be read",
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            broken(
                error.to_string().trim_end().to_owned(),
                "docs/authors.md explains each line",
            )
        })
    }

    /// Whether a database is seen by other processes than the one that made it.
    #[must_use]
    pub fn has_many_processes(&self) -> bool {
        !matches!(self.processes, Some(HowMany::One))
    }

    /// The subject of the cases, whose databases are these.
    ///
    /// # Errors
    /// What cannot be filled in.
    pub fn into_subject(self, databases: &Arc<Databases>) -> Result<Subject, FileError> {
        let (for_fresh, for_absent) = (Arc::clone(databases), Arc::clone(databases));
        let refused = self.refused.into_iter().map(|refused| {
            Ok(Refusal {
                options: databases.options(&refused.url)?,
                name: refused.name,
                kind: refused.kind,
                secret: refused.secret,
            })
        });
        let rows = |rows: Vec<Vec<Cell>>| -> Vec<Vec<Value>> {
            let row = |row: Vec<Cell>| row.into_iter().map(Cell::value).collect();
            rows.into_iter().map(row).collect()
        };
        Ok(Subject {
            adapter: databases.adapter.clone(),
            fresh: Box::new(move || for_fresh.fresh()),
            absent: databases
                .names_absent()
                .then(|| -> Fresh { Box::new(move || for_absent.absent()) }),
            refused: refused.collect::<Result<_, FileError>>()?,
            prepare: self.prepare,
            put: self.put.into_effect(),
            fail: Failing {
                statement: self.fail.statement,
                kind: self.fail.kind,
                code: self.fail.code,
                position: self.fail.position,
            },
            script: Script {
                text: self.script.text,
                statements: self.script.statements,
            },
            unsplittable: self.unsplittable,
            look: self.look.map(|look| Look {
                query: look.query,
                before: rows(look.before),
                after: rows(look.after),
            }),
            ddl: self.ddl.map(EffectText::into_effect),
            slow: self.slow,
            kill: self.kill,
            writers: match self.writers {
                HowMany::One => Writers::One,
                HowMany::Many => Writers::Many,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guide_shows_is_a_subject() {
        let guide = include_str!("../../../docs/authors.md");
        let mut blocks = guide.split("```toml\n").skip(1);
        let example = blocks.next().and_then(|rest| rest.split("```").next());
        let file: SubjectFile = toml::from_str(example.expect("an example")).expect("a subject");
        assert_eq!(file.put.rows, 1);
        let server = blocks.next().and_then(|rest| rest.split("```").next());
        let rest = "put = { statement = \"p\", probe = \"q\" }\nfail = { statement = \"f\" }\n\
                    script = { text = \"p\", statements = [\"p\"] }\n";
        let text = format!("{}{rest}", server.expect("an example"));
        let file: SubjectFile = toml::from_str(&text).expect("a subject");
        assert_eq!((file.create.len(), file.drop.len()), (1, 1));
    }

    #[test]
    fn rows_may_hold_what_toml_has_no_word_for() {
        let text =
            "query = \"q\"\nafter = [[1, 1.5, true, \"x\", { null = true }, { bytes = [255] }]]\n";
        let look: LookText = toml::from_str(text).expect("rows");
        let row = look.after.into_iter().flatten();
        let values: Vec<Value> = row.map(Cell::value).collect();
        assert_eq!(
            values,
            [
                Value::Integer(1),
                Value::Real(1.5),
                Value::Bool(true),
                Value::Text("x".to_owned()),
                Value::Null,
                Value::Bytes(vec![255]),
            ]
        );
        assert!(toml::from_str::<LookText>("query = \"q\"\nafter = [[{ null = false }]]").is_err());
    }
}
