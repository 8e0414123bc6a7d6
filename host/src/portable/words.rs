//! Types in words that every adapter knows, as far as these mean the same.

use std::collections::BTreeMap;

use dapter_plugin_api::schema::{Body, Column, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, SchemaObject, TableChange, TablePart};

/// The portable types without sizes; the first that means the same is taken.
const PLAIN: [&str; 14] = [
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double",
    "text",
    "binary",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "json",
];

/// What columns are called in a script: as the models have them, where they are told portably, else with a portable type
/// that means the same, else as the database has them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// The models, as they were described.
    pub(crate) described: Schema,
    /// Portable types by the database's own.
    pub(crate) types: BTreeMap<String, String>,
}

impl Words {
    /// A whole table as a script has it.
    pub(super) fn table(&self, name: &ObjectName, table: &Table, is: State) -> Table {
        if let Some(described) = self.described(name, is) {
            let mut described = described.clone();
            // Those that are missing here come later, when what they refer to is there.
            described.foreign_keys.retain(|key| {
                let mut keys = table.foreign_keys.iter();
                keys.any(|it| it.columns == key.columns && it.table == key.table)
            });
            return described;
        }
        let columns = table.columns.iter();
        Table {
            columns: columns.map(|it| self.column(name, it, is)).collect(),
            ..table.clone()
        }
    }

    /// A column as a script has it.
    pub(super) fn column(&self, table: &ObjectName, column: &Column, is: State) -> Column {
        let described = self.described(table, is);
        let described = described.and_then(|table| table.column(&column.name));
        described.cloned().unwrap_or_else(|| Column {
            data_type: match self.types.get(&column.data_type) {
                Some(portable) => portable.clone(),
                None => column.data_type.clone(),
            },
            ..column.clone()
        })
    }

    /// A constraint or an index as a script has it.
    pub(super) fn part(&self, table: &ObjectName, part: &TablePart, is: State) -> TablePart {
        let described = self.described(table, is).and_then(|table| match part {
            TablePart::PrimaryKey(_) => table.primary_key.clone().map(TablePart::PrimaryKey),
            TablePart::Unique(key) => {
                let mut keys = table.uniques.iter();
                let found = keys.find(|it| it.columns == key.columns);
                found.cloned().map(TablePart::Unique)
            }
            TablePart::ForeignKey(key) => {
                let mut keys = table.foreign_keys.iter();
                let found = keys.find(|it| it.columns == key.columns && it.table == key.table);
                found.cloned().map(TablePart::ForeignKey)
            }
            TablePart::Check(check) => {
                let mut checks = table.checks.iter();
                let found = checks.find(|it| it.name == check.name && !it.name.is_empty());
                found.cloned().map(TablePart::Check)
            }
            TablePart::Exclusion(_) => None,
            TablePart::Index(index) => {
                let mut indexes = table.indexes.iter();
                let found = indexes.find(|it| it.name == index.name);
                found.cloned().map(TablePart::Index)
            }
        });
        described.unwrap_or_else(|| part.clone())
    }

    /// What a view shows, if the models tell that and no statement.
    pub(super) fn query(&self, name: &ObjectName, is: State) -> Option<&str> {
        match (is, &self.described.get(SchemaObject::VIEW, name)?.body) {
            (State::Desired, Body::Definition(it)) if it.create.is_empty() => it.query.as_deref(),
            _ => None,
        }
    }

    /// A table as the models describe it.
    fn described(&self, name: &ObjectName, is: State) -> Option<&Table> {
        match is {
            State::Desired => self.described.get(SchemaObject::TABLE, name)?.as_table(),
            State::Former => None,
        }
    }
}

/// Whether something is as the models want it, or as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Desired,
    Former,
}

/// The portable types that the types in these operations may be.
pub(crate) fn candidates(operations: &[Operation]) -> Vec<String> {
    let mut types: Vec<String> = PLAIN.iter().map(|&it| it.to_owned()).collect();
    let mut add = |column: &Column| {
        let Some(sizes) = sizes(&column.data_type) else {
            return;
        };
        let word = if sizes.contains(',') {
            "decimal"
        } else {
            "string"
        };
        for word in [word, "decimal"] {
            let sized = format!("{word}({sizes})");
            if !types.contains(&sized) {
                types.push(sized);
            }
        }
    };
    for operation in operations {
        match operation {
            Operation::Create { object } | Operation::Drop { object } => {
                let table = object.as_table();
                table
                    .into_iter()
                    .flat_map(|table| &table.columns)
                    .for_each(&mut add);
            }
            Operation::Alter { changes, .. } => changes.iter().for_each(|change| match change {
                TableChange::AddColumn { column, .. } | TableChange::DropColumn { column, .. } => {
                    add(column);
                }
                TableChange::AlterColumn { before, after } => {
                    add(before);
                    add(after);
                }
                _ => {}
            }),
            Operation::Rename { .. } | Operation::Replace { .. } => {}
        }
    }
    types
}

/// A table whose only column has a type that may be portable.
pub(crate) fn trial(data_type: &str) -> SchemaObject {
    let table = Table {
        columns: vec![Column {
            name: "it".to_owned(),
            data_type: data_type.to_owned(),
            ..Column::default()
        }],
        ..Table::default()
    };
    SchemaObject::of_table(trial_name(data_type), table)
}

fn trial_name(data_type: &str) -> ObjectName {
    let plain = data_type.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    ObjectName::plain(format!("dapter_type_{plain}"))
}

impl Words {
    /// Words for what a database made of the candidates.
    pub(crate) fn of(described: Schema, candidates: &[String], found: &Schema) -> Self {
        let mut types = BTreeMap::new();
        for portable in candidates {
            let made = found.get(SchemaObject::TABLE, &trial_name(portable));
            let column = made
                .and_then(SchemaObject::as_table)
                .and_then(|table| table.column("it"));
            if let Some(column) = column {
                let entry = types.entry(column.data_type.clone());
                entry.or_insert_with(|| portable.clone());
            }
        }
        Self { described, types }
    }
}

/// What stands in the parentheses of a type, if it is one or two numbers.
fn sizes(data_type: &str) -> Option<String> {
    let (_, rest) = data_type.split_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    let numbers: Vec<&str> = inside.split(',').map(str::trim).collect();
    let are_numbers = numbers
        .iter()
        .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    (are_numbers && numbers.len() <= 2).then(|| numbers.join(", "))
}
