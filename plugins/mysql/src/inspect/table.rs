//! Tables.

use super::catalog::{Catalog, CheckRow, ColumnRow, IndexRow, ReferenceRow, RuleRow, TableRow};
use super::column::{self, Reading};
use super::constraint::{self, PRIMARY};
use super::partition;
use super::show::Kind;
use crate::server::Product;
use crate::words::Words;
use dapter_plugin_api::schema::{Check, Column, Key, ObjectName, SchemaObject, Table};
use dapter_plugin_api::sql::Rules;
use std::collections::{BTreeMap, BTreeSet};

/// Engines of whose tables the catalog tells everything.
const PLAIN_ENGINES: &[&str] = &[
    "InnoDB",
    "MyISAM",
    "Aria",
    "MEMORY",
    "ARCHIVE",
    "BLACKHOLE",
    "CSV",
    "SEQUENCE",
    "ROCKSDB",
    "",
];

/// Whether the catalog tells too little of a table for more than its definition as a whole.
pub(super) fn is_foreign(row: &TableRow) -> bool {
    !PLAIN_ENGINES.contains(&row.engine.as_str())
}

/// The tables whose definitions tell more than the catalog.
pub(super) fn must_be_shown(catalog: &Catalog) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let tables = catalog.tables.iter();
    names.extend(
        tables
            .filter(|row| Kind::of(&row.kind) == Kind::Table)
            .filter(|row| {
                is_foreign(row)
                    || row.kind == "SYSTEM VERSIONED"
                    || row.options.contains("partitioned")
            })
            .map(|row| row.name.clone()),
    );
    let full_texts = catalog
        .indexes
        .all()
        .filter(|(_, part)| part.method == "FULLTEXT");
    names.extend(full_texts.map(|(table, _)| table));
    // What the condition of a period looks like.
    let periods = catalog.checks.all().filter(|(_, check)| {
        let mut sides = check.expression.split(" < ");
        let mut is_name = || {
            sides
                .next()
                .is_some_and(|side| side.starts_with('`') && side.ends_with('`'))
        };
        is_name() && is_name() && !check.of_column
    });
    names.extend(periods.map(|(table, _)| table));
    names.into_iter().collect()
}

/// The rows of one table.
#[derive(Debug)]
pub(super) struct Parts {
    columns: Vec<ColumnRow>,
    indexes: Vec<IndexRow>,
    references: Vec<ReferenceRow>,
    rules: BTreeMap<String, RuleRow>,
    checks: Vec<CheckRow>,
}

impl Parts {
    pub(super) fn of(catalog: &Catalog, table: &str) -> Self {
        let mut parts = Parts {
            columns: catalog.columns.of(table),
            indexes: catalog.indexes.of(table),
            references: catalog.references.of(table),
            rules: catalog
                .rules
                .of(table)
                .into_iter()
                .map(|row| (row.name.clone(), row))
                .collect(),
            checks: catalog.checks.of(table),
        };
        parts.columns.sort_by_key(|column| column.place);
        parts.indexes.sort_by_key(|part| part.place);
        parts.references.sort_by_key(|part| part.place);
        parts
    }
}

/// A table of its rows, and of its definition where that tells more.
pub(super) fn table(
    row: TableRow,
    parts: Parts,
    definition: Option<&str>,
    database: &str,
    product: Product,
) -> SchemaObject {
    let reading = Reading {
        product,
        database,
        collation: &row.collation,
    };
    let columns = parts.columns.into_iter();
    let mut columns: Vec<Column> = columns.map(|row| column::column(row, reading)).collect();
    let checks = parts.checks.into_iter();
    let mut checks: Vec<Check> = checks
        .map(|row| constraint::check(row, database, product))
        .collect();
    if product == Product::MariaDb {
        find_columns(&columns, &mut checks);
        fold_json(&mut columns, &mut checks, &row.collation);
    }
    let mut indexes = constraint::indexes(parts.indexes, &row.engine, product);
    let primary = indexes.iter().position(|index| index.name == PRIMARY);
    let primary_key = primary.map(|at| indexes.remove(at)).map(|index| Key {
        columns: index.columns,
        comment: index.comment,
        options: match index.method.is_empty() {
            true => index.options,
            false => BTreeMap::from([("using".to_owned(), index.method)]),
        },
        ..Key::default()
    });
    let mut table = Table {
        columns,
        primary_key,
        foreign_keys: constraint::foreign_keys(parts.references, &parts.rules, database, product),
        checks,
        indexes,
        options: options(&row),
        ..Table::default()
    };
    if let Some(definition) = definition {
        partition::complete(&mut table, definition);
    }
    table.sort();
    SchemaObject {
        comment: row.comment,
        ..SchemaObject::of_table(ObjectName::plain(row.name), table)
    }
}

/// A check of a column keeps the column's first name, by which the catalog tells of it: it is about the column that it names.
fn find_columns(columns: &[Column], checks: &mut [Check]) {
    for check in checks.iter_mut().filter(|check| !check.column.is_empty()) {
        let names = |column: &&Column| {
            check
                .expression
                .contains(&crate::literal::name(&column.name))
        };
        let is_about = |name: &str| {
            columns
                .iter()
                .filter(names)
                .any(|column| column.name == name)
        };
        if !is_about(&check.column)
            && let Some(column) = columns.iter().find(names)
        {
            check.column = column.name.clone();
        }
    }
}

/// MariaDB's `json` is a long text of one collation with a check.
fn fold_json(columns: &mut [Column], checks: &mut Vec<Check>, collation: &str) {
    const COLLATION: &str = "utf8mb4_bin";
    for column in columns {
        let of_json = match column.collation.as_str() {
            "" => collation == COLLATION,
            collation => collation == COLLATION,
        };
        let expression = format!("json_valid({})", crate::literal::name(&column.name));
        let is_its = |check: &Check| check.column == column.name && check.expression == expression;
        if column.data_type == "longtext" && of_json && checks.iter().any(is_its) {
            checks.retain(|check| !is_its(check));
            "json".clone_into(&mut column.data_type);
            column.collation.clear();
        }
    }
}

/// What is said of a whole table, by the words of `CREATE TABLE` in lower case.
fn options(row: &TableRow) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    if !row.engine.is_empty() {
        options.insert("engine".to_owned(), row.engine.clone());
    }
    if !row.collation.is_empty() {
        options.insert("collate".to_owned(), row.collation.clone());
    }
    if row.kind == "SYSTEM VERSIONED" {
        options.insert("system versioning".to_owned(), String::new());
    }
    let mut words = Words::new(&row.options, &Rules::MARIADB);
    while words.peek().is_some() {
        let Some(name) = words.name() else {
            words.take();
            continue;
        };
        let mut value = String::new();
        if words.accept_sign("=") {
            while ["-", "+"].contains(&words.peek_text()) {
                value.push_str(words.peek_text());
                words.take();
            }
            value.push_str(words.peek_text());
            words.take();
        }
        if name != "partitioned" {
            options.insert(name.to_ascii_lowercase(), value);
        }
    }
    options
}
