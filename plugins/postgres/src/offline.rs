//! Scripts for the program `psql`.

use crate::alone;
use crate::dialect::{self, Form};
use crate::literal;
use crate::lock;
use crate::recorded::unfinished;
use crate::search_path;
use crate::settings::{LockMode, Settings};
use crate::tables::{self, LOCK, Place, REVISION};
use crate::tokens::Tokens;
use crate::transaction::{BEGIN, State, check_control};
use crate::writing;
use dapter_plugin_api::{OfflineChange, OfflineItem, OfflineScript, Requirement, Result};

/// How to run a script, and what it begins with.
const HEADER: &str =
    "-- For the program psql: psql -X -f SCRIPT DATABASE\n\\set ON_ERROR_STOP on\n";

struct Writer<'s> {
    text: String,
    place: Place,
    settings: &'s Settings,
    state: State,
}

/// Writes a script.
pub(crate) fn script(settings: &Settings, script: &OfflineScript) -> Result<String> {
    let mut writer = Writer {
        text: HEADER.to_owned(),
        place: Place::of(settings),
        settings,
        state: State::Idle,
    };
    writer.put("SET client_encoding = 'UTF8'");
    if let Some(names) = &settings.search_path {
        writer.put(&format!("SET search_path = {}", search_path::list(names)));
    }
    writer.lock(
        "pg_catalog.pg_try_advisory_lock",
        "somebody else holds dapter's lock",
    )?;
    for (index, item) in script.items.iter().enumerate() {
        let written = writer.item(item);
        written.map_err(|error| error.at(index as u64))?;
    }
    if writer.state == State::Script {
        return Err(unfinished());
    }
    writer.text.push('\n');
    writer.lock(
        "pg_catalog.pg_advisory_unlock",
        "dapter's lock was lost on the way",
    )?;
    Ok(writer.text)
}

impl Writer<'_> {
    fn item(&mut self, item: &OfflineItem) -> Result<()> {
        match item {
            OfflineItem::Comment(comment) => {
                self.text.push('\n');
                for line in comment.lines() {
                    self.text.push_str(&format!("-- {line}\n"));
                }
            }
            OfflineItem::EnsureHistory => {
                for create in tables::creations(&self.place) {
                    self.put(&create);
                }
            }
            OfflineItem::Require(requirement) => self.require(requirement)?,
            OfflineItem::Begin if self.state == State::Script => return Err(unfinished()),
            OfflineItem::Begin => {
                self.text.push_str(BEGIN.trim_end());
                self.text.push('\n');
                self.state = State::Open;
            }
            OfflineItem::Commit => {
                self.put("COMMIT");
                self.state = State::Idle;
            }
            OfflineItem::Execute(statement) => {
                check_control(statement, self.state)?;
                self.statement(statement)?;
            }
            OfflineItem::ExecuteRecorded { statement, change } => {
                check_control(statement, self.state)?;
                self.recorded(statement, change)?;
            }
            OfflineItem::Change(change) => self.change(change)?,
        }
        Ok(())
    }

    fn put(&mut self, statement: &str) {
        self.text.push_str(statement);
        self.text.push_str(";\n");
    }

    /// A statement of a script. Data of a copy end by themselves; a comment at the end must not hide the terminator.
    fn statement(&mut self, statement: &str) -> Result<()> {
        let has_data = Form::of(statement) == Form::Copy && dialect::copy(statement)?.is_some();
        let last_line = statement.lines().next_back().unwrap_or_default();
        self.text.push_str(statement);
        self.text.push_str(match has_data {
            true => "\n",
            false if last_line.contains("--") => "\n;\n",
            false => ";\n",
        });
        Ok(())
    }

    /// A statement with its record, in one transaction unless it takes none, or the script has its own.
    fn recorded(&mut self, statement: &str, change: &OfflineChange) -> Result<()> {
        let form = Form::of(statement);
        if self.state == State::Idle && form != Form::Begin && !may_commit(statement) {
            self.put("BEGIN");
            self.statement(statement)?;
            self.change(change)?;
            self.put("COMMIT");
            return Ok(());
        }
        self.statement(statement)?;
        if form == Form::Begin || form.chains() {
            self.state = State::Script;
        } else if form.ends_transaction() {
            self.state = State::Idle;
        }
        self.change(change)
    }

    fn require(&mut self, requirement: &Requirement) -> Result<()> {
        let conditions = self.conditions(requirement)?.join("\n    AND ");
        self.unless(&conditions, &requirement.otherwise)
    }

    /// Takes the lock, or gives it back: by the function that says whether it has.
    fn lock(&mut self, function: &str, otherwise: &str) -> Result<()> {
        if self.settings.lock == LockMode::Row {
            return Ok(());
        }
        let key = lock::key(&self.place.schema);
        self.unless(&format!("{function}({key})"), otherwise)
    }

    /// Fails with these words unless the condition holds.
    fn unless(&mut self, condition: &str, otherwise: &str) -> Result<()> {
        let words = literal::text(otherwise)?;
        let body = format!(
            "BEGIN\n  IF NOT ({condition}) THEN\n    \
             RAISE EXCEPTION USING MESSAGE = {words};\n  END IF;\nEND"
        );
        let mut tag = "$dapter$".to_owned();
        while body.contains(&tag) {
            tag.insert(1, '_');
        }
        self.put(&format!("DO {tag} {body} {tag}"));
        Ok(())
    }

    fn conditions(&self, requirement: &Requirement) -> Result<Vec<String>> {
        let table = self.place.table(&REVISION);
        let list = |revisions: &[String]| literal::array(revisions.iter().map(String::as_str));
        let mut conditions = vec![
            format!(
                "NOT EXISTS (SELECT 1 FROM {} WHERE id = 1)",
                self.place.table(&LOCK)
            ),
            format!("NOT EXISTS (SELECT 1 FROM {table} WHERE state <> 'applied')"),
        ];
        if !requirement.applied.is_empty() {
            conditions.push(format!(
                "(SELECT count(*) FROM {table} WHERE revision = ANY ({})) = {}",
                list(&requirement.applied)?,
                requirement.applied.len()
            ));
        }
        if !requirement.absent.is_empty() {
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM {table} WHERE revision = ANY ({}))",
                list(&requirement.absent)?
            ));
        }
        if let Some(others) = &requirement.others {
            let known: Vec<String> = requirement.applied.iter().chain(others).cloned().collect();
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM {table} WHERE revision <> ALL ({}))",
                list(&known)?
            ));
        }
        Ok(conditions)
    }

    fn change(&mut self, change: &OfflineChange) -> Result<()> {
        for statement in writing::offline(change, &self.place)? {
            self.put(&statement);
        }
        Ok(())
    }
}

/// Whether a statement runs by itself, or may end a transaction on its way.
fn may_commit(statement: &str) -> bool {
    let words = Tokens::of(statement).words(1);
    let runs_code = words
        .first()
        .is_some_and(|word| word == "CALL" || word == "DO");
    runs_code || alone::of(statement).is_some()
}
