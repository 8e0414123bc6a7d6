//! Any two schemas: the operations between them can be done one after the other, lead there, and their reverses lead back.

use std::collections::BTreeSet;

use dapter_plugin_api::schema::{
    Body, Check, Column, Definition, Dependency, Enumeration, ForeignKey, Index, IndexPart, Key,
    SchemaObject, SchemaRules, Table,
};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::{Rename, creations, diff, reversed};

const TYPES: &[&str] = &["int", "text", "mood"];

#[derive(Debug, Clone)]
struct Made {
    columns: Vec<(u8, &'static str)>,
    is_keyed: bool,
    references: BTreeSet<u8>,
    indexed: BTreeSet<u8>,
    checked: bool,
    comment: &'static str,
}

prop_compose! {
    fn made_table()(
        columns in btree_map(0u8..5, select(TYPES), 1..5),
        order in any::<prop::sample::Index>(),
        is_keyed in any::<bool>(),
        references in btree_set(0u8..4, 0..3),
        indexed in btree_set(0u8..5, 0..2),
        checked in any::<bool>(),
        comment in select(&["", "said"][..]),
    ) -> Made {
        let mut columns: Vec<(u8, &'static str)> = columns.into_iter().collect();
        let turned = order.index(columns.len());
        columns.rotate_left(turned);
        Made { columns, is_keyed, references, indexed, checked, comment }
    }
}

/// Tables `t0` to `t3`, views `v0` to `v2` over a table's column, and a type that columns may have.
fn schemas(rules: SchemaRules) -> impl Strategy<Value = Schema> {
    let tables = btree_map(0u8..4, made_table(), 0..4);
    let views = btree_map(0u8..3, (0u8..4, 0u8..5, 0u8..2), 0..3);
    let values = vec(select(&["a", "b", "c"][..]), 1..3);
    (tables, views, values).prop_map(move |(tables, views, values)| {
        let mut objects = Vec::new();
        let is_there = |number: &u8| tables.contains_key(number);
        for (number, made) in &tables {
            objects.push(table(*number, made, &tables));
        }
        for (number, (of, column, text)) in &views {
            let column = is_there(of)
                .then(|| &tables[of].columns)
                .and_then(|columns| columns.iter().find(|(it, _)| it == column));
            if let Some((column, _)) = column {
                objects.push(view(*number, *of, *column, *text));
            }
        }
        let uses_type = objects
            .iter()
            .any(|object| object.needs("type", &named("mood")));
        if uses_type {
            objects.push(SchemaObject {
                kind: "type".to_owned(),
                name: named("mood"),
                body: Body::Enumeration(Enumeration {
                    values: values.iter().map(|&value| value.to_owned()).collect(),
                }),
                ..SchemaObject::default()
            });
        }
        Schema {
            rules: rules.clone(),
            ..Schema::of(objects)
        }
    })
}

/// The tables of such schemas, whose columns have no types of their own.
pub(crate) fn schemas_of_tables() -> impl Strategy<Value = Schema> {
    schemas(SchemaRules::default()).prop_map(|mut schema| {
        schema.objects.retain(|object| object.as_table().is_some());
        schema
    })
}

fn named(name: &str) -> ObjectName {
    ObjectName::plain(name)
}

fn table(number: u8, made: &Made, all: &std::collections::BTreeMap<u8, Made>) -> SchemaObject {
    let column = |number: u8| format!("c{number}");
    let mut table = Table {
        columns: made
            .columns
            .iter()
            .map(|(number, data_type)| Column {
                name: column(*number),
                data_type: (*data_type).to_owned(),
                ..Column::default()
            })
            .collect(),
        ..Table::default()
    };
    let first = made.columns[0].0;
    if made.is_keyed {
        table.primary_key = Some(Key {
            name: format!("t{number}_pkey"),
            columns: vec![IndexPart::column(column(first))],
            ..Key::default()
        });
    }
    for other in made
        .references
        .iter()
        .filter(|other| all.contains_key(other))
    {
        table.foreign_keys.push(ForeignKey {
            name: format!("t{number}_t{other}_fkey"),
            columns: vec![column(first)],
            table: named(&format!("t{other}")),
            references: vec![column(all[other].columns[0].0)],
            ..ForeignKey::default()
        });
    }
    for indexed in &made.indexed {
        if made.columns.iter().any(|(it, _)| it == indexed) {
            table.indexes.push(Index {
                name: format!("t{number}_c{indexed}"),
                columns: vec![IndexPart::column(column(*indexed))],
                ..Index::default()
            });
        }
    }
    if made.checked {
        table.checks.push(Check {
            name: format!("t{number}_check"),
            expression: format!("{} > 0", column(first)),
            ..Check::default()
        });
    }
    table.sort();
    let uses_type = made
        .columns
        .iter()
        .any(|(_, data_type)| *data_type == "mood");
    SchemaObject {
        comment: made.comment.to_owned(),
        depends_on: uses_type
            .then(|| needs("type", "mood", &[]))
            .into_iter()
            .collect(),
        ..SchemaObject::of_table(named(&format!("t{number}")), table)
    }
}

fn view(number: u8, of: u8, column: u8, text: u8) -> SchemaObject {
    let (table, column) = (format!("t{of}"), format!("c{column}"));
    SchemaObject {
        body: Body::Definition(Definition {
            create: vec![format!(
                "CREATE VIEW v{number} AS SELECT {column}, {text} FROM {table}"
            )],
            ..Definition::default()
        }),
        depends_on: vec![needs("table", &table, &[&column])],
        ..SchemaObject::of_definition("view", named(&format!("v{number}")), Vec::new())
    }
}

fn needs(kind: &str, name: &str, columns: &[&str]) -> Dependency {
    Dependency {
        kind: kind.to_owned(),
        name: named(name),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
    }
}

/// A database that does what it is told, if that can be done.
struct World(Schema);

impl World {
    fn at(&self, object: &SchemaObject) -> usize {
        let same = |it: &SchemaObject| it.kind == object.kind && it.name == object.name;
        let found = self.0.objects.iter().position(same);
        found.unwrap_or_else(|| panic!("there is no {} {}", object.kind, object.name))
    }

    fn run(&mut self, operation: &Operation) {
        match operation {
            Operation::Create { object } => {
                assert!(
                    self.0.get(&object.kind, &object.name).is_none(),
                    "it is there"
                );
                self.check_needs(object);
                self.0.objects.push(object.clone());
            }
            Operation::Drop { object } => {
                let at = self.at(object);
                self.0.objects.remove(at);
                self.check_not_needed(object, &[]);
            }
            Operation::Rename { .. } => panic!("nothing was renamed"),
            Operation::Replace { before, after } => {
                let at = self.at(before);
                self.0.objects[at] = after.clone();
            }
            Operation::Alter {
                before,
                after,
                changes,
            } => {
                let at = self.at(before);
                assert_eq!(
                    parts(&self.0.objects[at]),
                    parts(before),
                    "the table is another one"
                );
                let gone: Vec<String> = changes
                    .iter()
                    .filter_map(|change| match change {
                        TableChange::DropColumn { column, .. } => Some(column.name.clone()),
                        TableChange::AlterColumn { before, after } => {
                            (before.data_type != after.data_type).then(|| before.name.clone())
                        }
                        _ => None,
                    })
                    .collect();
                self.check_changes(before, after, changes);
                if !gone.is_empty() {
                    self.check_not_needed(before, &gone);
                }
                self.0.objects[at] = after.clone();
                self.check_needs(after);
            }
        }
    }

    /// The changes are what is different.
    fn check_changes(&self, before: &SchemaObject, after: &SchemaObject, changes: &[TableChange]) {
        let mut now = parts(before);
        for change in changes {
            match change {
                TableChange::Add { part } => assert!(now.insert(format!("{part:?}"))),
                TableChange::Remove { part } => assert!(now.remove(&format!("{part:?}"))),
                TableChange::RenamePart { part, to } => {
                    assert!(now.remove(&format!("{part:?}")));
                    now.insert(format!("{:?}", part.clone().named(to.clone())));
                }
                TableChange::AddColumn { column, .. } => assert!(now.insert(format!("{column:?}"))),
                TableChange::DropColumn { column, .. } => {
                    assert!(now.remove(&format!("{column:?}")));
                }
                TableChange::AlterColumn { before, after } => {
                    assert!(now.remove(&format!("{before:?}")));
                    assert!(now.insert(format!("{after:?}")));
                }
                TableChange::SetComment { .. } | TableChange::MoveColumn { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(now, parts(after));
    }

    fn check_needs(&self, object: &SchemaObject) {
        for needed in &object.depends_on {
            let found = self.0.get(&needed.kind, &needed.name);
            let found = found.unwrap_or_else(|| panic!("{needed:?} is not there"));
            let table = found.as_table();
            let has = |column: &String| table.is_none_or(|table| table.column(column).is_some());
            assert!(needed.columns.iter().all(has), "{needed:?} lacks a column");
        }
        let keys = object
            .as_table()
            .map_or(&[][..], |table| &table.foreign_keys);
        for key in keys {
            let found = match key.table == object.name {
                true => Some(object),
                false => self.0.get("table", &key.table),
            };
            let other = found.and_then(SchemaObject::as_table);
            let other = other.unwrap_or_else(|| panic!("{key:?} leads nowhere"));
            assert!(
                other.column(&key.references[0]).is_some(),
                "{key:?} has no column"
            );
        }
    }

    fn check_not_needed(&self, object: &SchemaObject, columns: &[String]) {
        for other in &self.0.objects {
            let needed = other.depends_on.iter().any(|needed| {
                needed.kind == object.kind
                    && needed.name == object.name
                    && (columns.is_empty() || needed.columns.iter().any(|it| columns.contains(it)))
            });
            assert!(
                !needed,
                "{} {} needs {}",
                other.kind, other.name, object.name
            );
            let refers = other.as_table().is_some_and(|table| {
                table
                    .foreign_keys
                    .iter()
                    .any(|key| key.table == object.name && other.name != object.name)
            });
            assert!(
                !(refers && columns.is_empty()),
                "{} refers to {}",
                other.name,
                object.name
            );
        }
    }
}

/// What a table has, in no order.
fn parts(object: &SchemaObject) -> BTreeSet<String> {
    let Some(table) = object.as_table() else {
        return BTreeSet::new();
    };
    let columns = table.columns.iter().map(|column| format!("{column:?}"));
    let parts = super::table::all_parts(table).into_iter();
    columns
        .chain(parts.map(|part| format!("{part:?}")))
        .collect()
}

fn leads(from: &Schema, to: &Schema, operations: &[Operation]) {
    let mut world = World(from.clone());
    for operation in operations {
        world.run(operation);
    }
    world.0.objects.sort();
    let left = diff(&world.0, to, &[]).expect("nothing is renamed");
    assert_eq!(left, [], "something is left to do");
}

const SERVER: SchemaRules = SchemaRules {
    columns_have_places: false,
    references_are_checked: true,
    names_ignore_case: false,
    dependents_block: true,
    names_follow_tables: Vec::new(),
};

const PLACES: SchemaRules = SchemaRules {
    columns_have_places: true,
    references_are_checked: true,
    names_ignore_case: false,
    dependents_block: true,
    names_follow_tables: Vec::new(),
};

proptest! {
    #[test]
    fn operations_lead_there_and_back(
        (from, to) in prop_oneof![
            (schemas(SERVER), schemas(SERVER)),
            (schemas(PLACES), schemas(PLACES)),
        ]
    ) {
        let operations = diff(&from, &to, &[]).expect("nothing is renamed");
        leads(&from, &to, &operations);
        leads(&to, &from, &reversed(&operations));
    }

    #[test]
    fn nothing_leads_to_the_same(schema in schemas(SERVER)) {
        prop_assert_eq!(diff(&schema, &schema, &[]), Ok(Vec::new()));
    }

    #[test]
    fn what_makes_a_schema_leads_there_from_nothing(schema in schemas(SERVER)) {
        let expected = diff(&of(Vec::new()), &schema, &[]);
        prop_assert_eq!(Ok(creations(schema.objects, &SERVER)), expected);
    }
}

fn of(objects: Vec<SchemaObject>) -> Schema {
    Schema {
        rules: SERVER,
        ..Schema::of(objects)
    }
}

fn plain_table(name: &str, columns: &[&str]) -> SchemaObject {
    let columns = columns.iter().map(|&name| Column {
        name: name.to_owned(),
        data_type: "int".to_owned(),
        ..Column::default()
    });
    let table = Table {
        columns: columns.collect(),
        ..Table::default()
    };
    SchemaObject::of_table(named(name), table)
}

#[test]
fn renames_are_done_between_what_has_to_go_and_what_is_made() {
    let view = |text: &str, column: &str| SchemaObject {
        depends_on: vec![needs("table", "t", &[column])],
        ..SchemaObject::of_definition("view", named("v"), vec![text.to_owned()])
    };
    let from = of(vec![
        plain_table("t", &["a", "b"]),
        view("SELECT a FROM t", "a"),
    ]);
    let to = of(vec![
        plain_table("t", &["c", "b"]),
        view("SELECT c FROM t", "c"),
    ]);
    let renames = ["t.a=t.c".parse::<Rename>().expect("is one")];
    let operations = diff(&from, &to, &renames).expect("can be renamed");
    let words: Vec<String> = operations.iter().map(super::summary).collect();
    assert_eq!(
        words,
        [
            "drop view v",
            "alter table t: rename column a to c",
            "create view v"
        ]
    );
}

#[test]
fn a_renamed_table_takes_along_what_belongs_to_it() {
    let trigger = |of: &str, text: &str| {
        let name = ObjectName {
            table: of.to_owned(),
            ..named("r")
        };
        SchemaObject::of_definition("trigger", name, vec![text.to_owned()])
    };
    let mut child = plain_table("child", &["a"]);
    if let Some(table) = child.as_table_mut() {
        table.foreign_keys.push(ForeignKey {
            table: named("old"),
            columns: vec!["a".to_owned()],
            ..ForeignKey::default()
        });
    }
    let mut child_after = child.clone();
    if let Some(table) = child_after.as_table_mut() {
        table.foreign_keys[0].table = named("new");
    }
    let from = of(vec![
        plain_table("old", &["a"]),
        child,
        trigger("old", "on old"),
    ]);
    let to = of(vec![
        plain_table("new", &["a"]),
        child_after,
        trigger("new", "on new"),
    ]);
    let renames = ["old=new".parse::<Rename>().expect("is one")];
    let operations = diff(&from, &to, &renames).expect("can be renamed");
    let words: Vec<String> = operations.iter().map(super::summary).collect();
    assert_eq!(
        words,
        [
            "drop trigger old.r",
            "rename table old to new",
            "create trigger new.r"
        ]
    );
}

#[test]
fn what_cannot_be_renamed_is_told() {
    let from = of(vec![plain_table("t", &["a", "b"])]);
    let to = of(vec![plain_table("t", &["b", "c"])]);
    for (rename, message) in [
        (
            "t.x=t.c",
            "there is no table, column or listed value `t.x` to rename",
        ),
        (
            "t.a=t.d",
            "`t.a` cannot be renamed: there is to be no `t.d`",
        ),
        (
            "t.a=t.b",
            "`t.a` cannot be renamed: there is a `t.b` already",
        ),
        (
            "t.a=u.c",
            "`t.a` cannot become `u.c`: what is renamed stays in its table and schema",
        ),
        ("t=u", "`t` cannot be renamed: there is to be no `u`"),
    ] {
        let renames = [rename.parse::<Rename>().expect(rename)];
        let error = diff(&from, &to, &renames).expect_err(rename);
        assert_eq!(error.to_string(), message);
    }
    assert!("t.a".parse::<Rename>().is_err());
}
