//! What may have another name now. Nothing comes of it unless somebody says that it has.

use dapter_plugin_api::schema::{Body, Check, Column, SchemaObject};
use dapter_plugin_api::{Operation, TableChange, TablePart};
use serde::Serialize;

use super::renames::Rename;
use super::value_names::{first_column, literals};

/// How many candidates there are at most: who has to look further than that knows the name.
const MOST: usize = 5;

/// Something that goes, and what comes that looks like it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenameCandidates {
    /// What it is called: `users`, `users.name`.
    pub from: String,
    /// What it may be called now, the likeliest first.
    pub to: Vec<String>,
}

impl RenameCandidates {
    /// The declarations, one of which may be true.
    pub fn renames(&self) -> impl Iterator<Item = Rename> {
        self.to.iter().map(|to| Rename {
            from: self.from.clone(),
            to: to.clone(),
        })
    }
}

/// Who chooses which of them are renames.
pub(crate) type ChooseRenames = dyn Fn(&[RenameCandidates]) -> Vec<Rename> + Send + Sync;

/// What goes while something like it comes: tables most of whose columns are the same, columns of one table with the same
/// type, values of one list.
#[must_use]
pub fn rename_candidates(operations: &[Operation]) -> Vec<RenameCandidates> {
    let of_tables = tables(operations);
    let of_columns = operations.iter().flat_map(columns);
    let of_values = operations.iter().flat_map(values);
    let all = of_tables.into_iter().chain(of_columns).chain(of_values);
    all.collect()
}

fn tables(operations: &[Operation]) -> Vec<RenameCandidates> {
    let dropped = operations.iter().filter_map(|operation| match operation {
        Operation::Drop { object } => Some(object),
        _ => None,
    });
    let candidates = dropped.filter_map(|old| {
        let created = operations.iter().filter_map(|operation| match operation {
            Operation::Create { object } => Some(object),
            _ => None,
        });
        let alike = created.filter_map(|new| {
            let likeness = likeness_of_tables(old, new)?;
            let close = closeness(&old.name.name, &new.name.name);
            Some(((likeness, close), new.name.to_string()))
        });
        likeliest(old.name.to_string(), alike.collect())
    });
    candidates.collect()
}

/// How many of a hundred columns are the same; `None` if less than half are.
fn likeness_of_tables(old: &SchemaObject, new: &SchemaObject) -> Option<usize> {
    if old.name.schema != new.name.schema || old.name == new.name {
        return None;
    }
    let (old, new) = (old.as_table()?, new.as_table()?);
    let same = old.columns.iter().filter(|column| {
        let other = new.column(&column.name);
        other.is_some_and(|other| other.data_type == column.data_type)
    });
    let all = old.columns.len().max(new.columns.len()).max(1);
    let likeness = same.count() * 100 / all;
    (likeness >= 50).then_some(likeness)
}

fn columns(operation: &Operation) -> Vec<RenameCandidates> {
    let Operation::Alter { after, changes, .. } = operation else {
        return Vec::new();
    };
    let named = |column: &Column| format!("{}.{}", after.name, column.name);
    let dropped = changes.iter().filter_map(|change| match change {
        TableChange::DropColumn { column, .. } => Some(column),
        _ => None,
    });
    let candidates = dropped.filter_map(|old| {
        let added = changes.iter().filter_map(|change| match change {
            TableChange::AddColumn { column, .. } => Some(column),
            _ => None,
        });
        let alike = added.filter_map(|new| {
            let likeness = likeness_of_columns(old, new)?;
            Some(((likeness, closeness(&old.name, &new.name)), named(new)))
        });
        likeliest(named(old), alike.collect())
    });
    candidates.collect()
}

/// How much of the rest is the same too; `None` if the types are not.
fn likeness_of_columns(old: &Column, new: &Column) -> Option<usize> {
    let is_alike =
        old.data_type == new.data_type && old.generated.is_some() == new.generated.is_some();
    let rest = [
        old.not_null == new.not_null,
        old.default == new.default,
        old.identity == new.identity,
        old.collation == new.collation,
        old.comment == new.comment,
        old.options == new.options,
    ];
    is_alike.then(|| rest.into_iter().filter(|same| *same).count())
}

fn values(operation: &Operation) -> Vec<RenameCandidates> {
    match operation {
        Operation::Replace { before, after } => match (&before.body, &after.body) {
            (Body::Enumeration(old), Body::Enumeration(new)) => {
                values_of(&after.name.to_string(), &old.values, &new.values)
            }
            _ => Vec::new(),
        },
        Operation::Alter { changes, .. } if changes.iter().any(renames_value) => Vec::new(),
        Operation::Alter { after, changes, .. } => {
            let of_types = changes.iter().flat_map(|change| match change {
                TableChange::AlterColumn { before, after: new } => {
                    let values = |column: &Column| literals(&column.data_type).collect::<Vec<_>>();
                    let listed = format!("{}.{}", after.name, new.name);
                    values_of(&listed, &values(before), &values(new))
                }
                _ => Vec::new(),
            });
            of_types.chain(values_of_checks(after, changes)).collect()
        }
        _ => Vec::new(),
    }
}

fn renames_value(change: &TableChange) -> bool {
    matches!(change, TableChange::RenameValue { .. })
}

/// Values that go from conditions, which list several of a column.
fn values_of_checks(after: &SchemaObject, changes: &[TableChange]) -> Vec<RenameCandidates> {
    let Some(table) = after.as_table() else {
        return Vec::new();
    };
    let listed = |check: &Check| literals(&check.expression).collect::<Vec<_>>();
    let gone = changes.iter().filter_map(|change| match change {
        TableChange::Remove {
            part: TablePart::Check(check),
        } => Some(check),
        _ => None,
    });
    let candidates = gone
        .filter(|check| listed(check).len() > 1)
        .flat_map(|old| {
            let come = changes.iter().filter_map(|change| match change {
                TableChange::Add {
                    part: TablePart::Check(check),
                } => Some(check),
                _ => None,
            });
            let column = first_column(table, old);
            let mut alike =
                come.filter(|new| new.name == old.name && first_column(table, new) == column);
            match (column, alike.next()) {
                (Some(column), Some(new)) => values_of(
                    &format!("{}.{column}", after.name),
                    &listed(old),
                    &listed(new),
                ),
                _ => Vec::new(),
            }
        });
    candidates.collect()
}

/// Values that go while others come: the likeliest is in the same place.
fn values_of(listed: &str, old: &[String], new: &[String]) -> Vec<RenameCandidates> {
    let named = |value: &String| format!("{listed}.{value}");
    let gone = old
        .iter()
        .enumerate()
        .filter(|(_, value)| !new.contains(value));
    let candidates = gone.filter_map(|(place, gone)| {
        let come = new
            .iter()
            .enumerate()
            .filter(|(_, value)| !old.contains(value));
        let alike = come.map(|(at, value)| {
            (
                (usize::from(at == place), closeness(gone, value)),
                named(value),
            )
        });
        likeliest(named(gone), alike.collect())
    });
    candidates.collect()
}

/// How alike names are, in hundredths.
fn closeness(old: &str, new: &str) -> usize {
    let (old, new) = (old.to_lowercase(), new.to_lowercase());
    let longest = old.chars().count().max(new.chars().count()).max(1);
    100 - 100 * strsim::levenshtein(&old, &new).min(longest) / longest
}

fn likeliest(from: String, mut alike: Vec<((usize, usize), String)>) -> Option<RenameCandidates> {
    alike.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.cmp(b)));
    let to: Vec<String> = alike.into_iter().map(|(_, to)| to).take(MOST).collect();
    (!to.is_empty()).then_some(RenameCandidates { from, to })
}

#[cfg(test)]
mod tests {
    use dapter_plugin_api::schema::Table;
    use dapter_plugin_api::{ObjectName, Schema};

    use super::super::diff;
    use super::*;

    /// Tables as `name: column type, column type`.
    fn schema(tables: &[&str]) -> Schema {
        let table = |text: &&str| {
            let (name, columns) = text.split_once(": ").expect("a name");
            let columns = columns.split(", ").map(|column| {
                let (name, data_type) = column.split_once(' ').expect("a type");
                Column {
                    name: name.to_owned(),
                    data_type: data_type.trim_end_matches('!').to_owned(),
                    not_null: data_type.ends_with('!'),
                    ..Column::default()
                }
            });
            let table = Table {
                columns: columns.collect(),
                ..Table::default()
            };
            SchemaObject::of_table(ObjectName::plain(name), table)
        };
        Schema::of(tables.iter().map(table).collect())
    }

    #[test]
    fn what_looks_alike_may_be_renamed() {
        type Case = (
            &'static [&'static str],
            &'static [&'static str],
            &'static str,
        );
        let table: &[Case] = &[
            (&["t: a int"], &["t: a int, b int"], ""),
            (&["t: a int"], &["t: a int"], ""),
            (&["t: a int, x text"], &["t: a int, y text"], "t.x=t.y"),
            (&["t: a int, x text"], &["t: a int, y int"], ""),
            (
                &["t: a int, name text"],
                &["t: a int, nick text, full_name text"],
                "t.name=t.full_name t.name=t.nick",
            ),
            (
                &["t: a int, name text!"],
                &["t: a int, names text, other text!"],
                "t.name=t.other t.name=t.names",
            ),
            (&["t: a int, x text"], &["u: a int, x text"], "t=u"),
            (&["t: a int, x text"], &["u: a int, y text"], "t=u"),
            (&["t: a int, x text, z text"], &["u: a int, y text"], ""),
            (
                &["t: a int", "v: b int"],
                &["u: a int", "w: b int"],
                "t=u v=w",
            ),
        ];
        for (current, desired, expected) in table {
            let operations = diff(&schema(current), &schema(desired), &[]).expect("no renames");
            let candidates = rename_candidates(&operations);
            let renames = candidates.iter().flat_map(RenameCandidates::renames);
            let mut told: Vec<String> = renames.map(|rename| rename.to_string()).collect();
            if expected.contains("v=w") {
                told.sort();
            }
            assert_eq!(told.join(" "), *expected, "{current:?} {desired:?}");
        }
    }
}
