//! Foreign keys that cannot be part of the statement that makes, changes or removes their table.

use std::collections::{BTreeMap, BTreeSet};

use dapter_plugin_api::schema::{ForeignKey, SchemaObject, SchemaRules, Table};
use dapter_plugin_api::{ObjectName, Operation, TableChange, TablePart};

/// Takes foreign keys apart from the rest where their order matters: those between new tables that refer to each other, those
/// to tables that are made or changed at the same time, and the same on the way out.
pub(super) fn apart(operations: Vec<Operation>, rules: &SchemaRules) -> Vec<Operation> {
    if !rules.references_are_checked {
        return operations;
    }
    let plan = Plan::of(&operations);
    operations
        .into_iter()
        .flat_map(|operation| plan.split(operation))
        .collect()
}

/// What happens to the tables.
struct Plan {
    /// New tables, each with the new tables that are made after it.
    created: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    /// Tables that go, each with those that go before it.
    dropped: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    altered: BTreeSet<ObjectName>,
}

impl Plan {
    fn of(operations: &[Operation]) -> Plan {
        let mut created = Vec::new();
        let mut dropped = Vec::new();
        let mut altered = BTreeSet::new();
        for operation in operations {
            match operation {
                Operation::Create { object } if object.as_table().is_some() => created.push(object),
                Operation::Drop { object } if object.as_table().is_some() => dropped.push(object),
                Operation::Alter { before, .. } => drop(altered.insert(before.name.clone())),
                _ => {}
            }
        }
        Plan {
            created: later(&created),
            dropped: later(&dropped),
            altered,
        }
    }

    fn split(&self, operation: Operation) -> Vec<Operation> {
        match operation {
            Operation::Create { object } => {
                let Some(later) = self.created.get(&object.name) else {
                    return vec![Operation::Create { object }];
                };
                let (bare, taken) = without(&object, |key| later.contains(&key.table));
                let mut split = vec![Operation::Create {
                    object: bare.clone(),
                }];
                split.extend(change(bare, object, adds(taken)));
                split
            }
            Operation::Drop { object } => {
                let Some(later) = self.dropped.get(&object.name) else {
                    return vec![Operation::Drop { object }];
                };
                let (bare, taken) = without(&object, |key| later.contains(&key.table));
                let removals = taken.into_iter().map(|key| TableChange::Remove {
                    part: TablePart::ForeignKey(key),
                });
                let mut split: Vec<Operation> = change(object, bare.clone(), removals.collect())
                    .into_iter()
                    .collect();
                split.push(Operation::Drop { object: bare });
                split
            }
            Operation::Alter {
                before,
                after,
                changes,
            } => self.split_change(before, after, changes),
            other => vec![other],
        }
    }

    fn split_change(
        &self,
        before: SchemaObject,
        after: SchemaObject,
        changes: Vec<TableChange>,
    ) -> Vec<Operation> {
        let own = before.name.clone();
        let moves = |key: &ForeignKey| {
            let other = key.table != own;
            other
                && (self.created.contains_key(&key.table)
                    || self.dropped.contains_key(&key.table)
                    || self.altered.contains(&key.table))
        };
        let (mut removals, mut rest, mut additions) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match &change {
                TableChange::Remove {
                    part: TablePart::ForeignKey(key),
                } if moves(key) => removals.push(change),
                TableChange::Add {
                    part: TablePart::ForeignKey(key),
                } if moves(key) => additions.push(change),
                _ => rest.push(change),
            }
        }
        let taken = |list: &[TableChange], key: &ForeignKey| {
            list.iter().any(|change| match change {
                TableChange::Remove { part } | TableChange::Add { part } => {
                    *part == TablePart::ForeignKey(key.clone())
                }
                _ => false,
            })
        };
        let (first, _) = without(&before, |key| taken(&removals, key));
        let (last, _) = without(&after, |key| taken(&additions, key));
        let steps = [
            change(before, first.clone(), removals),
            change(first, last.clone(), rest),
            change(last, after, additions),
        ];
        steps.into_iter().flatten().collect()
    }
}

fn adds(keys: Vec<ForeignKey>) -> Vec<TableChange> {
    let parts = keys.into_iter().map(TablePart::ForeignKey);
    parts.map(|part| TableChange::Add { part }).collect()
}

fn change(
    before: SchemaObject,
    after: SchemaObject,
    changes: Vec<TableChange>,
) -> Option<Operation> {
    (!changes.is_empty()).then_some(Operation::Alter {
        before,
        after,
        changes,
    })
}

/// A table without some of its foreign keys, and those.
fn without(
    object: &SchemaObject,
    goes: impl Fn(&ForeignKey) -> bool,
) -> (SchemaObject, Vec<ForeignKey>) {
    let mut bare = object.clone();
    let mut taken = Vec::new();
    if let Some(table) = bare.as_table_mut() {
        let table: &mut Table = table;
        taken.extend(table.foreign_keys.extract_if(.., |key| goes(key)));
    }
    (bare, taken)
}

/// Of tables that refer to each other, those that come later: each table after what it refers to, unless that refers back.
fn later(tables: &[&SchemaObject]) -> BTreeMap<ObjectName, BTreeSet<ObjectName>> {
    let by_name: BTreeMap<&ObjectName, &Table> = tables
        .iter()
        .filter_map(|object| Some((&object.name, object.as_table()?)))
        .collect();
    let mut order: Vec<&ObjectName> = Vec::new();
    let mut seen: BTreeSet<&ObjectName> = BTreeSet::new();
    for name in by_name.keys() {
        // By hand, since a chain of references may be longer than a stack.
        let mut stack = vec![(*name, false)];
        while let Some((name, is_done)) = stack.pop() {
            if is_done {
                order.push(name);
                continue;
            }
            if !seen.insert(name) {
                continue;
            }
            stack.push((name, true));
            let Some(table) = by_name.get(name) else {
                continue;
            };
            let needed = table.foreign_keys.iter().rev();
            let needed = needed.filter_map(|key| by_name.get_key_value(&key.table));
            stack.extend(needed.map(|(name, _)| (*name, false)));
        }
    }
    let place: BTreeMap<&ObjectName, usize> = order
        .iter()
        .enumerate()
        .map(|(place, name)| (*name, place))
        .collect();
    let own = |name: &ObjectName, table: &Table| {
        let after = table.foreign_keys.iter().filter_map(|key| {
            let theirs = place.get(&key.table)?;
            (*theirs > place[name]).then(|| key.table.clone())
        });
        after.collect()
    };
    by_name
        .iter()
        .map(|(name, table)| ((*name).clone(), own(name, table)))
        .collect()
}
