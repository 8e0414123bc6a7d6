//! `ALTER TABLE`, several changes in one statement.

use super::alter_column::{alteration, inherited, inherited_again};
use super::name::{full, made, mentions, name, text, text_or_null};
use super::{Script, column, enumeration, numbering, object, option, part, spread};
use dapter_plugin_api::schema::{Body, Column, SchemaObject, Table};
use dapter_plugin_api::{AdapterError, ErrorKind, ObjectName, Result, TableChange, TablePart};

/// The actions that are not written yet, and the statements that come when all is done.
struct Alterations<'t> {
    before: &'t SchemaObject,
    after: &'t SchemaObject,
    old: &'t Table,
    new: &'t Table,
    actions: Vec<String>,
    remarks: Vec<Remark<'t>>,
}

enum Remark<'t> {
    Part(Box<TablePart>),
    Column(Option<&'t Column>, &'t Column),
    Serial(&'t Column),
    Statement(String),
}

/// The statements of changes of a table.
pub(super) fn statements(
    script: &mut Script<'_>,
    before: &SchemaObject,
    after: &SchemaObject,
    changes: &[TableChange],
) -> Result<()> {
    if let Body::Enumeration(_) = before.body {
        enumeration::rename_values(script, before, changes);
        return Ok(());
    }
    let (Some(old), Some(new)) = (before.as_table(), after.as_table()) else {
        return Err(AdapterError::new(
            ErrorKind::Other,
            format!("{} is no table, so it cannot be altered", before.name),
        ));
    };
    let changes = &with_computed(old, new, changes);
    let mut table = Alterations {
        before,
        after,
        old,
        new,
        actions: Vec::new(),
        remarks: Vec::new(),
    };
    let mut grants = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            TableChange::Grant { grant } => grants.1.push(grant.clone()),
            TableChange::Revoke { grant } => grants.0.push(grant.clone()),
            change => table.apply(script, change)?,
        }
    }
    table.flush(script);
    for remark in std::mem::take(&mut table.remarks) {
        table.remark(script, remark);
    }
    object::regrant(script, &object::granted(after), &grants.0, &grants.1);
    Ok(())
}

impl<'t> Alterations<'t> {
    fn of(&self) -> &'t ObjectName {
        &self.after.name
    }

    /// Writes the actions that have come together.
    fn flush(&mut self, script: &mut Script<'_>) {
        let actions = std::mem::take(&mut self.actions);
        let table = full(self.of());
        match &actions[..] {
            [] => {}
            [one] => script.put(format!("ALTER TABLE {table} {one}")),
            several => script.put(format!(
                "ALTER TABLE {table}\n    {}",
                several.join(",\n    ")
            )),
        }
    }

    fn apply(&mut self, script: &mut Script<'_>, change: &'t TableChange) -> Result<()> {
        match change {
            TableChange::RenameColumn { from, to } => self.rename_column(script, from, to),
            TableChange::RenameValue { column, from, to } => {
                self.flush(script);
                script.put(format!(
                    "UPDATE {} SET {column} = {} WHERE {column} = {}",
                    full(self.of()),
                    text(to),
                    text(from),
                    column = name(column)
                ));
            }
            TableChange::AddColumn { column, .. } => self.add_column(column),
            TableChange::DropColumn { column, .. } => self.drop_column(script, column),
            TableChange::AlterColumn { before, after } => self.alter_column(script, before, after),
            // Columns have no places here.
            TableChange::MoveColumn { .. } => {}
            TableChange::Add { part } => self.add(script, part),
            TableChange::Remove { part } => self.remove(script, part),
            TableChange::RenamePart { part, to } => self.rename_part(script, part, to),
            TableChange::SetOption {
                name,
                before,
                after,
            } => {
                let changed = option::change(self.of(), name, before.as_deref(), after.as_deref())?;
                if name == "replica identity" || name == "of type" {
                    self.flush(script);
                }
                self.actions.extend(changed);
            }
            TableChange::SetComment { after, .. } => {
                let said = text_or_null(after);
                let statement = format!("COMMENT ON TABLE {} IS {said}", full(self.of()));
                self.remarks.push(Remark::Statement(statement));
            }
            TableChange::Rebuild => {
                self.flush(script);
                spread::change(script, self.before, self.after, (self.old, self.new))?;
            }
            TableChange::Grant { .. } | TableChange::Revoke { .. } => {}
        }
        Ok(())
    }

    fn rename_column(&mut self, script: &mut Script<'_>, from: &str, to: &str) {
        self.flush(script);
        script.put(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            full(self.of()),
            name(from),
            name(to)
        ));
        let column = self.old.column(to).or_else(|| self.old.column(from));
        let numbered = column.filter(|it| it.identity.is_some());
        if numbered.is_some_and(|it| !it.options.contains_key("sequence name")) {
            script.put(format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                full(&numbering::usual(self.of(), from)),
                name(&made(&self.of().name, to, "seq"))
            ));
        }
    }

    fn add_column(&mut self, column: &'t Column) {
        if column.options.contains_key("inherited") {
            self.actions.extend(inherited(column));
        } else {
            let definition = column::definition(column, None);
            self.actions.push(format!("ADD COLUMN {definition}"));
        }
        self.actions.extend(column::actions(None, column));
        self.remarks.push(Remark::Serial(column));
        self.remarks.push(Remark::Column(None, column));
    }

    fn drop_column(&mut self, script: &mut Script<'_>, column: &Column) {
        let id = (self.of().clone(), column.name.clone());
        if script.removed.remove(&id) {
            return;
        }
        match column.options.contains_key("inherited") {
            true => {
                let again = inherited_again(script, self.old, column);
                self.actions.extend(again);
            }
            false => self
                .actions
                .push(format!("DROP COLUMN {}", name(&column.name))),
        }
    }

    fn alter_column(&mut self, script: &mut Script<'_>, before: &'t Column, after: &'t Column) {
        let changed = alteration(script, (self.after, self.new), before, after);
        let sets_not_null = !before.not_null && after.not_null && script.online;
        if sets_not_null && changed.numbering.then.is_empty() && changed.again.is_empty() {
            return self.set_not_null_online(script, changed.actions, before, after);
        }
        self.actions.extend(changed.actions);
        if !changed.numbering.between.is_empty() {
            self.flush(script);
            changed
                .numbering
                .between
                .into_iter()
                .for_each(|it| script.put(it));
        }
        self.actions.extend(changed.numbering.then);
        if !changed.numbering.last.is_empty() {
            self.flush(script);
            changed
                .numbering
                .last
                .into_iter()
                .for_each(|it| script.put(it));
        }
        let is_new = !changed.again.is_empty();
        for part in changed.again {
            // What is added anyway comes by itself.
            if self.has(&part) {
                self.add(script, &part);
            }
        }
        let before = Some(before).filter(|_| !is_new && before.generated == after.generated);
        self.remarks.push(Remark::Column(before, after));
    }

    /// Whether a part was there before too.
    fn has(&self, part: &TablePart) -> bool {
        match part {
            TablePart::PrimaryKey(key) => self.old.primary_key.as_ref() == Some(key),
            TablePart::Unique(key) => self.old.uniques.contains(key),
            TablePart::ForeignKey(key) => self.old.foreign_keys.contains(key),
            TablePart::Check(check) => self.old.checks.contains(check),
            TablePart::Exclusion(it) => self.old.exclusions.contains(it),
            TablePart::Index(index) => self.old.indexes.contains(index),
        }
    }

    /// A condition is validated while others go on writing; with it the server need not look at the rows again.
    fn set_not_null_online(
        &mut self,
        script: &mut Script<'_>,
        actions: Vec<String>,
        before: &'t Column,
        after: &'t Column,
    ) {
        let set = format!("ALTER COLUMN {} SET NOT NULL", name(&after.name));
        self.actions
            .extend(actions.into_iter().filter(|action| *action != set));
        self.flush(script);
        let table = full(self.of());
        let check = name(&made(&self.of().name, &after.name, "not_null"));
        script.put(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({} IS NOT NULL) NOT VALID",
            name(&after.name)
        ));
        script.put(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"));
        script.put(format!("ALTER TABLE {table} {set}"));
        script.put(format!("ALTER TABLE {table} DROP CONSTRAINT {check}"));
        script.outside = true;
        self.remarks.push(Remark::Column(Some(before), after));
    }

    fn add(&mut self, script: &mut Script<'_>, part: &TablePart) {
        match part::constraint(part) {
            None => {
                self.flush(script);
                if let TablePart::Index(index) = part {
                    part::create_index(script, self.of(), index);
                }
            }
            Some(constraint) if script.online && is_validated(part) => {
                self.flush(script);
                let table = full(self.of());
                script.put(format!("ALTER TABLE {table} ADD {constraint} NOT VALID"));
                let name = name(part.name());
                script.put(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"));
                script.outside = true;
            }
            Some(constraint) => self.actions.push(format!("ADD {constraint}")),
        }
        self.remarks.push(Remark::Part(Box::new(part.clone())));
    }

    fn remove(&mut self, script: &mut Script<'_>, part: &TablePart) {
        let id = (self.of().clone(), part.name().to_owned());
        if script.removed.remove(&id) {
            return;
        }
        match part {
            TablePart::Index(index) => {
                self.flush(script);
                let concurrently = part::concurrently(script);
                let index = ObjectName::within(&self.of().schema, &index.name);
                script.put(format!("DROP INDEX {concurrently}{}", full(&index)));
            }
            _ => self
                .actions
                .push(format!("DROP CONSTRAINT {}", name(part.name()))),
        }
    }

    fn rename_part(&mut self, script: &mut Script<'_>, part: &TablePart, to: &str) {
        self.flush(script);
        script.put(match part {
            TablePart::Index(index) => {
                let index = ObjectName::within(&self.of().schema, &index.name);
                format!("ALTER INDEX {} RENAME TO {}", full(&index), name(to))
            }
            _ => format!(
                "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                full(self.of()),
                name(part.name()),
                name(to)
            ),
        });
    }

    fn remark(&self, script: &mut Script<'_>, remark: Remark<'_>) {
        match remark {
            Remark::Part(part) => part::remarks(script, self.of(), &part),
            Remark::Column(before, after) => column::remarks(script, self.of(), before, after),
            Remark::Serial(column) => numbering::after_serial(script, self.of(), column),
            Remark::Statement(statement) => script.put(statement),
        }
    }
}

/// The changes, with the computed columns that have to be made again because a column that they are computed from gets another
/// type: as if they had been no computed ones.
fn with_computed(old: &Table, new: &Table, changes: &[TableChange]) -> Vec<TableChange> {
    let mut changes = changes.to_vec();
    let retyped = changes.iter().filter_map(|change| match change {
        TableChange::AlterColumn { before, after } => {
            let is_other =
                before.data_type != after.data_type || before.collation != after.collation;
            is_other.then(|| before.name.clone())
        }
        _ => None,
    });
    let retyped: Vec<String> = retyped.collect();
    let names_one = |expression: &str| retyped.iter().any(|name| mentions(expression, name));
    for column in &new.columns {
        let generated = column.generated.as_ref();
        let before = old
            .column(&column.name)
            .filter(|it| it.generated == column.generated);
        if let Some(before) = before
            && generated.is_some_and(|it| names_one(&it.expression))
        {
            changes.retain(|change| !matches!(change, TableChange::AlterColumn { before, .. } if before.name == column.name));
            // What comes between would be a statement of its own.
            let is_named =
                |name: &String| generated.is_some_and(|it| mentions(&it.expression, name));
            let named: Vec<&String> = retyped.iter().filter(|name| is_named(name)).collect();
            let last = changes.iter().rposition(
                |it| matches!(it, TableChange::AlterColumn { before, .. } if named.contains(&&before.name)),
            );
            let again = TableChange::AlterColumn {
                before: Column {
                    generated: None,
                    ..before.clone()
                },
                after: column.clone(),
            };
            changes.insert(last.map_or(0, |last| last + 1), again);
        }
    }
    changes
}

/// Whether rows are looked at when it is made, which can be done later.
fn is_validated(part: &TablePart) -> bool {
    match part {
        TablePart::ForeignKey(key) => !key.not_valid && !key.name.is_empty(),
        TablePart::Check(check) => !check.not_valid && !check.name.is_empty(),
        _ => false,
    }
}
