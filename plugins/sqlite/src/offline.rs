//! Scripts for the program `sqlite3`.

use crate::connect::Settings;
use crate::dialect::Form;
use crate::history::{
    INSERT_LOG, INSERT_REVISION, OR_UPDATE_REVISION, log_values, revision_values,
};
use crate::session::{not_the_scripts, unfinished};
use crate::tables;
use dapter_plugin_api::sql::{self, Rules};
use dapter_plugin_api::{
    AdapterError, ErrorKind, OfflineChange, OfflineItem, OfflineScript, Requirement, Result,
};
use rusqlite::types::Value;

/// How to run a script, and what it begins with.
const HEADER: &str = "-- For the program sqlite3: sqlite3 FILE.db < SCRIPT\n";

/// The present, as the history writes it.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/// Whose transaction is open at a place of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    None,
    Host,
    Script,
}

struct Writer {
    text: String,
    open: Open,
}

/// Writes a script.
pub(crate) fn script(script: &OfflineScript) -> Result<String> {
    let settings = Settings::parse(&script.options)?;
    let mut writer = Writer {
        text: HEADER.to_owned(),
        open: Open::None,
    };
    writer.text.push_str(".bail on\n.timeout 60000\n");
    let enforced = if settings.foreign_keys { "ON" } else { "OFF" };
    writer.put(&format!("PRAGMA foreign_keys = {enforced}"));
    for (index, item) in script.items.iter().enumerate() {
        let written = writer.item(item);
        written.map_err(|error| error.at(index as u64))?;
    }
    match writer.open {
        Open::Script => Err(unfinished()),
        Open::None | Open::Host => Ok(writer.text),
    }
}

impl Writer {
    fn item(&mut self, item: &OfflineItem) -> Result<()> {
        match item {
            OfflineItem::Comment(comment) => {
                self.text.push('\n');
                for line in comment.lines() {
                    self.text.push_str(&format!("-- {line}\n"));
                }
            }
            OfflineItem::EnsureHistory => {
                for create in tables::creations() {
                    self.put(&create);
                }
            }
            OfflineItem::Require(requirement) => self.require(requirement)?,
            OfflineItem::Begin if self.open == Open::Script => return Err(unfinished()),
            OfflineItem::Begin => {
                self.put("BEGIN IMMEDIATE");
                self.open = Open::Host;
            }
            OfflineItem::Commit => {
                self.put("COMMIT");
                self.open = Open::None;
            }
            OfflineItem::Execute(statement) => {
                if Form::of(statement).is_transaction_control() {
                    return Err(not_the_scripts());
                }
                self.statement(statement)?;
            }
            OfflineItem::ExecuteRecorded { statement, change } => {
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

    /// A statement of a script. One that ends in a comment must not hide its end.
    fn statement(&mut self, statement: &str) -> Result<()> {
        // The program would take a NUL for the end of the line.
        if statement.contains('\0') {
            return Err(AdapterError::new(
                ErrorKind::Script,
                "the statement holds a NUL character",
            ));
        }
        self.text.push_str(statement);
        let last_line = statement.lines().next_back().unwrap_or_default();
        self.text.push_str(match last_line.contains("--") {
            true => "\n;\n",
            false => ";\n",
        });
        Ok(())
    }

    /// A statement with its record, in one transaction unless it takes none, or the script has its own.
    fn recorded(&mut self, statement: &str, change: &OfflineChange) -> Result<()> {
        let form = Form::of(statement);
        let alone = matches!(form, Form::Setting | Form::Vacuum | Form::Savepoint);
        if self.open == Open::None && !alone && form != Form::Begin {
            self.put("BEGIN IMMEDIATE");
            self.statement(statement)?;
            self.change(change)?;
            self.put("COMMIT");
            return Ok(());
        }
        self.statement(statement)?;
        match form {
            Form::Begin | Form::Savepoint => self.open = Open::Script,
            Form::Commit | Form::Rollback | Form::Release => self.open = Open::None,
            _ => {}
        }
        self.change(change)
    }

    /// A constraint with the message as its name is what the program tells when it is violated: SQLite lets no script
    /// raise an error in words of its own.
    fn require(&mut self, requirement: &Requirement) -> Result<()> {
        let name = sql::quote_identifier(&requirement.otherwise, &Rules::SQLITE);
        let conditions = conditions(requirement)?.join("\n  AND ");
        self.put(&format!(
            "CREATE TEMP TABLE dapter_requires (holds CONSTRAINT {name} CHECK (holds))"
        ));
        self.put(&format!(
            "INSERT INTO temp.dapter_requires SELECT {conditions}"
        ));
        self.put("DROP TABLE temp.dapter_requires");
        Ok(())
    }

    fn change(&mut self, change: &OfflineChange) -> Result<()> {
        let revision = text(&change.revision)?;
        match &change.row {
            None => self.put(&format!(
                "DELETE FROM main.dapter_revision WHERE revision = {revision}"
            )),
            Some(row) => {
                let mut values = literals(&revision_values(row)?)?;
                values[3] = format!(
                    "coalesce((SELECT position FROM main.dapter_revision WHERE revision = {revision}), \
                     (SELECT coalesce(max(position), 0) + 1 FROM main.dapter_revision))"
                );
                values[10] = NOW.to_owned();
                let values = values.join(", ");
                self.put(&format!(
                    "{INSERT_REVISION}\n     VALUES ({values})\n     {OR_UPDATE_REVISION}"
                ));
            }
        }
        if let Some(line) = &change.log {
            let mut values = literals(&log_values(line)?)?;
            values[0] = NOW.to_owned();
            let values = values.join(", ");
            self.put(&format!("{INSERT_LOG}\n     VALUES ({values})"));
        }
        Ok(())
    }
}

fn conditions(requirement: &Requirement) -> Result<Vec<String>> {
    let history = "FROM main.dapter_revision WHERE";
    let mut conditions = vec![
        "NOT EXISTS (SELECT 1 FROM main.dapter_lock)".to_owned(),
        format!("NOT EXISTS (SELECT 1 {history} state <> 'applied')"),
    ];
    if !requirement.applied.is_empty() {
        let applied = list(&requirement.applied)?;
        let count = requirement.applied.len();
        conditions.push(format!(
            "(SELECT count(*) {history} revision IN ({applied})) = {count}"
        ));
    }
    if !requirement.absent.is_empty() {
        let absent = list(&requirement.absent)?;
        conditions.push(format!(
            "NOT EXISTS (SELECT 1 {history} revision IN ({absent}))"
        ));
    }
    if let Some(others) = &requirement.others {
        let known = list(requirement.applied.iter().chain(others))?;
        conditions.push(format!(
            "NOT EXISTS (SELECT 1 {history} revision NOT IN ({known}))"
        ));
    }
    Ok(conditions)
}

fn list<'r>(revisions: impl IntoIterator<Item = &'r String>) -> Result<String> {
    let literals = revisions.into_iter().map(|revision| text(revision));
    Ok(literals.collect::<Result<Vec<String>>>()?.join(", "))
}

fn literals(values: &[Value]) -> Result<Vec<String>> {
    let literal = |value: &Value| match value {
        Value::Integer(number) => Ok(number.to_string()),
        Value::Text(value) => text(value),
        _ => Ok("NULL".to_owned()),
    };
    values.iter().map(literal).collect()
}

fn text(value: &str) -> Result<String> {
    match value.contains('\0') {
        true => Err(AdapterError::new(
            ErrorKind::Script,
            "a text with a NUL character cannot be part of a script",
        )),
        false => Ok(format!("'{}'", value.replace('\'', "''"))),
    }
}
