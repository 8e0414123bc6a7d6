//! One statement after the other.

use super::alter_table;
use super::rules;
use crate::form::Form;
use dapter_plugin_api::sql::{OwnNames, Phrase, Rules, bare_name};
use dapter_plugin_api::{Finding, LintRule, LintScript};
use std::collections::BTreeSet;

/// What the rules find in a script that is read by these rules of its language.
pub(crate) fn findings(script: &LintScript<'_>, rules: &Rules) -> Vec<Finding> {
    let mut reader = Reader {
        index: 0,
        own: OwnNames::default(),
        views: views(script, rules),
        in_transaction: false,
        checks_foreign_keys: true,
        findings: Vec::new(),
    };
    for (index, text) in script.texts().enumerate() {
        reader.index = index;
        let phrase = Phrase::new(text, rules);
        if !phrase.is_cut() {
            reader.read(phrase, Form::of(text, rules));
        }
    }
    reader.findings
}

/// The views that the script makes.
fn views(script: &LintScript<'_>, rules: &Rules) -> BTreeSet<String> {
    let view = |text: &str| {
        let phrase = Phrase::new(text, rules);
        let name = phrase.behind(&["VIEW"]).and_then(|mut view| view.name());
        name.filter(|_| phrase.at(&["CREATE"]))
    };
    let names = script.texts().filter_map(view);
    names.map(|name| bare_name(&name)).collect()
}

/// A script while it is read. Names are bare.
pub(super) struct Reader {
    index: usize,
    pub(super) own: OwnNames,
    views: BTreeSet<String>,
    /// Whether a transaction of the script's own is open.
    in_transaction: bool,
    pub(super) checks_foreign_keys: bool,
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn find(&mut self, rule: &LintRule, position: usize, names: &[(&str, &str)]) {
        self.findings
            .push(rule.finding(self.index, names).at(position));
    }

    pub(super) fn renamed(&mut self, table: &str, new: &str, position: usize) {
        if self.own.has(table) {
            self.own.add(new);
        } else if !self.views.contains(&bare_name(table)) {
            let names = [("table", table), ("new", new)];
            self.find(&rules::RENAME_TABLE, position, &names);
        }
    }

    fn read(&mut self, phrase: Phrase<'_>, form: Form) {
        if form == Form::Implicit && self.in_transaction {
            self.find(&rules::IMPLICIT_COMMIT, phrase.position(), &[]);
            self.in_transaction = false;
        }
        if form.is_transaction_control() {
            self.in_transaction = matches!(form, Form::Begin | Form::Chain);
            return;
        }
        self.statement(phrase);
    }

    fn statement(&mut self, mut phrase: Phrase<'_>) {
        let position = phrase.position();
        let first = phrase.accept_any(&[
            "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "DELETE", "UPDATE", "SET", "LOCK",
            "FLUSH",
        ]);
        match first {
            Some("CREATE") => self.create(phrase, position),
            Some("ALTER") => {
                phrase.accept_any(&["ONLINE", "OFFLINE", "IGNORE"]);
                if phrase.accept(&["TABLE"]) {
                    alter_table::read(self, phrase, position);
                }
            }
            Some("DROP") => self.drop(phrase, position),
            Some("TRUNCATE") => self.truncate(phrase, position),
            Some("RENAME") => self.rename(phrase, position),
            Some("DELETE") => self.delete(phrase, position),
            Some("UPDATE") => self.update(phrase, position),
            Some("SET") => self.set(phrase),
            Some("LOCK") if phrase.at(&["TABLES"]) || phrase.at(&["TABLE"]) => {
                self.find(&rules::LOCK_TABLES, position, &[]);
            }
            Some("FLUSH") if phrase.has(&["WITH", "READ", "LOCK"]) => {
                self.find(&rules::READ_LOCK, position, &[]);
            }
            _ => {}
        }
    }

    fn create(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let replaces = phrase.accept(&["OR", "REPLACE"]);
        let is_temporary = phrase.accept(&["TEMPORARY"]);
        let kind = phrase.accept_any(&["TABLE", "FULLTEXT", "SPATIAL"]);
        if kind == Some("TABLE") {
            phrase.accept(&["IF", "NOT", "EXISTS"]);
            let Some(table) = phrase.name() else { return };
            if replaces && !is_temporary && !self.own.has(&table) {
                self.find(&rules::REPLACE_TABLE, position, &[("table", &table)]);
            }
            self.own.add(&table);
            return;
        }
        let rule = match kind {
            Some("FULLTEXT") => &rules::FULLTEXT,
            Some("SPATIAL") => &rules::SPATIAL,
            _ => return,
        };
        let table = phrase.behind(&["ON"]).and_then(|mut on| on.name());
        if let Some(table) = table.filter(|table| !self.own.has(table)) {
            self.find(rule, position, &[("table", &table)]);
        }
    }

    fn drop(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if phrase.at(&["TEMPORARY"]) {
            return;
        }
        let kind = phrase.accept_any(&["TABLE", "TABLES", "DATABASE", "SCHEMA"]);
        let Some(kind) = kind else { return };
        phrase.accept(&["IF", "EXISTS"]);
        for name in phrase.names() {
            if self.own.has(&name) {
                continue;
            }
            match kind {
                "TABLE" | "TABLES" => {
                    self.find(&rules::DROP_TABLE, position, &[("table", &name)]);
                }
                _ => self.find(&rules::DROP_DATABASE, position, &[("name", &name)]),
            }
        }
    }

    fn truncate(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["TABLE"]);
        if let Some(table) = phrase.name().filter(|table| !self.own.has(table)) {
            self.find(&rules::TRUNCATE, position, &[("table", &table)]);
        }
    }

    fn rename(&mut self, mut phrase: Phrase<'_>, position: usize) {
        if phrase.accept_any(&["TABLE", "TABLES"]).is_none() {
            return;
        }
        phrase.accept(&["IF", "EXISTS"]);
        for mut part in phrase.parts() {
            let table = part.name();
            part.accept(&["TO"]);
            if let Some((table, new)) = table.zip(part.name()) {
                self.renamed(&table, &new, position);
            }
        }
    }

    /// Only the form for one table: one with joins says which rows it means.
    fn delete(&mut self, mut phrase: Phrase<'_>, position: usize) {
        while phrase
            .accept_any(&["LOW_PRIORITY", "QUICK", "IGNORE"])
            .is_some()
        {}
        if !phrase.accept(&["FROM"]) {
            return;
        }
        let Some(table) = phrase.name().filter(|table| !self.own.has(table)) else {
            return;
        };
        let says_which = ["WHERE", "LIMIT", "USING"];
        if !says_which.iter().any(|word| phrase.has(&[word])) {
            self.find(&rules::DELETE_ALL, position, &[("table", &table)]);
        }
    }

    fn update(&mut self, mut phrase: Phrase<'_>, position: usize) {
        while phrase.accept_any(&["LOW_PRIORITY", "IGNORE"]).is_some() {}
        let Some(table) = phrase.name().filter(|table| !self.own.has(table)) else {
            return;
        };
        let says_which = ["WHERE", "LIMIT", "JOIN"];
        if !says_which.iter().any(|word| phrase.has(&[word])) {
            self.find(&rules::UPDATE_ALL, position, &[("table", &table)]);
        }
    }

    fn set(&mut self, mut phrase: Phrase<'_>) {
        phrase.accept_any(&["SESSION", "LOCAL"]);
        let text = phrase.rest().to_lowercase();
        let text = text.trim_start_matches("@@").trim_start_matches("session.");
        if let Some(value) = text.strip_prefix("foreign_key_checks") {
            let value = value.trim_start_matches([' ', ':', '=']);
            self.checks_foreign_keys = !(value.starts_with('0') || value.starts_with("off"));
        }
    }
}
