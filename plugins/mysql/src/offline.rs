//! Scripts for the programs `mariadb` and `mysql`.

use crate::assignment::ModeTracker;
use crate::change::{assignments, log_columns, row_columns};
use crate::connect::{LockKind, Settings};
use crate::form::Form;
use crate::literal::{name, text};
use crate::lock::lock_name;
use crate::session::{check_form, unfinished};
use crate::tables::{LOCK, LOG, REVISION, TABLES, qualified};
use crate::transaction::Transaction;
use dapter_plugin_api::{OfflineChange, OfflineItem, OfflineScript, Requirement, Result};

/// How to run a script. The programs leave comments out of bodies, and change line ends in data, unless they are told not to.
const HEADER: &str =
    "-- For the program mariadb, or mysql: mariadb --comments --binary-mode < SCRIPT\n";

/// The present, as the history writes it.
const NOW: &str = "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')";

/// The longest name that both servers have, in characters.
const LONGEST_NAME: usize = 64;

struct Writer<'s> {
    text: String,
    settings: &'s Settings,
    modes: ModeTracker,
    transaction: Transaction,
}

/// Writes a script.
pub(crate) fn script(settings: &Settings, script: &OfflineScript) -> Result<String> {
    let mut writer = Writer {
        text: HEADER.to_owned(),
        settings,
        modes: ModeTracker::new(settings.mode()),
        transaction: Transaction::None,
    };
    writer.begin();
    for (index, item) in script.items.iter().enumerate() {
        let written = writer.item(item);
        written.map_err(|error| error.at(index as u64))?;
    }
    if writer.transaction == Transaction::Script {
        return Err(unfinished());
    }
    writer.end();
    Ok(writer.text)
}

impl Writer<'_> {
    fn begin(&mut self) {
        let mut greeting = "SET NAMES utf8mb4, SESSION autocommit = 1".to_owned();
        if let Some(mode) = &self.settings.sql_mode {
            greeting.push_str(&format!(", SESSION sql_mode = '{mode}'"));
        }
        self.put(&greeting);
        self.put(&format!("USE {}", name(&self.settings.database)));
        if self.settings.lock == LockKind::Native {
            let lock = text(&lock_name(&self.settings.database));
            let taken = format!("GET_LOCK({lock}, 0) = 1");
            self.unless(&taken, "somebody else holds the lock of dapter");
        }
    }

    fn end(&mut self) {
        if self.settings.lock == LockKind::Native {
            let lock = text(&lock_name(&self.settings.database));
            self.text.push('\n');
            self.put(&format!("DO RELEASE_LOCK({lock})"));
        }
    }

    fn item(&mut self, item: &OfflineItem) -> Result<()> {
        match item {
            OfflineItem::Comment(comment) => {
                self.text.push('\n');
                for line in comment.lines() {
                    self.text.push_str(&format!("-- {line}\n"));
                }
            }
            OfflineItem::EnsureHistory => {
                for table in TABLES {
                    self.put(&table.creation(&self.settings.database));
                }
            }
            OfflineItem::Require(requirement) => self.require(requirement),
            OfflineItem::Begin if self.transaction == Transaction::Script => {
                return Err(unfinished());
            }
            OfflineItem::Begin => {
                self.put("START TRANSACTION");
                self.transaction = Transaction::Host;
            }
            OfflineItem::Commit => {
                self.put("COMMIT");
                self.transaction = Transaction::None;
            }
            OfflineItem::Execute(statement) => {
                self.statement(statement)?;
            }
            OfflineItem::ExecuteRecorded { statement, change } => {
                self.recorded(statement, change)?;
            }
            OfflineItem::Change(change) => self.change(change),
        }
        Ok(())
    }

    fn put(&mut self, statement: &str) {
        self.text.push_str(statement);
        self.text.push_str(";\n");
    }

    /// A statement of a script. One that holds semicolons gets a delimiter that it does not hold.
    fn statement(&mut self, statement: &str) -> Result<Form> {
        let rules = self.modes.mode().rules();
        let form = Form::of(statement, &rules);
        check_form(statement, form, self.transaction, &rules)?;
        let last_line = statement.lines().next_back().unwrap_or_default();
        let end = match last_line.contains("--") || last_line.contains('#') {
            true => "\n",
            false => "",
        };
        if statement.contains(';') {
            let mut delimiter = "$$".to_owned();
            while statement.contains(&delimiter) {
                delimiter.push('$');
            }
            self.text.push_str(&format!(
                "DELIMITER {delimiter}\n{statement}{end}{delimiter}\nDELIMITER ;\n"
            ));
        } else {
            self.put(&format!("{statement}{end}"));
        }
        self.transaction.follow(form);
        self.modes.see(statement);
        Ok(form)
    }

    /// A statement with its record: in one transaction if the statement does not commit by itself and the script has none.
    fn recorded(&mut self, statement: &str, change: &OfflineChange) -> Result<()> {
        let rules = self.modes.mode().rules();
        let together =
            self.transaction == Transaction::None && Form::of(statement, &rules) == Form::Plain;
        if together {
            self.put("START TRANSACTION");
        }
        self.statement(statement)?;
        self.change(change);
        if together {
            self.put("COMMIT");
        }
        Ok(())
    }

    fn require(&mut self, requirement: &Requirement) {
        let conditions = conditions(&self.settings.database, requirement);
        self.unless(&conditions.join("\n  AND "), &requirement.otherwise);
    }

    /// Fails with these words unless the condition holds: they are the name of a column that is nowhere, since the servers
    /// let no script raise an error outside a stored program.
    fn unless(&mut self, condition: &str, otherwise: &str) {
        let words: String = otherwise.chars().take(LONGEST_NAME).collect();
        let query = text(&format!("SELECT {}", name(&words)));
        self.put(&format!(
            "SET @dapter = IF({condition},\n  'DO 0', {query})"
        ));
        self.put("PREPARE dapter FROM @dapter");
        self.put("EXECUTE dapter");
        self.put("DEALLOCATE PREPARE dapter");
    }

    fn change(&mut self, change: &OfflineChange) {
        let table = qualified(&self.settings.database, REVISION.name);
        let revision = text(&change.revision);
        match &change.row {
            None => self.put(&format!("DELETE FROM {table} WHERE revision = {revision}")),
            Some(row) => {
                let mut columns = row_columns(row, "NULL");
                columns.retain(|(column, _)| *column != "position");
                set(&mut columns, "applied_at", NOW);
                let (names, values): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
                self.put(&format!(
                    "INSERT INTO {table} (revision, position, {})\n  SELECT {revision}, place.free, {}\n  \
                     FROM (SELECT COALESCE(MAX(IF(revision = {revision}, position, NULL)), MAX(position) + 1, 1) AS free \
                     FROM {table}) AS place\n  \
                     ON DUPLICATE KEY UPDATE changes = changes + 1, settings = IF(state = {}, settings, NULL), {}",
                    names.join(", "),
                    values.join(", "),
                    text(row.state.name()),
                    assignments(&columns)
                ));
            }
        }
        if let Some(entry) = &change.log {
            let mut columns = log_columns(entry).to_vec();
            set(&mut columns, "logged_at", NOW);
            let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
            self.put(&format!(
                "INSERT INTO {} ({})\n  VALUES ({})",
                qualified(&self.settings.database, LOG.name),
                names.join(", "),
                values.join(", ")
            ));
        }
    }
}

fn set(columns: &mut [(&'static str, String)], name: &str, value: &str) {
    for (_, old) in columns.iter_mut().filter(|(column, _)| *column == name) {
        value.clone_into(old);
    }
}

fn conditions(database: &str, requirement: &Requirement) -> Vec<String> {
    let lock = qualified(database, LOCK.name);
    let table = qualified(database, REVISION.name);
    let count = |condition: &str| format!("(SELECT COUNT(*) FROM {table} WHERE {condition})");
    let mut conditions = vec![
        format!("(SELECT COUNT(*) FROM {lock} WHERE id = 1) = 0"),
        count("state <> 'applied'") + " = 0",
    ];
    if !requirement.applied.is_empty() {
        let applied = count(&format!("revision IN ({})", list(&requirement.applied)));
        conditions.push(format!("{applied} = {}", requirement.applied.len()));
    }
    if !requirement.absent.is_empty() {
        let absent = count(&format!("revision IN ({})", list(&requirement.absent)));
        conditions.push(absent + " = 0");
    }
    if let Some(others) = &requirement.others {
        let known = list(requirement.applied.iter().chain(others));
        let condition = match known.is_empty() {
            true => "TRUE".to_owned(),
            false => format!("revision NOT IN ({known})"),
        };
        conditions.push(count(&condition) + " = 0");
    }
    conditions
}

fn list<'r>(revisions: impl IntoIterator<Item = &'r String>) -> String {
    let literals: Vec<String> = revisions
        .into_iter()
        .map(|revision| text(revision))
        .collect();
    literals.join(", ")
}
