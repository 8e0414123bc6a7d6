//! What the rules say is so: a server refuses to do beside writes what they say keeps writers waiting.

use crate::support::{Client, Database, Place};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{LintScript, Value};
use std::thread;

pub(crate) const TESTS: &[Test] = tests![
    what_keeps_writers_waiting_cannot_be_done_beside_them,
    what_is_no_finding_is_done_beside_writers,
    an_alteration_that_copies_keeps_writers_waiting,
    a_statement_that_commits_ends_the_scripts_transaction,
    code_that_runs_finds_nothing_and_data_is_gone,
];

const SETUP: &[&str] = &[
    "CREATE TABLE o (a INT PRIMARY KEY) ENGINE = InnoDB",
    "CREATE TABLE t (a INT PRIMARY KEY, b INT, c VARCHAR(20), g POINT NOT NULL) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4",
    "CREATE TABLE k (a INT, b INT) ENGINE = InnoDB",
    "CREATE TABLE p (a INT) ENGINE = InnoDB PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (5), PARTITION p2 VALUES LESS THAN MAXVALUE)",
    "INSERT INTO o VALUES (1)",
    "INSERT INTO t (a, b, c, g) VALUES (1, 1, 'x', ST_GeomFromText('POINT(1 1)'))",
    "INSERT INTO p VALUES (1)",
];

fn prepared<'a>(place: &'a Place) -> (Database<'a>, Client) {
    let database = place.database();
    let mut client = database.connect();
    for statement in SETUP {
        client.run(statement);
    }
    (database, client)
}

fn codes(place: &Place, script: &str) -> Vec<String> {
    let statements = block_on(place.adapter.split(script)).expect("splits");
    let found = block_on(place.adapter.lint(&LintScript::new(script, &statements)));
    let found = found.expect("lints").into_iter();
    found.map(|finding| finding.code).collect()
}

/// From MariaDB 11.2 on a table that is copied can be written to meanwhile.
fn copies_online(client: &mut Client) -> bool {
    let Value::Text(version) = client.value("SELECT VERSION()") else {
        return false;
    };
    let mut numbers = version
        .split(['.', '-'])
        .filter_map(|part| part.parse::<u32>().ok());
    let version_number = (numbers.next(), numbers.next());
    version.contains("MariaDB") && version_number >= (Some(11), Some(2))
}

fn what_keeps_writers_waiting_cannot_be_done_beside_them(place: &Place) {
    for (code, statement) in [
        ("MY101", "ALTER TABLE t ADD FULLTEXT KEY f (c)"),
        ("MY102", "ALTER TABLE t ADD SPATIAL INDEX s (g)"),
        (
            "MY103",
            "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o (a)",
        ),
        ("MY201", "ALTER TABLE t MODIFY b BIGINT"),
        ("MY202", "ALTER TABLE t CONVERT TO CHARACTER SET latin1"),
        ("MY203", "ALTER TABLE o DROP PRIMARY KEY"),
        (
            "MY204",
            "ALTER TABLE k ADD d INT NOT NULL AUTO_INCREMENT PRIMARY KEY",
        ),
        ("MY205", "ALTER TABLE t ADD d INT AS (b * 2) STORED"),
        ("MY206", "ALTER TABLE k PARTITION BY HASH (a) PARTITIONS 2"),
    ] {
        let (_database, mut client) = prepared(place);
        assert_eq!(codes(place, statement), [code]);
        // PARTITION BY stands at the end, and takes no clause behind it.
        if code != "MY206" && !copies_online(&mut client) {
            let error = client.fails(&format!("{statement}, LOCK=NONE"));
            let refused = ["1845", "1846", "1847"].contains(&error.code.as_deref().unwrap_or(""));
            assert!(refused, "{statement}: {error:?}");
        }
        client.run(statement);
    }
}

fn what_is_no_finding_is_done_beside_writers(place: &Place) {
    let (_database, mut client) = prepared(place);
    for statement in [
        "ALTER TABLE t ADD INDEX i (b), LOCK=NONE",
        "ALTER TABLE t ADD UNIQUE (c), LOCK=NONE",
        "ALTER TABLE t ADD d INT NOT NULL DEFAULT 0, LOCK=NONE",
        "ALTER TABLE t ADD e INT AS (b * 2) VIRTUAL, LOCK=NONE",
        "ALTER TABLE t MODIFY c VARCHAR(40), ALGORITHM=INPLACE, LOCK=NONE",
        "ALTER TABLE t DROP INDEX i, LOCK=NONE",
        "ALTER TABLE t ALTER b SET DEFAULT 4, LOCK=NONE",
        "ALTER TABLE o DROP PRIMARY KEY, ADD PRIMARY KEY (a), ALGORITHM=INPLACE, LOCK=NONE",
    ] {
        assert_eq!(codes(place, statement), [""; 0], "{statement}");
        client.run(statement);
    }
    client.run("SET foreign_key_checks = 0");
    client.run("ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o (a), ALGORITHM=INPLACE, LOCK=NONE");
}

/// A copy waits for the writers that are there, and those that come wait for it; readers read on.
fn an_alteration_that_copies_keeps_writers_waiting(place: &Place) {
    let (database, mut client) = prepared(place);
    if copies_online(&mut client) {
        return;
    }
    let mut writer = database.connect();
    block_on(writer.begin()).expect("begins");
    writer.run("UPDATE t SET b = 2");
    let waiting = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock%' AND db = DATABASE()";
    let (read, written) = thread::scope(|scope| {
        let altering = scope.spawn(|| database.connect().run("ALTER TABLE t MODIFY b BIGINT"));
        let mut watcher = database.connect();
        while watcher.value(waiting) == Value::Integer(0) && !altering.is_finished() {
            thread::yield_now();
        }
        let mut other = database.connect();
        other.run("SET lock_wait_timeout = 1");
        let read = block_on(other.query("SELECT a FROM t"));
        let written = block_on(other.execute("DELETE FROM t WHERE a = 99"));
        block_on(writer.rollback()).expect("rolls back");
        (read, written)
    });
    assert!(read.is_ok(), "{read:?}");
    let error = written.expect_err("it waits");
    assert_eq!(error.code.as_deref(), Some("1205"), "{error:?}");
}

fn a_statement_that_commits_ends_the_scripts_transaction(place: &Place) {
    let (_database, mut client) = prepared(place);
    let script = "BEGIN; INSERT INTO o VALUES (2); CREATE INDEX i ON t (b); ROLLBACK";
    assert_eq!(codes(place, script), ["MY502"]);
    for statement in script.split("; ") {
        client.run(statement);
    }
    assert_eq!(client.count("o"), 2);
}

fn code_that_runs_finds_nothing_and_data_is_gone(place: &Place) {
    for (code, statement, query) in [
        ("MY302", "RENAME TABLE o TO u", "SELECT a FROM o"),
        (
            "MY303",
            "ALTER TABLE k RENAME COLUMN b TO d",
            "SELECT b FROM k",
        ),
        ("MY401", "DROP TABLE o", "SELECT a FROM o"),
        ("MY402", "ALTER TABLE k DROP COLUMN b", "SELECT b FROM k"),
    ] {
        let (_database, mut client) = prepared(place);
        assert_eq!(codes(place, statement), [code]);
        block_on(client.query(query)).expect("reads before");
        client.run(statement);
        block_on(client.query(query)).expect_err(statement);
    }
    for (code, statement, table) in [
        ("MY404", "TRUNCATE TABLE o", "o"),
        ("MY405", "DELETE FROM o", "o"),
        ("MY406", "ALTER TABLE p DROP PARTITION p1", "p"),
    ] {
        let (_database, mut client) = prepared(place);
        assert_eq!(codes(place, statement), [code]);
        assert_eq!(client.count(table), 1);
        client.run(statement);
        assert_eq!(client.count(table), 0, "{statement}");
    }
    let (_database, mut client) = prepared(place);
    client.run("SET sql_mode = 'STRICT_ALL_TABLES'");
    let statement = "ALTER TABLE k ADD d INT NOT NULL";
    assert_eq!(codes(place, statement), ["MY301"]);
    client.run(statement);
    assert_eq!(
        client.fails("INSERT INTO k (a) VALUES (1)").code.as_deref(),
        Some("1364")
    );
}
