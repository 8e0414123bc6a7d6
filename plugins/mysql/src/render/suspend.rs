//! Foreign keys that stand in the way: taken away before, and put back in the end.

use super::change::{finds_by, foreign_keys};
use super::constraint;
use super::dialect::Dialect;
use super::names::{name, object};
use super::references::{broken, filled, fits, goes_with, new_names};
use dapter_plugin_api::schema::{ForeignKey, ObjectName, Schema, following_name};
use dapter_plugin_api::{Operation, Result, SchemaObject, TableChange, TablePart};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The tables as they are after the operations so far.
#[derive(Debug, Default)]
pub(super) struct State<'a> {
    tables: BTreeMap<ObjectName, Cow<'a, SchemaObject>>,
    triggers: BTreeMap<ObjectName, &'a SchemaObject>,
    /// The tables whose foreign keys refer to a table.
    children: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    /// Tables that are yet to be made.
    coming: BTreeSet<ObjectName>,
    /// Foreign keys that were taken away, or wait for their other side, by their tables.
    suspended: BTreeSet<(ObjectName, String)>,
    /// As the rules of the schema say it.
    names_follow_tables: Vec<String>,
}

impl<'a> State<'a> {
    /// The state before any of the operations.
    pub(super) fn of(schema: &'a Schema, operations: &'a [Operation]) -> State<'a> {
        let mut state = State {
            names_follow_tables: schema.rules.names_follow_tables.clone(),
            ..State::default()
        };
        for operation in operations {
            if let Operation::Create { object } = operation
                && object.as_table().is_some()
            {
                state.coming.insert(object.name.clone());
            }
        }
        for object in &schema.objects {
            state.see(object);
        }
        state
    }

    /// The table of this name.
    pub(super) fn get(&self, table: &ObjectName) -> Option<&SchemaObject> {
        self.tables.get(table).map(Cow::as_ref)
    }

    fn put(&mut self, object: Cow<'a, SchemaObject>) {
        if let Some(table) = object.as_table() {
            for key in &table.foreign_keys {
                let children = self.children.entry(key.table.clone()).or_default();
                children.insert(object.name.clone());
            }
            self.tables.insert(object.name.clone(), object);
        }
    }

    /// Whether a table has foreign keys, or others refer to it.
    pub(super) fn is_in_references(&self, table: &ObjectName) -> bool {
        let of = self.get(table).and_then(SchemaObject::as_table);
        let refers = |child: &ObjectName| {
            let child = self.get(child).and_then(SchemaObject::as_table);
            let keys = child.map_or(&[][..], |child| &child.foreign_keys);
            keys.iter().any(|key| key.table == *table)
        };
        of.is_some_and(|of| !of.foreign_keys.is_empty())
            || self
                .children
                .get(table)
                .is_some_and(|children| children.iter().any(refers))
    }

    /// The trigger that comes next at the same moment, if there is one.
    pub(super) fn follower(&self, trigger: &SchemaObject) -> Option<&'a SchemaObject> {
        let mut triggers = self.triggers.values().filter(|_| trigger.kind == "trigger");
        triggers
            .find(|other| other.needs("trigger", &trigger.name))
            .copied()
    }

    fn see(&mut self, object: &'a SchemaObject) {
        match object.kind.as_str() {
            "trigger" => {
                self.triggers.insert(object.name.clone(), object);
            }
            _ => self.put(Cow::Borrowed(object)),
        }
    }

    /// What is so after an operation.
    pub(super) fn follow(&mut self, operation: &'a Operation) {
        match operation {
            Operation::Create { object } => {
                self.coming.remove(&object.name);
                self.see(object);
            }
            Operation::Drop { object } if object.kind == "trigger" => {
                self.triggers.remove(&object.name);
            }
            Operation::Drop { object } => {
                self.tables.remove(&object.name);
                self.suspended.retain(|(table, _)| *table != object.name);
            }
            Operation::Replace { after, .. } => self.see(after),
            Operation::Rename { object, to } => self.rename(&object.name, to),
            Operation::Alter {
                before,
                after,
                changes,
            } => {
                self.put(Cow::Borrowed(after));
                for change in changes {
                    if let TableChange::RenameColumn { from, to } = change {
                        self.rename_references(&before.name, from, to);
                    }
                }
            }
        }
    }

    fn rename(&mut self, from: &ObjectName, to: &str) {
        let Some(table) = self.tables.remove(from) else {
            return;
        };
        let mut table = table.into_owned();
        to.clone_into(&mut table.name.name);
        let new = table.name.clone();
        if let Some(table) = table.as_table_mut() {
            table.rename_constraints(&self.names_follow_tables, &from.name, to);
        }
        let suspended = std::mem::take(&mut self.suspended);
        let moved = suspended
            .into_iter()
            .map(|(table, key)| match table == *from {
                true => {
                    let between = &self.names_follow_tables;
                    let called = following_name(&key, between, &from.name, to);
                    (new.clone(), called.unwrap_or(key))
                }
                false => (table, key),
            });
        self.suspended = moved.collect();
        self.put(Cow::Owned(table));
        for child in self.children.remove(from).unwrap_or_default() {
            self.change_keys(&child, from, &|key| key.table = new.clone());
            self.children.entry(new.clone()).or_default().insert(child);
        }
    }

    fn rename_references(&mut self, table: &ObjectName, from: &str, to: &str) {
        for child in self.children.get(table).cloned().unwrap_or_default() {
            self.change_keys(&child, table, &|key| {
                let columns = key.references.iter_mut();
                columns
                    .filter(|column| *column == from)
                    .for_each(|column| to.clone_into(column));
            });
        }
    }

    fn change_keys(
        &mut self,
        child: &ObjectName,
        parent: &ObjectName,
        change: &dyn Fn(&mut ForeignKey),
    ) {
        let Some(object) = self.tables.get_mut(child) else {
            return;
        };
        if let Some(table) = object.to_mut().as_table_mut() {
            let keys = table.foreign_keys.iter_mut();
            keys.filter(|key| key.table == *parent).for_each(change);
        }
    }

    /// The changes of a table without those that are so already: of foreign keys that were taken away.
    pub(super) fn left_to_do(
        &mut self,
        of: &ObjectName,
        mut changes: Vec<TableChange>,
    ) -> Vec<TableChange> {
        changes.retain(|change| match change {
            TableChange::Remove {
                part: TablePart::ForeignKey(key),
            } => !self.suspended.remove(&(of.clone(), key.name.clone())),
            _ => true,
        });
        changes
    }

    /// A table that is to be made, without foreign keys to tables that come later: they come in the end.
    pub(super) fn without_later(&mut self, object: &'a SchemaObject) -> Cow<'a, SchemaObject> {
        let waits = |key: &ForeignKey| {
            key.table != object.name && !key.name.is_empty() && self.coming.contains(&key.table)
        };
        let mut object = Cow::Borrowed(object);
        let keys = object
            .as_table()
            .map_or(&[][..], |table| &table.foreign_keys);
        let later: Vec<String> = keys
            .iter()
            .filter(|key| waits(key))
            .map(|key| key.name.clone())
            .collect();
        if !later.is_empty()
            && let Some(table) = object.to_mut().as_table_mut()
        {
            table.foreign_keys.retain(|key| !later.contains(&key.name));
        }
        let name = &object.name;
        self.suspended
            .extend(later.into_iter().map(|key| (name.clone(), key)));
        object
    }

    /// The changes without foreign keys whose other side is not ready yet, be it the same table, whose keys servers look for as
    /// it was: they come in the end.
    pub(super) fn put_off(
        &mut self,
        after: &SchemaObject,
        mut changes: Vec<TableChange>,
    ) -> Vec<TableChange> {
        let own = after.as_table();
        changes.retain(|change| match change {
            TableChange::Add {
                part: TablePart::ForeignKey(key),
            } if !key.name.is_empty() => {
                let other = self.get(&key.table).and_then(SchemaObject::as_table);
                let ready = match (own, other) {
                    (Some(own), Some(other)) => fits(own, key, other),
                    _ => true,
                };
                if !ready {
                    self.suspended
                        .insert((after.name.clone(), key.name.clone()));
                }
                ready
            }
            _ => true,
        });
        changes
    }

    /// Takes away the foreign keys that stand in the way of changes of a table: those of its columns whose type changes, those
    /// that would be without an index, and those of columns that must have a value from now on, or are numbered otherwise:
    /// MySQL refuses them where it copies the table (errors 1832 and 1833, tried with 9.7.4).
    pub(super) fn make_way(
        &mut self,
        before: &SchemaObject,
        after: &SchemaObject,
        changes: &[TableChange],
        dialect: Dialect,
    ) -> Vec<String> {
        let (Some(was), Some(is)) = (before.as_table(), after.as_table()) else {
            return Vec::new();
        };
        let broken = broken(was, is);
        let filled = match dialect.is_mariadb() {
            true => BTreeSet::new(),
            false => filled(was, is),
        };
        let (removed, _) = foreign_keys(changes);
        let removed: BTreeSet<&str> = removed.iter().map(|key| key.name.as_str()).collect();
        let mut near: BTreeSet<ObjectName> =
            self.children.get(&before.name).cloned().unwrap_or_default();
        near.insert(before.name.clone());
        let mut statements = Vec::new();
        for child in near {
            let Some(table) = self.get(&child).and_then(SchemaObject::as_table) else {
                continue;
            };
            let own = child == before.name;
            let in_the_way = |key: &&ForeignKey| {
                let refers = key.table == before.name;
                let has = |columns: &[String], some: &BTreeSet<&str>| {
                    columns.iter().any(|column| some.contains(column.as_str()))
                };
                let stands = |columns: &[String]| has(columns, &broken) || !finds_by(is, columns);
                let columns = new_names(&key.columns, changes);
                let stands = |columns: &[String]| stands(columns) || has(columns, &filled);
                let stands = own && stands(&columns)
                    || refers && stands(&new_names(&key.references, changes));
                stands && !(own && removed.contains(key.name.as_str())) && !key.name.is_empty()
            };
            let keys: Vec<String> = table
                .foreign_keys
                .iter()
                .filter(in_the_way)
                .map(|key| key.name.clone())
                .filter(|key| !self.suspended.contains(&(child.clone(), key.clone())))
                .collect();
            if !keys.is_empty() {
                let clauses = keys
                    .iter()
                    .map(|key| format!("DROP FOREIGN KEY {}", name(key)));
                let clauses: Vec<String> = clauses.collect();
                statements.push(format!(
                    "ALTER TABLE {} {}",
                    object(&child),
                    clauses.join(", ")
                ));
            }
            self.suspended
                .extend(keys.into_iter().map(|key| (child.clone(), key)));
        }
        statements
    }

    /// Takes away the foreign keys of other tables to one that goes.
    pub(super) fn free(&mut self, gone: &SchemaObject) -> Vec<String> {
        let mut statements = Vec::new();
        let children = self.children.get(&gone.name).cloned().unwrap_or_default();
        for child in children.iter().filter(|child| **child != gone.name) {
            let table = self.get(child).and_then(SchemaObject::as_table);
            let keys = table.map_or(&[][..], |table| &table.foreign_keys).iter();
            let keys = keys.filter(|key| key.table == gone.name && !key.name.is_empty());
            let keys: Vec<String> = keys.map(|key| key.name.clone()).collect();
            for key in keys {
                if self.suspended.insert((child.clone(), key.clone())) {
                    statements.push(format!(
                        "ALTER TABLE {} DROP FOREIGN KEY {}",
                        object(child),
                        name(&key)
                    ));
                }
            }
        }
        statements
    }

    /// Puts back what was taken away and is to stay.
    pub(super) fn put_back(&self) -> Result<Vec<String>> {
        let mut by_table: BTreeMap<&ObjectName, Vec<String>> = BTreeMap::new();
        for (of, called) in &self.suspended {
            let Some((object, table)) = self
                .get(of)
                .and_then(|object| Some((object, object.as_table()?)))
            else {
                continue;
            };
            let key = table.foreign_keys.iter().find(|key| key.name == *called);
            let Some(key) = key else {
                continue;
            };
            let clauses = by_table.entry(of).or_default();
            for index in table
                .indexes
                .iter()
                .filter(|index| goes_with(index, key, table))
            {
                let again = [
                    format!("DROP INDEX {}", name(&index.name)),
                    format!("ADD {}", constraint::index(object, index)?),
                ];
                // Another foreign key of the same columns may have seen to it.
                clauses.extend(
                    again
                        .into_iter()
                        .filter(|clause| !clauses.contains(clause))
                        .collect::<Vec<_>>(),
                );
            }
            clauses.push(format!(
                "ADD {}",
                constraint::foreign_key(object, key, self)?
            ));
        }
        let statements = by_table
            .into_iter()
            .map(|(table, clauses)| match clauses.as_slice() {
                [only] => format!("ALTER TABLE {} {only}", object(table)),
                _ => format!("ALTER TABLE {}\n  {}", object(table), clauses.join(",\n  ")),
            });
        Ok(statements.collect())
    }
}
