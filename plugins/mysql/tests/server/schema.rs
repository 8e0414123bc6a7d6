//! Schemas: what is read of a database builds it anew, and changes lead there and back.

use crate::support::{Client, Database, Place};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::schema::{Body, Table};
use dapter_plugin_api::{
    ConnectOptions, Operation, Rendering, Schema, SchemaObject, TableChange, TablePart, Value,
};

pub(crate) const TESTS: &[Test] = tests!(
    what_is_read_builds_it_anew,
    changes_lead_there_and_back,
    rows_survive,
    what_is_not_shown_is_told,
);

/// Of everything one, in an order in which it can be made.
const EVERYTHING: &[&str] = &[
    "CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s', b INT DEFAULT (1+2), c VARCHAR(10) DEFAULT 'it''s \\\\', \
     d DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), f JSON, g INT AS (b * 2) VIRTUAL INVISIBLE, \
     h INT AS (b + 1) STORED, i BIT(1) DEFAULT b'1', j BINARY(3) DEFAULT 'abc', m INT CHECK (m > 0), q DECIMAL(5, 2) DEFAULT 0.0, \
     t TIMESTAMP NULL, v SET('a', 'b'), w INT UNSIGNED ZEROFILL, x CHAR(5) CHARACTER SET latin1 COLLATE latin1_bin, \
     `order` TINYINT(1), CHECK (b < 10), CONSTRAINT foo CHECK (c <> 'x\\\\y''z'), INDEX ii (c(3), b DESC), UNIQUE (m), \
     FULLTEXT ft (c)) COMMENT 'tab' ROW_FORMAT = DYNAMIC",
    "CREATE TABLE c (a INT, b INT, FOREIGN KEY (a) REFERENCES p (id), \
     CONSTRAINT fkn FOREIGN KEY (b) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL) COLLATE utf8mb4_bin",
    "CREATE TABLE parts (id INT PRIMARY KEY, d INT) PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 \
     (PARTITION a VALUES LESS THAN (10) COMMENT 'x', PARTITION b VALUES LESS THAN MAXVALUE)",
    "CREATE FUNCTION f (a VARCHAR(10), b INT) RETURNS VARCHAR(20) DETERMINISTIC BEGIN RETURN CONCAT(a, b, ';\\\\'); END",
    "CREATE PROCEDURE pr (IN a INT) SQL SECURITY INVOKER COMMENT 'hey' BEGIN SELECT 1; SELECT 2; END",
    "CREATE TRIGGER t1 BEFORE INSERT ON p FOR EACH ROW SET NEW.b = 1",
    "CREATE TRIGGER t2 BEFORE INSERT ON p FOR EACH ROW PRECEDES t1 BEGIN SET NEW.b = 2; END",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM p",
    "CREATE EVENT e2 ON SCHEDULE EVERY 2 HOUR STARTS '2037-01-01 00:00:00' DISABLE COMMENT 'ev' DO BEGIN DELETE FROM p; END",
    "CREATE VIEW v1 (x, y) AS SELECT p.id, CONCAT('a.', p.c) FROM p JOIN c ON c.a = p.id",
    "CREATE SQL SECURITY INVOKER VIEW v0 AS SELECT f(y, 2) AS `select` FROM v1",
];

const OF_MARIADB: &[&str] = &[
    "CREATE SEQUENCE s START WITH 5 INCREMENT BY 2 CYCLE",
    "CREATE TABLE m (id INT, n INT DEFAULT NEXTVAL(s), a DATE NOT NULL, b DATE NOT NULL, k UUID, z TEXT COMPRESSED, \
     PERIOD FOR pp (a, b), UNIQUE (id, pp WITHOUT OVERLAPS), INDEX ig (n) IGNORED)",
    "CREATE TABLE sv (id INT PRIMARY KEY, x INT WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING",
];

const OF_MYSQL: &[&str] = &[
    "CREATE TABLE m (id INT, c VARCHAR(9), y GEOMETRY NOT NULL SRID 4326, k VARCHAR(36) DEFAULT (UUID()), \
     INDEX fi ((id + 1), (LOWER(c))), INDEX inv (id) INVISIBLE, SPATIAL INDEX sp (y), FULLTEXT ft (c) WITH PARSER ngram, \
     CONSTRAINT n CHECK (id > 1) NOT ENFORCED)",
];

fn inspected(client: &mut Client) -> Schema {
    block_on(client.inspect()).expect("can be read")
}

fn run(database: &Database<'_>, current: &Schema, operations: Vec<Operation>) {
    let rendering = Rendering {
        operations,
        current: current.clone(),
        ..Rendering::default()
    };
    let adapter = &database.place.adapter;
    let rendered = block_on(adapter.render(rendering)).expect("can be written");
    let script: String = rendered
        .statements
        .iter()
        .map(|statement| format!("{statement};\n"))
        .collect();
    let options = ConnectOptions::new(&database.url);
    let split = block_on(adapter.split_for(&script, &options)).expect("splits");
    let split: Vec<&str> = split
        .iter()
        .filter_map(|statement| statement.text(&script))
        .collect();
    assert_eq!(split, rendered.statements);
    let mut client = database.connect();
    for statement in split {
        client.run(statement);
    }
}

/// The objects' creation, each behind what it needs.
fn creations(schema: &Schema) -> Vec<Operation> {
    let mut left: Vec<&SchemaObject> = schema.objects.iter().collect();
    let mut made: Vec<&SchemaObject> = Vec::new();
    while !left.is_empty() {
        let is_made = |object: &&SchemaObject| {
            let mut needed = object.depends_on.iter();
            needed.all(|needed| {
                made.iter()
                    .any(|made| made.kind == needed.kind && made.name == needed.name)
            })
        };
        let (ready, rest): (Vec<&SchemaObject>, Vec<&SchemaObject>) =
            left.into_iter().partition(is_made);
        assert!(!ready.is_empty(), "{rest:?} need each other");
        made.extend(ready);
        left = rest;
    }
    let created = made.into_iter().map(|object| Operation::Create {
        object: object.clone(),
    });
    created.collect()
}

fn what_is_read_builds_it_anew(place: &Place) {
    let (one, other) = (place.database(), place.database());
    let mut client = one.connect();
    let own = if place.is_mariadb() {
        OF_MARIADB
    } else {
        OF_MYSQL
    };
    for statement in EVERYTHING.iter().chain(own) {
        client.run(statement);
    }
    let read = inspected(&mut client);
    assert_eq!(read.objects.len(), EVERYTHING.len() + own.len());
    let empty = Schema {
        objects: Vec::new(),
        ..read.clone()
    };
    run(&other, &empty, creations(&read));
    similar(&inspected(&mut other.connect()), &read);
}

/// Equal, but said object by object.
fn similar(found: &Schema, expected: &Schema) {
    for (found, expected) in found.objects.iter().zip(&expected.objects) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.objects.len(), expected.objects.len());
}

/// What happens to the tables from one schema to another: all of the columns and parts that differ.
fn changes(before: &SchemaObject, after: &SchemaObject) -> Vec<TableChange> {
    let (Body::Table(was), Body::Table(is)) = (&before.body, &after.body) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    if was.partitioning != is.partitioning {
        changes.push(TableChange::Rebuild);
    }
    let (old, new) = (parts(was), parts(is));
    let gone = old.iter().filter(|part| !new.contains(part));
    changes.extend(gone.map(|part| TableChange::Remove { part: part.clone() }));
    for column in was
        .columns
        .iter()
        .filter(|column| is.column(&column.name).is_none())
    {
        changes.push(TableChange::DropColumn {
            column: column.clone(),
            behind: None,
        });
    }
    for column in &is.columns {
        match was.column(&column.name) {
            None => changes.push(TableChange::AddColumn {
                column: column.clone(),
                behind: None,
            }),
            Some(other) if other != column => changes.push(TableChange::AlterColumn {
                before: other.clone(),
                after: column.clone(),
            }),
            Some(_) => {}
        }
    }
    let come = new.iter().filter(|part| !old.contains(part));
    changes.extend(come.map(|part| TableChange::Add { part: part.clone() }));
    for name in was.options.keys().chain(
        is.options
            .keys()
            .filter(|name| !was.options.contains_key(*name)),
    ) {
        let (before, after) = (was.options.get(name), is.options.get(name));
        if before != after {
            changes.push(TableChange::SetOption {
                name: name.clone(),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
    changes
}

fn parts(table: &Table) -> Vec<TablePart> {
    let mut parts: Vec<TablePart> = table
        .primary_key
        .iter()
        .cloned()
        .map(TablePart::PrimaryKey)
        .collect();
    parts.extend(table.indexes.iter().cloned().map(TablePart::Index));
    parts.extend(table.checks.iter().cloned().map(TablePart::Check));
    parts.extend(
        table
            .foreign_keys
            .iter()
            .cloned()
            .map(TablePart::ForeignKey),
    );
    parts
}

fn difference(current: &Schema, desired: &Schema) -> Vec<Operation> {
    let altered = current
        .objects
        .iter()
        .zip(&desired.objects)
        .filter(|(before, after)| before != after);
    let operations = altered.map(|(before, after)| match before.as_table() {
        Some(_) => Operation::Alter {
            before: before.clone(),
            after: after.clone(),
            changes: changes(before, after),
        },
        None => Operation::Replace {
            before: before.clone(),
            after: after.clone(),
        },
    });
    operations.collect()
}

/// Two schemas of the same objects, each of statements with one sign between them.
const PAIRS: &[(&str, &str)] = &[
    (
        "CREATE TABLE p (id INT PRIMARY KEY) | CREATE TABLE q (a INT, up INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))",
        "CREATE TABLE p (id BIGINT PRIMARY KEY) | CREATE TABLE q (a BIGINT, b INT, up INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE, INDEX f (a), INDEX g (a, b))",
    ),
    (
        "CREATE TABLE p (id INT PRIMARY KEY, n VARCHAR(10), UNIQUE (n)) COLLATE utf8mb4_general_ci | CREATE TABLE q (n VARCHAR(10), FOREIGN KEY (n) REFERENCES p (n)) COLLATE utf8mb4_general_ci",
        "CREATE TABLE p (id INT PRIMARY KEY, n VARCHAR(20), UNIQUE (n)) COLLATE utf8mb4_bin COMMENT '' | CREATE TABLE q (n VARCHAR(20), FOREIGN KEY (n) REFERENCES p (n)) COLLATE utf8mb4_bin",
    ),
    (
        "CREATE TABLE t (a INT, b INT, c INT AS (a + 1) VIRTUAL, d INT AS (a + 1) STORED, e INT, INDEX (c))",
        "CREATE TABLE t (a INT, b INT, c INT, d INT AS (a + 2) VIRTUAL, e INT AS (b) VIRTUAL, INDEX (c))",
    ),
    (
        "CREATE TABLE t (a INT, d INT, PRIMARY KEY (a)) PARTITION BY HASH (a) PARTITIONS 2",
        "CREATE TABLE t (a INT, d INT NOT NULL AUTO_INCREMENT, PRIMARY KEY (a, d), UNIQUE u (d, a))",
    ),
    (
        "CREATE TABLE t (a INT) | CREATE TRIGGER g1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1 | CREATE TRIGGER g2 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2 | CREATE VIEW v AS SELECT a FROM t | CREATE VIEW w AS SELECT a FROM v",
        "CREATE TABLE t (a INT, b INT) | CREATE TRIGGER g1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 3 | CREATE TRIGGER g2 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2 | CREATE VIEW v AS SELECT a, b FROM t | CREATE VIEW w AS SELECT a, b FROM v",
    ),
];

fn changes_lead_there_and_back(place: &Place) {
    for (current, desired) in PAIRS {
        let (one, other) = (place.database(), place.database());
        for (database, statements) in [(&one, current), (&other, desired)] {
            let mut client = database.connect();
            statements.split(" | ").for_each(|statement| {
                client.run(statement);
            });
        }
        let mut client = one.connect();
        let (before, after) = (inspected(&mut client), inspected(&mut other.connect()));
        let operations = difference(&before, &after);
        let back = operations.iter().rev().map(Operation::reversed).collect();
        run(&one, &before, operations);
        similar(&inspected(&mut client), &after);
        run(&one, &after, back);
        similar(&inspected(&mut client), &before);
    }
}

fn rows_survive(place: &Place) {
    let (one, other) = (place.database(), place.database());
    let mut client = one.connect();
    client.run("CREATE TABLE t (a INT PRIMARY KEY, s VARCHAR(9), v INT AS (a * 2) VIRTUAL) COLLATE latin1_swedish_ci");
    client.run("INSERT INTO t (a, s) VALUES (1, 'é')");
    let before = inspected(&mut client);
    other.connect().run("CREATE TABLE t (x VARCHAR(36) NOT NULL DEFAULT (UUID()), s VARCHAR(99), a BIGINT PRIMARY KEY, v INT) COLLATE utf8mb4_bin");
    let after = inspected(&mut other.connect());
    let operations = difference(&before, &after);
    run(&one, &before, operations);
    let found = client.value("SELECT CONCAT(s, a, v, CHAR_LENGTH(x)) FROM t");
    assert_eq!(found, Value::Text("é1236".to_owned()));
}

fn what_is_not_shown_is_told(place: &Place) {
    let database = place.database();
    let mut client = database.connect();
    client.run("CREATE PROCEDURE p () SELECT 1");
    let mut read = inspected(&mut client);
    let Body::Definition(definition) = &mut read.objects[0].body else {
        panic!("{read:?}");
    };
    // As somebody reads it who may not see it.
    definition.create.clear();
    let rendering = Rendering {
        operations: creations(&read),
        ..Rendering::default()
    };
    let error = block_on(place.adapter.render(rendering)).expect_err("nobody knows it");
    assert_eq!(error.message, "the definition of procedure p is not known");
}
