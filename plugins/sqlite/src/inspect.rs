//! What a database is built of, from the definitions that SQLite keeps.

use crate::canonical;
use crate::definition::{self, names_in};
use crate::error::database;
use crate::tables::{LOCK, LOG, REVISION};
use crate::transaction::consistently;
use dapter_plugin_api::schema::{Body, Definition, Dependency, Index, SchemaRules, Table};
use dapter_plugin_api::sql::{Lexer, Rules, keywords};
use dapter_plugin_api::{ObjectName, Result, Schema, SchemaObject};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// A row of the schema table.
struct Row {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

/// Reads the objects of the schema `main`. Sources: "The Schema Table" and `PRAGMA table_list` in SQLite's documentation.
pub(crate) fn schema(connection: &Connection) -> Result<Schema> {
    // Names that begin so are SQLite's own, and so are indexes without a definition. Shadow tables come with the virtual table
    // that they belong to.
    const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') \
         ORDER BY rowid";
    consistently(connection, || {
        let mut select = connection.prepare_cached(OBJECTS).map_err(database)?;
        let rows = select
            .query_map([], |row| {
                Ok(Row {
                    kind: row.get(0)?,
                    name: row.get(1)?,
                    table: row.get(2)?,
                    sql: row.get(3)?,
                })
            })
            .and_then(|rows| rows.collect::<rusqlite::Result<Vec<Row>>>())
            .map_err(database)?;
        let theirs = rows.into_iter().filter(|row| !is_own(&row.table));
        Ok(Schema {
            product: "SQLite".to_owned(),
            version: rusqlite::version().to_owned(),
            // Nothing stands in anybody's way: a table that is made anew leaves what refers to it alone.
            rules: SchemaRules {
                names_ignore_case: true,
                ..SchemaRules::default()
            },
            ..Schema::of(objects(theirs.collect()))
        })
    })
}

fn is_own(name: &str) -> bool {
    [&REVISION, &LOG, &LOCK]
        .iter()
        .any(|table| table.name == name)
}

fn objects(rows: Vec<Row>) -> Vec<SchemaObject> {
    let mut indexes: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut others = Vec::new();
    for row in rows {
        match row.kind.as_str() {
            "index" => indexes.entry(row.table.clone()).or_default().push(row),
            _ => others.push(row),
        }
    }
    let known: BTreeMap<String, (String, String)> = others
        .iter()
        .map(|row| {
            let id = (kind(row), row.name.clone());
            (row.name.to_ascii_lowercase(), id)
        })
        .collect();
    let objects = others.into_iter().map(|row| {
        let indexes = indexes.remove(&row.name).unwrap_or_default();
        object(row, indexes, &known)
    });
    objects.collect()
}

fn kind(row: &Row) -> String {
    let is_virtual = row.kind == "table"
        && keywords(&row.sql, &Rules::SQLITE)
            .nth(1)
            .is_some_and(|word| word.eq_ignore_ascii_case("VIRTUAL"));
    match is_virtual {
        true => "virtual table".to_owned(),
        false => row.kind.clone(),
    }
}

fn object(row: Row, indexes: Vec<Row>, known: &BTreeMap<String, (String, String)>) -> SchemaObject {
    let kind = kind(&row);
    let table = match kind.as_str() {
        "table" => definition::table(&row.sql).and_then(|table| with_indexes(table, &indexes)),
        _ => None,
    };
    let name = ObjectName::plain(&row.name);
    let Some(table) = table else {
        let statements: Vec<String> = std::iter::once(row.sql)
            .chain(indexes.into_iter().map(|row| row.sql))
            .collect();
        return SchemaObject {
            depends_on: mentioned(&statements, &row.name, known),
            body: Body::Definition(Definition {
                canonical: Some(canonical(&statements)),
                create: statements,
                ..Definition::default()
            }),
            ..SchemaObject::of_definition(kind, name, Vec::new())
        };
    };
    SchemaObject::of_table(name, table)
}

fn with_indexes(mut table: Table, rows: &[Row]) -> Option<Table> {
    let indexes: Option<Vec<Index>> = rows.iter().map(|row| definition::index(&row.sql)).collect();
    table.indexes = indexes?;
    table.sort();
    Some(table)
}

fn canonical(statements: &[String]) -> String {
    let texts = statements.iter().map(|sql| {
        let tokens: Vec<_> = Lexer::new(sql, &Rules::SQLITE).collect();
        canonical::text(&tokens, sql)
    });
    texts.collect::<Vec<_>>().join("; ")
}

/// The objects that statements mention, as far as names tell: SQLite keeps no list.
fn mentioned(
    statements: &[String],
    own: &str,
    known: &BTreeMap<String, (String, String)>,
) -> Vec<Dependency> {
    let names: BTreeSet<String> = statements.iter().flat_map(|sql| names_in(sql)).collect();
    let found = names.iter().filter_map(|name| known.get(name));
    let others = found.filter(|(kind, name)| name != own && kind != "trigger");
    let mut needed: Vec<Dependency> = others
        .map(|(kind, name)| Dependency {
            kind: kind.clone(),
            name: ObjectName::plain(name),
            columns: Vec::new(),
        })
        .collect();
    needed.sort();
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Schema {
        let connection = Connection::open_in_memory().expect("opens");
        crate::history::ensure(&connection).expect("is made");
        connection.execute_batch(sql).expect("are made");
        schema(&connection).expect("is read")
    }

    #[test]
    fn the_history_and_what_comes_by_itself_are_no_part_of_it() {
        let schema = read(
            "CREATE TABLE b (x UNIQUE); CREATE VIEW a AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(x)",
        );
        let names = schema.objects.iter();
        let names: Vec<String> = names
            .map(|object| format!("{} {}", object.kind, object.name))
            .collect();
        assert_eq!(names, ["table b", "view a", "virtual table f"]);
    }

    #[test]
    fn what_is_mentioned_has_to_be_there_first() {
        let schema = read(
            "CREATE TABLE t (a); CREATE VIEW v AS SELECT \"a\" FROM T; CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT * FROM v; END",
        );
        let needs = |kind: &str, name: &str| -> Vec<String> {
            let object = schema
                .get(kind, &ObjectName::plain(name))
                .expect("is there");
            object
                .depends_on
                .iter()
                .map(|needed| needed.name.to_string())
                .collect()
        };
        assert_eq!(needs("view", "v"), ["t"]);
        assert_eq!(needs("trigger", "r"), ["t", "v"]);
    }

    #[test]
    fn definitions_are_compared_however_they_were_written() {
        let one = read("CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t");
        let other = read("CREATE TABLE t(a) ; create view v as /* all */ select \"a\"\nfrom T");
        let body = |schema: &Schema| match &schema.objects[1].body {
            Body::Definition(definition) => definition.clone(),
            other => panic!("{other:?}"),
        };
        assert!(body(&one).is_like(&body(&other)));
    }
}
