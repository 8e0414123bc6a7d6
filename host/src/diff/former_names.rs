//! What models say had another name before, as far as that is still to be carried out.

use std::borrow::Cow;

use dapter_plugin_api::Schema;
use dapter_plugin_api::schema::SchemaObject;

use super::renames::{Rename, RenameError, column_at, rename_one, renamed};
use super::spelling::aligned;
use super::value_names::listers;

/// A database whose models say so, and what is renamed in it.
pub(crate) struct FormerNames<'d> {
    schema: Schema,
    desired: Cow<'d, Schema>,
}

impl<'d> FormerNames<'d> {
    /// A database behind renames that somebody has declared.
    pub(crate) fn behind(
        current: &Schema,
        desired: &'d Schema,
        renames: &[Rename],
    ) -> Result<Self, RenameError> {
        let desired = aligned(current, desired);
        Ok(Self {
            schema: renamed(current, &desired, renames)?.schema.into_owned(),
            desired,
        })
    }

    /// What is to be renamed because of a former name, behind which come others; `None` if nothing is called so, or has to be
    /// called otherwise.
    ///
    /// # Errors
    /// If it can be no rename: both are there already, and one of them is to go.
    pub(crate) fn rename(
        &mut self,
        former: &Rename,
        later: &[Rename],
    ) -> Result<Option<Rename>, RenameError> {
        let rename = Rename {
            from: spelled(&self.schema, &former.from),
            to: spelled(&self.desired, &former.to),
        };
        match rename_one(&mut self.schema, &self.desired, &rename, later) {
            Ok(_) => Ok(Some(rename)),
            Err(RenameError::Missing(_)) => Ok(None),
            Err(RenameError::Taken { .. }) if is_there(&self.desired, &rename.from) => Ok(None),
            Err(RenameError::Taken { from, to }) => Err(RenameError::Both { from, to }),
            Err(RenameError::Stays(_)) if self.lists_both(&rename) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lists_both(&self, rename: &Rename) -> bool {
        let schema = &self.schema;
        [&rename.from, &rename.to]
            .iter()
            .all(|named| !listers(schema, named).is_empty())
    }
}

/// Whether there is a table or a column of this name.
fn is_there(schema: &Schema, named: &str) -> bool {
    tables(schema).any(|object| object.name.to_string() == named)
        || column_at(schema, named).is_some()
}

fn tables(schema: &Schema) -> impl Iterator<Item = &SchemaObject> {
    let objects = schema.objects.iter();
    objects.filter(|object| object.as_table().is_some())
}

/// The name of a table or a column as the schema spells it, where only the case differs.
fn spelled(schema: &Schema, named: &str) -> String {
    if is_there(schema, named) {
        return named.to_owned();
    }
    let folded = named.to_lowercase();
    let mut found = tables(schema).filter_map(|object| {
        let table = object.name.to_string();
        let rest = folded.strip_prefix(&table.to_lowercase())?;
        let Some(wanted) = rest.strip_prefix('.') else {
            return rest.is_empty().then_some(table);
        };
        let mut columns = object.as_table()?.columns.iter();
        let column = columns.find(|column| column.name.to_lowercase() == wanted)?;
        Some(format!("{table}.{}", column.name))
    });
    found.next().unwrap_or_else(|| named.to_owned())
}

#[cfg(test)]
mod tests {
    use dapter_plugin_api::ObjectName;
    use dapter_plugin_api::schema::{Column, Table};

    use super::*;

    /// Tables as `name: column column`; a column with `/` lists the values behind it.
    fn schema(tables: &[&str]) -> Schema {
        let table = |text: &&str| {
            let (name, columns) = text.split_once(": ").expect("a name");
            let columns = columns.split(' ').map(|column| {
                let (name, values) = column.split_once('/').unwrap_or((column, ""));
                let listed: Vec<String> = values
                    .split('/')
                    .map(|value| format!("'{value}'"))
                    .collect();
                Column {
                    name: name.to_owned(),
                    data_type: match values {
                        "" => "int".to_owned(),
                        _ => format!("enum({})", listed.join(",")),
                    },
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
    fn what_is_called_otherwise_already_stays_so() {
        type Case = (
            &'static [&'static str],
            &'static [&'static str],
            &'static str,
            &'static str,
        );
        let table: &[Case] = &[
            (&["t: a"], &["t: b"], "t.a=t.b", "t.a=t.b"),
            (&["t: b"], &["t: b"], "t.a=t.b", ""),
            (&["u: x"], &["t: b", "u: x"], "t.a=t.b", ""),
            (&["t: a b"], &["t: a b"], "t.a=t.b", ""),
            (
                &["t: a b"],
                &["t: b"],
                "t.a=t.b",
                "`t.b` was `t.a` before, it is said, and both are there",
            ),
            (&["t: a"], &["t: a b"], "t.a=t.b", "t.a=t.b"),
            (&["T: A"], &["T: B"], "t.a=t.b", "T.A=T.B"),
            (
                &["t: a"],
                &["t: c"],
                "t.a=t.b",
                "`t.a` cannot be renamed: there is to be no `t.b`",
            ),
            (&["t: a"], &["u: b"], "t=u u.a=u.b", "t=u u.a=u.b"),
            (&["u: a"], &["u: b"], "t=u u.a=u.b", "u.a=u.b"),
            (
                &["t: a", "u: a"],
                &["u: a"],
                "t=u",
                "`u` was `t` before, it is said, and both are there",
            ),
            (&["t: a", "u: a"], &["t: a", "u: a"], "t=u", ""),
            (&["t: m/a/b"], &["t: m/c/b"], "t.m.a=t.m.c", "t.m.a=t.m.c"),
            (&["t: m/c/b"], &["t: m/c/b"], "t.m.a=t.m.c", ""),
            (&["t: m/a/c"], &["t: m/a/c"], "t.m.a=t.m.c", ""),
            (
                &["t: m/a"],
                &["t: m/a/c"],
                "t.m.a=t.m.c",
                "`t.m.a` cannot be renamed: it is to be there too",
            ),
            (
                &["t: m/a/c"],
                &["t: m/c"],
                "t.m.a=t.m.c",
                "`t.m.c` was `t.m.a` before, it is said, and both are there",
            ),
        ];
        for (current, desired, former, expected) in table {
            let (current, desired) = (schema(current), schema(desired));
            let mut names = FormerNames::behind(&current, &desired, &[]).expect("none declared");
            let found: Result<Vec<Option<Rename>>, RenameError> = former
                .split(' ')
                .map(|former| names.rename(&former.parse().expect("a rename"), &[]))
                .collect();
            let told = match found {
                Ok(renames) => {
                    let told: Vec<String> =
                        renames.iter().flatten().map(Rename::to_string).collect();
                    told.join(" ")
                }
                Err(error) => error.to_string(),
            };
            let is_so = match expected.is_empty() {
                true => told.is_empty(),
                false => told.starts_with(expected),
            };
            assert!(is_so, "{former} in {current:?}: {told}");
        }
    }
}
