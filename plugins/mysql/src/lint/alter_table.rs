//! `ALTER TABLE`, action by action.

use super::column;
use super::rules;
use super::statement::Reader;
use dapter_plugin_api::sql::{Phrase, bare_name};

/// Reads what follows `ALTER TABLE`.
pub(super) fn read(reader: &mut Reader, mut phrase: Phrase<'_>, position: usize) {
    phrase.accept(&["IF", "EXISTS"]);
    let Some(table) = phrase.name() else { return };
    if reader.own.has(&table) {
        if let Some(new) = phrase
            .accept(&["RENAME"])
            .then(|| new_name(&mut phrase))
            .flatten()
        {
            reader.own.add(&new);
        }
        return;
    }
    while phrase.accept(&["NOWAIT"]) {}
    let parts = phrase.parts();
    let mut actions = Actions {
        reader,
        table: &table,
        // The server itself refuses then to copy, or to keep anybody waiting.
        is_online: parts.iter().any(says_online),
        adds_primary_key: parts.iter().any(|part| {
            part.at(&["ADD", "PRIMARY", "KEY"])
                || part.at(&["ADD"]) && part.has(&["PRIMARY", "KEY"])
        }),
    };
    let mut copies = false;
    for part in parts {
        // One copy of the table is enough for all actions.
        copies |= actions.action(part, position, copies);
    }
}

/// Whether it is a clause by which the statement fails where writes would have to wait.
fn says_online(part: &Phrase<'_>) -> bool {
    let mut part = part.clone();
    let clause = part.accept_any(&["ALGORITHM", "LOCK"]);
    part.accept_symbol("=");
    match clause {
        Some("LOCK") => part.at(&["NONE"]),
        Some(_) => part.at(&["INSTANT"]) || part.at(&["NOCOPY"]) || part.at(&["INPLACE"]),
        None => false,
    }
}

/// The name behind `RENAME`; nothing where that renames something else.
fn new_name(phrase: &mut Phrase<'_>) -> Option<String> {
    let others = ["COLUMN", "INDEX", "KEY"];
    if others.iter().any(|word| phrase.at(&[word])) {
        return None;
    }
    phrase.accept_any(&["TO", "AS"]);
    phrase.accept_symbol("=");
    phrase.name()
}

struct Actions<'a> {
    reader: &'a mut Reader,
    table: &'a str,
    is_online: bool,
    adds_primary_key: bool,
}

impl Actions<'_> {
    /// Reads an action; whether it makes the server copy the table. `copied` is whether one before it does.
    fn action(&mut self, mut phrase: Phrase<'_>, statement: usize, copied: bool) -> bool {
        let position = phrase.position();
        let first = phrase.accept_any(&[
            "ADD",
            "MODIFY",
            "CHANGE",
            "DROP",
            "RENAME",
            "CONVERT",
            "TRUNCATE",
            "PARTITION",
            "REMOVE",
            "REORGANIZE",
            "COALESCE",
            "ENGINE",
            "ALGORITHM",
            "LOCK",
        ]);
        match first {
            Some("ADD") => return self.add(phrase, position, copied),
            Some("MODIFY") => {
                phrase.accept(&["COLUMN"]);
                phrase.accept(&["IF", "EXISTS"]);
                let column = phrase.name().unwrap_or_default();
                return self.column_type(&column, position, copied);
            }
            Some("CHANGE") => return self.change(phrase, position, copied),
            Some("DROP") => return self.drop(phrase, position, copied),
            Some("RENAME") => self.rename(phrase, statement, position),
            Some("CONVERT") => {
                return self.copies(&rules::CHARACTER_SET, position, copied, &[]);
            }
            Some("TRUNCATE") => self.drop_partition("TRUNCATE PARTITION", position),
            Some(word @ ("ALGORITHM" | "LOCK")) => self.clause(word, phrase, position),
            Some(word @ ("PARTITION" | "REMOVE" | "REORGANIZE" | "COALESCE")) => {
                let clause = match word {
                    "PARTITION" => "PARTITION BY".to_owned(),
                    "REMOVE" => "REMOVE PARTITIONING".to_owned(),
                    word => format!("{word} PARTITION"),
                };
                return self.copies(&rules::COPY, position, copied, &[("clause", &clause)]);
            }
            Some("ENGINE") => {
                phrase.accept_symbol("=");
                let engine = phrase.name().unwrap_or_default();
                if bare_name(&engine) != "innodb" {
                    let clause = format!("ENGINE = {engine}");
                    return self.copies(&rules::COPY, position, copied, &[("clause", &clause)]);
                }
            }
            _ => {}
        }
        false
    }

    /// A finding on an action that copies the table, or keeps writes waiting in another way.
    fn copies(
        &mut self,
        rule: &dapter_plugin_api::LintRule,
        position: usize,
        copied: bool,
        names: &[(&str, &str)],
    ) -> bool {
        if self.is_online || copied {
            return copied;
        }
        let mut all = vec![("table", self.table)];
        all.extend_from_slice(names);
        self.reader.find(rule, position, &all);
        true
    }

    fn add(&mut self, mut phrase: Phrase<'_>, position: usize, copied: bool) -> bool {
        if phrase.at(&["FULLTEXT"]) {
            return self.copies(&rules::FULLTEXT, position, copied, &[]);
        }
        if phrase.at(&["SPATIAL"]) {
            return self.copies(&rules::SPATIAL, position, copied, &[]);
        }
        let named = phrase.accept(&["CONSTRAINT"]);
        if named && !phrase.at(&["FOREIGN"]) {
            phrase.name();
        }
        if phrase.at(&["FOREIGN", "KEY"]) {
            if self.reader.checks_foreign_keys {
                return self.copies(&rules::FOREIGN_KEY, position, copied, &[]);
            }
            let names = [("table", self.table)];
            self.reader.find(&rules::UNCHECKED, position, &names);
            return false;
        }
        let others = ["INDEX", "KEY", "UNIQUE", "PRIMARY", "CHECK", "PARTITION"];
        if named || others.iter().any(|word| phrase.at(&[word])) {
            return false;
        }
        phrase.accept(&["COLUMN"]);
        phrase.accept(&["IF", "NOT", "EXISTS"]);
        let columns = match phrase.bracketed() {
            Some(list) => list.parts(),
            None => vec![phrase],
        };
        let mut copies = copied;
        for part in columns {
            let (rule, name) = column::read(self.reader, self.table, part, position);
            if let Some(rule) = rule {
                copies |= self.copies(rule, position, copies, &[("column", &name)]);
            }
        }
        copies
    }

    fn column_type(&mut self, column: &str, position: usize, copied: bool) -> bool {
        if self.reader.own.has_column(self.table, column) {
            return false;
        }
        self.copies(&rules::COLUMN_TYPE, position, copied, &[("column", column)])
    }

    fn change(&mut self, mut phrase: Phrase<'_>, position: usize, copied: bool) -> bool {
        phrase.accept(&["COLUMN"]);
        phrase.accept(&["IF", "EXISTS"]);
        let (Some(column), Some(new)) = (phrase.name(), phrase.name()) else {
            return false;
        };
        if bare_name(&column) != bare_name(&new) {
            self.rename_column(&column, position);
        }
        self.column_type(&column, position, copied)
    }

    fn rename_column(&mut self, column: &str, position: usize) {
        if !self.reader.own.has_column(self.table, column) {
            let names = [("table", self.table), ("column", column)];
            self.reader.find(&rules::RENAME_COLUMN, position, &names);
        }
    }

    fn rename(&mut self, mut phrase: Phrase<'_>, statement: usize, position: usize) {
        if phrase.accept(&["COLUMN"]) {
            phrase.accept(&["IF", "EXISTS"]);
            let column = phrase.name().unwrap_or_default();
            self.rename_column(&column, position);
        } else if let Some(new) = new_name(&mut phrase) {
            self.reader.renamed(self.table, &new, statement);
        }
    }

    fn drop(&mut self, mut phrase: Phrase<'_>, position: usize, copied: bool) -> bool {
        if phrase.accept(&["PRIMARY", "KEY"]) {
            return !self.adds_primary_key
                && self.copies(&rules::DROP_PRIMARY_KEY, position, copied, &[]);
        }
        if phrase.at(&["PARTITION"]) {
            self.drop_partition("DROP PARTITION", position);
            return false;
        }
        let others = ["INDEX", "KEY", "FOREIGN", "CONSTRAINT", "CHECK"];
        if others.iter().any(|word| phrase.at(&[word])) {
            return false;
        }
        phrase.accept(&["COLUMN"]);
        phrase.accept(&["IF", "EXISTS"]);
        let column = phrase.name().unwrap_or_default();
        if !self.reader.own.has_column(self.table, &column) {
            let names = [("table", self.table), ("column", column.as_str())];
            self.reader.find(&rules::DROP_COLUMN, position, &names);
        }
        false
    }

    fn drop_partition(&mut self, clause: &str, position: usize) {
        let names = [("table", self.table), ("clause", clause)];
        self.reader.find(&rules::DROP_PARTITION, position, &names);
    }

    fn clause(&mut self, word: &str, mut phrase: Phrase<'_>, position: usize) {
        phrase.accept_symbol("=");
        let value = phrase.accept_any(&["COPY", "SHARED", "EXCLUSIVE"]);
        if let Some(value) = value {
            let clause = format!("{word}={value}");
            let names = [("table", self.table), ("clause", clause.as_str())];
            self.reader.find(&rules::LOCK_CLAUSE, position, &names);
        }
    }
}
