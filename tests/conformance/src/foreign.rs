//! The capability `foreign-history`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{refused, same};
use dapter_plugin_api::{
    Capability, ErrorKind, ForeignChange, ForeignColumn, ForeignType, Rows, Value,
};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::ForeignHistory) =>
        a_table_that_is_not_there_is_none,
        what_is_written_is_read_and_can_be_removed,
    ),
    promises!(Gate::Undeclared(Capability::ForeignHistory) => undeclared_it_is_unsupported),
];

const TABLE: &str = "another_tool";

fn a_table_that_is_not_there_is_none(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    same("the table", &client.read_foreign(TABLE)?, &None)
}

fn column(name: &str, holds: ForeignType) -> ForeignColumn {
    ForeignColumn {
        name: name.to_owned(),
        holds,
        key: name == "version",
        nullable: name == "note",
        default: (name == "steps").then_some(7),
    }
}

fn row(version: i64, note: Value, sum: u8) -> Vec<(String, Value)> {
    let named = |name: &str, value| (name.to_owned(), value);
    vec![
        named("version", Value::Integer(version)),
        named("note", note),
        named("sum", Value::Bytes(vec![0, sum, 255])),
    ]
}

fn texts(rows: Option<Rows>) -> Vec<Vec<Value>> {
    let mut rows = rows.map(|rows| rows.rows).unwrap_or_default();
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

fn what_is_written_is_read_and_can_be_removed(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    let change = ForeignChange {
        table: TABLE.to_owned(),
        columns: vec![
            column("version", ForeignType::BigInteger),
            column("note", ForeignType::Text),
            column("sum", ForeignType::Bytes),
            column("steps", ForeignType::Integer),
        ],
        remove: Vec::new(),
        insert: vec![
            row(20_240_229_120_000, Value::Text("it's \\ é".to_owned()), 1),
            row(2, Value::Null, 2),
        ],
    };
    client.write_foreign(&change)?;
    let values = |row: &[(String, Value)]| {
        let named = row.iter().map(|(_, value)| value.clone());
        named.chain([Value::Integer(7)]).collect()
    };
    let rows = texts(client.read_foreign(TABLE)?);
    let written: Vec<Vec<Value>> = vec![values(&change.insert[1]), values(&change.insert[0])];
    same("the rows", &rows.len(), &2)?;
    for row in &written {
        same("the row is there", &rows.contains(row), &true)?;
    }
    let removal = ForeignChange {
        remove: vec![vec![("version".to_owned(), Value::Integer(2))]],
        insert: Vec::new(),
        ..change
    };
    client.write_foreign(&removal)?;
    let left = texts(client.read_foreign(TABLE)?);
    same("what is left", &left, &vec![written[1].clone()])
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    refused(client.read_foreign(TABLE), ErrorKind::Unsupported)?;
    let change = ForeignChange::default();
    refused(client.write_foreign(&change), ErrorKind::Unsupported).map(drop)
}
