//! Types whose values are listed, and how a type takes the place of another in the columns that have it.

use super::alter_column::parts_of;
use super::name::{full, mentions, name, text};
use super::{Script, column, part};
use dapter_plugin_api::schema::{Column, Enumeration, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, TableChange, TablePart};

pub(super) fn create(of: &str, enumeration: &Enumeration) -> String {
    let values: Vec<String> = enumeration.values.iter().map(|value| text(value)).collect();
    format!("CREATE TYPE {of} AS ENUM ({})", values.join(", "))
}

pub(super) fn replace(
    script: &mut Script<'_>,
    object: &SchemaObject,
    before: &Enumeration,
    after: &Enumeration,
) {
    let mut rest = after.values.iter();
    let only_adds = before.values.iter().all(|value| rest.any(|it| it == value));
    if !only_adds {
        // A value that is in use makes the cast fail, which is how the rows are checked.
        let make = |of: &str| vec![create(of, after)];
        rebuild(script, object, &make, "text");
        return;
    }
    for (place, value) in after.values.iter().enumerate() {
        if before.values.contains(value) {
            continue;
        }
        let next = after.values[place..].iter();
        let next = next.clone().find(|it| before.values.contains(it));
        let place = match next {
            None => String::new(),
            Some(next) => format!(" BEFORE {}", text(next)),
        };
        script.put(format!(
            "ALTER TYPE {} ADD VALUE {}{place}",
            full(&object.name),
            text(value)
        ));
        // A value cannot be used in the transaction that adds it.
        script.outside |= is_used(script, value);
    }
}

/// Calls values otherwise. Whatever names them does so by what they are, and follows.
pub(super) fn rename_values(
    script: &mut Script<'_>,
    object: &SchemaObject,
    changes: &[TableChange],
) {
    for change in changes {
        if let TableChange::RenameValue { from, to, .. } = change {
            script.put(format!(
                "ALTER TYPE {} RENAME VALUE {} TO {}",
                full(&object.name),
                text(from),
                text(to)
            ));
        }
    }
}

/// Whether what is made or changed besides may use a value.
fn is_used(script: &Script<'_>, value: &str) -> bool {
    let value = text(value);
    let mut after = script.tables_in_the_end().into_iter();
    after.any(|object| {
        let lines = object.lines();
        let old = script.current.get(&object.kind, &object.name);
        let old = old.map(SchemaObject::lines).unwrap_or_default();
        lines
            .iter()
            .any(|line| line.contains(&value) && !old.contains(line))
    })
}

/// Puts a new type of the same name into all columns that have the old one.
pub(super) fn rebuild(
    script: &mut Script<'_>,
    object: &SchemaObject,
    make: &dyn Fn(&str) -> Vec<String>,
    through: &str,
) {
    let of = full(&object.name);
    let old = ObjectName::within(&object.name.schema, format!("{}_old", object.name.name));
    script.put(format!("ALTER TYPE {of} RENAME TO {}", name(&old.name)));
    make(&of)
        .into_iter()
        .for_each(|statement| script.put(statement));
    for table in script.tables_now() {
        retype(script, &table, &object.name, through);
    }
    script.put(format!("DROP TYPE {}", full(&old)));
}

/// The columns of a table that have something to do with a type that is made anew.
struct Typed<'t> {
    table: &'t Table,
    /// Those that get the new type.
    columns: Vec<&'t Column>,
    /// Those that are computed from them, or by means of the type: they go before, and come again.
    computed: Vec<&'t Column>,
}

impl<'t> Typed<'t> {
    fn of(table: &'t Table, called: &ObjectName) -> Self {
        let of = full(called);
        let is_of_it = |column: &&Column| column.data_type.trim_end_matches("[]") == of;
        let (with, plain): (Vec<&Column>, Vec<&Column>) = table
            .columns
            .iter()
            .partition(|column| column.generated.is_some());
        let columns: Vec<&Column> = plain.into_iter().filter(is_of_it).collect();
        let names_it = |expression: &str| {
            let mut columns = columns.iter();
            columns.any(|column| mentions(expression, &column.name))
                || mentions(expression, &called.name)
        };
        let is_computed = |column: &&Column| {
            let generated = column.generated.as_ref();
            is_of_it(column) || generated.is_some_and(|it| names_it(&it.expression))
        };
        let computed = with.into_iter().filter(is_computed).collect();
        Typed {
            table,
            columns,
            computed,
        }
    }

    fn is_named_by(&self, text: &str) -> bool {
        let mut all = self.columns.iter().chain(&self.computed);
        all.any(|column| text.contains(&column.name))
    }

    /// What compares values of these columns as those of the old type, or goes with a column.
    fn parts(&self) -> Vec<TablePart> {
        let indexes = self.table.indexes.iter().filter(|index| {
            let mut parts = index.columns.iter();
            let is_named = |text: &String| self.is_named_by(text);
            index.predicate.as_ref().is_some_and(is_named)
                || parts.any(|part| self.is_named_by(&part.expression))
        });
        let checks = self.table.checks.iter();
        let checks = checks.filter(|check| self.is_named_by(&check.expression));
        let exclusions = self.table.exclusions.iter();
        let exclusions = exclusions.filter(|it| self.is_named_by(&it.definition));
        let mut parts: Vec<TablePart> = indexes.cloned().map(TablePart::Index).collect();
        parts.extend(checks.cloned().map(TablePart::Check));
        parts.extend(exclusions.cloned().map(TablePart::Exclusion));
        for column in &self.computed {
            let with = parts_of(self.table, &column.name);
            let more: Vec<TablePart> = with.into_iter().filter(|it| !parts.contains(it)).collect();
            parts.extend(more);
        }
        parts
    }
}

/// Gives columns of a table the new type. What compares their values compares them as the old type, and is made anew, and so
/// is what is computed from them.
fn retype(script: &mut Script<'_>, object: &SchemaObject, of: &ObjectName, through: &str) {
    let called = &object.name;
    let Some(typed) = object.as_table().map(|table| Typed::of(table, of)) else {
        return;
    };
    if typed.columns.is_empty() && typed.computed.is_empty() {
        return;
    }
    let parts = typed.parts();
    let (indexes, constraints): (Vec<&TablePart>, Vec<&TablePart>) = parts
        .iter()
        .partition(|part| matches!(part, TablePart::Index(_)));
    for index in &indexes {
        let index = ObjectName::within(&called.schema, index.name());
        script.put(format!("DROP INDEX {}", full(&index)));
    }
    let drops = constraints.iter();
    let mut actions: Vec<String> = drops
        .map(|part| format!("DROP CONSTRAINT {}", name(part.name())))
        .collect();
    let computed = typed.computed.iter();
    actions.extend(computed.map(|column| format!("DROP COLUMN {}", name(&column.name))));
    for column in &typed.columns {
        let keeps_default = !script.changes_to_come(called).any(|change| {
            matches!(change, TableChange::AlterColumn { before, after } if before.name == column.name && before.default != after.default)
        });
        let default = column.default.as_deref().filter(|_| keeps_default);
        actions.extend(retyped(column, default, (&full(of), through)));
    }
    let going: Vec<String> = script.changes_to_come(called).filter_map(removed).collect();
    let (later, again): (Vec<&Column>, Vec<&Column>) = typed
        .computed
        .iter()
        .partition(|column| going.contains(&column.name));
    for column in &again {
        actions.push(format!("ADD COLUMN {}", column::definition(column, None)));
        actions.extend(column::actions(None, column));
    }
    let waits = |part: &TablePart| {
        let mut later = later.iter();
        later.any(|column| parts_of(typed.table, &column.name).contains(part))
    };
    let stays = |part: &&&TablePart| !going.iter().any(|it| it == part.name()) && !waits(part);
    let stay = constraints.iter().filter(stays);
    let adds = stay.filter_map(|part| part::constraint(part));
    actions.extend(adds.map(|constraint| format!("ADD {constraint}")));
    script.put(format!(
        "ALTER TABLE {} {}",
        full(called),
        actions.join(", ")
    ));
    for column in again {
        column::remarks(script, called, None, column);
    }
    for column in &later {
        script.removed.insert((called.clone(), column.name.clone()));
    }
    for part in constraints.into_iter().chain(indexes) {
        if going.iter().any(|it| it == part.name()) {
            let removed = (called.clone(), part.name().to_owned());
            script.removed.insert(removed);
        } else if !waits(part) {
            if let TablePart::Index(index) = part {
                part::create_index(script, called, index);
            }
            part::remarks(script, called, part);
        }
    }
}

/// What a later change removes: a part, or a computed column that comes again as another one.
fn removed(change: &TableChange) -> Option<String> {
    match change {
        TableChange::Remove { part } => Some(part.name().to_owned()),
        TableChange::DropColumn { column, .. } => Some(column.name.clone()),
        TableChange::AlterColumn { before, after } => {
            let is_other = after.generated.is_some() && before.generated != after.generated;
            is_other.then(|| before.name.clone())
        }
        _ => None,
    }
}

/// The actions that give a column the new type, and a default again.
fn retyped(column: &Column, default: Option<&str>, (of, through): (&str, &str)) -> Vec<String> {
    let named = name(&column.name);
    let array = &column.data_type[of.len()..];
    let mut actions = vec![format!(
        "ALTER COLUMN {named} TYPE {of}{array} USING {named}::{through}{array}::{of}{array}"
    )];
    if column.default.is_some() {
        actions.insert(0, format!("ALTER COLUMN {named} DROP DEFAULT"));
    }
    let again = default.iter();
    actions.extend(again.map(|it| format!("ALTER COLUMN {named} SET DEFAULT {it}")));
    actions
}
