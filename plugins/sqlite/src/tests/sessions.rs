use super::{applied, change, connect, memory, one, open};
use crate::SqliteAdapter;
use dapter_plugin_api::{
    ConnectOptions, ErrorKind, Notices, Rows, Severity, SyncMigrationAdapter, SyncSession, Value,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tempfile::tempdir;

#[test]
fn a_transaction_holds_all_or_nothing() {
    let mut session = memory();
    for keep in [false, true] {
        session.begin().expect("begins");
        session.execute("CREATE TABLE a (x)").expect("creates");
        session
            .swap_history(&change(None, Some(applied("a", 1))))
            .expect("writes");
        if keep {
            session.commit().expect("commits");
        } else {
            session.rollback().expect("rolls back");
        }
        assert_eq!(
            session.read_history().expect("reads").rows.len(),
            usize::from(keep)
        );
        assert_eq!(session.query("SELECT * FROM a").is_ok(), keep);
    }
    session.rollback().expect("none is open");
}

#[test]
fn rows_affected_are_counted_only_where_rows_are_changed() {
    let mut session = memory();
    let table = [
        ("CREATE TABLE a (x)", 0),
        ("INSERT INTO a VALUES (1), (2), (3)", 3),
        ("CREATE TABLE b (x)", 0),
        ("WITH c AS (SELECT 1) SELECT * FROM c", 0),
        ("WITH c AS (SELECT 4 AS x) INSERT INTO a SELECT x FROM c", 1),
        ("UPDATE a SET x = x + 1 WHERE x > 1 RETURNING x", 3),
        ("REPLACE INTO b VALUES (1)", 1),
        ("SELECT * FROM a", 0),
        ("PRAGMA table_list", 0),
        ("EXPLAIN DELETE FROM a", 0),
        ("DELETE FROM a WHERE x > 99", 0),
        ("DELETE FROM a", 4),
        ("VACUUM", 0),
    ];
    for (statement, rows) in table {
        assert_eq!(
            session.execute(statement).expect(statement),
            rows,
            "{statement}"
        );
    }
}

#[test]
fn only_one_whole_statement_is_run() {
    let mut session = memory();
    let table = [
        ("CREATE TABLE a (x); CREATE TABLE b (x)", "more than one"),
        (
            "CREATE TABLE a (x); INSERT INTO a VALUES (1)",
            "more than one",
        ),
        ("CREATE TABLE a (x); nonsense", "more than one"),
        ("CREATE TABLE a (x)\0; CREATE TABLE b (x)", "NUL"),
        (" -- nothing", "no statement"),
        ("", "no statement"),
    ];
    for (statement, text) in table {
        let error = session.execute(statement).expect_err(statement);
        assert_eq!(error.kind, ErrorKind::Script, "{statement}");
        assert!(error.message.contains(text), "{error}");
        assert!(session.query("SELECT * FROM a").is_err(), "{statement}");
    }
    session
        .execute("CREATE TABLE a (x); -- that is all\n;")
        .expect("one statement");
    let error = session
        .execute("INSERT INTO a VALUES (:x)")
        .expect_err("nothing is bound");
    assert_eq!(error.kind, ErrorKind::Statement);
}

#[test]
fn an_error_has_its_code_its_place_and_the_words_of_sqlite() {
    let mut session = memory();
    let error = session
        .execute("CREATE TABLE a (x,, y)")
        .expect_err("syntax");
    assert_eq!(
        (error.code.as_deref(), error.position),
        (Some("SQLITE_ERROR"), Some(18))
    );
    assert_eq!(error.message, "near \",\": syntax error");
    let error = session
        .execute("; SELECT missing")
        .expect_err("no such column");
    assert_eq!(
        (error.message.as_str(), error.position),
        ("no such column: missing", Some(9))
    );
    session
        .execute("CREATE TABLE a (x UNIQUE)")
        .expect("creates");
    session
        .execute("INSERT INTO a VALUES (1)")
        .expect("inserts");
    let error = session
        .execute("INSERT INTO a VALUES (1)")
        .expect_err("is there");
    assert_eq!(error.code.as_deref(), Some("SQLITE_CONSTRAINT_UNIQUE"));
    assert_eq!(error.message, "UNIQUE constraint failed: a.x");
}

#[test]
fn the_hosts_transaction_is_ended_by_the_host_alone() {
    for statement in [
        "BEGIN",
        "COMMIT",
        "end transaction",
        "ROLLBACK",
        "/* x */ commit",
        "; COMMIT",
    ] {
        let mut session = memory();
        session.begin().expect("begins");
        session.execute(statement).expect_err(statement);
        session.query(statement).expect_err(statement);
        session.rollback().expect(statement);
    }
    let mut session = memory();
    session.begin().expect("begins");
    let hint = session
        .execute("COMMIT")
        .expect_err("refused")
        .hint
        .expect("a hint");
    assert!(hint.contains("dapter:transaction none"), "{hint}");
    for statement in [
        "SAVEPOINT a",
        "CREATE TABLE t (x)",
        "ROLLBACK TO a",
        "RELEASE a",
        "CREATE TABLE u (x)",
    ] {
        session.execute(statement).expect(statement);
    }
    session.commit().expect("it is still open");
    session.query("SELECT * FROM t").expect_err("rolled back");
    session.query("SELECT * FROM u").expect("committed");
}

#[test]
fn nothing_takes_effect_alone_after_sqlite_rolled_the_transaction_back() {
    let mut session = memory();
    session
        .execute("CREATE TABLE a (x UNIQUE ON CONFLICT ROLLBACK)")
        .expect("creates");
    session.begin().expect("begins");
    session
        .execute("INSERT INTO a VALUES (1)")
        .expect("inserts");
    let error = session
        .execute("INSERT INTO a VALUES (1)")
        .expect_err("rolls back");
    assert_eq!(error.chain, ["the transaction was rolled back"]);
    session
        .execute("INSERT INTO a VALUES (2)")
        .expect_err("no transaction");
    session
        .swap_history(&change(None, Some(applied("a", 1))))
        .expect_err("no transaction");
    session
        .execute_recorded(
            "INSERT INTO a VALUES (2)",
            &change(None, Some(applied("a", 1))).into(),
        )
        .expect_err("none");
    session.commit().expect_err("no transaction");
    session.rollback().expect("succeeds when none is open");
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM a"),
        Value::Integer(0)
    );
    assert!(session.read_history().expect("reads").rows.is_empty());
    session.begin().expect("the session goes on");
    session.commit().expect("commits");
}

#[test]
fn a_commit_that_violates_a_constraint_is_rolled_back() {
    let folder = tempdir().expect("a folder");
    let mut session = connect(folder.path(), "?foreign_keys=on").expect("connects");
    session
        .execute("CREATE TABLE a (x PRIMARY KEY)")
        .expect("creates");
    session
        .execute("CREATE TABLE b (x REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
        .expect("creates");
    session.begin().expect("begins");
    session
        .execute("INSERT INTO b VALUES (1)")
        .expect("deferred");
    let error = session.commit().expect_err("no parent");
    assert_eq!(error.code.as_deref(), Some("SQLITE_CONSTRAINT_FOREIGNKEY"));
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM b"),
        Value::Integer(0)
    );
    session.begin().expect("none is open");
}

#[test]
fn a_busy_commit_may_be_repeated() {
    let folder = tempdir().expect("a folder");
    let mut writer = connect(folder.path(), "?busy_timeout=0").expect("connects");
    writer.execute("CREATE TABLE a (x)").expect("creates");
    let mut reader = open(folder.path());
    reader.execute("BEGIN").expect("begins");
    assert_eq!(
        one(&mut reader, "SELECT count(*) FROM a"),
        Value::Integer(0)
    );
    writer.begin().expect("a reader is not in the way yet");
    let mut other = connect(folder.path(), "?busy_timeout=0").expect("connects");
    assert_eq!(other.begin().expect_err("busy").kind, ErrorKind::Busy);
    writer.execute("INSERT INTO a VALUES (1)").expect("inserts");
    let error = writer.commit().expect_err("the reader is in the way");
    assert_eq!((error.kind, error.retryable), (ErrorKind::Busy, true));
    reader.rollback().expect("leaves");
    writer.commit().expect("the transaction is still open");
    assert_eq!(
        one(&mut reader, "SELECT count(*) FROM a"),
        Value::Integer(1)
    );
}

#[test]
fn a_running_call_is_cancelled_from_another_thread() {
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    let cancel = session.canceller().expect("it is declared");
    cancel();
    session
        .execute("CREATE TABLE a (x)")
        .expect("nothing was running");
    let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)";
    session.begin().expect("begins");
    let done = AtomicBool::new(false);
    let cancelled = |call: &mut dyn FnMut() -> ErrorKind| {
        done.store(false, Ordering::SeqCst);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    cancel();
                    thread::yield_now();
                }
            });
            let kind = call();
            done.store(true, Ordering::SeqCst);
            kind
        })
    };
    let select = format!("{endless} SELECT count(*) FROM n");
    let insert = format!("{endless} INSERT INTO a SELECT x FROM n");
    let query = cancelled(&mut || session.query(&select).expect_err("cancelled").kind);
    let execute = cancelled(&mut || session.execute(&insert).expect_err("cancelled").kind);
    assert_eq!(
        (query, execute),
        (ErrorKind::Cancelled, ErrorKind::Cancelled)
    );
    session
        .rollback()
        .expect("succeeds whether SQLite rolled back or not");
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM a"),
        Value::Integer(0)
    );
}

#[test]
fn a_query_returns_every_sort_of_value() {
    let found = memory()
        .query("SELECT NULL AS a, 1, 2.5, 'x', x'00ff' AS e, 9e999, -9e999, CAST(x'ff' AS TEXT)")
        .expect("runs");
    assert_eq!(found.columns[0], "a");
    let values = [
        Value::Null,
        Value::Integer(1),
        Value::Real(2.5),
        Value::Text("x".into()),
        Value::Bytes(vec![0, 255]),
        Value::Text("Inf".into()),
        Value::Text("-Inf".into()),
        Value::Bytes(vec![255]),
    ];
    assert_eq!(found.rows, [values]);
    let mut session = memory();
    session.execute("CREATE TABLE a (x)").expect("creates");
    let none = session.query("SELECT x FROM a").expect("runs");
    assert_eq!(
        none,
        Rows {
            columns: vec!["x".into()],
            rows: vec![]
        }
    );
}

#[test]
fn extensions_are_not_loaded() {
    let error = memory()
        .query("SELECT load_extension('x')")
        .expect_err("refused");
    assert_eq!(error.message, "not authorized");
}

#[test]
fn a_setting_that_sqlite_would_ignore_is_told() {
    let notices = Notices::new();
    let mut session = SqliteAdapter
        .connect(&ConnectOptions::new("sqlite::memory:"), &notices)
        .expect("connects");
    session
        .execute("PRAGMA foreign_keys = ON")
        .expect("takes hold");
    session.begin().expect("begins");
    session.execute("PRAGMA foreign_keys").expect("only asks");
    assert!(notices.take().is_empty());
    session
        .execute("PRAGMA Foreign_Keys = OFF")
        .expect("is ignored");
    let told = notices.take();
    assert_eq!((told.len(), told[0].severity), (1, Severity::Warning));
    assert!(told[0].message.contains("dapter:transaction none"));
}

#[test]
fn what_a_transaction_refuses_comes_with_the_way_out() {
    let mut session = memory();
    session.begin().expect("begins");
    for statement in ["VACUUM", "PRAGMA synchronous = OFF"] {
        let hint = session
            .execute(statement)
            .expect_err(statement)
            .hint
            .expect("a hint");
        assert!(hint.contains("dapter:transaction none"), "{hint}");
    }
}
