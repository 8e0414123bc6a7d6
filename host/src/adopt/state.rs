//! What the rows of another tool's table mean.

use std::collections::{BTreeMap, HashMap, HashSet};

use dapter_plugin_api::foreign::hexadecimal;
use dapter_plugin_api::{Rows, Value};

use super::flyway;
use super::migration::{Directory, Migration};
use super::tool::Tool;

/// A migration that another tool has applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppliedElsewhere {
    /// What that tool calls it: [`Migration::key`].
    pub key: String,
    /// When, as RFC 3339; empty if the table does not say it.
    pub at: String,
}

/// What another tool's table says, against the tool's directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableState {
    /// What is applied, in the order of the directory.
    pub applied: Vec<AppliedElsewhere>,
    /// Why it cannot be taken over as it is.
    pub refusals: Vec<String>,
    /// What does not fit, and hinders nobody.
    pub warnings: Vec<String>,
}

/// What the rows of a tool's table say.
#[must_use]
pub fn read_state(tool: Tool, rows: &Rows, directory: &Directory) -> TableState {
    let table = Table(rows);
    let mut reading = Reading {
        migrations: &directory.migrations,
        applied: BTreeMap::new(),
        state: TableState::default(),
    };
    let missing: Vec<&str> = columns(tool)
        .iter()
        .copied()
        .filter(|column| table.column(column).is_none())
        .collect();
    if !missing.is_empty() {
        let refusal = format!(
            "the table is not that of {tool}: it has no column {}{}",
            missing.join(", "),
            other_tool(tool)
        );
        reading.state.refusals.push(refusal);
        return reading.state;
    }
    match tool {
        Tool::Alembic => reading.alembic(&table),
        Tool::Atlas => reading.atlas(&table),
        Tool::Dbmate | Tool::Diesel => reading.plain(&table, tool),
        Tool::Flyway => reading.flyway(&table),
        Tool::GolangMigrate => reading.golang_migrate(&table),
        Tool::Goose => reading.goose(&table),
        Tool::Prisma => reading.prisma(&table),
        Tool::Refinery => reading.refinery(&table),
        Tool::Sqlx => reading.sqlx(&table),
    }
    reading.finish(tool)
}

fn columns(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Alembic => &["version_num"],
        Tool::Atlas => &[
            "version",
            "type",
            "applied",
            "total",
            "error",
            "hash",
            "executed_at",
        ],
        Tool::Dbmate => &["version"],
        Tool::Diesel => &["version", "run_on"],
        Tool::Flyway => &[
            "installed_rank",
            "version",
            "type",
            "checksum",
            "installed_on",
            "success",
        ],
        Tool::GolangMigrate => &["version", "dirty"],
        Tool::Goose => &["id", "version_id", "is_applied", "tstamp"],
        Tool::Prisma => &[
            "migration_name",
            "checksum",
            "finished_at",
            "rolled_back_at",
        ],
        Tool::Refinery => &["version", "applied_on", "checksum"],
        Tool::Sqlx => &["version", "installed_on", "success", "checksum"],
    }
}

fn other_tool(tool: Tool) -> &'static str {
    match tool {
        Tool::GolangMigrate => "; dbmate has a table of the same name",
        _ => "",
    }
}

/// Rows that are read by the names of their columns.
struct Table<'r>(&'r Rows);

impl<'r> Table<'r> {
    fn column(&self, name: &str) -> Option<usize> {
        let is_it = |column: &String| column.eq_ignore_ascii_case(name);
        self.0.columns.iter().position(is_it)
    }

    /// The rows, in the order of a column of numbers, if there is one to order by.
    fn rows(&self, by: Option<&str>) -> Vec<Row<'r, '_>> {
        let mut rows: Vec<Row<'r, '_>> = self.0.rows.iter().map(|row| Row(self, row)).collect();
        if let Some(by) = by {
            rows.sort_by_key(|row| row.number(by));
        }
        rows
    }
}

struct Row<'r, 't>(&'t Table<'r>, &'r [Value]);

impl Row<'_, '_> {
    fn value(&self, column: &str) -> &Value {
        let at = self.0.column(column);
        at.and_then(|at| self.1.get(at)).unwrap_or(&Value::Null)
    }

    fn text(&self, column: &str) -> String {
        match self.value(column) {
            Value::Null => String::new(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) => hexadecimal(bytes),
        }
    }

    fn number(&self, column: &str) -> i64 {
        self.text(column).parse().unwrap_or_default()
    }

    fn is_true(&self, column: &str) -> bool {
        matches!(self.text(column).as_str(), "true" | "t" | "1")
    }

    fn is_null(&self, column: &str) -> bool {
        matches!(self.value(column), Value::Null)
    }

    /// A moment as RFC 3339, from whatever form the database prints it in; empty if it is in none that is known.
    fn moment(&self, column: &str) -> String {
        moment(&self.text(column)).unwrap_or_default()
    }
}

fn moment(text: &str) -> Option<String> {
    let (moment, rest) = text.split_at_checked(19)?;
    let is_shape =
        moment
            .bytes()
            .zip("0000-00-00 00:00:00".bytes())
            .all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                b' ' => matches!(byte, b' ' | b'T'),
                other => byte == other,
            });
    if !is_shape {
        return None;
    }
    let zone = rest
        .trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        .trim();
    let zone = zone.split(' ').next().unwrap_or_default();
    let zone = match zone.len() {
        0 | 1 => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    let zone = if zone == "+00:00" {
        "Z".to_owned()
    } else {
        zone
    };
    Some(format!("{}{zone}", moment.replace(' ', "T")))
}

/// A table while it is read.
struct Reading<'d> {
    migrations: &'d [Migration],
    /// What is applied by its key, and when.
    applied: BTreeMap<String, String>,
    state: TableState,
}

impl<'d> Reading<'d> {
    fn migration(&self, key: &str) -> Option<&'d Migration> {
        self.migrations
            .iter()
            .find(|migration| migration.key == key)
    }

    fn refuse(&mut self, refusal: String) {
        self.state.refusals.push(refusal);
    }

    /// Compares a checksum, where the directory says one.
    fn compare(&mut self, key: &str, found: &str) {
        let expected = self
            .migration(key)
            .map_or(&[][..], |migration| &migration.checksums);
        if !found.is_empty() && !expected.is_empty() && !expected.iter().any(|sum| sum == found) {
            let name = self.migration(key).map_or("", |migration| &migration.file);
            self.state.warnings.push(format!(
                "{name} is not what was applied: its checksum differs"
            ));
        }
    }

    fn alembic(&mut self, table: &Table<'_>) {
        let mut open: Vec<String> = table
            .rows(None)
            .iter()
            .map(|row| row.text("version_num"))
            .collect();
        let by_label: HashMap<&str, &str> = self
            .migrations
            .iter()
            .flat_map(|m| {
                m.labels
                    .iter()
                    .map(|label| (label.as_str(), m.key.as_str()))
            })
            .collect();
        while let Some(key) = open.pop() {
            if self.applied.insert(key.clone(), String::new()).is_some() {
                continue;
            }
            if let Some(migration) = self.migration(&key) {
                let needs = migration
                    .parents
                    .iter()
                    .flatten()
                    .chain(&migration.depends_on);
                let named = needs.map(|need| by_label.get(need.as_str()).copied().unwrap_or(need));
                open.extend(named.map(str::to_owned));
            }
        }
    }

    fn plain(&mut self, table: &Table<'_>, tool: Tool) {
        for row in table.rows(None) {
            let at = match tool {
                Tool::Diesel => row.moment("run_on"),
                _ => String::new(),
            };
            self.applied.insert(row.text("version"), at);
        }
    }

    fn atlas(&mut self, table: &Table<'_>) {
        /// The bit of a row's type that says: everything up to here was there before.
        const BASELINE: i64 = 1;
        for row in table.rows(None) {
            let key = row.text("version");
            if key.starts_with('.') {
                continue;
            }
            let stopped =
                row.number("applied") < row.number("total") || !row.text("error").is_empty();
            if stopped {
                self.refuse(format!(
                    "version {key} stopped after {} of {} statements",
                    row.number("applied"),
                    row.number("total")
                ));
            }
            if row.number("type") & BASELINE != 0 {
                self.up_to(|migration| migration.key <= key);
                if self.migration(&key).is_none() {
                    continue;
                }
            } else {
                self.compare(&key, &row.text("hash"));
            }
            self.applied.insert(key, row.moment("executed_at"));
        }
    }

    /// Everything that a baseline stands for.
    fn up_to(&mut self, is_below: impl Fn(&Migration) -> bool) {
        for migration in self
            .migrations
            .iter()
            .filter(|migration| is_below(migration))
        {
            self.applied.entry(migration.key.clone()).or_default();
        }
    }

    fn flyway(&mut self, table: &Table<'_>) {
        for row in table.rows(Some("installed_rank")) {
            let written = row.text("version");
            if !row.is_true("success") {
                self.refuse(format!("{} failed", row.text("script")));
            }
            let Some(version) = flyway::version(&written).filter(|_| !row.is_null("version"))
            else {
                continue;
            };
            let same =
                |migration: &&Migration| flyway::version(&migration.key).as_ref() == Some(&version);
            let key = self
                .migrations
                .iter()
                .find(same)
                .map_or(written, |migration| migration.key.clone());
            let kind = row.text("type");
            if kind.contains("BASELINE") {
                self.up_to(|migration| {
                    flyway::version(&migration.key).is_some_and(|it| it <= version)
                });
            } else if kind.starts_with("UNDO") || kind == "DELETE" {
                self.applied.remove(&key);
            } else {
                self.compare(&key, &row.text("checksum"));
                self.applied.insert(key, row.moment("installed_on"));
            }
        }
    }

    fn golang_migrate(&mut self, table: &Table<'_>) {
        for row in table.rows(None) {
            let version = row.number("version");
            if row.is_true("dirty") {
                self.refuse(format!(
                    "version {version} is dirty: it failed, and nobody knows how far it came"
                ));
            }
            if version < 0 {
                continue;
            }
            self.up_to(|migration| migration.key.parse::<i64>().is_ok_and(|key| key <= version));
            self.applied.entry(version.to_string()).or_default();
        }
    }

    fn goose(&mut self, table: &Table<'_>) {
        for row in table.rows(Some("id")) {
            let key = row.text("version_id");
            match row.is_true("is_applied") {
                _ if key == "0" => {}
                true => {
                    self.applied.insert(key, row.moment("tstamp"));
                }
                false => {
                    self.applied.remove(&key);
                }
            }
        }
    }

    fn prisma(&mut self, table: &Table<'_>) {
        for row in table.rows(None) {
            let key = row.text("migration_name");
            match (row.is_null("rolled_back_at"), row.is_null("finished_at")) {
                (false, _) => {}
                (true, true) => self.refuse(format!(
                    "{key} failed, and was neither finished nor rolled back"
                )),
                (true, false) => {
                    self.compare(&key, &row.text("checksum"));
                    self.applied.insert(key, row.moment("finished_at"));
                }
            }
        }
    }

    fn refinery(&mut self, table: &Table<'_>) {
        for row in table.rows(None) {
            let key = row.text("version");
            self.compare(&key, &row.text("checksum"));
            self.applied.insert(key, row.moment("applied_on"));
        }
    }

    fn sqlx(&mut self, table: &Table<'_>) {
        for row in table.rows(None) {
            let key = row.text("version");
            if !row.is_true("success") {
                self.refuse(format!(
                    "version {key} is dirty: it failed, and nobody knows how far it came"
                ));
            }
            self.compare(&key, &row.text("checksum"));
            self.applied.insert(key, row.moment("installed_on"));
        }
    }

    fn finish(mut self, tool: Tool) -> TableState {
        let known: HashSet<&str> = self
            .migrations
            .iter()
            .map(|migration| migration.key.as_str())
            .collect();
        let unknown: Vec<String> = self
            .applied
            .keys()
            .filter(|key| !known.contains(key.as_str()))
            .cloned()
            .collect();
        for key in unknown {
            self.refuse(format!("version {key} is applied, and no file is its"));
        }
        if tool != Tool::Alembic {
            self.refuse_gaps();
        }
        let in_order = self.migrations.iter().filter_map(|migration| {
            let at = self.applied.remove(&migration.key)?;
            let key = migration.key.clone();
            Some(AppliedElsewhere { key, at })
        });
        self.state.applied = in_order.collect();
        self.state
    }

    /// Here each migration needs the one before it, so one that was left out must come first.
    fn refuse_gaps(&mut self) {
        let is_applied = |migration: &&Migration| self.applied.contains_key(&migration.key);
        let Some(last) = self
            .migrations
            .iter()
            .rposition(|migration| is_applied(&migration))
        else {
            return;
        };
        let gaps: Vec<String> = self.migrations[..last]
            .iter()
            .filter(|migration| !is_applied(migration))
            .map(|migration| {
                format!(
                    "{} is not applied, and {} behind it is: apply it with the other tool first",
                    migration.file, self.migrations[last].file
                )
            })
            .collect();
        self.state.refusals.extend(gaps);
    }
}
