//! For every rule scripts that trip it and scripts that do not; and SQLite itself, which does what the rules say.

use super::{ALL, findings};
use crate::SqliteSession;
use crate::dialect::split;
use crate::tests::{connect, open};
use dapter_plugin_api::{ErrorKind, LintScript, SyncSession, Value};
use std::collections::BTreeSet;
use tempfile::tempdir;

fn codes(script: &str, in_transaction: bool) -> Vec<String> {
    let statements = split(script).expect(script);
    let script = LintScript {
        in_transaction,
        ..LintScript::new(script, &statements)
    };
    findings(&script)
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

/// A code, scripts with that very finding, and scripts without any.
type Sample = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const SAMPLES: &[Sample] = &[
    (
        "SL101",
        &[
            "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)",
            "REINDEX t",
            "REINDEX",
        ],
        &["CREATE TABLE t (a); CREATE INDEX i ON t (a)"],
    ),
    (
        "SL102",
        &["COMMIT; VACUUM"],
        &["COMMIT; VACUUM INTO 'copy.db'"],
    ),
    (
        "SL201",
        &[
            "CREATE TABLE n (a); INSERT INTO n SELECT a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t",
            "CREATE TABLE n AS SELECT * FROM t; DROP TABLE t",
        ],
        &[],
    ),
    (
        "SL202",
        &[
            "ALTER TABLE t ADD a CHECK (a > 0)",
            "ALTER TABLE t ADD a AS (b * 2) NOT NULL",
        ],
        &[
            "ALTER TABLE t ADD a AS (b * 2)",
            "ALTER TABLE t ADD a REFERENCES o (a)",
        ],
    ),
    (
        "SL301",
        &[
            "ALTER TABLE t ADD COLUMN a INTEGER NOT NULL",
            "ALTER TABLE t ADD a NOT NULL DEFAULT NULL",
        ],
        &[
            "ALTER TABLE t ADD a NOT NULL DEFAULT 0",
            "CREATE TABLE t (a); ALTER TABLE t ADD b NOT NULL",
        ],
    ),
    (
        "SL302",
        &[
            "ALTER TABLE t ADD a UNIQUE",
            "ALTER TABLE t ADD a INTEGER PRIMARY KEY",
        ],
        &["ALTER TABLE t ADD a"],
    ),
    (
        "SL303",
        &[
            "ALTER TABLE t ADD a DEFAULT CURRENT_TIMESTAMP",
            "ALTER TABLE t ADD a NOT NULL DEFAULT (random())",
        ],
        &[
            "ALTER TABLE t ADD a DEFAULT 'x'",
            "ALTER TABLE t ADD a DEFAULT (1)",
            "ALTER TABLE t ADD a DEFAULT -1.5",
        ],
    ),
    (
        "SL304",
        &["ALTER TABLE t ADD a AS (b) STORED"],
        &["ALTER TABLE t ADD a AS (b) VIRTUAL"],
    ),
    (
        "SL305",
        &["ALTER TABLE t RENAME TO u"],
        &[
            "ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u",
            "CREATE TABLE t (a); ALTER TABLE t RENAME TO u",
        ],
    ),
    (
        "SL306",
        &[
            "ALTER TABLE t RENAME a TO b",
            "ALTER TABLE t RENAME COLUMN a TO b",
        ],
        &["ALTER TABLE t ADD a; ALTER TABLE t RENAME a TO b"],
    ),
    (
        "SL401",
        &[
            "DROP TABLE t",
            "DROP TABLE IF EXISTS main.t",
            "CREATE TABLE n (a); INSERT INTO n SELECT a FROM t WHERE a; DROP TABLE t",
        ],
        &[
            "CREATE TABLE t (a); DROP TABLE t",
            "DROP VIEW v",
            "DROP INDEX i",
        ],
    ),
    (
        "SL402",
        &["ALTER TABLE t DROP COLUMN a"],
        &["ALTER TABLE t ADD a; ALTER TABLE t DROP a"],
    ),
    (
        "SL403",
        &["DELETE FROM t"],
        &[
            "DELETE FROM t WHERE a = 1",
            "CREATE TEMP TABLE t (a); DELETE FROM t",
        ],
    ),
    (
        "SL404",
        &["UPDATE t SET a = 1", "UPDATE OR IGNORE t SET a = 1"],
        &["UPDATE t SET a = 1 WHERE b"],
    ),
    (
        "SL501",
        &["PRAGMA foreign_keys = OFF", "PRAGMA main.foreign_keys(1)"],
        &[
            "PRAGMA foreign_keys",
            "PRAGMA foreign_key_check",
            "COMMIT; PRAGMA foreign_keys = OFF",
        ],
    ),
    (
        "SL502",
        &["VACUUM", "VACUUM INTO 'copy.db'"],
        &["PRAGMA incremental_vacuum(10)"],
    ),
    (
        "SL503",
        &["ALTER TABLE t RENAME TO o; CREATE TABLE t (a)"],
        &["CREATE TABLE n (a); ALTER TABLE n RENAME TO t"],
    ),
    (
        "SL504",
        &["PRAGMA writable_schema = ON"],
        &["PRAGMA writable_schema"],
    ),
];

#[test]
fn every_rule_is_tripped_by_its_scripts_and_by_no_other() {
    let mut wrong = Vec::new();
    for (code, trips, quiet) in SAMPLES {
        let expected = trips
            .iter()
            .map(|script| (script, vec![(*code).to_owned()]));
        let expected = expected.chain(quiet.iter().map(|script| (script, Vec::new())));
        wrong.extend(expected.filter_map(|(script, expected)| {
            let found = codes(script, true);
            (found != expected).then(|| format!("{script}: {found:?} and not {expected:?}"))
        }));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_samples() {
    let sampled: BTreeSet<&str> = SAMPLES.iter().map(|(code, ..)| *code).collect();
    let rules: Vec<&str> = ALL.iter().map(|rule| &*rule.code).collect();
    assert_eq!(sampled.into_iter().collect::<Vec<_>>(), rules);
}

fn run(session: &mut SqliteSession, statement: &str) {
    session
        .execute(statement)
        .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}

fn prepare(session: &mut SqliteSession) {
    for statement in [
        "CREATE TABLE t (a INTEGER, b INTEGER)",
        "INSERT INTO t VALUES (1, 1), (2, 2)",
        "CREATE TABLE o (a REFERENCES t (a))",
        "CREATE VIEW v AS SELECT a FROM t",
    ] {
        run(session, statement);
    }
}

#[test]
fn a_writer_waits_and_a_reader_does_not() {
    for (code, statement) in [
        ("SL101", "CREATE INDEX i ON t (a)"),
        ("SL201", "CREATE TABLE n AS SELECT * FROM t; DROP TABLE t"),
        ("SL202", "ALTER TABLE t ADD c CHECK (c > 0)"),
        ("SL402", "ALTER TABLE t DROP COLUMN b"),
        ("SL404", "UPDATE t SET b = 0"),
    ] {
        assert_eq!(codes(statement, true), [code]);
        let folder = tempdir().expect("a folder");
        let (mut script, mut other) = (open(folder.path()), open(folder.path()));
        prepare(&mut script);
        script.begin().expect("begins");
        for statement in statement.split("; ") {
            run(&mut script, statement);
        }
        let refused = other
            .execute("INSERT INTO o VALUES (1)")
            .expect_err("it waits");
        assert_eq!(refused.kind, ErrorKind::Busy, "{statement}");
        other.query("SELECT a FROM t").expect("a reader reads on");
        script.rollback().expect("rolls back");
        run(&mut other, "INSERT INTO o VALUES (1)");
    }
}

#[test]
fn vacuum_waits_for_a_reader() {
    let folder = tempdir().expect("a folder");
    let (mut script, mut other) = (open(folder.path()), open(folder.path()));
    prepare(&mut script);
    run(&mut other, "SAVEPOINT reader");
    other.query("SELECT a FROM t").expect("reads");
    let refused = script.execute("VACUUM").expect_err("it waits");
    assert_eq!(refused.kind, ErrorKind::Busy);
    run(&mut other, "RELEASE reader");
    run(&mut script, "VACUUM");
}

#[test]
fn what_fails_fails_and_what_does_nothing_does_nothing() {
    for (code, statement) in [
        ("SL301", "ALTER TABLE t ADD c NOT NULL"),
        ("SL302", "ALTER TABLE t ADD c UNIQUE"),
        ("SL303", "ALTER TABLE t ADD c DEFAULT CURRENT_TIMESTAMP"),
        ("SL303", "ALTER TABLE t ADD c DEFAULT (random())"),
        ("SL304", "ALTER TABLE t ADD c AS (a) STORED"),
        ("SL502", "VACUUM"),
    ] {
        let folder = tempdir().expect("a folder");
        let mut session = open(folder.path());
        prepare(&mut session);
        assert_eq!(codes(statement, true), [code]);
        session.begin().expect("begins");
        session.execute(statement).expect_err(statement);
    }
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    session.begin().expect("begins");
    let before = session.query("PRAGMA foreign_keys").expect("reads");
    run(&mut session, "PRAGMA foreign_keys = ON");
    let after = session.query("PRAGMA foreign_keys").expect("reads");
    assert_eq!(before, after);
}

#[test]
fn code_that_runs_finds_nothing_by_the_old_name_and_data_is_gone() {
    for (code, script, query) in [
        ("SL305", "ALTER TABLE o RENAME TO u", "SELECT a FROM o"),
        ("SL306", "ALTER TABLE t RENAME b TO c", "SELECT b FROM t"),
        ("SL401", "DROP TABLE o", "SELECT a FROM o"),
        ("SL402", "ALTER TABLE t DROP COLUMN b", "SELECT b FROM t"),
        // The view has followed the old table and is of no use when that is gone.
        (
            "SL503",
            "ALTER TABLE t RENAME TO old; CREATE TABLE t (a, b); INSERT INTO t SELECT a, b FROM old; DROP TABLE old",
            "SELECT a FROM v",
        ),
    ] {
        let folder = tempdir().expect("a folder");
        let mut session = open(folder.path());
        prepare(&mut session);
        session.query(query).expect("reads before");
        assert_eq!(codes(script, true)[0], code);
        for statement in script.split("; ") {
            run(&mut session, statement);
        }
        session.query(query).expect_err(script);
    }
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    prepare(&mut session);
    assert_eq!(codes("DELETE FROM t", true), ["SL403"]);
    run(&mut session, "DELETE FROM t");
    let count = session.query("SELECT count(*) FROM t").expect("reads");
    assert_eq!(count.rows[0][0], Value::Integer(0));
}

#[test]
fn a_script_that_may_write_into_the_schema_can_make_the_database_unreadable() {
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    prepare(&mut session);
    let slip = "UPDATE sqlite_schema SET sql = 'CREATE TABLE' WHERE name = 't'";
    session.execute(slip).expect_err("nobody may");
    assert_eq!(codes("PRAGMA writable_schema = ON", true), ["SL504"]);
    run(&mut session, "PRAGMA writable_schema = ON");
    run(&mut session, slip);
    connect(folder.path(), "").expect_err("malformed");
}
