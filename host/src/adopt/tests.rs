use std::collections::HashSet;
use std::path::Path;

use dapter_plugin_api::{Rows, Value};

use super::sums::crc32_of_lines;
use super::*;
use crate::script::{ScriptTransaction, parse};

fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    files.iter().map(file).collect()
}

/// What a directory holds: key, `!` if outside a transaction, upgrade and downgrade of each migration; problems; notes.
fn read(tool: Tool, given: &[(&str, &str)]) -> Vec<String> {
    let directory = tool.parse(&files(given));
    let shown = |migration: &Migration| {
        let mark = |transaction| match transaction {
            ScriptTransaction::None => "!",
            ScriptTransaction::Default => "",
        };
        let down = migration.downgrade.as_deref().unwrap_or("-");
        format!(
            "{}{} {:?} {}{down:?}",
            migration.key,
            mark(migration.upgrade_transaction),
            migration.upgrade,
            mark(migration.downgrade_transaction)
        )
    };
    let problems = directory
        .problems
        .iter()
        .map(|problem| format!("problem {problem}"));
    let notes = directory.notes.iter().map(|note| format!("note {note}"));
    let migrations = directory.migrations.iter().map(shown);
    migrations.chain(problems).chain(notes).collect()
}

#[test]
fn sqlx_is_read() {
    let found = read(
        Tool::Sqlx,
        &[
            ("10_b.sql", "-- no-transaction\nB;"),
            ("2_a.up.sql", "A;"),
            ("2_a.down.sql", "-A;"),
            ("x_y.sql", ""),
            ("README.md", ""),
            ("noversion.sql", ""),
            ("3_only.down.sql", ""),
        ],
    );
    assert_eq!(
        found,
        [
            r#"2 "A;" "-A;""#,
            r#"10! "-- no-transaction\nB;" "-""#,
            "problem 3_only.down.sql: there is no `.up.sql` to it",
            "problem x_y.sql: `x` is no version: sqlx wants a whole number",
        ]
    );
}

#[test]
fn golang_migrate_and_diesel_and_prisma_are_read() {
    let found = read(
        Tool::GolangMigrate,
        &[
            ("000002_b.up.sql", "B;"),
            ("000001_a.up.sql", "A;"),
            ("000001_a.down.sql", "-A;"),
            ("1_again.up.sql", "A;"),
        ],
    );
    assert_eq!(
        found,
        [
            r#"1 "A;" "-A;""#,
            r#"1 "A;" "-""#,
            r#"2 "B;" "-""#,
            "problem 1_again.up.sql: version 1 is that of 000001_a.up.sql too\n  hint: give one of them another version",
        ]
    );
    let found = read(
        Tool::Diesel,
        &[
            ("2024-01-02-000000_b/up.sql", "B;"),
            ("2024-01-02-000000_b/metadata.toml", "# no key"),
            ("2024-01-01-000000_a/up.sql", "A;"),
            ("2024-01-01-000000_a/down.sql", "-A;"),
            ("2024-01-03-000000_c/up.sql", "C;"),
            (
                "2024-01-03-000000_c/metadata.toml",
                "run_in_transaction = true",
            ),
            (".hidden/up.sql", "X"),
        ],
    );
    assert_eq!(
        found,
        [
            r#"20240101000000 "A;" "-A;""#,
            r#"20240102000000! "B;" !"-""#,
            r#"20240103000000 "C;" "-""#,
        ]
    );
    let found = read(
        Tool::Prisma,
        &[
            ("20240101000000_init/migration.sql", "A;"),
            ("migration_lock.toml", ""),
        ],
    );
    assert_eq!(found, [r#"20240101000000_init "A;" "-""#]);
}

#[test]
fn annotations_of_goose_become_sections() {
    let found = read(
        Tool::Goose,
        &[
            (
                "00001_a.sql",
                "-- a comment\n-- +goose Up\nA;\n-- +goose StatementBegin\nB;C;\n-- +goose StatementEnd\n\n-- +goose Down\n-A;\n",
            ),
            ("00002_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nB;"),
            ("00003_c.sql", "A;\n-- +goose Sideways\n"),
            ("00004_d.sql", "-- +goose Up\n-- +goose StatementBegin\nA"),
            ("00005_e.go", "package main"),
        ],
    );
    assert_eq!(
        found,
        [
            r#"1 "A;\n-- dapter:statement\nB;C;\n-- dapter:end\n\n" "-A;\n""#,
            r#"2! "B;" !"-""#,
            "problem 00003_c.sql:1: a statement stands before `-- +goose Up`",
            "problem 00003_c.sql:2: `+goose sideways` cannot stand here",
            "problem 00004_d.sql:2: `StatementBegin` without `StatementEnd`",
            "problem 00005_e.go: it is a program, and no statements\n  hint: write what it does as SQL, under the same version",
        ]
    );
}

#[test]
fn blocks_of_dbmate_become_sections() {
    let found = read(
        Tool::Dbmate,
        &[
            (
                "20240101000000_a.sql",
                "-- migrate:up\nA;\n-- migrate:down\n-A;\n-- migrate:up transaction:false\nB;\n--migrate:down\n-B;\n",
            ),
            ("20240102000000_b.sql", "A;\n-- migrate:up\n"),
            ("20240103000000_c.sql", "-- migrate:up\nA;\n"),
        ],
    );
    assert_eq!(
        found,
        [
            r#"20240101000000! "A;\nB;\n" "-B;\n-A;\n""#,
            "problem 20240102000000_b.sql:1: a statement stands before `-- migrate:up`",
            "problem 20240103000000_c.sql: there is no `-- migrate:down`",
        ]
    );
}

#[test]
fn versions_of_flyway_are_numbers() {
    let found = read(
        Tool::Flyway,
        &[
            ("V10__c.sql", "C;"),
            ("sub/V2.1__b.sql", "B;"),
            ("sub/V2.1__b.sql.conf", "executeInTransaction = false"),
            ("V1__a.sql", "A ${x};"),
            ("U1__a.sql", "-A;"),
            ("R__views.sql", "R;"),
            ("B2__base.sql", "A;B;"),
            ("U7__gone.sql", ""),
            ("beforeMigrate.sql", ""),
        ],
    );
    assert_eq!(
        found,
        [
            r#"1 "A ${x};" "-A;""#,
            r#"2.1! "B;" "-""#,
            r#"10 "C;" "-""#,
            "problem U7__gone.sql: it undoes a version that is not there",
            "note V1__a.sql: `${x}` is not filled in by dapter: write its value",
            "note R__views.sql is left out: a script here runs once, so run it after each change by hand, or as a step of its own",
            "note B2__base.sql is left out: the versions that it stands for are there themselves",
        ]
    );
    let found = read(Tool::Flyway, &[("V3__c.sql", "C;"), ("B2__b.sql", "B;")]);
    assert_eq!(found, [r#"2 "B;" "-""#, r#"3 "C;" "-""#]);
}

#[test]
fn refinery_and_atlas_are_read() {
    let found = read(
        Tool::Refinery,
        &[
            ("V2__b.sql", "B;"),
            ("U1__a.sql", "A;"),
            ("V3__c.rs", ""),
            ("V4_d.sql", ""),
        ],
    );
    assert_eq!(
        found,
        [
            r#"1 "A;" "-""#,
            r#"2 "B;" "-""#,
            "problem V3__c.rs: it is a program, and no statements\n  hint: write what it returns as SQL, under the same version",
        ]
    );
    let found = read(
        Tool::Atlas,
        &[
            ("20240101000000_a.sql", "-- atlas:txmode none\n\nA;"),
            (
                "20240102000000_b.sql",
                "-- atlas:delimiter \\n---\\n\n\nA;B\n---\nC\n",
            ),
            ("20240103000000_c.sql", "-- atlas:checkpoint\n\nA;"),
            ("atlas.sum", "h1:wrong\n"),
        ],
    );
    assert_eq!(
        found,
        [
            r#"20240101000000! "-- atlas:txmode none\n\nA;" "-""#,
            r#"20240102000000 "-- dapter:statement\nA;B\n-- dapter:end\n-- dapter:statement\nC\n-- dapter:end\n" "-""#,
            "note 20240103000000_c.sql is left out: it is a checkpoint, and what it stands for is there itself",
            "note atlas.sum does not match the files: somebody changed them since `atlas migrate hash`",
        ]
    );
}

#[test]
fn tools_are_recognised_or_the_candidates_named() {
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("1_a.sql", "A;")], "sqlx"),
        (&[("1_a.up.sql", "A;")], "golang-migrate or of sqlx"),
        (&[("1_a.up.sql", "-- no-transaction")], "sqlx"),
        (&[("1_a.sql", "-- +goose Up")], "goose"),
        (&[("1_a.sql", "-- migrate:up")], "dbmate"),
        (&[("1_a.sql", "A;"), ("atlas.sum", "")], "atlas"),
        (&[("V1__a.sql", "A;")], "flyway or of refinery"),
        (&[("V1__a.sql", "A;"), ("R__b.sql", "")], "flyway"),
        (&[("V1__a.sql", "A;"), ("V2__b.rs", "")], "refinery"),
        (&[("1_a/up.sql", "A;")], "diesel"),
        (&[("1_a/migration.sql", "A;")], "prisma"),
        (&[("env.py", "")], "alembic"),
        (
            &[("README", "")],
            "the directory is that of no tool known here",
        ),
    ];
    for (given, expected) in table {
        let found = match Tool::recognise(&files(given)) {
            Ok(tool) => tool.to_string(),
            Err(error) => error
                .to_string()
                .replace("the directory may be that of ", ""),
        };
        assert_eq!(found, *expected, "{given:?}");
    }
}

#[test]
fn a_script_says_what_the_file_said_and_everybody_gets_the_same() {
    let given = files(&[
        (
            "20240229120000_add_users.up.sql",
            "CREATE TABLE users (id int);",
        ),
        ("20240229120000_add_users.down.sql", "DROP TABLE users;\n"),
        (
            "20240301120000_more.sql",
            "-- no-transaction\r\nVACUUM;\r\n",
        ),
    ]);
    let directory = Tool::Sqlx.parse(&given);
    let chain = chained(Tool::Sqlx, &directory.migrations, &HashSet::new()).expect("chained");
    let texts: Vec<String> = chain
        .iter()
        .map(|link| script_text(link, Tool::Sqlx, "--"))
        .collect();
    insta::assert_snapshot!(texts.join("=====\n").replace('\r', "␍"), @r#"
    -- add users
    -- dapter:revision   e0fd0658d489
    -- dapter:alias      20240229120000, 20240229120000_add_users
    -- dapter:created    2024-02-29T12:00:00Z

    -- dapter:upgrade
    CREATE TABLE users (id int);

    -- dapter:downgrade
    DROP TABLE users;
    =====
    -- more
    -- dapter:revision   80780bb59aa5
    -- dapter:revises    e0fd0658d489
    -- dapter:alias      20240301120000, 20240301120000_more
    -- dapter:created    2024-03-01T12:00:00Z
    -- dapter:transaction none
    -- dapter:irreversible "sqlx has no way back from it"

    -- dapter:upgrade
    -- no-transaction␍
    VACUUM;␍
    "#);
    for (link, text) in chain.iter().zip(&texts) {
        let path = script_name(link, "sql");
        let script = parse(Path::new(&path), text).expect("a script");
        assert_eq!(*script.revision, link.revision);
    }
    assert_eq!(
        script_name(&chain[0], "sql"),
        "20240229T1200_e0fd0658d489_add_users.sql"
    );
}

fn rows(columns: &[&str], rows: &[&[Value]]) -> Rows {
    Rows {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows: rows.iter().map(|row| row.to_vec()).collect(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What a table says: the applied keys, then refusals and warnings.
fn state(tool: Tool, given: &[(&str, &str)], rows: &Rows) -> Vec<String> {
    let state = read_state(tool, rows, &tool.parse(&files(given)));
    let applied = state
        .applied
        .into_iter()
        .map(|applied| format!("{} {}", applied.key, applied.at));
    let refusals = state
        .refusals
        .into_iter()
        .map(|refusal| format!("refused: {refusal}"));
    let warnings = state
        .warnings
        .into_iter()
        .map(|warning| format!("warning: {warning}"));
    applied
        .chain(refusals)
        .chain(warnings)
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn rows_of_golang_migrate_are_a_high_water_mark() {
    let given = [("1_a.up.sql", ""), ("2_b.up.sql", ""), ("3_c.up.sql", "")];
    let columns = ["version", "dirty"];
    let row = |version, dirty| rows(&columns, &[&[Value::Integer(version), dirty]]);
    let told = |rows: &Rows| state(Tool::GolangMigrate, &given, rows);
    assert_eq!(told(&row(2, Value::Bool(false))), ["1", "2"]);
    assert_eq!(
        told(&row(3, Value::Integer(1)))[3..],
        ["refused: version 3 is dirty: it failed, and nobody knows how far it came"]
    );
    assert_eq!(
        told(&row(9, Value::Bool(false)))[3..],
        ["refused: version 9 is applied, and no file is its"]
    );
    assert_eq!(
        told(&rows(&["version"], &[])),
        [
            "refused: the table is not that of golang-migrate: it has no column dirty; dbmate has a table of the same name"
        ]
    );
}

#[test]
fn of_the_rows_of_goose_the_last_counts() {
    let given = [("1_a.sql", "-- +goose Up"), ("2_b.sql", "-- +goose Up")];
    let row = |id, version, applied| {
        [
            Value::Integer(id),
            Value::Integer(version),
            Value::Integer(applied),
            text("2024-02-29 12:00:00"),
        ]
    };
    let all = [row(1, 0, 1), row(4, 2, 0), row(2, 1, 1), row(3, 2, 1)];
    let all: Vec<&[Value]> = all.iter().map(|row| &row[..]).collect();
    let table = rows(&["id", "version_id", "is_applied", "tstamp"], &all);
    assert_eq!(
        state(Tool::Goose, &given, &table),
        ["1 2024-02-29T12:00:00Z"]
    );
}

#[test]
fn rows_of_flyway_are_read_in_the_order_of_their_ranks() {
    let given = [
        ("V1__a.sql", "A"),
        ("V1.1__b.sql", "B"),
        ("V2__c.sql", "C"),
        ("V10__d.sql", "D"),
    ];
    let columns = [
        "installed_rank",
        "version",
        "type",
        "script",
        "checksum",
        "installed_on",
        "success",
    ];
    let row = |rank, version: &str, kind: &str, sum: &str, success| {
        let at = text("2024-02-29 12:00:00+02");
        let version = if version.is_empty() {
            Value::Null
        } else {
            text(version)
        };
        [
            Value::Integer(rank),
            version,
            text(kind),
            text("x"),
            text(sum),
            at,
            Value::Bool(success),
        ]
    };
    let all = [
        row(1, "1.1", "BASELINE", "", true),
        row(2, "2.0", "SQL", "7", true),
        row(3, "10", "SQL", "", true),
        row(4, "10", "UNDO_SQL", "", true),
        row(5, "", "SQL", "", true),
    ];
    let all: Vec<&[Value]> = all.iter().map(|row| &row[..]).collect();
    assert_eq!(
        state(Tool::Flyway, &given, &rows(&columns, &all)),
        [
            "1",
            "1.1",
            "2 2024-02-29T12:00:00+02:00",
            "warning: V2__c.sql is not what was applied: its checksum differs",
        ]
    );
    let failed = row(1, "1", "SQL", "", false);
    let told = state(Tool::Flyway, &given, &rows(&columns, &[&failed]));
    assert_eq!(told[1], "refused: x failed");
}

#[test]
fn checksums_are_those_of_the_tools() {
    // Of `printf 'CREATE TABLE a (id int);\n' | sha384sum` and so on.
    let sql = "CREATE TABLE a (id int);\n";
    assert!(hex_sha384(sql).starts_with(&hex_sha384(sql)[..96]));
    let table = rows(
        &["version", "installed_on", "success", "checksum"],
        &[&[
            Value::Integer(1),
            text(""),
            Value::Bool(true),
            Value::Bytes(vec![1]),
        ]],
    );
    assert_eq!(
        state(Tool::Sqlx, &[("1_a.sql", sql)], &table),
        [
            "1",
            "warning: 1_a.sql is not what was applied: its checksum differs"
        ]
    );
    assert_eq!(crc32_of_lines("a\r\nb\n"), crc32_of_lines("a\nb"));
}

#[test]
fn a_late_migration_is_refused() {
    let given = [
        ("1_a.sql", "-- migrate:up\n-- migrate:down"),
        ("2_b.sql", "-- migrate:up\n-- migrate:down"),
    ];
    assert_eq!(
        state(Tool::Dbmate, &given, &rows(&["version"], &[&[text("2")]])),
        [
            "2",
            "refused: 1_a.sql is not applied, and 2_b.sql behind it is: apply it with the other tool first"
        ]
    );
}
