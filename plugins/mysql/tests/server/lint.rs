//! What the rules say is so: a server refuses to do beside writes what they say keeps writers waiting.

use crate::support::{Client, Database, Place};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, LintScript, Result, Rows, Value};
use dapter_servers::Server;
use std::thread;

pub(crate) const TESTS: &[Test] = tests![
    what_keeps_writers_waiting_cannot_be_done_beside_them,
    what_is_no_finding_is_done_beside_writers,
    an_alteration_that_copies_keeps_writers_waiting,
    a_statement_that_commits_ends_the_scripts_transaction,
    code_that_runs_finds_nothing_and_data_is_gone,
    a_database_is_gone_and_a_replaced_table_is_empty,
    an_update_of_every_row_keeps_its_writers_waiting,
    a_foreign_key_is_not_looked_into_while_its_checks_are_off,
    locked_tables_are_free_again_behind_their_statement,
    a_read_lock_stops_writes_of_other_databases,
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
    for (code, statement) in [
        ("MY201", "ALTER TABLE t MODIFY b BIGINT"),
        ("MY104", "ALTER TABLE t ADD d INT, ALGORITHM=COPY"),
        ("MY206", "ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 2"),
    ] {
        let (database, mut client) = prepared(place);
        if copies_online(&mut client) {
            return;
        }
        client.run("ALTER TABLE t DROP COLUMN g");
        assert_eq!(codes(place, statement), [code]);
        let (read, written) = beside_waiting(&database, statement);
        assert!(read.is_ok(), "{statement}: {read:?}");
        let error = written.expect_err("it waits");
        assert_eq!(
            error.code.as_deref(),
            Some("1205"),
            "{statement}: {error:?}"
        );
    }
}

/// What a reader and a writer get that come while an alteration of `t` waits for the writers that are there.
fn beside_waiting(database: &Database<'_>, statement: &str) -> (Result<Rows>, Result<u64>) {
    let mut writer = database.connect();
    block_on(writer.begin()).expect("begins");
    writer.run("UPDATE t SET b = 2");
    thread::scope(|scope| {
        let altering = scope.spawn(|| database.connect().run(statement));
        let mut watcher = database.connect();
        while watcher.value(WAITING) == Value::Integer(0) && !altering.is_finished() {
            thread::yield_now();
        }
        let mut other = database.connect();
        other.run("SET lock_wait_timeout = 1");
        let read = block_on(other.query("SELECT a FROM t"));
        let written = block_on(other.execute("DELETE FROM t WHERE a = 99"));
        block_on(writer.rollback()).expect("rolls back");
        (read, written)
    })
}

/// How many sessions of the database wait for a table.
const WAITING: &str = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock%' AND db = DATABASE()";

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

fn a_database_is_gone_and_a_replaced_table_is_empty(place: &Place) {
    let (database, mut client) = prepared(place);
    let name = format!("{}_gone", database.name);
    let make = format!("CREATE DATABASE {name}");
    assert_eq!(codes(place, &make), [""; 0]);
    client.run(&make);
    let url = place.server().url(place.scheme(), &name);
    place
        .connect(&url)
        .expect("it is there")
        .run("CREATE TABLE t (a INT)");
    let statement = format!("DROP DATABASE {name}");
    assert_eq!(codes(place, &statement), ["MY403"]);
    client.run(&statement);
    let error = place.connect(&url).err().expect("it is gone");
    assert_eq!(error.kind, ErrorKind::DatabaseMissing, "{error:?}");

    let statement = "CREATE OR REPLACE TABLE o (a INT)";
    assert_eq!(codes(place, statement), ["MY407"]);
    // Only MariaDB has it.
    if place.is_mariadb() {
        client.run(statement);
        assert_eq!(client.count("o"), 0);
    }
}

fn an_update_of_every_row_keeps_its_writers_waiting(place: &Place) {
    let (database, mut client) = prepared(place);
    let mut other = database.connect();
    for (statement, found, waits) in [
        ("UPDATE t SET b = 2", &["MY409"][..], true),
        ("UPDATE t SET b = 2 WHERE a = 99", &[], false),
    ] {
        assert_eq!(codes(place, statement), found);
        block_on(client.begin()).expect("begins");
        client.run(statement);
        let row = block_on(other.query("SELECT a FROM t WHERE a = 1 FOR UPDATE NOWAIT"));
        assert_eq!(row.is_err(), waits, "{statement}: {row:?}");
        other.value("SELECT a FROM t WHERE a = 1");
        block_on(client.rollback()).expect("rolls back");
    }
}

fn a_foreign_key_is_not_looked_into_while_its_checks_are_off(place: &Place) {
    let (_database, mut client) = prepared(place);
    client.run("UPDATE t SET b = 7");
    let key = "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o (a)";
    let error = client.fails(key);
    assert_eq!(error.code.as_deref(), Some("1452"), "{error:?}");
    assert_eq!(
        codes(place, &format!("SET foreign_key_checks = 0; {key}")),
        ["MY501"]
    );
    client.run("SET foreign_key_checks = 0");
    client.run(key);
    client.run("SET foreign_key_checks = 1");
    assert_eq!(
        client.count("t LEFT JOIN o ON t.b = o.a WHERE o.a IS NULL"),
        1
    );
}

fn locked_tables_are_free_again_behind_their_statement(place: &Place) {
    let (database, mut client) = prepared(place);
    let statement = "LOCK TABLES t WRITE";
    assert_eq!(codes(place, statement), ["MY504"]);
    block_on(client.ensure_history()).expect("can be made");
    client.next(0, statement).expect("runs");
    let mut other = database.connect();
    other.run("SET lock_wait_timeout = 1");
    assert_eq!(other.run("UPDATE t SET b = 2"), 1);
}

/// On a server of its own: every other one would stand still.
fn a_read_lock_stops_writes_of_other_databases(place: &Place) {
    let statement = "FLUSH TABLES WITH READ LOCK";
    assert_eq!(codes(place, statement), ["MY105"]);
    assert_eq!(codes(place, "FLUSH TABLES"), [""; 0]);
    if place.key() != "mysql" {
        return;
    }
    let server = Server::start_fast(place.product()).expect("it was looked for");
    let connect = |database: &str| {
        let url = server.url(place.scheme(), database);
        place.connect(&url).expect("connects")
    };
    let [one, two] = [server.fresh_database(), server.fresh_database()];
    let (mut client, mut watcher) = (connect(&one), connect(&one));
    connect(&two).run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.run(statement);
    let waiting = format!(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for %lock%' AND db = '{two}'"
    );
    thread::scope(|scope| {
        let writing = scope.spawn(|| connect(&two).run("INSERT INTO t VALUES (1)"));
        while watcher.value(&waiting) == Value::Integer(0) {
            assert!(!writing.is_finished(), "nobody stopped it");
            thread::yield_now();
        }
        assert_eq!(connect(&two).count("t"), 0);
        client.run("UNLOCK TABLES");
        assert_eq!(writing.join().expect("writes"), 1);
    });
}
