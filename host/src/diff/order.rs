//! An order in which operations can be done.

use std::collections::{BTreeMap, BTreeSet};

use dapter_plugin_api::schema::{Body, SchemaObject};
use dapter_plugin_api::{ObjectName, Operation, TableChange, TablePart};

/// Puts operations in order: each after those that it needs, else by what they do, what they do it to, and its name. What needs
/// each other comes in that order, which may fail: it is tried before anybody runs it. All others know things by their new
/// names and come behind the renamings, but for what is removed first and knows them by their old ones.
pub(super) fn ordered(
    renamings: Vec<Operation>,
    removed_first: &BTreeSet<(String, ObjectName)>,
    others: Vec<Operation>,
) -> Vec<Operation> {
    let first = renamings.len();
    let operations: Vec<Operation> = renamings.into_iter().chain(others).collect();
    let mut edges = Edges::of(&operations, first);
    edges.rename_between(&operations, first, removed_first);
    let rank = |index: usize| match index < first {
        true => (1, 0),
        false => rank(&operations[index]),
    };
    let mut waits: Vec<usize> = edges.before.iter().map(BTreeSet::len).collect();
    let mut left: BTreeSet<(Rank, usize)> = operations
        .iter()
        .enumerate()
        .map(|(index, _)| (rank(index), index))
        .collect();
    let mut ready: BTreeSet<(Rank, usize)> =
        left.iter().filter(|it| waits[it.1] == 0).copied().collect();
    let mut order = Vec::with_capacity(operations.len());
    while let Some(next) = ready.first().or(left.first()).copied() {
        ready.remove(&next);
        left.remove(&next);
        order.push(next.1);
        for &behind in &edges.behind[next.1] {
            waits[behind] = waits[behind].saturating_sub(1);
            let entry = (rank(behind), behind);
            if waits[behind] == 0 && left.contains(&entry) {
                ready.insert(entry);
            }
        }
    }
    let mut operations: Vec<Option<Operation>> = operations.into_iter().map(Some).collect();
    let taken = order
        .into_iter()
        .filter_map(|index| operations[index].take());
    taken.collect()
}

/// What comes first where nothing else decides.
type Rank = (u8, u8);

fn rank(operation: &Operation) -> Rank {
    let object = operation.object();
    match operation {
        Operation::Drop { .. } if is_below(object) => (7, u8::MAX - kind_rank(&object.kind)),
        Operation::Drop { .. } if object.as_table().is_none() => (0, 0),
        Operation::Rename { .. } => (1, 0),
        Operation::Create { .. } | Operation::Replace { .. } if is_below(object) => {
            (2, kind_rank(&object.kind))
        }
        Operation::Drop { .. } => (3, 0),
        Operation::Create { .. } if object.as_table().is_some() => (4, 0),
        Operation::Alter { .. } => (5, 0),
        Operation::Create { .. } | Operation::Replace { .. } => (6, kind_rank(&object.kind)),
    }
}

/// Whether tables are made of it.
fn is_below(object: &SchemaObject) -> bool {
    kind_rank(&object.kind) < TABLES
}

const TABLES: u8 = 10;

fn kind_rank(kind: &str) -> u8 {
    match kind {
        "schema" => 0,
        "extension" => 1,
        "collation" => 2,
        "type" => 3,
        "domain" => 4,
        "sequence" => 5,
        SchemaObject::TABLE => TABLES,
        "function" | "procedure" | "aggregate" => TABLES + 1,
        "view" => TABLES + 2,
        "materialized view" => TABLES + 3,
        "trigger" | "rule" | "policy" => TABLES + 5,
        _ => TABLES + 4,
    }
}

/// Which operations come before which.
struct Edges {
    before: Vec<BTreeSet<usize>>,
    behind: Vec<Vec<usize>>,
}

/// The operations on each object.
type Places = BTreeMap<(String, ObjectName), Vec<usize>>;

impl Edges {
    fn of(operations: &[Operation], renamings: usize) -> Edges {
        let mut makers: Places = BTreeMap::new();
        let mut removers: Places = BTreeMap::new();
        let others = || operations.iter().enumerate().skip(renamings);
        for (index, operation) in others() {
            let object = operation.object();
            let places = match operation {
                Operation::Drop { .. } => &mut removers,
                _ => &mut makers,
            };
            let id = (object.kind.clone(), object.name.clone());
            places.entry(id).or_default().push(index);
        }
        let mut edges = Edges {
            before: vec![BTreeSet::new(); operations.len()],
            behind: vec![Vec::new(); operations.len()],
        };
        for (index, operation) in others() {
            let (old, new) = ends(operation);
            for needed in needs(new, old) {
                // Nobody waits for a reference, and values go when nobody names them any more.
                let makers = makers.get(&needed).into_iter().flatten().copied();
                let (shrinking, makers): (Vec<usize>, Vec<usize>) = makers
                    .filter(|&at| !only_adds(&operations[at]))
                    .partition(|&at| shrinks(&operations[at]));
                match old {
                    Some(_) => edges.all_behind(index, Some(&shrinking)),
                    None => edges.all_before(Some(&shrinking), index),
                }
                edges.all_before(Some(&makers), index);
            }
            for needed in needs(old, new) {
                // What it needed goes, or changes, when it does not need it any more.
                edges.all_behind(index, removers.get(&needed));
                // Views and the like stand in the way of a change; tables do not.
                if new.is_none() && operation.object().as_table().is_none() {
                    edges.all_behind(index, makers.get(&needed));
                }
            }
            if let Operation::Create { object } = operation {
                let id = (object.kind.clone(), object.name.clone());
                edges.all_before(removers.get(&id), index);
            }
            // A reference that goes may be to a key that goes.
            for table in references_that_go(old, new) {
                let makers = makers.get(&(SchemaObject::TABLE.to_owned(), table));
                let changing = makers.into_iter().flatten().copied();
                let changing: Vec<usize> = changing
                    .filter(|&at| !only_removes(&operations[at]))
                    .collect();
                edges.all_behind(index, Some(&changing));
            }
        }
        edges.keep_parts_in_order(operations, &makers);
        edges
    }

    /// Renamings come as they were declared, in front of all that knows the new names.
    fn rename_between(
        &mut self,
        operations: &[Operation],
        renamings: usize,
        removed_first: &BTreeSet<(String, ObjectName)>,
    ) {
        for (index, operation) in operations.iter().enumerate() {
            let object = operation.object();
            let id = (object.kind.clone(), object.name.clone());
            let is_drop = matches!(operation, Operation::Drop { .. });
            let is_first = index >= renamings && is_drop && removed_first.contains(&id);
            for renaming in 0..renamings.min(index) {
                match is_first {
                    true => self.add(index, renaming),
                    false => self.add(renaming, index),
                }
            }
        }
    }

    /// The operations on one table come as they were split.
    fn keep_parts_in_order(&mut self, operations: &[Operation], makers: &Places) {
        for places in makers.values() {
            for pair in places.windows(2) {
                self.add(pair[0], pair[1]);
            }
        }
        // Foreign keys of a table that goes are taken from it before.
        for (index, operation) in operations.iter().enumerate() {
            let Operation::Drop { object } = operation else {
                continue;
            };
            let id = (object.kind.clone(), object.name.clone());
            let removals = makers.get(&id).into_iter().flatten().copied();
            let removals: Vec<usize> = removals
                .filter(|&at| only_removes(&operations[at]))
                .collect();
            for at in removals {
                self.add(at, index);
            }
        }
    }

    fn all_before(&mut self, some: Option<&Vec<usize>>, index: usize) {
        for &before in some.into_iter().flatten() {
            self.add(before, index);
        }
    }

    fn all_behind(&mut self, index: usize, some: Option<&Vec<usize>>) {
        for &behind in some.into_iter().flatten() {
            self.add(index, behind);
        }
    }

    fn add(&mut self, before: usize, behind: usize) {
        if before != behind && self.before[behind].insert(before) {
            self.behind[before].push(behind);
        }
    }
}

/// Whether a type only loses values.
fn shrinks(operation: &Operation) -> bool {
    let Operation::Replace { before, after } = operation else {
        return false;
    };
    match (&before.body, &after.body) {
        (Body::Enumeration(before), Body::Enumeration(after)) => {
            after.values.len() < before.values.len()
                && after
                    .values
                    .iter()
                    .all(|value| before.values.contains(value))
        }
        _ => false,
    }
}

fn only_removes(operation: &Operation) -> bool {
    changes_only(operation, |change| {
        matches!(
            change,
            TableChange::Remove {
                part: TablePart::ForeignKey(_)
            }
        )
    })
}

fn only_adds(operation: &Operation) -> bool {
    changes_only(operation, |change| {
        matches!(
            change,
            TableChange::Add {
                part: TablePart::ForeignKey(_)
            }
        )
    })
}

fn changes_only(operation: &Operation, fits: fn(&TableChange) -> bool) -> bool {
    matches!(operation, Operation::Alter { changes, .. } if changes.iter().all(fits))
}

/// The object before and behind an operation.
fn ends(operation: &Operation) -> (Option<&SchemaObject>, Option<&SchemaObject>) {
    match operation {
        Operation::Create { object } => (None, Some(object)),
        Operation::Drop { object } => (Some(object), None),
        Operation::Rename { object, .. } => (Some(object), Some(object)),
        Operation::Replace { before, after } | Operation::Alter { before, after, .. } => {
            (Some(before), Some(after))
        }
    }
}

/// The tables that an object refers to before an operation and not behind it.
fn references_that_go(old: Option<&SchemaObject>, new: Option<&SchemaObject>) -> Vec<ObjectName> {
    let keys = |object: Option<&SchemaObject>| {
        let table = object.and_then(SchemaObject::as_table);
        table.map_or_else(Vec::new, |table| table.foreign_keys.clone())
    };
    let stay = keys(new);
    let mut going = keys(old);
    going.retain(|key| !stay.contains(key));
    going.into_iter().map(|key| key.table).collect()
}

/// What an object needs to be there at one end of an operation. Foreign keys that it has at the other end too stay as they are.
fn needs(object: Option<&SchemaObject>, other: Option<&SchemaObject>) -> Vec<(String, ObjectName)> {
    let Some(object) = object else {
        return Vec::new();
    };
    let stay = other.and_then(SchemaObject::as_table);
    let stay = stay.map_or(&[][..], |table| &table.foreign_keys);
    let table = |name: ObjectName| (SchemaObject::TABLE.to_owned(), name);
    let said = object.depends_on.iter();
    let mut needed: Vec<(String, ObjectName)> = said
        .map(|needed| (needed.kind.clone(), needed.name.clone()))
        .collect();
    needed.extend(object.name.table().map(table));
    if let Some(own) = object.as_table() {
        // Also where nothing checks them they read better so.
        let referred = own.foreign_keys.iter().filter(|key| !stay.contains(key));
        needed.extend(referred.map(|key| table(key.table.clone())));
        let parents = own.inherits.iter().chain(&own.partitioning.of).cloned();
        needed.extend(parents.map(table));
    }
    needed.retain(|needed| needed.0 != object.kind || needed.1 != object.name);
    needed
}
