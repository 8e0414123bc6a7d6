//! One statement after the other.

use super::alter_table;
use super::rules;
use dapter_plugin_api::sql::{OwnNames, Phrase, Rules, bare_name};
use dapter_plugin_api::{Finding, LintRule, LintScript};
use std::collections::BTreeSet;

/// What the rules find in a script.
pub(crate) fn findings(script: &LintScript<'_>) -> Vec<Finding> {
    let mut reader = Reader {
        index: 0,
        in_transaction: script.in_transaction,
        own: OwnNames::default(),
        copied: BTreeSet::new(),
        made: Made::of(script),
        findings: Vec::new(),
    };
    for (index, text) in script.texts().enumerate() {
        reader.index = index;
        let phrase = Phrase::new(text, &Rules::SQLITE);
        if !phrase.is_cut() {
            reader.statement(phrase);
        }
    }
    reader.findings
}

/// What the script makes anywhere in it.
struct Made {
    tables: BTreeSet<String>,
    views: BTreeSet<String>,
}

impl Made {
    fn of(script: &LintScript<'_>) -> Made {
        let mut made = Made {
            tables: BTreeSet::new(),
            views: BTreeSet::new(),
        };
        for text in script.texts() {
            let mut phrase = Phrase::new(text, &Rules::SQLITE);
            if !phrase.accept(&["CREATE"]) {
                continue;
            }
            phrase.accept_any(&["TEMPORARY", "TEMP"]);
            let kind = phrase.accept_any(&["TABLE", "VIEW"]);
            phrase.accept(&["IF", "NOT", "EXISTS"]);
            match (kind, phrase.name()) {
                (Some("TABLE"), Some(name)) => made.tables.insert(bare_name(&name)),
                (Some(_), Some(name)) => made.views.insert(bare_name(&name)),
                _ => false,
            };
        }
        made
    }
}

/// A script while it is read. Names are bare.
pub(super) struct Reader {
    index: usize,
    in_transaction: bool,
    pub(super) own: OwnNames,
    /// Tables of which it has copied all rows.
    copied: BTreeSet<String>,
    made: Made,
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn find(&mut self, rule: &LintRule, position: usize, names: &[(&str, &str)]) {
        self.findings
            .push(rule.finding(self.index, names).at(position));
    }

    /// Whether the script makes a table of that name, now or later.
    pub(super) fn makes_table(&self, name: &str) -> bool {
        self.made.tables.contains(&bare_name(name))
    }

    pub(super) fn makes_view(&self, name: &str) -> bool {
        self.made.views.contains(&bare_name(name))
    }

    fn statement(&mut self, mut phrase: Phrase<'_>) {
        let position = phrase.position();
        let first = phrase.accept_any(&[
            "CREATE", "ALTER", "DROP", "DELETE", "UPDATE", "INSERT", "REPLACE", "VACUUM",
            "REINDEX", "PRAGMA", "BEGIN", "COMMIT", "END",
        ]);
        match first {
            Some("CREATE") => self.create(phrase, position),
            Some("ALTER") => alter_table::read(self, phrase, position),
            Some("DROP") => self.drop(phrase, position),
            Some("DELETE") => self.delete(phrase, position),
            Some("UPDATE") => self.update(phrase, position),
            Some("INSERT" | "REPLACE") => self.insert(&phrase),
            Some("VACUUM") => self.vacuum(&phrase, position),
            Some("REINDEX") => self.reindex(phrase, position),
            Some("PRAGMA") => self.pragma(phrase, position),
            Some("BEGIN") => self.in_transaction = true,
            Some("COMMIT" | "END") => self.in_transaction = false,
            _ => {}
        }
    }

    fn create(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept_any(&["TEMPORARY", "TEMP", "UNIQUE"]);
        if phrase.accept(&["INDEX"]) {
            let table = phrase.behind(&["ON"]).and_then(|mut on| on.name());
            if let Some(table) = table.filter(|table| !self.own.has(table)) {
                let names = [("kind", "CREATE INDEX"), ("table", table.as_str())];
                self.find(&rules::CREATE_INDEX, position, &names);
            }
            return;
        }
        if !phrase.accept(&["TABLE"]) {
            return;
        }
        phrase.accept(&["IF", "NOT", "EXISTS"]);
        if let Some(name) = phrase.name() {
            self.own.add(&name);
            if phrase.accept(&["AS"]) {
                self.copy(&phrase);
            }
        }
    }

    /// Notes a table of which all rows are selected.
    fn copy(&mut self, phrase: &Phrase<'_>) {
        let from = phrase.behind(&["FROM"]).and_then(|mut from| from.name());
        if let Some(table) = from.filter(|_| !phrase.has(&["WHERE"]) && !phrase.has(&["LIMIT"])) {
            self.copied.insert(bare_name(&table));
        }
    }

    fn insert(&mut self, phrase: &Phrase<'_>) {
        let into = phrase.behind(&["INTO"]).and_then(|mut into| into.name());
        if into.is_some_and(|into| self.own.has(&into)) && phrase.has(&["SELECT"]) {
            self.copy(phrase);
        }
    }

    fn drop(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if !phrase.accept(&["TABLE"]) {
            return;
        }
        phrase.accept(&["IF", "EXISTS"]);
        let Some(table) = phrase.name() else { return };
        if self.copied.contains(&bare_name(&table)) {
            self.find(&rules::REBUILD, position, &[("table", &table)]);
        } else if !self.own.has(&table) {
            self.find(&rules::DROP_TABLE, position, &[("table", &table)]);
        }
    }

    fn delete(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["FROM"]);
        let Some(table) = phrase.name().filter(|table| !self.own.has(table)) else {
            return;
        };
        if !phrase.has(&["WHERE"]) && !phrase.has(&["LIMIT"]) {
            self.find(&rules::DELETE_ALL, position, &[("table", &table)]);
        }
    }

    fn update(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if phrase.accept(&["OR"]) {
            phrase.skip();
        }
        let Some(table) = phrase.name().filter(|table| !self.own.has(table)) else {
            return;
        };
        if !phrase.has(&["WHERE"]) && !phrase.has(&["LIMIT"]) {
            self.find(&rules::UPDATE_ALL, position, &[("table", &table)]);
        }
    }

    fn vacuum(&mut self, phrase: &Phrase<'_>, position: usize) {
        let rule = match self.in_transaction {
            true => &rules::VACUUM_INSIDE,
            false if phrase.has(&["INTO"]) => return,
            false => &rules::VACUUM,
        };
        self.find(rule, position, &[]);
    }

    fn reindex(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let name = phrase.name().unwrap_or_else(|| "all tables".to_owned());
        if !self.own.has(&name) {
            let names = [("kind", "REINDEX"), ("table", name.as_str())];
            self.find(&rules::CREATE_INDEX, position, &names);
        }
    }

    fn pragma(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let Some(name) = phrase.name() else { return };
        if phrase.is_at_end() {
            return;
        }
        match bare_name(&name).as_str() {
            "foreign_keys" if self.in_transaction => {
                self.find(&rules::FOREIGN_KEYS, position, &[]);
            }
            "writable_schema" => self.find(&rules::WRITABLE_SCHEMA, position, &[]),
            _ => {}
        }
    }
}
