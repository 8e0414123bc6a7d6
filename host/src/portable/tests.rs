//! Scripts say the same when they are read again, and lead where they should.

use dapter_plugin_api::schema::{Check, Column, Index, IndexPart, Key, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange, TablePart};
use proptest::prelude::*;

use super::operation::{Change, PartName, PortableOperation};
use super::{Doing, PortableError, State, Unknown, Words, candidates, read, resolve, written};
use crate::diff::{diff, reversed, schemas_of_tables};

fn operation(text: &str) -> PortableOperation {
    let text = format!("[[upgrade]]\n{text}");
    read(&text).unwrap_or_else(|mistake| panic!("{mistake:?} in {text}"))
}

fn mistake(text: &str) -> (usize, String, Option<String>) {
    let mistake = read(text).expect_err("is wrong");
    (mistake.line, mistake.message, mistake.hint)
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        ..Column::default()
    }
}

fn users() -> Schema {
    let table = Table {
        columns: vec![column("id", "bigint"), column("email", "text")],
        uniques: vec![Key {
            columns: vec![IndexPart::column("email")],
            ..Key::default()
        }],
        indexes: vec![Index {
            name: "by_email".to_owned(),
            columns: vec![IndexPart::column("email")],
            ..Index::default()
        }],
        ..Table::default()
    };
    Schema::of(vec![SchemaObject::of_table(
        ObjectName::plain("users"),
        table,
    )])
}

/// What operations do to the table of users.
fn done(texts: &[&str]) -> Result<Vec<Vec<TableChange>>, (usize, PortableError)> {
    let operations: Vec<_> = texts.iter().map(|text| operation(text)).collect();
    let acts = resolve(&operations, &mut users(), Unknown::Refused)?;
    let changes = acts.into_iter().map(|act| match act.what {
        Doing::Change(Operation::Alter { changes, .. }, _) => changes,
        other => panic!("{other:?}"),
    });
    Ok(changes.collect())
}

#[test]
fn an_operation_says_what_changes() {
    for (text, expected) in [
        (
            "op = 'drop_unique'\ntable = 'users'\nunique = ['email']",
            Change::DropUnique(PartName::Columns(vec!["email".to_owned()])),
        ),
        (
            "op = 'add_column'\ntable = 'users'\ncolumn = { name = 'age', type = 'integer' }",
            Change::AddColumn {
                column: column("age", "integer"),
                behind: None,
            },
        ),
        (
            "op = 'add_unique'\ntable = 'users'\nunique = ['email']",
            Change::AddUnique(Key {
                columns: vec![IndexPart::column("email")],
                ..Key::default()
            }),
        ),
    ] {
        let table = ObjectName::plain("users");
        let change = expected;
        assert_eq!(operation(text), PortableOperation::Alter { table, change });
    }
    let execute = operation("op = 'execute'\nsql = 'a'\nsqlite = 'b'");
    let PortableOperation::Execute(execute) = execute else {
        panic!("{execute:?}")
    };
    assert_eq!(execute.for_dialect("sqlite"), Some("b"));
    assert_eq!(execute.for_dialect("postgresql"), Some("a"));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, expected) in [
        (
            "[[upgrade]]\nop = 'add_colum'",
            (
                2,
                "there is no operation `add_colum`",
                Some("did you mean `add_column`?"),
            ),
        ),
        (
            "[[upgrade]]\nop = 'drop_table'\nnam = 'a'",
            (1, "the operation does not say `name`", None),
        ),
        (
            "[[upgrade]]\nop = 'drop_table'\nname = 'a'\nto = 'b'",
            (
                4,
                "the operation has no `to`",
                Some("it has op, name, schema"),
            ),
        ),
        (
            "[[upgrade]]\nop = 'add_column'\ntable = 'a'\ncolumn = { name = 'b', tipe = 'text' }",
            (4, "`column` has no `tipe`", None),
        ),
        (
            "[[upgrade]]\nop = 'drop_table'\nname = 1",
            (
                3,
                "`name`: invalid type: integer `1`, expected a string",
                None,
            ),
        ),
        (
            "[[upgrade]]\nop = ",
            (
                2,
                "string values must be quoted, expected literal string",
                None,
            ),
        ),
        (
            "[[upgrade]]\nop = 'drop_table'\nname = 'a'\n[[more]]\n",
            (
                1,
                "this is more than one operation",
                Some("begin each with `[[upgrade]]` or `[[downgrade]]` on a line of its own"),
            ),
        ),
    ] {
        let (line, message, hint) = mistake(text);
        assert_eq!(
            (line, message.as_str(), hint.as_deref()),
            expected,
            "{text}"
        );
    }
}

#[test]
fn changes_of_a_table_are_made_together_but_for_new_names() {
    let add = "op = 'add_column'\ntable = 'users'\ncolumn = { name = 'age', type = 'integer' }";
    let index =
        "op = 'create_index'\ntable = 'users'\nindex = { name = 'by_age', columns = ['age'] }";
    let rename = "op = 'rename_column'\ntable = 'users'\ncolumn = 'age'\nto = 'years'";
    let alter =
        "op = 'alter_column'\ntable = 'users'\ncolumn = { name = 'years', type = 'bigint' }";
    let made = done(&[add, index, rename, alter]).expect("can be");
    let counts: Vec<usize> = made.iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 1, 1]);
}

#[test]
fn what_hangs_on_a_column_goes_with_it() {
    let drop = "op = 'drop_column'\ntable = 'users'\ncolumn = 'email'";
    let made = done(&[drop]).expect("can be");
    let gone = made[0].iter().map(|change| match change {
        TableChange::Remove {
            part: TablePart::Index(_),
        } => "index",
        TableChange::Remove {
            part: TablePart::Unique(_),
        } => "unique",
        TableChange::DropColumn { .. } => "column",
        other => panic!("{other:?}"),
    });
    assert_eq!(gone.collect::<Vec<_>>(), ["index", "unique", "column"]);
}

#[test]
fn what_is_not_known_is_refused_or_as_it_is_said() {
    let of_nobody = "op = 'alter_column'\ntable = 'nobody'\ncolumn = { name = 'a', type = 'text' }";
    let of_users = "op = 'alter_column'\ntable = 'users'\ncolumn = { name = 'a', type = 'text' }";
    for (text, what) in [
        (of_nobody, "the table nobody"),
        (of_users, "the column users.a"),
    ] {
        let (at, error) = done(&[text]).expect_err("is not known");
        let expected = PortableError::Unknown {
            op: "alter_column",
            what: what.to_owned(),
        };
        assert_eq!((at, error), (0, expected));
        let assumed = resolve(&[operation(text)], &mut users(), Unknown::Assumed);
        assert_eq!(assumed.expect("is assumed").len(), 1);
    }
}

#[test]
fn models_in_portable_words_are_written_as_they_are() {
    let native = Schema::of(vec![SchemaObject::of_table(
        ObjectName::plain("t"),
        Table {
            columns: vec![column("a", "character varying(20)"), column("b", "int4")],
            ..Table::default()
        },
    )]);
    let operations = diff(&Schema::default(), &native, &[]).expect("there are no renames");
    let mut words = Words {
        described: Schema::default(),
        types: [("int4".to_owned(), "integer".to_owned())].into(),
    };
    assert!(candidates(&operations).contains(&"string(20)".to_owned()));
    let text = written(&operations[0], "upgrade", &words, State::Desired).expect("has words");
    assert!(
        text.contains("character varying(20)") && text.contains("\"integer\""),
        "{text}"
    );
    words.described = Schema::of(vec![SchemaObject::of_table(
        ObjectName::plain("t"),
        Table {
            columns: vec![column("a", "string(20)"), column("b", "integer")],
            ..Table::default()
        },
    )]);
    let text = written(&operations[0], "upgrade", &words, State::Desired).expect("has words");
    assert!(text.contains("string(20)"), "{text}");
}

/// The operations of a section as a script has them.
fn script(operations: &[Operation]) -> Vec<PortableOperation> {
    let words = Words::default();
    let texts = operations.iter().map(|operation| {
        written(operation, "upgrade", &words, State::Former).expect("tables have words")
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    let parts = text.split("[[upgrade]]").skip(1);
    parts
        .map(|part| read(&format!("[[upgrade]]{part}")).expect("can be read"))
        .collect()
}

/// The tables alone, without what follows from their columns.
fn tables(schema: &Schema) -> Vec<SchemaObject> {
    let tables = schema
        .objects
        .iter()
        .filter(|object| object.as_table().is_some());
    let plain = tables.map(|object| {
        let mut object = object.clone();
        object.depends_on.clear();
        if let Some(table) = object.as_table_mut() {
            table.columns.sort();
        }
        object
    });
    plain.collect()
}

proptest! {
    #[test]
    fn a_script_leads_there_and_back(from in schemas_of_tables(), to in schemas_of_tables()) {
        let operations = diff(&from, &to, &[]).expect("there are no renames");
        let mut schema = from.clone();
        resolve(&script(&operations), &mut schema, Unknown::Refused).expect("can be");
        prop_assert_eq!(tables(&schema), tables(&to));
        let back = script(&reversed(&operations));
        resolve(&back, &mut schema, Unknown::Refused).expect("can be");
        prop_assert_eq!(tables(&schema), tables(&from));
    }
}

#[test]
fn a_value_is_renamed_with_what_lists_it() {
    let mut schema = users();
    if let Some(table) = schema.objects[0].as_table_mut() {
        table.checks.push(Check {
            name: "c".to_owned(),
            expression: "email IN ('a', 'b')".to_owned(),
            ..Check::default()
        });
    }
    let text =
        "op = \"rename_value\"\ntable = \"users\"\ncolumn = \"email\"\nvalue = \"a\"\nto = \"c\"\n";
    let acts = resolve(&[operation(text)], &mut schema, Unknown::Refused).expect("is known");
    let Doing::Change(renamed, _) = &acts[0].what else {
        panic!("{acts:?}");
    };
    let again = written(renamed, "upgrade", &Words::default(), State::Desired);
    assert_eq!(again.expect("has words"), format!("[[upgrade]]\n{text}"));
    let checks = &schema.objects[0].as_table().expect("a table").checks;
    assert_eq!(checks[0].expression, "email IN ('c', 'b')");
    for (from, to, expected) in [
        (
            "a",
            "d",
            "`rename_value` changes the value users.email.a, which is not known",
        ),
        ("c", "b", "there is a `users.email.b` already"),
    ] {
        let text = text.replace("\"a\"", &format!("{from:?}"));
        let text = text.replace("to = \"c\"", &format!("to = {to:?}"));
        let result = resolve(&[operation(&text)], &mut schema, Unknown::Refused);
        assert_eq!(result.expect_err("is wrong").1.to_string(), expected);
    }
}
