//! Statements, as a table of changes.

use super::render;
use dapter_plugin_api::schema::{Body, Schema, SchemaObject};
use dapter_plugin_api::schema::{
    Column, Enumeration, Generated, Identity, IdentityKind, Index, IndexPart, Key, Table,
};
use dapter_plugin_api::{ObjectName, Operation, Rendered, Rendering};
use dapter_plugin_api::{TableChange, TablePart};

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        ..Column::default()
    }
}

fn users() -> SchemaObject {
    let mut id = column("id", "bigint");
    id.not_null = true;
    id.identity = Some(Identity {
        kind: IdentityKind::Always,
        sequence: None,
    });
    let table = Table {
        columns: vec![id, column("order", "character varying(20)")],
        primary_key: Some(Key {
            name: "users_pkey".to_owned(),
            columns: vec![IndexPart::column("id")],
            ..Key::default()
        }),
        indexes: vec![Index {
            name: "users_order".to_owned(),
            columns: vec![IndexPart {
                expression: "lower(\"order\"::text)".to_owned(),
                ..IndexPart::default()
            }],
            ..Index::default()
        }],
        ..Table::default()
    };
    SchemaObject::of_table(ObjectName::plain("users"), table)
}

fn rendered(operations: Vec<Operation>, change: impl Fn(&mut Rendering)) -> Rendered {
    let mut rendering = Rendering {
        operations,
        ..Rendering::default()
    };
    change(&mut rendering);
    render(&rendering).expect("can be written")
}

fn altered(changes: Vec<TableChange>) -> Operation {
    Operation::Alter {
        before: users(),
        after: users(),
        changes,
    }
}

#[test]
fn a_table_is_written_as_people_would() {
    let made = rendered(vec![Operation::Create { object: users() }], |_| {});
    let expected = [
        "CREATE TABLE users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \"order\" character varying(20)\n)",
        "CREATE INDEX users_order ON users (lower(\"order\"::text))",
    ];
    assert_eq!(made.statements, expected);
    assert!(!made.outside_transaction);
}

#[test]
fn several_changes_are_one_statement() {
    let mut wide = column("order", "text");
    wide.not_null = true;
    wide.default = Some("''::text".to_owned());
    let alter = altered(vec![
        TableChange::DropColumn {
            column: column("gone", "text"),
            behind: None,
        },
        TableChange::AddColumn {
            column: column("count", "integer"),
            behind: None,
        },
        TableChange::AlterColumn {
            before: column("order", "character varying(20)"),
            after: wide,
        },
    ]);
    let expected = "ALTER TABLE users\n    DROP COLUMN gone,\n    ADD COLUMN count integer,\n    \
        ALTER COLUMN \"order\" TYPE text,\n    ALTER COLUMN \"order\" SET DEFAULT ''::text,\n    \
        ALTER COLUMN \"order\" SET NOT NULL";
    assert_eq!(rendered(vec![alter], |_| {}).statements, [expected]);
}

#[test]
fn others_go_on_working_when_told_so() {
    let index = users().as_table().expect("a table").indexes[0].clone();
    let part = TablePart::Index(index);
    let mut set = column("order", "text");
    set.not_null = true;
    let alter = altered(vec![
        TableChange::Remove { part: part.clone() },
        TableChange::Add { part },
        TableChange::AlterColumn {
            before: column("order", "text"),
            after: set,
        },
    ]);
    let made = rendered(vec![alter], |rendering| rendering.online = true);
    let expected = [
        "DROP INDEX CONCURRENTLY users_order",
        "CREATE INDEX CONCURRENTLY users_order ON users (lower(\"order\"::text))",
        "ALTER TABLE users ADD CONSTRAINT users_order_not_null CHECK (\"order\" IS NOT NULL) NOT VALID",
        "ALTER TABLE users VALIDATE CONSTRAINT users_order_not_null",
        "ALTER TABLE users ALTER COLUMN \"order\" SET NOT NULL",
        "ALTER TABLE users DROP CONSTRAINT users_order_not_null",
    ];
    assert_eq!(made.statements, expected);
    assert!(made.outside_transaction);
}

#[test]
fn values_are_added_in_place_and_removed_by_a_new_type() {
    let of = |values: &[&str]| SchemaObject {
        kind: "type".to_owned(),
        name: ObjectName::plain("mood"),
        body: Body::Enumeration(Enumeration {
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }),
        ..SchemaObject::default()
    };
    let mut mood = column("mood", "mood");
    mood.default = Some("'ok'::mood".to_owned());
    let table = Table {
        columns: vec![mood],
        ..Table::default()
    };
    let with = |rendering: &mut Rendering| {
        let table = SchemaObject::of_table(ObjectName::plain("t"), table.clone());
        rendering.current = Schema::of(vec![table]);
    };
    let change = |before: &[&str], after: &[&str]| Operation::Replace {
        before: of(before),
        after: of(after),
    };
    let added = rendered(vec![change(&["ok"], &["bad", "ok", "it's"])], with);
    let expected = [
        "ALTER TYPE mood ADD VALUE 'bad' BEFORE 'ok'",
        "ALTER TYPE mood ADD VALUE 'it''s'",
    ];
    assert_eq!(added.statements, expected);
    let removed = rendered(vec![change(&["bad", "ok"], &["ok"])], with);
    let expected = [
        "ALTER TYPE mood RENAME TO mood_old",
        "CREATE TYPE mood AS ENUM ('ok')",
        "ALTER TABLE t ALTER COLUMN mood DROP DEFAULT, \
         ALTER COLUMN mood TYPE mood USING mood::text::mood, \
         ALTER COLUMN mood SET DEFAULT 'ok'::mood",
        "DROP TYPE mood_old",
    ];
    assert_eq!(removed.statements, expected);
}

#[test]
fn portable_types_become_the_servers() {
    let table = Table {
        columns: vec![
            column("a", "string(20)"),
            column("b", "double"),
            column("c", "json"),
            column("d", "citext"),
        ],
        ..Table::default()
    };
    let object = SchemaObject::of_table(ObjectName::plain("t"), table);
    let made = rendered(vec![Operation::Create { object }], |rendering| {
        rendering.portable_types = true;
    });
    let expected = "CREATE TABLE t (\n    a character varying(20),\n    b double precision,\n    c jsonb,\n    d citext\n)";
    assert_eq!(made.statements, [expected]);
}

#[test]
fn another_partitioning_is_refused_by_name() {
    let mut after = users();
    if let Some(table) = after.as_table_mut() {
        table.partitioning.by = "RANGE (id)".to_owned();
    }
    let rendering = Rendering {
        operations: vec![Operation::Alter {
            before: users(),
            after,
            changes: vec![TableChange::Rebuild],
        }],
        ..Rendering::default()
    };
    let error = render(&rendering).expect_err("cannot be done");
    assert!(error.message.contains("users"), "{error}");
}

#[test]
fn what_is_computed_goes_before_a_type_and_comes_again() {
    let mut shout = column("shout", "text");
    shout.generated = Some(Generated {
        expression: "upper((word)::text)".to_owned(),
        stored: true,
    });
    shout.comment = "loud".to_owned();
    let table = |data_type: &str| {
        let table = Table {
            columns: vec![column("word", data_type), shout.clone()],
            indexes: vec![Index {
                name: "t_shout".to_owned(),
                columns: vec![IndexPart::column("shout")],
                ..Index::default()
            }],
            ..Table::default()
        };
        SchemaObject::of_table(ObjectName::plain("t"), table)
    };
    let (before, after) = (table("character varying(9)"), table("character varying(8)"));
    let changes = vec![TableChange::AlterColumn {
        before: column("word", "character varying(9)"),
        after: column("word", "character varying(8)"),
    }];
    let made = rendered(
        vec![Operation::Alter {
            before,
            after,
            changes,
        }],
        |_| {},
    );
    let statements = made.statements.join(";\n");
    let expected = "\
ALTER TABLE t
    ALTER COLUMN word TYPE character varying(8),
    DROP COLUMN shout,
    ADD COLUMN shout text GENERATED ALWAYS AS (upper((word)::text)) STORED;
CREATE INDEX t_shout ON t (shout);
COMMENT ON COLUMN t.shout IS 'loud'";
    assert_eq!(statements, expected);
}

#[test]
fn values_are_renamed_in_a_type_and_in_rows() {
    let rename = |column: &str| TableChange::RenameValue {
        column: column.to_owned(),
        from: "sad".to_owned(),
        to: "it's".to_owned(),
    };
    let mood = SchemaObject {
        kind: "type".to_owned(),
        name: ObjectName::plain("mood"),
        body: Body::Enumeration(Enumeration::default()),
        ..SchemaObject::default()
    };
    let of_type = Operation::Alter {
        before: mood.clone(),
        after: mood,
        changes: vec![rename("")],
    };
    let made = rendered(vec![of_type, altered(vec![rename("order")])], |_| {});
    let expected = [
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'it''s'",
        "UPDATE users SET \"order\" = 'it''s' WHERE \"order\" = 'sad'",
    ];
    assert_eq!(made.statements, expected);
}
