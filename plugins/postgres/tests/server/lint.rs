//! What the rules say is so: with a reader and a writer at work beside each script, and beside the safe way.

use crate::Test;
use crate::support::{Adapter, Client, Database};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{LintScript, Statement, Value};

pub(crate) const TESTS: &[Test] = &[
    (
        "locks_are_those_that_the_rules_say",
        locks_are_those_that_the_rules_say,
    ),
    (
        "a_safe_way_lets_readers_and_writers_through",
        a_safe_way_lets_readers_and_writers_through,
    ),
    (
        "what_runs_alone_waits_for_a_reader",
        what_runs_alone_waits_for_a_reader,
    ),
    (
        "tables_are_written_anew_where_the_rules_say",
        tables_are_written_anew_where_the_rules_say,
    ),
    (
        "code_that_runs_finds_nothing_by_the_old_name",
        code_that_runs_finds_nothing_by_the_old_name,
    ),
    (
        "a_column_without_a_value_fails",
        a_column_without_a_value_fails,
    ),
];

const SETUP: &[&str] = &[
    "CREATE TABLE t (a int, b int, r tsrange)",
    "INSERT INTO t VALUES (1, 1), (2, 2)",
    "CREATE INDEX i ON t (a)",
    "CREATE TABLE o (a int PRIMARY KEY, b int)",
    "INSERT INTO o VALUES (1), (2)",
    "CREATE MATERIALIZED VIEW m AS SELECT a FROM t",
    "CREATE UNIQUE INDEX mi ON m (a)",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE TABLE p (a int) PARTITION BY LIST (a)",
    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
    "CREATE TABLE p2 (a int)",
    "INSERT INTO p2 VALUES (2)",
    "CREATE TYPE y AS ENUM ('x')",
    "CREATE TABLE ty (a y)",
    "CREATE SCHEMA s",
    "CREATE SCHEMA empty",
    "CREATE TABLE s.t (a int)",
];

/// Who waits while a script's transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    Nobody,
    Writers,
    Everybody,
}
use Waits::{Everybody, Nobody, Writers};

/// A code, the script with that finding, the table, who waits for it, and a script that does the same safely.
type Proof = (
    &'static str,
    &'static [&'static str],
    &'static str,
    Waits,
    &'static [&'static str],
);

const PROOFS: &[Proof] = &[
    (
        "PG101",
        &["CREATE INDEX j ON t (b)"],
        "t",
        Writers,
        &["CREATE INDEX CONCURRENTLY j ON t (b)"],
    ),
    (
        "PG102",
        &["DROP INDEX i"],
        "t",
        Everybody,
        &["DROP INDEX CONCURRENTLY i"],
    ),
    (
        "PG103",
        &["REINDEX TABLE t"],
        "t",
        Everybody,
        &["REINDEX TABLE CONCURRENTLY t"],
    ),
    (
        "PG104",
        &["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o"],
        "o",
        Writers,
        &["ALTER TABLE t VALIDATE CONSTRAINT f"],
    ),
    (
        "PG105",
        &["ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"],
        "t",
        Everybody,
        &["ALTER TABLE t VALIDATE CONSTRAINT c"],
    ),
    (
        "PG106",
        &["ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)"],
        "t",
        Everybody,
        &["CREATE UNIQUE INDEX CONCURRENTLY ui ON t (a)"],
    ),
    (
        "PG107",
        &["ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG108",
        &["REFRESH MATERIALIZED VIEW m"],
        "m",
        Everybody,
        &["REFRESH MATERIALIZED VIEW CONCURRENTLY m"],
    ),
    (
        "PG109",
        &["LOCK TABLE t IN SHARE MODE"],
        "t",
        Writers,
        &["LOCK TABLE t IN ROW EXCLUSIVE MODE"],
    ),
    (
        "PG110",
        &["ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2)"],
        "p2",
        Everybody,
        &[
            "CREATE TABLE p3 (a int)",
            "ALTER TABLE p ATTACH PARTITION p3 FOR VALUES IN (3)",
        ],
    ),
    (
        "PG111",
        &["ALTER TABLE p DETACH PARTITION p1"],
        "p",
        Everybody,
        &["ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY"],
    ),
    (
        "PG112",
        &["CREATE TABLE p4 PARTITION OF p FOR VALUES IN (4)"],
        "p",
        Everybody,
        &[
            "CREATE TABLE p4 (LIKE p INCLUDING ALL)",
            "ALTER TABLE p ATTACH PARTITION p4 FOR VALUES IN (4)",
        ],
    ),
    (
        "PG113",
        &[
            "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ],
        "t",
        Writers,
        &[],
    ),
    (
        "PG201",
        &["ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG202",
        &["ALTER TABLE t ALTER b TYPE bigint"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG203",
        &["ALTER TABLE t ALTER a SET NOT NULL"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG205",
        &["ALTER TABLE t SET UNLOGGED"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG206",
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
            "ALTER TABLE t VALIDATE CONSTRAINT c",
        ],
        "t",
        Everybody,
        &["ALTER TABLE t VALIDATE CONSTRAINT c"],
    ),
    ("PG302", &["ALTER TABLE t RENAME TO u"], "t", Everybody, &[]),
    (
        "PG303",
        &["ALTER TABLE t RENAME b TO c"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG304",
        &["ALTER TABLE t SET SCHEMA empty"],
        "t",
        Everybody,
        &[],
    ),
    ("PG401", &["DROP TABLE o"], "o", Everybody, &[]),
    ("PG402", &["ALTER TABLE t DROP b"], "t", Everybody, &[]),
    ("PG404", &["TRUNCATE o"], "o", Everybody, &[]),
    (
        "PG405",
        &["DELETE FROM o"],
        "o",
        Writers,
        &["DELETE FROM o WHERE a = 99"],
    ),
    (
        "PG409",
        &["UPDATE t SET b = 0"],
        "t",
        Writers,
        &["UPDATE t SET b = 0 WHERE a = 99"],
    ),
    (
        "PG501",
        &["ALTER TABLE t ADD c int", "ALTER TABLE o ADD c int"],
        "t",
        Everybody,
        &[],
    ),
    (
        "PG502",
        &["ALTER TABLE t ADD c int", "UPDATE o SET b = 1 WHERE a = 1"],
        "t",
        Everybody,
        &["UPDATE o SET b = 1 WHERE a = 99"],
    ),
];

pub(crate) fn prepared<'a>(adapter: &'a Adapter) -> (Database<'a>, Client) {
    let database = adapter.database();
    let mut client = database.connect();
    for statement in SETUP {
        client.run(statement);
    }
    (database, client)
}

pub(crate) fn codes(adapter: &Adapter, statements: &[&str]) -> Vec<String> {
    let text = statements.join(";\n");
    let split: Vec<Statement> = block_on(adapter.adapter().split(&text)).expect("splits");
    let script = LintScript::new(&text, &split);
    let found = block_on(adapter.adapter().lint(&script)).expect("lints");
    found.into_iter().map(|finding| finding.code).collect()
}

fn runs_alone(adapter: &Adapter, statement: &str) -> bool {
    let split = block_on(adapter.adapter().split(statement)).expect("splits");
    split.iter().any(|statement| statement.alone)
}

/// Who waits for a table now, as a reader and a writer of it find out.
pub(crate) fn waits(database: &Database<'_>, table: &str) -> Waits {
    let waits = |statement: String| {
        let mut client = database.connect();
        client.run("SET lock_timeout = '40ms'");
        let result = block_on(client.execute(&statement));
        result.is_err_and(|error| error.sqlstate.as_deref() == Some("55P03"))
    };
    match (
        waits(format!("SELECT a FROM {table}")),
        waits(format!("UPDATE {table} SET a = a")),
    ) {
        (true, _) => Everybody,
        (false, true) => Writers,
        (false, false) => Nobody,
    }
}

fn locks_are_those_that_the_rules_say(adapter: &Adapter) {
    for (code, script, table, expected, _) in PROOFS {
        let (database, mut client) = prepared(adapter);
        let found = codes(adapter, script);
        assert!(found.iter().any(|found| found == code), "{code}: {found:?}");
        assert_eq!(waits(&database, table), Nobody, "{code} before");
        block_on(client.begin()).expect("begins");
        for statement in *script {
            client.run(statement);
        }
        assert_eq!(waits(&database, table), *expected, "{code}: {script:?}");
        block_on(client.rollback()).expect("rolls back");
    }
}

/// What the safe way builds on, as an earlier script has left it.
const BEFORE: &[&str] = &[
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o NOT VALID",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
];

fn a_safe_way_lets_readers_and_writers_through(adapter: &Adapter) {
    for (code, _, table, _, safe) in PROOFS.iter().filter(|proof| !proof.4.is_empty()) {
        let (database, mut client) = prepared(adapter);
        BEFORE.iter().for_each(|statement| {
            client.run(statement);
        });
        assert_eq!(codes(adapter, safe), [""; 0], "{code}: {safe:?}");
        // What is built concurrently waits for every transaction: it has none, and locks nothing when it is done.
        let alone = safe.iter().any(|statement| runs_alone(adapter, statement))
            || safe
                .iter()
                .any(|statement| statement.contains("VIEW CONCURRENTLY"));
        if alone {
            safe.iter().for_each(|statement| {
                client.run(statement);
            });
            continue;
        }
        block_on(client.begin()).expect("begins");
        safe.iter().for_each(|statement| {
            client.run(statement);
        });
        assert_eq!(waits(&database, table), Nobody, "{code}: {safe:?}");
        block_on(client.rollback()).expect("rolls back");
    }
}

fn what_runs_alone_waits_for_a_reader(adapter: &Adapter) {
    let (database, mut client) = prepared(adapter);
    let mut reader = database.connect();
    block_on(reader.begin()).expect("begins");
    reader.rows("SELECT a FROM t");
    // dapter lifts the lock time-out of what runs alone.
    client.run("SET statement_timeout = '100ms'");
    for statement in ["VACUUM FULL t", "CLUSTER t USING i"] {
        assert_eq!(codes(adapter, &[statement]), ["PG204"]);
        let error = client.fails(statement);
        assert_eq!(error.sqlstate.as_deref(), Some("57014"), "{statement}");
    }
    client.run("SET statement_timeout = 0");
    assert_eq!(codes(adapter, &["VACUUM t"]), [""; 0]);
    client.run("VACUUM t");
}

fn file(client: &mut Client) -> Value {
    client.value("SELECT pg_relation_filenode('t')")
}

fn tables_are_written_anew_where_the_rules_say(adapter: &Adapter) {
    let (_database, mut client) = prepared(adapter);
    client.run("ALTER TABLE t ADD w varchar(10)");
    for (statement, anew) in [
        ("ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()", true),
        (
            "ALTER TABLE t ADD d timestamptz NOT NULL DEFAULT clock_timestamp()",
            true,
        ),
        ("ALTER TABLE t ADD e serial", true),
        (
            "ALTER TABLE t ADD g int GENERATED ALWAYS AS (a * 2) STORED",
            true,
        ),
        ("ALTER TABLE t ALTER b TYPE bigint", true),
        ("VACUUM FULL t", true),
        ("CLUSTER t USING i", true),
        ("ALTER TABLE t SET UNLOGGED", true),
        (
            "ALTER TABLE t ADD h timestamptz NOT NULL DEFAULT now()",
            false,
        ),
        ("ALTER TABLE t ADD k text DEFAULT 'x'", false),
        ("ALTER TABLE t ADD l int", false),
    ] {
        let rules = ["PG201", "PG202", "PG204", "PG205"];
        let found = codes(adapter, &[statement]);
        let says = found.iter().any(|code| rules.contains(&code.as_str()));
        let before = file(&mut client);
        client.run(statement);
        assert_eq!(file(&mut client) != before, anew, "{statement}");
        assert_eq!(says, anew, "{statement}: {found:?}");
    }
    // Whether the old type was a shorter varchar no script tells: the rule says so.
    let before = file(&mut client);
    client.run("ALTER TABLE t ALTER w TYPE varchar(20)");
    assert_eq!(file(&mut client), before);
}

fn code_that_runs_finds_nothing_by_the_old_name(adapter: &Adapter) {
    for (statement, code, query) in [
        ("ALTER TABLE t RENAME TO u", "PG302", "SELECT a FROM t"),
        ("ALTER TABLE t RENAME b TO c", "PG303", "SELECT b FROM t"),
        ("ALTER VIEW v RENAME TO w", "PG304", "SELECT a FROM v"),
        ("DROP TABLE o", "PG401", "SELECT a FROM o"),
        ("ALTER TABLE t DROP b", "PG402", "SELECT b FROM t"),
    ] {
        let (database, mut client) = prepared(adapter);
        let mut reader = database.connect();
        reader.rows(query);
        assert_eq!(codes(adapter, &[statement]), [code]);
        client.run(statement);
        let error = block_on(reader.query(query)).expect_err(statement);
        let state = error.sqlstate.unwrap_or_default();
        assert!(["42P01", "42703"].contains(&state.as_str()), "{state}");
    }
    let (_database, mut client) = prepared(adapter);
    let safe = [
        "ALTER TABLE t RENAME TO u",
        "CREATE VIEW t AS SELECT * FROM u",
    ];
    assert_eq!(codes(adapter, &safe), [""; 0]);
    safe.iter().for_each(|statement| {
        client.run(statement);
    });
    assert_eq!(client.run("UPDATE t SET b = 3 WHERE a = 1"), 1);
}

fn a_column_without_a_value_fails(adapter: &Adapter) {
    let (_database, mut client) = prepared(adapter);
    let unsafe_way = "ALTER TABLE t ADD c int NOT NULL";
    assert_eq!(codes(adapter, &[unsafe_way]), ["PG301"]);
    assert_eq!(client.fails(unsafe_way).sqlstate.as_deref(), Some("23502"));
    client.run("ALTER TABLE t ADD c int NOT NULL DEFAULT 0");
}
