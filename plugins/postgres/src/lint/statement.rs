//! One statement after the other.

use super::alter_table;
use super::held::Held;
use super::rules;
use crate::dialect::Form;
use dapter_plugin_api::sql::{Phrase, Rules, bare_name};
use dapter_plugin_api::{Finding, LintRule, LintScript};
use std::collections::BTreeSet;

/// Functions whose value is the same for all rows of a statement: a default that calls no other writes no table anew.
const STEADY: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "current_database",
    "current_schema",
    "coalesce",
    "nullif",
    "lower",
    "upper",
    "md5",
    "make_date",
    "make_interval",
    "make_timestamp",
    "to_date",
    "to_timestamp",
    "date_trunc",
    "timezone",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "json_build_array",
    "array",
    "row",
    "cast",
    "interval",
    "timestamp",
    "numeric",
    "varchar",
    "int4range",
    "tstzrange",
    "daterange",
];

/// What the rules find in a script.
pub(crate) fn findings(script: &LintScript<'_>) -> Vec<Finding> {
    let mut reader = Reader {
        index: 0,
        in_transaction: script.in_transaction,
        in_own_transaction: false,
        held: Held::default(),
        views: views(script),
        findings: Vec::new(),
    };
    for (index, (statement, text)) in script.statements.iter().zip(script.texts()).enumerate() {
        reader.index = index;
        reader.read(text, statement.alone);
    }
    reader.findings
}

/// The views that the script makes.
fn views(script: &LintScript<'_>) -> BTreeSet<String> {
    let view = |text: &str| {
        let mut phrase = Phrase::new(text, &Rules::POSTGRESQL);
        let creates = phrase.accept(&["CREATE", "VIEW"])
            || phrase.accept(&["CREATE", "OR", "REPLACE", "VIEW"]);
        phrase.name().filter(|_| creates)
    };
    script
        .texts()
        .filter_map(view)
        .map(|name| bare_name(&name))
        .collect()
}

/// A script while it is read.
pub(super) struct Reader {
    index: usize,
    /// Whether dapter runs the statements in one transaction.
    in_transaction: bool,
    /// Whether the script has begun one by itself.
    in_own_transaction: bool,
    pub(super) held: Held,
    views: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn find(&mut self, rule: &LintRule, position: usize, names: &[(&str, &str)]) {
        self.findings
            .push(rule.finding(self.index, names).at(position));
    }

    /// Whether a lock that is taken now is held beyond its statement.
    pub(super) fn holds_locks(&self) -> bool {
        self.in_transaction || self.in_own_transaction
    }

    /// Notes that everybody is kept from a table until the transaction ends.
    pub(super) fn lock(&mut self, table: &str, position: usize) {
        if !self.holds_locks() || self.held.own.has(table) {
            return;
        }
        if let Some(other) = self.held.lock(table) {
            let names = [("table", table), ("other", &other)];
            self.find(&rules::SEVERAL_LOCKS, position, &names);
        }
    }

    /// Whether the script makes a view of that name.
    pub(super) fn makes_view(&self, name: &str) -> bool {
        self.views.contains(&bare_name(name))
    }

    fn read(&mut self, text: &str, alone: bool) {
        let form = Form::of(text);
        if alone || form.ends_transaction() || form == Form::Begin {
            self.held.end_transaction();
        }
        if form.is_transaction_control() {
            self.in_own_transaction = form == Form::Begin || form.chains();
            return;
        }
        let phrase = Phrase::new(text, &Rules::POSTGRESQL);
        if phrase.is_cut() {
            return;
        }
        self.statement(phrase);
    }

    fn statement(&mut self, mut phrase: Phrase<'_>) {
        let position = phrase.position();
        let first = phrase.accept_any(&[
            "CREATE", "ALTER", "DROP", "TRUNCATE", "DELETE", "UPDATE", "INSERT", "VACUUM",
            "CLUSTER", "REINDEX", "REFRESH", "LOCK",
        ]);
        match first {
            Some("CREATE") => self.create(phrase, position),
            Some("ALTER") => self.alter(phrase, position),
            Some("DROP") => self.drop(phrase, position),
            Some("TRUNCATE") => self.truncate(phrase, position),
            Some("DELETE") => self.delete(phrase, position),
            Some("UPDATE") => self.update(phrase, position),
            Some("INSERT") => self.insert(&phrase, position),
            Some("VACUUM") => self.vacuum(phrase, position),
            Some("CLUSTER") => self.cluster(phrase, position),
            Some("REINDEX") => self.reindex(phrase, position),
            Some("REFRESH") => self.refresh(phrase, position),
            Some("LOCK") => self.lock_table(phrase, position),
            _ => {}
        }
    }

    fn create(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["OR", "REPLACE"]);
        phrase.accept_any(&["GLOBAL", "LOCAL"]);
        phrase.accept_any(&["TEMPORARY", "TEMP", "UNLOGGED", "FOREIGN", "CONSTRAINT"]);
        let unique = phrase.accept(&["UNIQUE"]);
        if phrase.accept(&["INDEX"]) {
            self.create_index(phrase, position, unique);
        } else if phrase.accept(&["TABLE"]) {
            phrase.accept(&["IF", "NOT", "EXISTS"]);
            self.create_table(phrase, position);
        } else if phrase.accept(&["MATERIALIZED", "VIEW"]) {
            phrase.accept(&["IF", "NOT", "EXISTS"]);
            self.make(phrase);
        } else if phrase.accept(&["VIEW"]) {
            self.make(phrase);
        } else if phrase.accept(&["TRIGGER"]) {
            let table = phrase.behind(&["ON"]).and_then(|mut on| on.name());
            let Some(table) = table.filter(|table| !self.held.own.has(table)) else {
                return;
            };
            self.find(&rules::TRIGGER, position, &[("table", &table)]);
        } else if phrase
            .accept_any(&["TYPE", "DOMAIN", "SCHEMA", "EXTENSION"])
            .is_some()
        {
            phrase.accept(&["IF", "NOT", "EXISTS"]);
            self.make(phrase);
        }
    }

    fn make(&mut self, mut phrase: Phrase<'_>) {
        if let Some(name) = phrase.name() {
            self.held.own.add(&name);
        }
    }

    fn create_table(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let Some(name) = phrase.name() else { return };
        self.held.own.add(&name);
        if !phrase.accept(&["PARTITION", "OF"]) {
            return;
        }
        let parent = phrase.name().unwrap_or_default();
        if !self.held.own.has(&parent) {
            let names = [("name", name.as_str()), ("table", &parent)];
            self.find(&rules::PARTITION_OF, position, &names);
            self.lock(&parent, position);
        }
    }

    fn create_index(&mut self, mut phrase: Phrase<'_>, position: usize, unique: bool) {
        if phrase.accept(&["CONCURRENTLY"]) {
            return;
        }
        phrase.accept(&["IF", "NOT", "EXISTS"]);
        let index = if phrase.at(&["ON"]) {
            None
        } else {
            phrase.name()
        };
        phrase.accept(&["ON"]);
        phrase.accept(&["ONLY"]);
        let Some(table) = phrase.name().filter(|table| !self.held.own.has(table)) else {
            return;
        };
        let names = [
            ("table", table.as_str()),
            ("index", index.as_deref().unwrap_or("NAME")),
            ("kind", if unique { "UNIQUE INDEX" } else { "INDEX" }),
        ];
        self.find(&rules::CREATE_INDEX, position, &names);
    }

    fn alter(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["FOREIGN"]);
        if phrase.accept(&["TABLE"]) {
            return alter_table::read(self, phrase, position);
        }
        let kinds = [
            "MATERIALIZED",
            "VIEW",
            "SCHEMA",
            "TYPE",
            "DOMAIN",
            "FUNCTION",
            "PROCEDURE",
            "SEQUENCE",
        ];
        let Some(kind) = phrase.accept_any(&kinds) else {
            return;
        };
        phrase.accept(&["VIEW"]);
        phrase.accept(&["IF", "EXISTS"]);
        let Some(name) = phrase.name().filter(|name| !self.held.own.has(name)) else {
            return;
        };
        phrase.bracketed();
        if phrase.at(&["RENAME", "TO"]) || phrase.at(&["SET", "SCHEMA"]) {
            let kind = match kind {
                "MATERIALIZED" => "materialized view".to_owned(),
                kind => kind.to_lowercase(),
            };
            let names = [("kind", kind.as_str()), ("name", &name)];
            self.find(&rules::RENAME_OTHER, position, &names);
        }
    }

    fn drop(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if phrase.accept(&["OWNED", "BY"]) {
            let name = phrase.name().unwrap_or_default();
            return self.find(&rules::DROP_OWNED, position, &[("name", &name)]);
        }
        phrase.accept(&["MATERIALIZED"]);
        phrase.accept(&["FOREIGN"]);
        let kinds = [
            "TABLE",
            "INDEX",
            "SCHEMA",
            "DATABASE",
            "TYPE",
            "DOMAIN",
            "EXTENSION",
        ];
        let Some(kind) = phrase.accept_any(&kinds) else {
            return;
        };
        if kind == "INDEX" && phrase.accept(&["CONCURRENTLY"]) {
            return;
        }
        phrase.accept(&["IF", "EXISTS"]);
        for name in phrase.names() {
            if self.held.own.has(&name) {
                continue;
            }
            let cascades = phrase.has(&["CASCADE"]);
            match kind {
                "TABLE" => {
                    self.find(&rules::DROP_TABLE, position, &[("table", &name)]);
                    self.lock(&name, position);
                }
                "INDEX" => self.find(&rules::DROP_INDEX, position, &[("index", &name)]),
                "DATABASE" => self.find(&rules::DROP_DATABASE, position, &[("name", &name)]),
                "SCHEMA" if cascades => {
                    self.find(&rules::DROP_SCHEMA, position, &[("name", &name)]);
                }
                "TYPE" | "DOMAIN" | "EXTENSION" if cascades => {
                    let names = [("kind", kind), ("name", name.as_str())];
                    self.find(&rules::DROP_CASCADE, position, &names);
                }
                _ => {}
            }
        }
    }

    fn truncate(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["TABLE"]);
        phrase.accept(&["ONLY"]);
        for table in phrase.names() {
            if !self.held.own.has(&table) {
                self.find(&rules::TRUNCATE, position, &[("table", &table)]);
                self.lock(&table, position);
            }
        }
    }

    fn delete(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["FROM"]);
        phrase.accept(&["ONLY"]);
        let Some(table) = phrase.name().filter(|table| !self.held.own.has(table)) else {
            return;
        };
        self.data_change(position);
        if !phrase.has(&["WHERE"]) {
            self.find(&rules::DELETE_ALL, position, &[("table", &table)]);
        }
    }

    fn update(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["ONLY"]);
        let Some(table) = phrase.name().filter(|table| !self.held.own.has(table)) else {
            return;
        };
        self.data_change(position);
        if !phrase.has(&["WHERE"]) {
            self.find(&rules::UPDATE_ALL, position, &[("table", &table)]);
        }
    }

    /// Rows that are given one by one are few; those of a query may be any number.
    fn insert(&mut self, phrase: &Phrase<'_>, position: usize) {
        if phrase.has(&["SELECT"]) {
            self.data_change(position);
        }
    }

    fn data_change(&mut self, position: usize) {
        if let Some(other) = self.held.locked().map(str::to_owned) {
            self.find(&rules::DATA_UNDER_LOCK, position, &[("other", &other)]);
        }
    }

    fn vacuum(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let options = phrase.bracketed();
        let in_brackets = options.is_some_and(|options| options.has(&["FULL"]));
        let full = phrase.accept(&["FULL"]) || in_brackets;
        while phrase
            .accept_any(&["FREEZE", "VERBOSE", "ANALYZE"])
            .is_some()
        {}
        if !full {
            return;
        }
        let names = phrase.names();
        if !names.is_empty() && names.iter().all(|name| self.held.own.has(name)) {
            return;
        }
        let name = if names.is_empty() {
            "of the database".to_owned()
        } else {
            names.join(", ")
        };
        let names = [("kind", "VACUUM FULL"), ("name", name.as_str())];
        self.find(&rules::REWRITE_TABLE, position, &names);
    }

    fn cluster(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.bracketed();
        phrase.accept(&["VERBOSE"]);
        let name = phrase
            .name()
            .unwrap_or_else(|| "of the database".to_owned());
        if !self.held.own.has(&name) {
            let names = [("kind", "CLUSTER"), ("name", name.as_str())];
            self.find(&rules::REWRITE_TABLE, position, &names);
        }
    }

    fn reindex(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let options = phrase.bracketed();
        let kind = phrase.accept_any(&["TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM"]);
        let in_brackets = options.is_some_and(|options| options.has(&["CONCURRENTLY"]));
        if phrase.accept(&["CONCURRENTLY"]) || in_brackets {
            return;
        }
        let name = phrase.name().unwrap_or_default();
        if !self.held.own.has(&name) {
            let names = [("kind", kind.unwrap_or("TABLE")), ("name", name.as_str())];
            self.find(&rules::REINDEX, position, &names);
        }
    }

    fn refresh(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if !phrase.accept(&["MATERIALIZED", "VIEW"]) || phrase.accept(&["CONCURRENTLY"]) {
            return;
        }
        let Some(name) = phrase.name().filter(|name| !self.held.own.has(name)) else {
            return;
        };
        if !phrase.has(&["WITH", "NO", "DATA"]) {
            self.find(&rules::REFRESH, position, &[("name", &name)]);
        }
    }

    fn lock_table(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["TABLE"]);
        phrase.accept(&["ONLY"]);
        let tables = phrase.names();
        let weak = ["ACCESS", "ROW"].map(|word| [word, "SHARE"]);
        phrase.accept(&["IN"]);
        if weak.iter().any(|words| phrase.at(words)) || phrase.at(&["ROW", "EXCLUSIVE"]) {
            return;
        }
        let given = phrase.before_any(&["MODE", "NOWAIT"]);
        let mode = match given.is_at_end() {
            true => "ACCESS EXCLUSIVE".to_owned(),
            false => given.rest().to_uppercase(),
        };
        for table in tables {
            if !self.held.own.has(&table) {
                let names = [("table", table.as_str()), ("mode", &mode)];
                self.find(&rules::LOCK_TABLE, position, &names);
                if mode == "ACCESS EXCLUSIVE" {
                    self.lock(&table, position);
                }
            }
        }
    }
}

/// What of a default makes its value another one in every row, if anything does.
pub(super) fn changing_part(value: &Phrase<'_>) -> Option<String> {
    let calls = value.calls();
    let call = calls.iter().find(|call| !STEADY.contains(&call.as_str()))?;
    Some(format!("{call}()"))
}
