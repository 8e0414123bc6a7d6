//! Keys, indexes, foreign keys and checks.

use super::catalog::{CheckRow, IndexRow, ReferenceRow, RuleRow};
use super::column::{bare, unescaped};
use super::qualified::without_database;
use crate::server::Product;
use dapter_plugin_api::schema::{
    Check, ForeignKey, Index, IndexPart, ObjectName, ReferentialAction,
};
use std::collections::BTreeMap;

/// How the index of the primary key is called.
pub(super) const PRIMARY: &str = "PRIMARY";

/// The indexes of a table, that of the primary key included, of their parts in order.
pub(super) fn indexes(rows: Vec<IndexRow>, engine: &str, product: Product) -> Vec<Index> {
    let mut indexes: Vec<Index> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let part = part(&row);
        match known.get(&row.name) {
            Some(&at) => indexes[at].columns.push(part),
            None => {
                known.insert(row.name.clone(), indexes.len());
                let mut index = index(row, engine, product);
                index.columns.push(part);
                indexes.push(index);
            }
        }
    }
    indexes
}

fn index(row: IndexRow, engine: &str, product: Product) -> Index {
    let usual = match engine {
        "MEMORY" => "HASH",
        _ => "BTREE",
    };
    let method = match row.method == usual {
        true => String::new(),
        false => row.method.to_ascii_lowercase(),
    };
    let mut options = BTreeMap::new();
    if row.hidden {
        let word = match product {
            Product::MySql => "invisible",
            Product::MariaDb => "ignored",
        };
        options.insert(word.to_owned(), String::new());
    }
    Index {
        name: row.name,
        unique: row.unique,
        method,
        comment: row.comment,
        options,
        ..Index::default()
    }
}

fn part(row: &IndexRow) -> IndexPart {
    // The catalog gives these a length that is always the same, or an order that they have not.
    let whole = matches!(row.method.as_str(), "SPATIAL" | "FULLTEXT" | "RTREE");
    IndexPart {
        column: row.column.clone(),
        expression: bare(&unescaped(&row.expression)),
        descending: row.descending && !whole,
        length: row.length.filter(|_| !whole),
        ..IndexPart::default()
    }
}

/// The foreign keys of a table. Actions that do the same have one name: `RESTRICT` is what MariaDB calls the usual one.
pub(super) fn foreign_keys(
    rows: Vec<ReferenceRow>,
    rules: &BTreeMap<String, RuleRow>,
    database: &str,
    product: Product,
) -> Vec<ForeignKey> {
    let action = |words: &str| match (ReferentialAction::of_sql(words), product) {
        (Some(ReferentialAction::Restrict), Product::MariaDb) | (None, _) => {
            ReferentialAction::NoAction
        }
        (Some(action), _) => action,
    };
    let mut keys: Vec<ForeignKey> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let at = *known.entry(row.name.clone()).or_insert_with(|| {
            let rule = rules.get(&row.name).cloned().unwrap_or_default();
            let schema = match row.other_database == database {
                true => String::new(),
                false => row.other_database.clone(),
            };
            keys.push(ForeignKey {
                name: row.name.clone(),
                table: ObjectName::within(schema, &row.other_table),
                on_delete: action(&rule.on_delete),
                on_update: action(&rule.on_update),
                match_type: match rule.match_type.as_str() {
                    "NONE" | "SIMPLE" => String::new(),
                    other => other.to_owned(),
                },
                ..ForeignKey::default()
            });
            keys.len() - 1
        });
        keys[at].columns.push(row.column);
        keys[at].references.push(row.other_column);
    }
    keys
}

/// A condition. One of a column alone has no name of its own.
pub(super) fn check(row: CheckRow, database: &str, product: Product) -> Check {
    let mut options = BTreeMap::new();
    if !row.enforced {
        options.insert("not enforced".to_owned(), String::new());
    }
    let (name, column) = match row.of_column {
        true => (String::new(), row.name),
        false => (row.name, String::new()),
    };
    Check {
        name,
        column,
        expression: match product {
            Product::MySql => bare(&unescaped(&row.expression)),
            Product::MariaDb => without_database(&row.expression, database),
        },
        options,
        ..Check::default()
    }
}
