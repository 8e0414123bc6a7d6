//! Listed values that get another name, in the rows too.

use super::alter::{self, Altered};
use super::change::collation;
use super::dialect::Dialect;
use super::names::{name, object, text};
use super::suspend::State;
use dapter_plugin_api::schema::{Column, Table};
use dapter_plugin_api::{Result, SchemaObject, TableChange, TablePart};

/// The statements that change a table. Where a value is called otherwise, the column has both values until all rows have the
/// new one.
pub(super) fn around(
    altered: Altered<'_>,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    let renaming = altered.changes.iter().find_map(|change| match change {
        TableChange::RenameValue { column, from, to } => Some((column, from, to)),
        _ => None,
    });
    let before = altered.before.as_table();
    let Some(((called, from, to), was)) = renaming.zip(before) else {
        return alter::table(altered, known, dialect);
    };
    let column = was.column(called);
    let both = column.and_then(|column| with_both(column, was, (from, to)));
    let removals = altered.changes.iter().filter(|it| is_removal(it));
    let mut first: Vec<TableChange> = removals.cloned().collect();
    let mut between = altered.before.clone();
    if let Some(table) = between.as_table_mut() {
        for change in &first {
            if let TableChange::Remove {
                part: TablePart::Check(check),
            } = change
            {
                table.checks.retain(|it| it != check);
            }
        }
        if let Some(both) = &both
            && let Some(it) = table.columns.iter_mut().find(|it| it.name == both.name)
        {
            let before = std::mem::replace(it, both.clone());
            let after = both.clone();
            first.push(TableChange::AlterColumn { before, after });
        }
    }
    let mut last = altered.changes.to_vec();
    last.retain(|it| !is_removal(it) && !matches!(it, TableChange::RenameValue { .. }));
    let widen = Altered {
        before: altered.before,
        after: &between,
        changes: &first,
    };
    let narrow = Altered {
        before: &between,
        after: altered.after,
        changes: &last,
    };
    let mut statements = alter::table(widen, known, dialect)?;
    statements.push(update(altered.before, was, called, (from, to)));
    statements.extend(alter::table(narrow, known, dialect)?);
    Ok(statements)
}

fn is_removal(change: &TableChange) -> bool {
    matches!(
        change,
        TableChange::Remove {
            part: TablePart::Check(_)
        }
    )
}

/// A column whose type lists the new value beside the old one. Where the two are the same to the server, none: rows follow the
/// type then.
fn with_both(column: &Column, table: &Table, (from, to): (&str, &str)) -> Option<Column> {
    let listed = column.data_type.strip_suffix(')')?;
    if !is_list(column) {
        return None;
    }
    let compared = match column.collation.as_str() {
        "" => collation(table).unwrap_or_default(),
        own => own,
    };
    let is_exact =
        compared.ends_with("_bin") || compared.contains("_cs") || compared.contains("_as_");
    if !is_exact && from.to_lowercase() == to.to_lowercase() {
        return None;
    }
    Some(Column {
        data_type: format!("{listed},{})", text(to)),
        ..column.clone()
    })
}

fn is_list(column: &Column) -> bool {
    column.data_type.starts_with("enum(") || is_set(column)
}

fn is_set(column: &Column) -> bool {
    column.data_type.starts_with("set(")
}

/// The statement that gives rows the new value, and leaves alone what else an update would change.
fn update(table: &SchemaObject, was: &Table, called: &str, (from, to): (&str, &str)) -> String {
    let column = name(called);
    let mut set = vec![match was.column(called).is_some_and(is_set) {
        true => format!(
            "{column} = TRIM(BOTH ',' FROM REPLACE(CONCAT(',', {column}, ','), {}, {}))",
            text(&format!(",{from},")),
            text(&format!(",{to},"))
        ),
        false => format!("{column} = {}", text(to)),
    }];
    let timed = was.columns.iter();
    let timed = timed.filter(|it| it.options.contains_key("on update") && it.name != called);
    set.extend(timed.map(|it| format!("{0} = {0}", name(&it.name))));
    let has_it = match was.column(called).is_some_and(is_set) {
        true => format!("FIND_IN_SET({}, {column})", text(from)),
        false => format!("{column} = {}", text(from)),
    };
    format!(
        "UPDATE {} SET {} WHERE {has_it}",
        object(&table.name),
        set.join(", ")
    )
}
