//! Statements for operations.

use super::{name, render};
use dapter_plugin_api::schema::{
    Check, Column, Deferral, ForeignKey, Identity, Index, IndexPart, Key, ObjectName, Schema, Table,
};
use dapter_plugin_api::{Operation, Rendering, SchemaObject, TableChange, TablePart};

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        ..Column::default()
    }
}

fn key(columns: &[&str]) -> Key {
    Key {
        columns: columns
            .iter()
            .map(|name| IndexPart::column(*name))
            .collect(),
        ..Key::default()
    }
}

fn index(name: &str, columns: &[&str]) -> Index {
    Index {
        name: name.to_owned(),
        columns: key(columns).columns,
        ..Index::default()
    }
}

fn reference(name: &str, column: &str, table: &str) -> ForeignKey {
    ForeignKey {
        name: name.to_owned(),
        columns: vec![column.to_owned()],
        table: ObjectName::plain(table),
        references: vec!["id".to_owned()],
        ..ForeignKey::default()
    }
}

fn object(name: &str, table: Table) -> SchemaObject {
    SchemaObject::of_table(ObjectName::plain(name), table)
}

/// A table with a number as its key.
fn numbered(name: &str, data_type: &str) -> SchemaObject {
    let table = Table {
        columns: vec![Column {
            identity: Some(Identity::default()),
            not_null: true,
            ..column("id", data_type)
        }],
        primary_key: Some(key(&["id"])),
        ..Table::default()
    };
    object(name, table)
}

fn schema(product: &str, objects: Vec<SchemaObject>) -> Schema {
    Schema {
        product: product.to_owned(),
        version: "11.4.2-MariaDB".to_owned(),
        ..Schema::of(objects)
    }
}

fn statements(rendering: &Rendering) -> Vec<String> {
    render(rendering).expect("can be written").statements
}

fn alter(before: &SchemaObject, after: &SchemaObject, changes: Vec<TableChange>) -> Operation {
    Operation::Alter {
        before: before.clone(),
        after: after.clone(),
        changes,
    }
}

#[test]
fn names_are_in_quotes_where_they_need_them() {
    let table = [
        ("users", "users"),
        ("Users_2", "Users_2"),
        ("order", "`order`"),
        ("Count", "`Count`"),
        ("2nd", "`2nd`"),
        ("a b", "`a b`"),
        ("a`b", "`a``b`"),
        ("größe", "`größe`"),
        ("", "``"),
    ];
    for (plain, expected) in table {
        assert_eq!(name(plain), expected);
    }
}

#[test]
fn a_portable_table_is_written_in_native_types() {
    let mut users = numbered("users", "bigint");
    if let Some(table) = users.as_table_mut() {
        table.columns.extend([
            column("name", "string(40)"),
            column("active", "boolean"),
            Column {
                default: Some("CURRENT_TIMESTAMP".to_owned()),
                not_null: true,
                ..column("made", "timestamp")
            },
            column("tag", "uuid"),
        ]);
        table.indexes.push(index("by_name", &["name"]));
        table.checks.push(Check {
            name: "named".to_owned(),
            expression: "name <> ''".to_owned(),
            ..Check::default()
        });
    }
    let mut rendering = Rendering {
        operations: vec![Operation::Create { object: users }],
        portable_types: true,
        ..Rendering::default()
    };
    let expected = "CREATE TABLE users (\n  id bigint AUTO_INCREMENT PRIMARY KEY,\n  name varchar(40),\n  active boolean,\n  \
                    made datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),\n  tag char(36),\n  INDEX by_name (name),\n  \
                    CONSTRAINT named CHECK (name <> '')\n)";
    assert_eq!(statements(&rendering), [expected]);
    rendering.current = schema("MariaDB", Vec::new());
    assert!(statements(&rendering)[0].contains("tag uuid"));
}

#[test]
fn changes_of_a_table_are_one_statement_in_which_columns_have_their_places() {
    let table = |columns: &[&str]| Table {
        columns: columns.iter().map(|name| column(name, "int")).collect(),
        ..Table::default()
    };
    let before = object("t", table(&["a", "b", "c"]));
    let after = object("t", table(&["c", "x", "a", "y"]));
    let place = |name: &str| TableChange::AddColumn {
        column: column(name, "int"),
        behind: None,
    };
    let changes = vec![
        TableChange::DropColumn {
            column: column("b", "int"),
            behind: None,
        },
        TableChange::MoveColumn {
            column: column("c", "int"),
            before: None,
            after: None,
        },
        place("x"),
        place("y"),
        TableChange::Add {
            part: TablePart::Index(index("i", &["a", "x"])),
        },
    ];
    let rendering = Rendering {
        current: schema("MySQL", vec![before.clone()]),
        operations: vec![alter(&before, &after, changes)],
        online: true,
        ..Rendering::default()
    };
    let expected = "ALTER TABLE t\n  DROP COLUMN b,\n  MODIFY COLUMN c int FIRST,\n  ADD COLUMN x int AFTER c,\n  \
                    ADD COLUMN y int,\n  ADD INDEX i (a, x),\n  ALGORITHM=INPLACE, LOCK=NONE";
    assert_eq!(statements(&rendering), [expected]);
}

#[test]
fn a_foreign_key_in_the_way_is_put_back() {
    let (parent, greater) = (numbered("p", "int"), numbered("p", "bigint"));
    let child = |data_type: &str| {
        let table = Table {
            columns: vec![column("pid", data_type)],
            foreign_keys: vec![reference("f", "pid", "p")],
            indexes: vec![index("of_parent", &["pid"])],
            ..Table::default()
        };
        object("c", table)
    };
    let change = |before: &SchemaObject, after: &SchemaObject| {
        let column = |object: &SchemaObject| object.as_table().expect("a table").columns[0].clone();
        let changes = vec![TableChange::AlterColumn {
            before: column(before),
            after: column(after),
        }];
        alter(before, after, changes)
    };
    let rendering = Rendering {
        current: schema("MariaDB", vec![parent.clone(), child("int")]),
        operations: vec![
            change(&parent, &greater),
            change(&child("int"), &child("bigint")),
        ],
        ..Rendering::default()
    };
    let expected = [
        "ALTER TABLE c DROP FOREIGN KEY f",
        "ALTER TABLE p MODIFY COLUMN id bigint NOT NULL AUTO_INCREMENT",
        "ALTER TABLE c MODIFY COLUMN pid bigint",
        "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (pid) REFERENCES p (id)",
    ];
    assert_eq!(statements(&rendering), expected);
}

#[test]
fn what_no_server_has_is_refused_by_name() {
    let with = |change: fn(&mut Table)| {
        let mut table = Table {
            columns: vec![column("a", "int")],
            ..Table::default()
        };
        change(&mut table);
        Rendering {
            operations: vec![Operation::Create {
                object: object("t", table),
            }],
            ..Rendering::default()
        }
    };
    let table: [fn(&mut Table); 3] = [
        |table| {
            table.indexes.push(Index {
                predicate: Some("a > 1".to_owned()),
                ..index("i", &["a"])
            });
        },
        |table| {
            table.foreign_keys.push(ForeignKey {
                deferral: Deferral::Deferred,
                ..reference("f", "a", "p")
            });
        },
        |table| table.inherits.push(ObjectName::plain("p")),
    ];
    for change in table {
        let error = render(&with(change)).expect_err("cannot be");
        assert!(
            error
                .message
                .starts_with("table t: MySQL and MariaDB have no "),
            "{error:?}"
        );
    }
}

#[test]
fn a_column_has_both_values_until_the_rows_have_the_new_one() {
    let table = |listed: &str, value: &str| {
        let mut mood = column("mood", &format!("enum({listed})"));
        mood.default = Some(format!("'{value}'"));
        let mut since = column("since", "timestamp");
        since
            .options
            .insert("on update".to_owned(), "current_timestamp()".to_owned());
        let check = Check {
            name: "c".to_owned(),
            expression: format!("mood <> '{value}'"),
            ..Check::default()
        };
        let table = Table {
            columns: vec![mood, since],
            checks: vec![check],
            ..Table::default()
        };
        object("t", table)
    };
    let (before, after) = (table("'sad','ok'", "sad"), table("'blue','ok'", "blue"));
    let of = |object: &SchemaObject| object.as_table().expect("a table").clone();
    let check = |object: &SchemaObject| TablePart::Check(of(object).checks[0].clone());
    let changes = vec![
        TableChange::Remove {
            part: check(&before),
        },
        TableChange::RenameValue {
            column: "mood".to_owned(),
            from: "sad".to_owned(),
            to: "blue".to_owned(),
        },
        TableChange::AlterColumn {
            before: of(&before).columns[0].clone(),
            after: of(&after).columns[0].clone(),
        },
        TableChange::Add {
            part: check(&after),
        },
    ];
    let rendering = Rendering {
        current: schema("MariaDB", vec![before.clone()]),
        operations: vec![Operation::Alter {
            before,
            after,
            changes,
        }],
        ..Rendering::default()
    };
    let made = render(&rendering).expect("is written").statements;
    let expected = [
        "ALTER TABLE t\n  DROP CONSTRAINT c,\n  MODIFY COLUMN mood enum('sad','ok','blue') DEFAULT 'sad'",
        "UPDATE t SET mood = 'blue', since = since WHERE mood = 'sad'",
        "ALTER TABLE t\n  MODIFY COLUMN mood enum('blue','ok') DEFAULT 'blue',\n  ADD CONSTRAINT c CHECK (mood <> 'blue')",
    ];
    assert_eq!(made, expected);
}

#[test]
fn a_table_is_renamed_by_way_of_a_plain_name_where_mariadb_would_crash() {
    let referring = |called: &str| {
        let table = Table {
            columns: vec![column("id", "bigint"), column("other", "bigint")],
            foreign_keys: vec![reference(&format!("{called}_ibfk_1"), "other", "o")],
            ..Table::default()
        };
        object(called, table)
    };
    let cases = [
        (
            "MariaDB",
            "a b",
            "c-d",
            "RENAME TABLE `a b` TO dapter_renamed, dapter_renamed TO `c-d`",
        ),
        ("MySQL", "a b", "c-d", "RENAME TABLE `a b` TO `c-d`"),
        ("MariaDB", "a b", "c", "RENAME TABLE `a b` TO c"),
        ("MariaDB", "a", "c d", "RENAME TABLE a TO `c d`"),
    ];
    for (product, from, to, expected) in cases {
        let rendering = Rendering {
            current: schema(product, vec![referring(from)]),
            operations: vec![Operation::Rename {
                object: referring(from),
                to: to.to_owned(),
            }],
            ..Rendering::default()
        };
        let made = render(&rendering).expect("is written").statements;
        assert_eq!(made, [expected]);
    }
}

#[test]
fn a_reference_to_its_own_table_waits_for_the_key() {
    let mut before = numbered("t", "bigint");
    let mut after = numbered("t", "int");
    let key = reference("t_t", "up", "t");
    let up = column("up", "int");
    if let (Some(was), Some(is)) = (before.as_table_mut(), after.as_table_mut()) {
        was.columns.push(up.clone());
        is.columns.push(up);
        is.foreign_keys.push(key.clone());
    }
    let of = |object: &SchemaObject| object.as_table().expect("a table").columns[0].clone();
    let changes = vec![
        TableChange::AlterColumn {
            before: of(&before),
            after: of(&after),
        },
        TableChange::Add {
            part: TablePart::ForeignKey(key),
        },
    ];
    let rendering = Rendering {
        current: schema("MariaDB", vec![before.clone()]),
        operations: vec![Operation::Alter {
            before,
            after,
            changes,
        }],
        ..Rendering::default()
    };
    let made = render(&rendering).expect("is written").statements;
    assert_eq!(made.len(), 2, "{made:?}");
    assert_eq!(
        made[1],
        "ALTER TABLE t ADD CONSTRAINT t_t FOREIGN KEY (up) REFERENCES t (id)"
    );
}

#[test]
fn a_foreign_key_that_gets_another_name_waits_for_its_other_side_too() {
    let (parent, greater) = (numbered("p", "int"), numbered("p", "bigint"));
    let child = |data_type: &str, called: &str| {
        let table = Table {
            columns: vec![column("pid", data_type)],
            foreign_keys: vec![reference(called, "pid", "p")],
            indexes: vec![index("of_parent", &["pid"])],
            ..Table::default()
        };
        object("c", table)
    };
    let first = |object: &SchemaObject| object.as_table().expect("a table").columns[0].clone();
    let retyped = |before: &SchemaObject, after: &SchemaObject| TableChange::AlterColumn {
        before: first(before),
        after: first(after),
    };
    let (old, new) = (child("int", "f"), child("bigint", "g"));
    let renamed = TableChange::RenamePart {
        part: TablePart::ForeignKey(reference("f", "pid", "p")),
        to: "g".to_owned(),
    };
    let of_child = alter(&old, &new, vec![renamed, retyped(&old, &new)]);
    let of_parent = alter(&parent, &greater, vec![retyped(&parent, &greater)]);
    let put_back = "ALTER TABLE c ADD CONSTRAINT g FOREIGN KEY (pid) REFERENCES p (id)";
    let wider = "ALTER TABLE p MODIFY COLUMN id bigint NOT NULL AUTO_INCREMENT";
    let table = [
        (
            vec![of_child.clone(), of_parent.clone()],
            vec![
                "ALTER TABLE c\n  DROP FOREIGN KEY f,\n  MODIFY COLUMN pid bigint",
                wider,
                put_back,
            ],
        ),
        (
            vec![of_parent, of_child],
            vec![
                "ALTER TABLE c DROP FOREIGN KEY f",
                wider,
                "ALTER TABLE c\n  MODIFY COLUMN pid bigint,\n  ADD CONSTRAINT g FOREIGN KEY (pid) REFERENCES p (id)",
            ],
        ),
    ];
    for (operations, expected) in table {
        let rendering = Rendering {
            current: schema("MariaDB", vec![parent.clone(), old.clone()]),
            operations,
            ..Rendering::default()
        };
        assert_eq!(statements(&rendering), expected);
    }
}
