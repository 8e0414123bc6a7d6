//! Statements that were announced and never recorded: did they take effect?

use crate::support::{Client, Place, record};
use crate::{Test, tests};

pub(crate) const TESTS: &[Test] = tests!(
    statements_that_ran_are_known_to_have,
    undone_they_are_known_not_to_have_run,
    statements_that_may_run_again_never_count,
    what_nobody_can_tell_is_left_open,
    dropping_several_tables_half_way_is_left_open,
    the_mode_of_a_session_does_not_matter,
    what_is_added_to_the_definition_by_rows_does_not_matter,
);

/// No row in flight can be recorded as done: what ran stays announced, as after a crash.
const BLOCK: &str = "CREATE TRIGGER crash BEFORE UPDATE ON dapter_revision FOR EACH ROW \
     BEGIN IF OLD.in_flight IS NOT NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'crash'; END IF; END";

/// Runs the statement and has it announced only.
fn run_unrecorded(client: &mut Client, statement: &str) {
    client.run(BLOCK);
    let error = client
        .recorded(statement, &record(None, 1, statement))
        .expect_err(statement);
    assert!(
        error
            .message
            .contains("took effect and could not be recorded"),
        "{statement}: {error:?}"
    );
    client.run("DROP TRIGGER crash");
}

fn took_effect(client: &mut Client) -> Option<bool> {
    let history = client.history();
    let in_flight = history.rows[0].in_flight.as_ref().expect("it is announced");
    assert_eq!(in_flight.done_checksum, "checksum of 1");
    in_flight.took_effect
}

struct Case {
    setup: &'static [&'static str],
    statement: &'static str,
    undo: &'static [&'static str],
}

const fn case(
    setup: &'static [&'static str],
    statement: &'static str,
    undo: &'static [&'static str],
) -> Case {
    Case {
        setup,
        statement,
        undo,
    }
}

const TABLE: &str = "CREATE TABLE t (a INT PRIMARY KEY)";

const CASES: &[Case] = &[
    case(&[], TABLE, &["DROP TABLE t"]),
    case(
        &[],
        "CREATE TABLE `o'd``d\"é` (a INT)",
        &["DROP TABLE `o'd``d\"é`"],
    ),
    case(
        &[TABLE],
        "CREATE TABLE u AS SELECT a FROM t",
        &["DROP TABLE u"],
    ),
    case(&[TABLE], "CREATE TABLE u LIKE t", &["DROP TABLE u"]),
    case(
        &[TABLE],
        "ALTER TABLE t ADD b INT",
        &["ALTER TABLE t DROP b"],
    ),
    case(
        &[TABLE],
        "ALTER TABLE t RENAME TO u",
        &["RENAME TABLE u TO t"],
    ),
    case(&[TABLE], "RENAME TABLE t TO u", &["RENAME TABLE u TO t"]),
    case(&[TABLE], "DROP TABLE t", &[TABLE]),
    case(
        &[TABLE, "CREATE TABLE u (a INT)"],
        "DROP TABLE t, u",
        &[TABLE, "CREATE TABLE u (a INT)"],
    ),
    case(&[TABLE], "CREATE INDEX i ON t (a)", &["DROP INDEX i ON t"]),
    case(
        &[TABLE, "CREATE INDEX i ON t (a)"],
        "DROP INDEX i ON t",
        &["CREATE INDEX i ON t (a)"],
    ),
    case(&[], "CREATE VIEW v AS SELECT 1 AS a", &["DROP VIEW v"]),
    case(
        &["CREATE VIEW v AS SELECT 1 AS a"],
        "ALTER VIEW v AS SELECT 2 AS a",
        &["ALTER VIEW v AS SELECT 1 AS a"],
    ),
    case(
        &["CREATE VIEW v AS SELECT 1 AS a"],
        "DROP VIEW v",
        &["CREATE VIEW v AS SELECT 1 AS a"],
    ),
    case(
        &[TABLE],
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        &["DROP TRIGGER g"],
    ),
    case(
        &[
            TABLE,
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        ],
        "DROP TRIGGER g",
        &["CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"],
    ),
    case(
        &[],
        "CREATE PROCEDURE p() BEGIN SELECT 1; END",
        &["DROP PROCEDURE p"],
    ),
    case(
        &["CREATE PROCEDURE p() COMMENT 'a' SELECT 1"],
        "ALTER PROCEDURE p COMMENT 'x'",
        &["ALTER PROCEDURE p COMMENT 'a'"],
    ),
    case(
        &["CREATE PROCEDURE p() SELECT 1"],
        "DROP PROCEDURE p",
        &["CREATE PROCEDURE p() SELECT 1"],
    ),
    case(
        &[],
        "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
        &["DROP FUNCTION f"],
    ),
    case(
        &[],
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        &["DROP EVENT e"],
    ),
    case(
        &["CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO SELECT 1"],
        "ALTER EVENT e DISABLE",
        &["ALTER EVENT e ENABLE"],
    ),
    case(&[], "CREATE DATABASE `DB_x`", &["DROP DATABASE `DB_x`"]),
    case(
        &["CREATE DATABASE `DB_x`"],
        "DROP DATABASE `DB_x`",
        &["CREATE DATABASE `DB_x`"],
    ),
    case(
        &[],
        "CREATE USER 'DB_u'@'localhost'",
        &["DROP USER 'DB_u'@'localhost'"],
    ),
    case(
        &["CREATE USER 'DB_u'@'localhost'"],
        "DROP USER 'DB_u'@'localhost'",
        &["CREATE USER 'DB_u'@'localhost'"],
    ),
    case(
        &[TABLE, "INSERT INTO t VALUES (1)"],
        "TRUNCATE TABLE t",
        &[],
    ),
];

const CASES_OF_MARIADB: &[Case] = &[
    case(&[], "CREATE SEQUENCE s", &["DROP SEQUENCE s"]),
    case(
        &["CREATE SEQUENCE s"],
        "ALTER SEQUENCE s INCREMENT 2",
        &["ALTER SEQUENCE s INCREMENT 1"],
    ),
];

fn each(place: &Place, test: impl Fn(&mut Client, &Case, &dyn Fn(&str) -> String)) {
    let own = if place.is_mariadb() {
        CASES_OF_MARIADB
    } else {
        &[]
    };
    for case in CASES.iter().chain(own) {
        let database = place.database();
        let mut client = database.kept();
        // Databases and users belong to the server: each run has its own.
        let named = |statement: &str| {
            let unique = database.name.replace("test_", "t");
            statement.replace("DB_", &format!("{unique}_"))
        };
        for statement in case.setup {
            client.run(&named(statement));
        }
        run_unrecorded(&mut client, &named(case.statement));
        test(&mut client, case, &named);
        if case.statement.starts_with("CREATE DATABASE")
            || case.statement.starts_with("CREATE USER")
        {
            let drop = case.undo[0]
                .replace("DATABASE", "DATABASE IF EXISTS")
                .replace("USER", "USER IF EXISTS");
            client.run(&named(&drop));
        }
    }
}

fn statements_that_ran_are_known_to_have(place: &Place) {
    each(place, |client, case, _| {
        assert_eq!(took_effect(client), Some(true), "{}", case.statement);
    });
}

/// As if it had not run: the state before it, made by hand.
fn undone_they_are_known_not_to_have_run(place: &Place) {
    each(place, |client, case, named| {
        for statement in case.undo {
            client.run(&named(statement));
        }
        if !case.undo.is_empty() {
            assert_eq!(took_effect(client), Some(false), "{}", case.statement);
        }
    });
}

fn statements_that_may_run_again_never_count(place: &Place) {
    for statement in [
        "CREATE TABLE IF NOT EXISTS t (a INT)",
        "DROP TABLE IF EXISTS t",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "ANALYZE TABLE t",
        "OPTIMIZE TABLE t",
        "FLUSH TABLES",
    ] {
        let mut client = place.database().kept();
        client.run(TABLE);
        run_unrecorded(&mut client, statement);
        assert_eq!(took_effect(&mut client), Some(false), "{statement}");
    }
}

fn what_nobody_can_tell_is_left_open(place: &Place) {
    let mut client = place.database().kept();
    for statement in ["CREATE TABLE a (a INT)", "CREATE TABLE b (a INT)"] {
        client.run(statement);
    }
    let swap = "RENAME TABLE a TO x, b TO a, x TO b";
    run_unrecorded(&mut client, swap);
    assert_eq!(took_effect(&mut client), None);
}

fn dropping_several_tables_half_way_is_left_open(place: &Place) {
    let mut client = place.database().kept();
    for statement in ["CREATE TABLE a (a INT)", "CREATE TABLE b (a INT)"] {
        client.run(statement);
    }
    run_unrecorded(&mut client, "DROP TABLE a, b");
    client.run("CREATE TABLE b (a INT)");
    assert_eq!(took_effect(&mut client), None);
}

/// Who reads the history has another mode than the script had.
fn the_mode_of_a_session_does_not_matter(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run(TABLE);
    client.run("SET NAMES latin1");
    client.run("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', sql_quote_show_create = 0");
    run_unrecorded(&mut client, "ALTER TABLE t ADD b INT COMMENT 'Größe \\'");
    let mut other = database.connect();
    assert_eq!(took_effect(&mut other), Some(true));
    other.run("ALTER TABLE t DROP b");
    assert_eq!(took_effect(&mut other), Some(false));
    let mode = client.value("SELECT @@sql_mode");
    assert_eq!(
        mode,
        dapter_plugin_api::Value::Text("ANSI_QUOTES,NO_BACKSLASH_ESCAPES".to_owned())
    );
}

fn what_is_added_to_the_definition_by_rows_does_not_matter(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE n (a INT PRIMARY KEY AUTO_INCREMENT)");
    run_unrecorded(&mut client, "ALTER TABLE n ADD b INT");
    client.run("ALTER TABLE n DROP b");
    client.run("INSERT INTO n VALUES (17)");
    assert_eq!(took_effect(&mut client), Some(false));
}
