//! `conformance.toml`: what the kit must know of an adapter's databases and language.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dapter::api::abi::Adapter;
use dapter::api::{ErrorKind, Value};
use dapter_conformance::{Effect, Failing, Fresh, Look, Refusal, Script, Subject, Writers};
use serde::Deserialize;

use super::super::super::output::Failure;
use super::super::super::paths::{absolute, shown};
use super::SUBJECT_FILE_NAME;
use super::databases::Databases;

/// What the file says; `docs/authors.md` explains each line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectFile {
    /// The URL of a new database.
    pub(super) fresh: String,
    /// Statements, run at `--url`, that make it.
    #[serde(default)]
    pub(super) create: Vec<String>,
    /// Statements, run at `--url`, that remove it.
    #[serde(default)]
    pub(super) drop: Vec<String>,
    /// The URL of a database that is not there.
    pub(super) absent: Option<String>,
    /// Options beside every URL.
    #[serde(default)]
    pub(super) options: BTreeMap<String, String>,
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
    /// Reads the file that was named, or else the one in this folder or in one above the plugin's.
    pub(super) fn find(named: Option<&Path>, plugin: &Path) -> Result<(PathBuf, Self), Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => nearest(plugin).ok_or_else(|| {
                let hint = format!("write one ({SUBJECT_FILE_NAME} of `dapter plugin new` is an example), or name it with --subject FILE");
                let message = format!(
                    "there is no {SUBJECT_FILE_NAME} here, nor above {}: it tells the kit how to get an empty database",
                    shown(plugin)
                );
                Failure::refused(message).hint(hint)
            })?,
        };
        let broken = |why: String, hint: &str| {
            Failure::refused(format!("{}: {why}", shown(&path))).hint(hint)
        };
        let text = fs::read_to_string(&path)
            .map_err(|error| broken(format!("cannot be read: {error}"), "check --subject"))?;
        let file = toml::from_str(&text).map_err(|error| {
            broken(
                error.to_string().trim_end().to_owned(),
                "docs/authors.md explains each line",
            )
        })?;
        Ok((path, file))
    }

    /// Whether a database is seen by other processes than the one that made it.
    pub(super) fn has_many_processes(&self) -> bool {
        !matches!(self.processes, Some(HowMany::One))
    }

    /// The subject of the cases.
    pub(super) fn into_subject(
        self,
        adapter: Adapter,
        databases: &Arc<Databases>,
    ) -> Result<Subject, Failure> {
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
            adapter,
            fresh: Box::new(move || for_fresh.fresh()),
            absent: databases
                .names_absent()
                .then(|| -> Fresh { Box::new(move || for_absent.absent()) }),
            refused: refused.collect::<Result<_, Failure>>()?,
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

fn nearest(plugin: &Path) -> Option<PathBuf> {
    let here = PathBuf::from(SUBJECT_FILE_NAME);
    if here.is_file() {
        return Some(here);
    }
    let plugin = absolute(plugin);
    let above = plugin.ancestors().skip(1);
    above
        .map(|folder| folder.join(SUBJECT_FILE_NAME))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guide_shows_is_a_subject() {
        let guide = include_str!("../../../../../docs/authors.md");
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
