//! Operations become statements that people would write, keep the rows, and lead where they are to.

use super::render;
use crate::inspect::schema;
use dapter_plugin_api::schema::{Column, Identity, Index, IndexPart, Key, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, Rendering, Schema, TableChange, TablePart};
use rusqlite::Connection;

const BEFORE: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT DEFAULT 1, p REFERENCES parent (id));
    CREATE INDEX t_a ON t (a);
    CREATE VIEW v AS SELECT a FROM t;
    CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET b = b + 1 WHERE id = new.id; END;
    INSERT INTO parent VALUES (1);
    INSERT INTO t (a, p) VALUES ('x', 1), ('y', NULL), ('z', NULL);
    DELETE FROM t WHERE a = 'z';";

fn open(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("opens");
    connection.execute_batch(sql).expect(sql);
    connection
}

fn table(schema: &Schema) -> SchemaObject {
    let found = schema.get(SchemaObject::TABLE, &ObjectName::plain("t"));
    found.expect("is there").clone()
}

/// The statements of some changes of the table, run on it, with the table that comes of them.
fn changed(
    after: &str,
    changes: impl Fn(&SchemaObject) -> Vec<TableChange>,
) -> (Vec<String>, Connection) {
    let connection = open(BEFORE);
    let current = schema(&connection).expect("is read");
    let wanted = schema(&open(after)).expect("is read");
    let after = table(&wanted);
    let operation = Operation::Alter {
        before: table(&current),
        changes: changes(&after),
        after: after.clone(),
    };
    let rendered = render(&Rendering {
        operations: vec![operation],
        current,
        ..Rendering::default()
    });
    let statements = rendered.expect("is rendered").statements;
    for statement in &statements {
        connection.execute_batch(statement).expect(statement);
    }
    let found = table(&schema(&connection).expect("is read"));
    let mut columns = found.lines();
    let mut expected = after.lines();
    columns.sort();
    expected.sort();
    assert_eq!(columns, expected, "{statements:#?}");
    (statements, connection)
}

fn rows(connection: &Connection, query: &str) -> Vec<String> {
    let mut select = connection.prepare(query).expect(query);
    let rows = select
        .query_map([], |row| row.get::<_, String>(0))
        .expect(query);
    rows.collect::<rusqlite::Result<_>>().expect(query)
}

#[test]
fn what_alter_table_can_do_is_done_so() {
    let column = Column {
        name: "c".to_owned(),
        data_type: "TEXT".to_owned(),
        not_null: true,
        default: Some("'new'".to_owned()),
        ..Column::default()
    };
    let index = Index {
        name: "t_c".to_owned(),
        columns: vec![IndexPart::column("c")],
        ..Index::default()
    };
    let (statements, connection) = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT DEFAULT 1, p REFERENCES parent (id), c TEXT NOT NULL DEFAULT 'new');
         CREATE INDEX t_a ON t (a); CREATE INDEX t_c ON t (c);",
        |_| vec![
            TableChange::AddColumn { column: column.clone(), behind: None },
            TableChange::Add { part: TablePart::Index(index.clone()) },
        ],
    );
    assert_eq!(
        statements,
        [
            "ALTER TABLE t ADD COLUMN c TEXT NOT NULL DEFAULT 'new'",
            "CREATE INDEX t_c ON t (c)"
        ]
    );
    assert_eq!(
        rows(&connection, "SELECT a || c FROM t ORDER BY id"),
        ["xnew", "ynew"]
    );
}

#[test]
fn everything_else_makes_the_table_anew_with_its_rows_and_what_hangs_on_it() {
    let (statements, connection) = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(9) NOT NULL DEFAULT 'none', b INT DEFAULT 1, p REFERENCES parent (id));
         CREATE INDEX t_a ON t (a);",
        |after| {
            let after = after.as_table().and_then(|table| table.column("a")).expect("a column");
            vec![TableChange::AlterColumn { before: Column::default(), after: after.clone() }]
        },
    );
    assert_eq!(
        statements,
        [
            "CREATE TABLE dapter_new_t (\n    id INTEGER PRIMARY KEY AUTOINCREMENT,\n    a VARCHAR(9) NOT NULL DEFAULT 'none',\n    b INT DEFAULT 1,\n    p REFERENCES parent (id)\n)",
            "INSERT INTO dapter_new_t (id, a, b, p) SELECT id, ifnull(a, 'none'), b, p FROM t",
            "DELETE FROM sqlite_sequence WHERE name = 'dapter_new_t'",
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'dapter_new_t', seq FROM sqlite_sequence WHERE name = 't'",
            "DROP TABLE t",
            "PRAGMA legacy_alter_table = ON",
            "ALTER TABLE dapter_new_t RENAME TO t",
            "PRAGMA legacy_alter_table = OFF",
            "CREATE INDEX t_a ON t (a)",
            "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET b = b + 1 WHERE id = new.id; END",
        ]
    );
    let all = "SELECT id || a || b || ifnull(p, '-') FROM t ORDER BY id";
    assert_eq!(rows(&connection, all), ["1x21", "2y2-"]);
    assert_eq!(rows(&connection, "SELECT a FROM v ORDER BY a"), ["x", "y"]);
    connection
        .execute_batch("INSERT INTO t (a) VALUES ('n')")
        .expect("is there");
    assert_eq!(
        rows(&connection, "SELECT id || '' FROM t WHERE a = 'n'"),
        ["4"],
        "numbers of rows that were deleted are not given again"
    );
}

/// What makes a table of portable types.
fn created(table: Table) -> Vec<String> {
    let rendered = render(&Rendering {
        operations: vec![Operation::Create {
            object: SchemaObject::of_table(ObjectName::plain("t"), table),
        }],
        portable_types: true,
        ..Rendering::default()
    });
    rendered.expect("is rendered").statements
}

fn typed(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        ..Column::default()
    }
}

#[test]
fn portable_types_are_written_in_own_words() {
    let table = Table {
        columns: vec![
            typed("c0", "boolean"),
            typed("c1", "string(9)"),
            typed("c2", "decimal(10, 2)"),
            typed("c3", "uuid"),
            typed("c4", "GEOMETRY"),
        ],
        ..Table::default()
    };
    assert_eq!(
        created(table),
        [
            "CREATE TABLE t (\n    c0 BOOLEAN,\n    c1 VARCHAR(9),\n    c2 DECIMAL(10, 2),\n    c3 CHAR(36),\n    c4 GEOMETRY\n)"
        ]
    );
}

#[test]
fn what_is_numbered_is_an_integer_whatever_its_portable_type() {
    for data_type in ["smallint", "integer", "bigint"] {
        let numbered = Column {
            identity: Some(Identity::default()),
            ..typed("id", data_type)
        };
        let table = Table {
            columns: vec![numbered, typed("other", "bigint")],
            primary_key: Some(Key {
                columns: vec![IndexPart::column("id")],
                ..Key::default()
            }),
            ..Table::default()
        };
        let statements = created(table);
        assert_eq!(
            statements,
            ["CREATE TABLE t (\n    id INTEGER PRIMARY KEY AUTOINCREMENT,\n    other BIGINT\n)"],
            "{data_type}"
        );
        open(&statements[0]);
    }
}

#[test]
fn rows_have_the_new_name_of_a_listed_value() {
    let listed = |value: &str| {
        format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a IN ('{value}', 'y')))")
    };
    let connection = open(&listed("x"));
    connection
        .execute_batch("INSERT INTO t (a) VALUES ('x'), ('y'), (NULL)")
        .expect("rows");
    let current = schema(&connection).expect("is read");
    let (before, after) = (
        table(&current),
        table(&schema(&open(&listed("it''s"))).expect("is read")),
    );
    let check = |object: &SchemaObject| {
        TablePart::Check(object.as_table().expect("a table").checks[0].clone())
    };
    let changes = vec![
        TableChange::Remove {
            part: check(&before),
        },
        TableChange::RenameValue {
            column: "a".to_owned(),
            from: "x".to_owned(),
            to: "it's".to_owned(),
        },
        TableChange::Add {
            part: check(&after),
        },
    ];
    let operation = Operation::Alter {
        before,
        after: after.clone(),
        changes,
    };
    for operation in [operation.clone(), operation.reversed(), operation] {
        let rendered = render(&Rendering {
            operations: vec![operation],
            current: current.clone(),
            ..Rendering::default()
        });
        for statement in rendered.expect("is rendered").statements {
            connection.execute_batch(&statement).expect(&statement);
        }
    }
    let query = "SELECT group_concat(ifnull(a, '-')) FROM t";
    let rows: String = connection
        .query_row(query, [], |row| row.get(0))
        .expect("rows");
    assert_eq!(rows, "it's,y,-");
    assert_eq!(table(&schema(&connection).expect("is read")), after);
}
