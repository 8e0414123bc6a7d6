//! `ALTER TABLE`.

use super::change::{Columns, foreign_keys};
use super::column::{self, Writing};
use super::constraint;
use super::create::{grant, partition_by, period_name, revoke, table_option};
use super::dialect::Dialect;
use super::keep::{keep_indexes, rename_in_checks};
use super::names::{name, object, text};
use super::online;
use super::refusal::cannot;
use super::suspend::State;
use dapter_plugin_api::schema::{Column, Generated, Partitioning, Table};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, SchemaObject, TableChange, TablePart};

/// A table before and after its changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Altered<'a> {
    pub(super) before: &'a SchemaObject,
    pub(super) after: &'a SchemaObject,
    pub(super) changes: &'a [TableChange],
}

/// What becomes of a table, in the order in which it is done.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What no server does together with the rest.
    pub(super) first: Vec<String>,
    /// What goes.
    pub(super) drops: Vec<String>,
    columns: Vec<String>,
    /// What comes.
    pub(super) adds: Vec<String>,
    options: Vec<String>,
    /// What no server does together with the rest, and comes behind it.
    pub(super) behind: Vec<String>,
    /// Stands behind the others, without a comma.
    partitions: Option<String>,
    last: Vec<String>,
}

/// The statements that change a table.
pub(super) fn table(
    altered: Altered<'_>,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    let (Some(was), Some(is)) = (altered.before.as_table(), altered.after.as_table()) else {
        let message = format!(
            "{} {} has no columns that could be changed",
            altered.before.kind, altered.before.name
        );
        return Err(AdapterError::new(ErrorKind::Unsupported, message)
            .with_hint("write the statements for this object by hand"));
    };
    let columns = Columns::of(altered.changes, was, is, dialect);
    let writing = Writing {
        object: altered.after,
        before: Some(altered.before),
        table: is,
        dialect,
    };
    let mut parts = Parts::default();
    of_columns(&mut parts, &columns, writing)?;
    of_foreign_keys(&mut parts, altered, known)?;
    for change in altered.changes {
        of_part(&mut parts, change, altered)?;
        of_table(&mut parts, change, altered, (was, is));
    }
    if !dialect.is_mariadb() {
        rename_in_checks(&mut parts, altered, known, (was, is))?;
    }
    keep_indexes(&mut parts, altered, &columns, known, (was, is))?;
    Ok(parts.statements(altered, dialect, &columns))
}

impl Parts {
    fn statements(self, altered: Altered<'_>, dialect: Dialect, columns: &Columns) -> Vec<String> {
        let table = object(&altered.after.name);
        let mut statements = Vec::new();
        let of = |clauses: &[String]| match clauses {
            [only] if !only.contains('\n') => format!("ALTER TABLE {table} {only}"),
            _ => format!("ALTER TABLE {table}\n  {}", clauses.join(",\n  ")),
        };
        if !self.first.is_empty() {
            statements.push(of(&self.first));
        }
        let groups = [self.drops, self.columns, self.adds, self.options];
        let mut clauses: Vec<String> = groups.into_iter().flatten().collect();
        if dialect.online
            && altered
                .after
                .as_table()
                .is_some_and(|table| online::allow(altered.changes, table))
            && columns.remade.is_empty()
            && !clauses.is_empty()
        {
            clauses.push(online::CLAUSES.to_owned());
        }
        match (clauses.as_slice(), self.partitions) {
            ([], None) => {}
            ([], Some(partitions)) => statements.push(format!("ALTER TABLE {table} {partitions}")),
            (_, None) => statements.push(of(&clauses)),
            (_, Some(partitions)) => statements.push(format!("{}\n  {partitions}", of(&clauses))),
        }
        if !self.behind.is_empty() {
            statements.push(of(&self.behind));
        }
        statements.extend(self.last);
        statements
    }
}

/// Columns that go, come, change and move. New places count from the first column on, so that each stands behind one that
/// is there.
fn of_columns(parts: &mut Parts, columns: &Columns, writing: Writing<'_>) -> Result<()> {
    let is = writing.table;
    for dropped in &columns.dropped {
        parts.drops.push(format!("DROP COLUMN {}", name(dropped)));
    }
    let fresh = |column: &Column| {
        columns.added.contains(&column.name) || columns.remade.contains(&column.name)
    };
    let at_the_end = is
        .columns
        .iter()
        .rev()
        .take_while(|column| fresh(column))
        .count();
    let at_the_end = is.columns.len() - at_the_end;
    for (at, column) in is.columns.iter().enumerate() {
        let old = columns.old_name(&column.name);
        let place = match at.checked_sub(1).and_then(|before| is.columns.get(before)) {
            Some(before) => format!(" AFTER {}", name(&before.name)),
            None => " FIRST".to_owned(),
        };
        if columns.remade.contains(&column.name) {
            parts.drops.push(format!("DROP COLUMN {}", name(old)));
        }
        if fresh(column) {
            let place = if at >= at_the_end { "" } else { place.as_str() };
            let table = object(&writing.object.name);
            let mut made = column.clone();
            let of_row = column
                .default
                .as_deref()
                .filter(|default| column::differs_by_row(default));
            if columns.made_plain.contains(&column.name) {
                made = with_values(column, writing);
            } else if let Some(default) = of_row.filter(|_| !writing.dialect.is_mariadb()) {
                (made.default, made.not_null) = (None, false);
                parts.last.push(format!(
                    "UPDATE {table} SET {} = {default}",
                    name(&column.name)
                ));
            }
            let definition = column::definition(&made, writing)?;
            parts
                .columns
                .push(format!("ADD COLUMN {definition}{place}"));
            if made != *column {
                let definition = column::definition(column, writing)?;
                parts
                    .last
                    .push(format!("ALTER TABLE {table} MODIFY COLUMN {definition}"));
            }
            continue;
        }
        let moved = columns.moved.contains(&column.name);
        let place = if moved { place.as_str() } else { "" };
        let verb = match (
            old == column.name,
            moved || columns.altered.contains(&column.name),
        ) {
            (true, false) => continue,
            (false, false) => {
                parts.columns.push(format!(
                    "RENAME COLUMN {} TO {}",
                    name(old),
                    name(&column.name)
                ));
                continue;
            }
            (true, true) => "MODIFY COLUMN".to_owned(),
            (false, true) => format!("CHANGE COLUMN {}", name(old)),
        };
        let definition = column::definition(column, writing)?;
        parts.columns.push(format!("{verb} {definition}{place}"));
    }
    Ok(())
}

/// A column that is to be a plain one, as a stored one that takes over what was computed: that becomes a plain one.
fn with_values(column: &Column, writing: Writing<'_>) -> Column {
    let expression = computed(column, writing);
    Column {
        generated: expression.map(|expression| Generated {
            expression,
            stored: true,
        }),
        default: None,
        not_null: false,
        identity: None,
        options: Default::default(),
        ..column.clone()
    }
}

fn computed(column: &Column, writing: Writing<'_>) -> Option<String> {
    let before = writing.before?.as_table()?.column(&column.name)?;
    before
        .generated
        .as_ref()
        .map(|generated| generated.expression.clone())
}

/// A foreign key of a name that another one has must wait until that is gone.
fn of_foreign_keys(parts: &mut Parts, altered: Altered<'_>, known: &State<'_>) -> Result<()> {
    let (removed, added) = foreign_keys(altered.changes);
    let waits = removed
        .iter()
        .any(|key| added.iter().any(|other| other.name == key.name));
    for key in removed {
        if key.name.is_empty() {
            return Err(cannot(
                altered.before,
                "foreign keys without a name that could be removed",
            ));
        }
        let clause = format!("DROP FOREIGN KEY {}", name(&key.name));
        match waits {
            true => parts.first.push(clause),
            false => parts.drops.push(clause),
        }
    }
    for key in &added {
        let written = constraint::foreign_key(altered.after, key, known)?;
        parts.adds.push(format!("ADD {written}"));
    }
    Ok(())
}

fn of_part(parts: &mut Parts, change: &TableChange, altered: Altered<'_>) -> Result<()> {
    let of = altered.after;
    match change {
        TableChange::Add { part } => match part {
            TablePart::PrimaryKey(key) => parts
                .adds
                .push(format!("ADD {}", constraint::primary_key(of, key)?)),
            TablePart::Unique(key) => parts
                .adds
                .push(format!("ADD {}", constraint::unique(of, key)?)),
            TablePart::Index(index) => parts
                .adds
                .push(format!("ADD {}", constraint::index(of, index)?)),
            TablePart::Check(check) if check.column.is_empty() => {
                parts
                    .adds
                    .push(format!("ADD {}", constraint::check(of, check)?));
            }
            TablePart::Exclusion(_) => return Err(cannot(of, "exclusion constraints")),
            TablePart::Check(_) | TablePart::ForeignKey(_) => {}
        },
        TableChange::Remove { part } => match part {
            TablePart::PrimaryKey(_) => parts.drops.push("DROP PRIMARY KEY".to_owned()),
            TablePart::Unique(_) | TablePart::Index(_) => {
                parts
                    .drops
                    .push(format!("DROP INDEX {}", name(part.name())));
            }
            TablePart::Check(check) if check.column.is_empty() => {
                parts
                    .drops
                    .push(format!("DROP CONSTRAINT {}", name(&check.name)));
            }
            TablePart::Exclusion(_) => return Err(cannot(of, "exclusion constraints")),
            TablePart::Check(_) | TablePart::ForeignKey(_) => {}
        },
        TableChange::RenamePart { part, to } => match part {
            TablePart::Unique(_) | TablePart::Index(_) => {
                let (from, to) = (name(part.name()), name(to));
                parts.adds.push(format!("RENAME INDEX {from} TO {to}"));
            }
            TablePart::Check(check) => {
                parts
                    .drops
                    .push(format!("DROP CONSTRAINT {}", name(&check.name)));
                let TablePart::Check(check) = part.clone().named(to.clone()) else {
                    return Ok(());
                };
                parts
                    .adds
                    .push(format!("ADD {}", constraint::check(of, &check)?));
            }
            // It has no name here.
            TablePart::PrimaryKey(_) => {}
            TablePart::Exclusion(_) => return Err(cannot(of, "exclusion constraints")),
            TablePart::ForeignKey(_) => {}
        },
        _ => {}
    }
    Ok(())
}

fn of_table(
    parts: &mut Parts,
    change: &TableChange,
    altered: Altered<'_>,
    (was, is): (&Table, &Table),
) {
    match change {
        TableChange::SetComment { after, .. } => {
            parts.options.push(format!("COMMENT={}", text(after)));
        }
        TableChange::SetOption {
            name,
            before,
            after,
        } => {
            parts
                .options
                .extend(option(name, before.as_deref(), after.as_deref()));
        }
        TableChange::Grant { grant: given } => parts.last.push(grant(altered.after, given)),
        TableChange::Revoke { grant: given } => parts.last.push(revoke(altered.after, given)),
        TableChange::Rebuild => parts.partitions = partitions(&was.partitioning, &is.partitioning),
        _ => {}
    }
}

/// An option of a table. One that is not said any more gets what every server takes then.
fn option(called: &str, before: Option<&str>, after: Option<&str>) -> Vec<String> {
    if let Some(period) = called.strip_prefix("period for ") {
        let period = period_name(period);
        let drop = before.map(|_| format!("DROP PERIOD FOR {period}"));
        let add = after.map(|columns| format!("ADD PERIOD FOR {period} {columns}"));
        return drop.into_iter().chain(add).collect();
    }
    if called == "system versioning" {
        let verb = if after.is_some() { "ADD" } else { "DROP" };
        return vec![format!("{verb} SYSTEM VERSIONING")];
    }
    let usual = match called {
        "engine" => "InnoDB",
        // That of the database.
        "collate" => {
            return after
                .map(|after| format!("COLLATE={after}"))
                .into_iter()
                .collect();
        }
        "max_rows" | "min_rows" | "avg_row_length" | "checksum" | "delay_key_write"
        | "key_block_size" => "0",
        _ => "DEFAULT",
    };
    vec![table_option(called, after.unwrap_or(usual))]
}

/// How the rows are spread anew. Rows that have no part afterwards make the server refuse.
fn partitions(was: &Partitioning, is: &Partitioning) -> Option<String> {
    if was == is {
        return None;
    }
    if is.by.is_empty() {
        return Some("REMOVE PARTITIONING".to_owned());
    }
    Some(partition_by(is))
}
