//! The changes of a table, sorted by what becomes of each column and each part.

use super::dialect::Dialect;
use crate::inspect::is_text;
use dapter_plugin_api::schema::{Column, ForeignKey, Generated, Table};
use dapter_plugin_api::{TableChange, TablePart};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of the columns of a table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The old names of those with new ones.
    pub(super) renamed: BTreeMap<String, String>,
    pub(super) added: BTreeSet<String>,
    pub(super) dropped: Vec<String>,
    /// Those that are written anew.
    pub(super) altered: BTreeSet<String>,
    /// Those that stand elsewhere.
    pub(super) moved: BTreeSet<String>,
    /// Those that can only be another kind of column by being made anew: what is in them is computed.
    pub(super) remade: BTreeSet<String>,
    /// Those among them that become plain columns, keeping what was computed.
    pub(super) made_plain: BTreeSet<String>,
}

impl Columns {
    pub(super) fn of(
        changes: &[TableChange],
        was: &Table,
        is: &Table,
        dialect: Dialect,
    ) -> Columns {
        let mut columns = Columns::default();
        for change in changes {
            match change {
                TableChange::RenameColumn { from, to } => {
                    let oldest = columns.renamed.remove(from).unwrap_or_else(|| from.clone());
                    columns.renamed.insert(to.clone(), oldest);
                }
                TableChange::AddColumn { column, .. } => {
                    columns.added.insert(column.name.clone());
                }
                TableChange::DropColumn { column, .. } => columns.dropped.push(column.name.clone()),
                TableChange::AlterColumn { after, .. } => {
                    columns.altered.insert(after.name.clone());
                }
                TableChange::MoveColumn { column, .. } => {
                    columns.moved.insert(column.name.clone());
                }
                TableChange::Add {
                    part: TablePart::Check(check),
                }
                | TableChange::Remove {
                    part: TablePart::Check(check),
                } if !check.column.is_empty() => {
                    columns.altered.insert(check.column.clone());
                }
                _ => {}
            }
        }
        columns.keep_other_spellings();
        columns
            .altered
            .retain(|name| is.column(name).is_some() && !columns.added.contains(name));
        if !columns.renamed.is_empty() && !dialect.is_mariadb() {
            columns.follow_renames(was, is);
        }
        columns.follow_collation(was, is);
        columns.remake(was, is);
        columns
    }

    /// Names of columns that differ only in their case are the same, so such a column stays and is written anew.
    fn keep_other_spellings(&mut self) {
        for added in self.added.clone() {
            let same = |dropped: &String| dropped.to_lowercase() == added.to_lowercase();
            if let Some(at) = self.dropped.iter().position(same) {
                let dropped = self.dropped.remove(at);
                self.added.remove(&added);
                self.altered.insert(added.clone());
                self.moved.insert(added.clone());
                self.renamed.insert(added, dropped);
            }
        }
    }

    /// Texts without a collation of their own have that of the table, and get the new one.
    fn follow_collation(&mut self, was: &Table, is: &Table) {
        if collation(was) == collation(is) {
            return;
        }
        let following = is.columns.iter().filter(|column| {
            is_text(&column.data_type)
                && column.collation.is_empty()
                && !self.added.contains(&column.name)
        });
        self.altered
            .extend(following.map(|column| column.name.clone()));
    }

    /// MySQL renames no column that others are computed from: those are made anew.
    fn follow_renames(&mut self, was: &Table, is: &Table) {
        let computed = is.columns.iter().filter(|after| {
            let before = was.column(self.old_name(&after.name));
            before.is_some_and(|before| before.generated != after.generated)
        });
        let computed: Vec<String> = computed.map(|column| column.name.clone()).collect();
        self.altered.extend(
            computed
                .into_iter()
                .filter(|name| !self.added.contains(name)),
        );
    }

    /// A virtual column cannot become another kind of column, nor another column one. What it is computed from must not
    /// be renamed under it.
    fn remake(&mut self, was: &Table, is: &Table) {
        for name in self.altered.clone() {
            let before = was
                .column(self.old_name(&name))
                .or_else(|| was.column(&name));
            let (Some(before), Some(after)) = (before, is.column(&name)) else {
                continue;
            };
            let stays = |generated: &Option<Generated>| {
                generated.as_ref().is_none_or(|generated| generated.stored)
            };
            let (first, last) = (stays(&before.generated), stays(&after.generated));
            let rewritten = before.generated != after.generated && before.generated.is_some();
            if first != last || (rewritten && !self.renamed.is_empty() && after.generated.is_some())
            {
                self.altered.remove(&name);
                self.remade.insert(name.clone());
                if after.generated.is_none() {
                    self.made_plain.insert(name);
                }
            }
        }
    }

    /// What a column was called before.
    pub(super) fn old_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.renamed.get(name).map_or(name, String::as_str)
    }
}

/// How the texts of a table are compared that have no collation of their own.
pub(super) fn collation(table: &Table) -> Option<&str> {
    table.options.get("collate").map(String::as_str)
}

/// Whether a foreign key stands in the way of a change of one of its columns: both sides have to have the same type at any
/// time. Only the lengths of texts may differ.
pub(super) fn breaks_references(before: &Column, after: &Column, was: &Table, is: &Table) -> bool {
    let compared = |column: &Column, table: &Table| match (
        is_text(&column.data_type),
        column.collation.as_str(),
    ) {
        (false, _) => None,
        (true, "") => collation(table).map(str::to_owned),
        (true, own) => Some(own.to_owned()),
    };
    let word = |column: &Column| {
        let of_length = is_text(&column.data_type) || column.data_type.starts_with("varbinary");
        let cut = column.data_type.find('(').filter(|_| of_length);
        column.data_type[..cut.unwrap_or(column.data_type.len())].to_owned()
    };
    word(before) != word(after)
        || compared(before, was) != compared(after, is)
        || before.generated.is_some() != after.generated.is_some()
}

/// Whether a table has an index that finds rows by these columns first.
pub(super) fn finds_by(table: &Table, columns: &[String]) -> bool {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let keys = keys.map(|key| (&key.columns, ""));
    let indexes = table.indexes.iter();
    let indexes = indexes.map(|index| (&index.columns, index.method.as_str()));
    keys.chain(indexes).any(|(parts, method)| {
        let first = parts.iter().take(columns.len());
        let names: Vec<&String> = first
            .filter(|part| part.length.is_none())
            .map(|part| &part.column)
            .collect();
        !["fulltext", "spatial"].contains(&method)
            && names.len() == columns.len()
            && names.into_iter().eq(columns)
    })
}

/// The changes, in which a foreign key that gets another name is removed and added: no server renames one.
pub(super) fn without_renamed_keys(changes: &[TableChange]) -> Vec<TableChange> {
    let mut made = Vec::with_capacity(changes.len());
    for change in changes {
        match change {
            TableChange::RenamePart {
                part: part @ TablePart::ForeignKey(_),
                to,
            } => {
                made.push(TableChange::Remove { part: part.clone() });
                let part = part.clone().named(to.clone());
                made.push(TableChange::Add { part });
            }
            change => made.push(change.clone()),
        }
    }
    made
}

/// The foreign keys that a list of changes removes and adds.
pub(super) fn foreign_keys(changes: &[TableChange]) -> (Vec<&ForeignKey>, Vec<&ForeignKey>) {
    let mut removed = Vec::new();
    let mut added = Vec::new();
    for change in changes {
        match change {
            TableChange::Remove {
                part: TablePart::ForeignKey(key),
            } => removed.push(key),
            TableChange::Add {
                part: TablePart::ForeignKey(key),
            } => added.push(key),
            _ => {}
        }
    }
    (removed, added)
}
