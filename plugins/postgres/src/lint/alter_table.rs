//! `ALTER TABLE`, action by action.

use super::column;
use super::rules;
use super::statement::Reader;
use dapter_plugin_api::sql::{Phrase, bare_name};

/// Reads what follows `ALTER TABLE`.
pub(super) fn read(reader: &mut Reader, mut phrase: Phrase<'_>, position: usize) {
    phrase.accept(&["IF", "EXISTS"]);
    phrase.accept(&["ONLY"]);
    let Some(table) = phrase.name() else { return };
    phrase.accept_symbol("*");
    if reader.held.own.has(&table) {
        if phrase.accept(&["RENAME", "TO"])
            && let Some(new) = phrase.name()
        {
            reader.held.own.add(&new);
        }
        return;
    }
    let mut actions = Actions {
        reader,
        table: &table,
    };
    if actions.whole(phrase.clone(), position) {
        return;
    }
    for part in phrase.parts() {
        actions.action(part);
    }
}

struct Actions<'a> {
    reader: &'a mut Reader,
    table: &'a str,
}

impl Actions<'_> {
    /// Reads the forms that take no list of actions; whether it was one.
    fn whole(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        let table = self.table;
        if phrase.accept(&["RENAME"]) {
            self.rename(phrase, position);
        } else if phrase.at(&["SET", "SCHEMA"]) {
            let names = [("kind", "table"), ("name", table)];
            self.reader.find(&rules::RENAME_OTHER, position, &names);
            self.reader.lock(table, position);
        } else if phrase.accept(&["ATTACH", "PARTITION"]) {
            let name = phrase.name().unwrap_or_default();
            if !self.reader.held.own.has(&name) {
                self.reader
                    .find(&rules::ATTACH, position, &[("name", &name)]);
                self.reader.lock(&name, position);
            }
        } else if phrase.accept(&["DETACH", "PARTITION"]) {
            let name = phrase.name().unwrap_or_default();
            if !phrase.at(&["CONCURRENTLY"]) && !phrase.at(&["FINALIZE"]) {
                let names = [("table", table), ("name", &name)];
                self.reader.find(&rules::DETACH, position, &names);
                self.reader.lock(table, position);
            }
        } else {
            return false;
        }
        true
    }

    fn rename(&mut self, mut phrase: Phrase<'_>, position: usize) {
        let table = self.table;
        if phrase.at(&["CONSTRAINT"]) {
            return;
        }
        if phrase.accept(&["TO"]) {
            let new = phrase.name().unwrap_or_default();
            if !self.reader.makes_view(table) {
                let names = [("table", table), ("new", &new)];
                self.reader.find(&rules::RENAME_TABLE, position, &names);
            }
        } else {
            phrase.accept(&["COLUMN"]);
            let column = phrase.name().unwrap_or_default();
            if !self.reader.held.own.has_column(table, &column) {
                let names = [("table", table), ("column", column.as_str())];
                self.reader.find(&rules::RENAME_COLUMN, position, &names);
            }
        }
        self.reader.lock(table, position);
    }

    fn action(&mut self, mut phrase: Phrase<'_>) {
        let position = phrase.position();
        let locks = match phrase.accept_any(&["ADD", "ALTER", "DROP", "SET", "VALIDATE"]) {
            Some("ADD") => self.add(phrase, position),
            Some("ALTER") => self.alter_column(phrase, position),
            Some("DROP") => self.drop(phrase, position),
            Some("SET") => self.set(phrase, position),
            Some("VALIDATE") => {
                self.validate(phrase, position);
                false
            }
            _ => false,
        };
        if locks {
            self.reader.lock(self.table, position);
        }
    }

    /// Whether everybody is kept from the table.
    fn add(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        let is_constraint = |phrase: &Phrase<'_>| {
            let starts: [&[&str]; 6] = [
                &["CONSTRAINT"],
                &["PRIMARY", "KEY"],
                &["UNIQUE"],
                &["CHECK"],
                &["FOREIGN", "KEY"],
                &["EXCLUDE"],
            ];
            starts.iter().any(|words| phrase.at(words))
        };
        if is_constraint(&phrase) {
            return self.constraint(phrase, position);
        }
        phrase.accept(&["COLUMN"]);
        phrase.accept(&["IF", "NOT", "EXISTS"]);
        column::read(self.reader, self.table, phrase, position);
        true
    }

    fn constraint(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        let table = self.table;
        let whole = phrase.rest();
        let name = match phrase.accept(&["CONSTRAINT"]) {
            true => phrase.name().unwrap_or_default(),
            false => "NAME".to_owned(),
        };
        if phrase.has(&["NOT", "VALID"]) {
            self.reader.held.add_not_valid(&name);
            return !phrase.at(&["FOREIGN"]);
        }
        if phrase.at(&["FOREIGN", "KEY"]) {
            let other = phrase.behind(&["REFERENCES"]).and_then(|mut p| p.name());
            let other = other.unwrap_or_default();
            let names = [
                ("table", table),
                ("other", &other),
                ("constraint", whole),
                ("name", &name),
            ];
            self.reader.find(&rules::FOREIGN_KEY, position, &names);
            return false;
        }
        let names = [("table", table), ("name", name.as_str())];
        if phrase.at(&["CHECK"]) {
            self.reader.find(&rules::CHECK, position, &names);
        } else if phrase.at(&["EXCLUDE"]) {
            self.reader.find(&rules::EXCLUDE, position, &names);
        } else if !phrase.has(&["USING", "INDEX"]) || phrase.has(&["USING", "INDEX", "TABLESPACE"])
        {
            self.unique(&phrase, &name, position);
        }
        true
    }

    fn unique(&mut self, phrase: &Phrase<'_>, name: &str, position: usize) {
        let kind = match phrase.at(&["PRIMARY"]) {
            true => "PRIMARY KEY",
            false => "UNIQUE",
        };
        let names = [("table", self.table), ("name", name), ("kind", kind)];
        self.reader.find(&rules::UNIQUE, position, &names);
    }

    fn alter_column(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        let table = self.table;
        if phrase.at(&["CONSTRAINT"]) {
            return true;
        }
        phrase.accept(&["COLUMN"]);
        let Some(column) = phrase.name() else {
            return false;
        };
        let names = [("table", table), ("column", column.as_str())];
        let is_new = self.reader.held.own.has_column(table, &column);
        if phrase.accept(&["TYPE"]) || phrase.accept(&["SET", "DATA", "TYPE"]) {
            self.reader.find(&rules::COLUMN_TYPE, position, &names);
            return true;
        }
        if phrase.at(&["SET", "STATISTICS"]) {
            return false;
        }
        if phrase.at(&["SET", "EXPRESSION"]) {
            self.reader.find(&rules::COLUMN_TYPE, position, &names);
        }
        let known = self.reader.held.is_validated(table);
        if phrase.at(&["SET", "NOT", "NULL"]) && !known && !is_new {
            self.reader.find(&rules::SET_NOT_NULL, position, &names);
        }
        true
    }

    fn drop(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        if phrase.at(&["CONSTRAINT"]) {
            return true;
        }
        phrase.accept(&["COLUMN"]);
        phrase.accept(&["IF", "EXISTS"]);
        let Some(column) = phrase.name() else {
            return false;
        };
        if !self.reader.held.own.has_column(self.table, &column) {
            let names = [("table", self.table), ("column", column.as_str())];
            self.reader.find(&rules::DROP_COLUMN, position, &names);
        }
        true
    }

    fn set(&mut self, mut phrase: Phrase<'_>, position: usize) -> bool {
        let kind = phrase.accept_any(&["TABLESPACE", "LOGGED", "UNLOGGED", "ACCESS"]);
        let Some(kind) = kind else { return false };
        let kind = match kind {
            "ACCESS" => "ACCESS METHOD",
            kind => kind,
        };
        let names = [("kind", kind), ("table", self.table)];
        self.reader.find(&rules::STORAGE, position, &names);
        true
    }

    fn validate(&mut self, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept(&["CONSTRAINT"]);
        let Some(name) = phrase.name() else { return };
        if self.reader.holds_locks() && self.reader.held.has_added(&name) {
            let names = [("name", name.as_str())];
            self.reader
                .find(&rules::VALIDATE_TOO_EARLY, position, &names);
        }
        self.reader.held.validate(&bare_name(self.table));
    }
}
