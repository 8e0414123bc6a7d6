//! Statements and their records.

use crate::support::{Database, Place, record, row};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{
    AppliedRevision, ErrorKind, HistoryChange, RevisionState, Severity, Value,
};
use std::thread;

pub(crate) const TESTS: &[Test] = tests!(
    a_refused_statement_is_announced_no_more,
    a_refused_statement_leaves_the_row_as_it_was,
    a_killed_session_leaves_its_announcement,
    a_busy_table_may_be_tried_again,
    a_routine_that_does_not_commit_is_all_or_nothing,
    a_routine_that_commits_is_recorded_all_the_same,
    a_routine_that_fails_after_its_commit_says_so,
    a_routine_returns_results,
    the_scripts_own_transaction_takes_its_records_along,
    structure_ends_the_scripts_transaction,
    a_script_must_end_its_transaction,
    settings_are_repeated_for_who_goes_on,
    another_database_is_no_matter,
    a_write_and_its_record_are_one,
);

fn texts(history: &dapter_plugin_api::History) -> Vec<&AppliedRevision> {
    history.rows.iter().collect()
}

/// Syntax errors never begin, others have committed the announcement already.
const REFUSED: &[(&str, &str)] = &[
    ("CREATE TABLE t (a INT", "1064"),
    ("CREATE TABLE t (a INT)", "1050"),
    ("ALTER TABLE missing ADD b INT", "1146"),
    ("ALTER TABLE t ADD a INT", "1060"),
    ("DROP TABLE missing", "1051"),
    ("CREATE VIEW v AS SELECT nothing FROM t", "1054"),
    ("CALL missing()", "1305"),
];

fn a_refused_statement_is_announced_no_more(place: &Place) {
    for (statement, code) in REFUSED {
        let mut client = place.database().kept();
        client.run("CREATE TABLE t (a INT)");
        let error = client.next(0, statement).expect_err(statement);
        assert_eq!(error.code.as_deref(), Some(*code), "{statement}: {error:?}");
        assert_eq!(client.history().rows, [], "{statement}");
        // The same call may be made again.
        client.next(0, "CREATE TABLE u (a INT)").expect(statement);
        assert_eq!(client.history().rows, [row(1)]);
    }
}

fn a_refused_statement_leaves_the_row_as_it_was(place: &Place) {
    for (statement, _) in REFUSED {
        let mut client = place.database().kept();
        client.run("CREATE TABLE t (a INT)");
        client.next(0, "DO 1").expect("runs");
        client.next(1, statement).expect_err(statement);
        assert_eq!(client.history().rows, [row(1)], "{statement}");
        client.next(1, "CREATE TABLE u (a INT)").expect(statement);
        assert_eq!(client.history().rows, [row(2)]);
    }
}

/// Holds a table so that no other session can change its structure.
fn holding(database: &Database<'_>) -> crate::support::Client {
    let mut holder = database.connect();
    block_on(holder.begin()).expect("begins");
    holder.value("SELECT COUNT(*) FROM t");
    holder
}

fn a_killed_session_leaves_its_announcement(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT)");
    let mut holder = holding(&database);
    let id = client.value("SELECT CONNECTION_ID()");
    let Value::Integer(id) = id else {
        panic!("{id:?}")
    };
    let statement = "ALTER TABLE t ADD b INT";
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(move || client.next(0, statement).expect_err("it is killed"));
        // The announcement is there before the statement gets its turn.
        let mut other = database.connect();
        while other.history().rows.is_empty() {
            thread::yield_now();
        }
        assert_eq!(
            other.history().rows[0]
                .in_flight
                .as_ref()
                .and_then(|found| found.took_effect),
            Some(false)
        );
        other.run(&format!("KILL {id}"));
        waiting.join().expect("ends")
    });
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error:?}");
    block_on(holder.rollback()).expect("ends");
    let mut other = database.connect();
    let took_effect = |client: &mut crate::support::Client| {
        client.history().rows[0]
            .in_flight
            .clone()
            .and_then(|found| found.took_effect)
    };
    assert_eq!(took_effect(&mut other), Some(false));
    other.run(statement);
    assert_eq!(took_effect(&mut other), Some(true));
    // Who goes on records it as done, and the next statement.
    let found = other.history().rows[0].clone();
    other
        .swap(&record(Some(&found), 1, "").change)
        .expect("recorded");
    other.next(1, "DO 1").expect("goes on");
    assert_eq!(other.history().rows, [row(2)]);
}

fn a_busy_table_may_be_tried_again(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT)");
    let mut holder = holding(&database);
    block_on(client.set_lock_timeout(std::time::Duration::from_millis(300))).expect("sets");
    for _ in 0..2 {
        let error = client.next(0, "ALTER TABLE t ADD b INT").expect_err("held");
        assert_eq!(
            (error.kind, error.retryable),
            (ErrorKind::Busy, true),
            "{error:?}"
        );
        assert_eq!(client.history().rows, []);
    }
    block_on(holder.rollback()).expect("ends");
    client.next(0, "ALTER TABLE t ADD b INT").expect("free");
    assert_eq!(client.history().rows, [row(1)]);
}

fn a_routine_that_does_not_commit_is_all_or_nothing(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client
        .run("CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); END");
    client.next(0, "CALL p()").expect("runs");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (2, vec![row(1)])
    );
    client.run("DELETE FROM t WHERE a = 1");
    let error = client.next(1, "CALL p()").expect_err("2 is there");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Statement, Some("1062"))
    );
    assert_eq!(
        (client.count("t"), client.history().rows),
        (1, vec![row(1)])
    );
}

fn a_routine_that_commits_is_recorded_all_the_same(place: &Place) {
    for body in [
        "COMMIT",
        "CREATE TABLE made (a INT)",
        "ROLLBACK",
        "COMMIT; START TRANSACTION",
    ] {
        for done in [0, 1] {
            let mut client = place.database().kept();
            client.run("CREATE TABLE t (a INT PRIMARY KEY)");
            client.run(&format!(
                "CREATE PROCEDURE p() BEGIN {body}; INSERT INTO t VALUES (1); END"
            ));
            if done == 1 {
                client.next(0, "DO 1").expect("runs");
            }
            client
                .next(done, "CALL p()")
                .unwrap_or_else(|error| panic!("{body}: {error:?}"));
            assert_eq!(client.history().rows, [row(done + 1)], "{body}");
            assert_eq!(place_count(&mut client), 1, "{body}");
        }
    }
}

fn place_count(client: &mut crate::support::Client) -> i64 {
    client.count("t")
}

fn a_routine_that_fails_after_its_commit_says_so(place: &Place) {
    let mut client = place.database().kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.run("CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (1); END");
    let error = client.next(0, "CALL p()").expect_err("1 is there");
    assert_eq!(error.code.as_deref(), Some("1062"));
    assert!(
        error
            .chain
            .iter()
            .any(|text| text.contains("committed in its middle")),
        "{error:?}"
    );
    assert_eq!((client.count("t"), client.history().rows), (1, Vec::new()));
}

fn a_routine_returns_results(place: &Place) {
    let mut client = place.database().kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.run("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT * FROM t; INSERT INTO t VALUES (1); SELECT 2; END");
    client.next(0, "CALL p()").expect("runs");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (1, vec![row(1)])
    );
}

fn the_scripts_own_transaction_takes_its_records_along(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.next(0, "START TRANSACTION").expect("begins");
    client.next(1, "INSERT INTO t VALUES (1)").expect("runs");
    assert_eq!(database.connect().history().rows, []);
    client.next(2, "ROLLBACK").expect("rolls back");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (0, vec![row(3)])
    );
    client.next(3, "BEGIN").expect("begins");
    client.next(4, "INSERT INTO t VALUES (1)").expect("runs");
    client.next(5, "SAVEPOINT s").expect("runs");
    client.next(6, "INSERT INTO t VALUES (2)").expect("runs");
    client.next(7, "ROLLBACK TO s").expect("runs");
    assert_eq!(database.connect().history().rows, [row(3)]);
    client.next(8, "COMMIT").expect("commits");
    let mut other = database.connect();
    assert_eq!((other.count("t"), other.history().rows), (1, vec![row(9)]));
}

fn structure_ends_the_scripts_transaction(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client.next(0, "START TRANSACTION").expect("begins");
    client.next(1, "INSERT INTO t VALUES (1)").expect("runs");
    client.next(2, "CREATE TABLE u (a INT)").expect("runs");
    let mut other = database.connect();
    assert_eq!((other.count("t"), other.history().rows), (1, vec![row(3)]));
    client.next(3, "INSERT INTO t VALUES (2)").expect("runs");
    assert_eq!((other.count("t"), other.history().rows), (2, vec![row(4)]));
}

fn a_script_must_end_its_transaction(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.next(0, "START TRANSACTION").expect("begins");
    let mut last = record(Some(&row(1)), 2, "DO 1");
    if let Some(row) = &mut last.change.rows[0].row {
        row.state = RevisionState::Applied;
    }
    let error = client.recorded("DO 1", &last).expect_err("it is open");
    assert!(error.message.contains("still open"), "{error:?}");
    block_on(client.rollback()).expect("rolls back");
    assert_eq!(client.history().rows, []);
}

fn settings_are_repeated_for_who_goes_on(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT, b VARCHAR(20))");
    client.next(0, "SET @x = 7").expect("sets");
    client
        .next(1, "SET sql_mode = 'ANSI_QUOTES'")
        .expect("sets");
    client.next(2, "USE mysql").expect("uses");
    drop(client);
    let mut other = database.connect();
    let statement = format!(
        "INSERT INTO {}.t SELECT @x, \"user\" FROM user LIMIT 1",
        database.name
    );
    other
        .next(
            3,
            &statement.replace("\"user\" FROM", "SUBSTR(\"User\", 1, 1) FROM"),
        )
        .expect("goes on");
    let notices = other.take_notices();
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(
        notices
            .iter()
            .all(|notice| notice.severity == Severity::Info),
        "{notices:?}"
    );
    let value = other.value(&format!("SELECT a FROM {}.t", database.name));
    assert_eq!(value, Value::Integer(7));
    // The next revision has nothing of it.
    assert_eq!(other.history().rows, [row(4)]);
}

fn another_database_is_no_matter(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.next(0, "USE mysql").expect("uses");
    client
        .next(1, &format!("CREATE TABLE {}.t (a INT)", database.name))
        .expect("runs");
    assert_eq!(client.history().rows, [row(2)]);
    assert_eq!(texts(&database.connect().history()), [&row(2)]);
}

fn a_write_and_its_record_are_one(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    client.run("CREATE TABLE t (a INT PRIMARY KEY)");
    client
        .next(0, "INSERT INTO t VALUES (1), (2)")
        .expect("runs");
    let conflict = record(Some(&row(7)), 8, "");
    let error = client
        .recorded("INSERT INTO t VALUES (3)", &conflict)
        .expect_err("it is at 1");
    assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}");
    client
        .next(1, "INSERT INTO t VALUES (4), (1)")
        .expect_err("1 is there");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (2, vec![row(1)])
    );
    assert_eq!(client.swap(&HistoryChange::default()), Ok(()));
}
