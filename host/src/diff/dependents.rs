//! What has to be removed and made again because of a change below it.

use std::collections::BTreeSet;

use dapter_plugin_api::schema::{Body, Column, Dependency, SchemaObject};
use dapter_plugin_api::{Schema, TableChange};

use super::changes::{Change, Changes, Id, by_id, id};
use super::column_names::pieces;

/// Lets everything that stands in the way of a change be removed before and made again behind it, where the database does not
/// see to that. Tables stay where they are.
pub(super) fn made_again<'s>(
    mut changes: Changes<'s>,
    current: &'s Schema,
    desired: &'s Schema,
) -> Changes<'s> {
    let desired = by_id(desired);
    loop {
        let disturbed = Disturbed::by(&changes, current);
        let mut more = Vec::new();
        for object in &current.objects {
            let stays = !matches!(
                changes.0.get(&id(object)),
                Some(Change::Drop(_) | Change::Again(..))
            );
            let blocks = || object.depends_on.iter().any(|needed| disturbed.has(needed));
            if object.as_table().is_none()
                && stays
                && blocks()
                && let Some(after) = desired.get(&id(object))
            {
                more.push((id(object), Change::Again(object, after)));
            }
        }
        if more.is_empty() {
            return changes;
        }
        changes.0.extend(more);
    }
}

/// What nothing may depend on while it changes.
struct Disturbed<'s> {
    objects: BTreeSet<Id<'s>>,
    columns: BTreeSet<(Id<'s>, String)>,
}

impl<'s> Disturbed<'s> {
    fn by(changes: &Changes<'s>, current: &'s Schema) -> Self {
        let mut disturbed = Disturbed {
            objects: BTreeSet::new(),
            columns: BTreeSet::new(),
        };
        for (id, change) in &changes.0 {
            match change {
                Change::Drop(_) | Change::Again(..) => drop(disturbed.objects.insert(*id)),
                // Where nothing stands in the way, what depends on a table is left alone while the table changes.
                Change::Alter(..) | Change::AlterTable(..) if !current.rules.dependents_block => {}
                Change::AlterTable(_, _, changes) => {
                    let columns = touched(changes).map(|column| (*id, column));
                    disturbed.columns.extend(columns);
                }
                Change::Alter(before, after) => {
                    if is_made_anew(before, after) {
                        disturbed.objects.insert(*id);
                        disturbed.columns.extend(columns_of_type(before, current));
                    }
                }
                Change::Create(_) => {}
            }
        }
        let computed = disturbed.columns.iter().flat_map(|(id, column)| {
            let table = current.get(id.0, id.1).and_then(SchemaObject::as_table);
            let columns = table.map_or(&[][..], |table| &table.columns).iter();
            let computed = columns.filter(|it| is_computed_from(it, column));
            computed.map(|it| (*id, it.name.clone()))
        });
        let computed: Vec<_> = computed.collect();
        disturbed.columns.extend(computed);
        disturbed
    }

    fn has(&self, needed: &Dependency) -> bool {
        let id: Id<'_> = (&needed.kind, &needed.name);
        if self.objects.contains(&id) {
            return true;
        }
        let mut columns = self.columns.iter().filter(|(of, _)| *of == id);
        match needed.columns.is_empty() {
            true => columns.next().is_some(),
            false => columns.any(|(_, column)| needed.columns.contains(column)),
        }
    }
}

/// Whether a column has to be made again when another one becomes another.
fn is_computed_from(column: &Column, other: &str) -> bool {
    let expression = column.generated.as_ref().map(|it| it.expression.as_str());
    let mut pieces = pieces(expression.unwrap_or_default()).into_iter();
    pieces.any(|piece| piece.name().is_some_and(|(_, name)| name == other))
}

/// The columns of a table that go or get another type.
fn touched(changes: &[TableChange]) -> impl Iterator<Item = String> {
    changes.iter().filter_map(|change| match change {
        TableChange::DropColumn { column, .. } => Some(column.name.clone()),
        TableChange::AlterColumn { before, after } => {
            let other = before.data_type != after.data_type
                || before.collation != after.collation
                || before.generated != after.generated;
            other.then(|| before.name.clone())
        }
        _ => None,
    })
}

/// The columns that get another type when a type is made anew.
fn columns_of_type<'s>(
    of: &SchemaObject,
    current: &'s Schema,
) -> impl Iterator<Item = (Id<'s>, String)> {
    let (kind, name) = (of.kind.clone(), of.name.clone());
    let users = current.objects.iter();
    let users = users.filter(move |object| object.needs(&kind, &name));
    let word = of.name.name.clone();
    users.flat_map(move |object| {
        let columns = object.as_table().map_or(&[][..], |table| &table.columns);
        let are_of_it = columns
            .iter()
            .filter(|column| column.data_type.contains(&word));
        let names: Vec<_> = are_of_it
            .map(|column| (id(object), column.name.clone()))
            .collect();
        names
    })
}

/// Whether a type is made anew: one whose values are not only added to, say.
fn is_made_anew(before: &SchemaObject, after: &SchemaObject) -> bool {
    match (&before.body, &after.body) {
        (Body::Enumeration(before), Body::Enumeration(after)) => {
            let mut left = after.values.iter();
            !before.values.iter().all(|value| left.any(|it| it == value))
        }
        (Body::Domain(before), Body::Domain(after)) => {
            before.data_type != after.data_type || before.collation != after.collation
        }
        (Body::Composite(before), Body::Composite(after)) => before != after,
        _ => false,
    }
}
