//! Statements, their records, and what is Firebird's own.

use crate::server::{GUEST, Server};
use dapter_firebird::{FirebirdAdapter, FirebirdSession};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ConnectOptions, ErrorKind, Expect, HistoryChange, LockOutcome,
    LockRow, Notices, Record, RevisionState, RowChange, SyncMigrationAdapter, SyncSession, Value,
};
use std::time::Duration;

pub type Test = (&'static str, fn(&Server));

pub const TESTS: &[Test] = &[
    ("a_statement_that_fails_leaves_no_record", fails),
    ("structure_and_its_record_are_one_thing", structure),
    ("a_failure_at_the_commit_is_one_of_the_statement", at_commit),
    ("statements_return_nothing_or_rows_and_run_whole", kinds),
    (
        "what_was_defined_is_used_in_another_transaction",
        used_behind,
    ),
    (
        "who_holds_the_lock_is_told_by_the_monitoring_tables",
        holder,
    ),
    ("whoever_may_not_is_told", permission),
    ("scripts_of_isql_commit", commit),
    ("what_alembic_recorded_is_read", alembic),
];

pub fn connect(url: &str) -> FirebirdSession {
    try_connect(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

pub fn try_connect(url: &str) -> Result<FirebirdSession, AdapterError> {
    FirebirdAdapter.connect(&ConnectOptions::new(url), &Notices::new())
}

/// The row of a step with so many statements done.
pub fn row(done: u64) -> AppliedRevision {
    AppliedRevision {
        revision: "a".to_owned(),
        position: 1,
        state: RevisionState::Upgrading,
        statements_done: done,
        statements_total: 1000,
        ..AppliedRevision::default()
    }
}

/// What records the next statement after so many.
pub fn record(done: u64) -> Record {
    let before = (done > 0).then(|| row(done));
    Record::from(HistoryChange {
        rows: vec![RowChange {
            revision: "a".to_owned(),
            expect: Expect::exactly(before.as_ref()),
            row: Some(row(done + 1)),
        }],
        ..HistoryChange::default()
    })
}

/// A session on a new database with a history.
fn kept(server: &Server) -> FirebirdSession {
    let mut session = connect(&server.fresh());
    session.ensure_history().expect("ensures");
    session
}

fn run(session: &mut FirebirdSession, done: u64, statement: &str) -> Result<u64, AdapterError> {
    session.execute_recorded(statement, &record(done))
}

pub fn values(session: &mut FirebirdSession, query: &str) -> Vec<Vec<Value>> {
    session.query(query).expect("queries").rows
}

fn fails(server: &Server) {
    let mut session = kept(server);
    run(
        &mut session,
        0,
        "CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b VARCHAR(3))",
    )
    .expect("makes");
    run(&mut session, 1, "INSERT INTO t VALUES (1, 'one')").expect("adds");
    for (statement, code, state, position) in [
        (
            "INSERT INTO t VALUES (1, 'one')",
            "335544665",
            "23000",
            None,
        ),
        (
            "INSERT INTO t VALUES (2, 'three')",
            "335544321",
            "22000",
            None,
        ),
        (
            "INSERT INTO t (a) VALUES (NULL)",
            "335544347",
            "23000",
            None,
        ),
        (
            "INSERT INTO nothing VALUES (1)",
            "335544580",
            "42S02",
            Some(12),
        ),
        (
            "SELECT 'é'\n, 'é', nothing FROM t",
            "335544578",
            "42S22",
            Some(20),
        ),
        ("SELECT a\nFORM t", "335544634", "42000", Some(14)),
        ("SELECT", "335544851", "42000", Some(0)),
        ("CREATE TABLE t (a INT)", "335544351", "42000", None),
    ] {
        let error = run(&mut session, 2, statement).expect_err(statement);
        let told = (
            error.kind,
            error.code.as_deref(),
            error.sqlstate.as_deref(),
            error.position,
        );
        assert_eq!(
            told,
            (ErrorKind::Statement, Some(code), Some(state), position),
            "{statement}: {error:?}"
        );
        assert_eq!(session.read_history().expect("reads").rows, [row(2)]);
    }
}

fn structure(server: &Server) {
    let mut session = kept(server);
    run(&mut session, 0, "CREATE TABLE t (a INT)").expect("makes");
    // The record expects what is not there: the table goes with it.
    let conflict = run(&mut session, 0, "CREATE TABLE u (a INT)").expect_err("is done");
    assert_eq!(conflict.kind, ErrorKind::Conflict);
    for statement in [
        "CREATE TABLE u (a INT)",
        "ALTER TABLE t ADD b INT",
        "INSERT INTO t VALUES (1, 2)",
    ] {
        let done = session.read_history().expect("reads").rows[0].statements_done;
        run(&mut session, done, statement).expect(statement);
    }
    assert_eq!(session.read_history().expect("reads").rows, [row(4)]);
    assert_eq!(
        values(&mut session, "SELECT b FROM t"),
        [[Value::Integer(2)]]
    );
}

/// An index over values that are there twice is refused when it is built, at the commit.
fn at_commit(server: &Server) {
    let mut session = kept(server);
    session.execute("CREATE TABLE t (a INT)").expect("makes");
    for _ in 0..2 {
        session.execute("INSERT INTO t VALUES (1)").expect("adds");
    }
    let error = run(&mut session, 0, "CREATE UNIQUE INDEX i ON t (a)").expect_err("twice");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Statement, Some("335544349"))
    );
    assert_eq!(session.read_history().expect("reads").rows, []);
    run(&mut session, 0, "CREATE INDEX i ON t (a)").expect("makes");
}

fn kinds(server: &Server) {
    let mut session = kept(server);
    for (statement, rows) in [
        ("CREATE TABLE t (a INT, b BLOB SUB_TYPE TEXT)", 0),
        (
            "INSERT INTO t SELECT 1, 'x' FROM RDB$DATABASE UNION ALL SELECT 2, NULL FROM RDB$DATABASE",
            2,
        ),
        ("UPDATE t SET b = 'y'", 2),
        ("DELETE FROM t WHERE a = 2 RETURNING a", 1),
        (
            "CREATE PROCEDURE p (a INT) RETURNS (b INT) AS BEGIN b = a; INSERT INTO t VALUES (:a, 'p'); SUSPEND; END",
            0,
        ),
        ("EXECUTE PROCEDURE p (7)", 0),
        ("SELECT b FROM p (8)", 0),
        (
            "EXECUTE BLOCK AS BEGIN INSERT INTO t VALUES (9, 'b'); END",
            0,
        ),
        ("COMMENT ON TABLE t IS 'a;b'", 0),
        ("GRANT SELECT ON t TO PUBLIC", 0),
        ("SET GENERATOR RDB$GENERATOR_NAME TO 0", u64::MAX),
        ("CREATE SEQUENCE s", 0),
        ("SET GENERATOR s TO 5", 0),
    ] {
        match (session.execute(statement), rows) {
            (Err(error), u64::MAX) => assert_eq!(error.kind, ErrorKind::Statement),
            (answer, rows) => {
                let changed = answer.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
                if !statement.starts_with("EXECUTE") {
                    assert_eq!(changed, rows, "{statement}");
                }
            }
        }
    }
    let expected = [(1, "y"), (7, "p"), (8, "p"), (9, "b")]
        .map(|(a, b)| vec![Value::Integer(a), Value::Text(b.to_owned())]);
    assert_eq!(
        values(&mut session, "SELECT a, b FROM t ORDER BY a"),
        expected
    );
    let written = session
        .query("INSERT INTO t VALUES (10, 'q')")
        .expect_err("reads only");
    assert_eq!(written.kind, ErrorKind::Permission);
}

fn used_behind(server: &Server) {
    let mut session = kept(server);
    session.begin().expect("begins");
    session.execute("CREATE TABLE t (a INT)").expect("makes");
    let error = session
        .execute("INSERT INTO t VALUES (1)")
        .expect_err("not yet");
    assert!(
        error.hint.is_some_and(|hint| hint.contains("commit")),
        "{:?}",
        error.message
    );
    session.commit().expect("commits");
    session
        .execute("INSERT INTO t VALUES (1)")
        .expect("now it is there");
}

fn holder(server: &Server) {
    let url = server.fresh();
    let (mut one, mut other) = (connect(&url), connect(&url));
    let holder = LockRow {
        token: "one".to_owned(),
        host: "here".to_owned(),
        pid: 7,
        ..LockRow::default()
    };
    let took = one.lock(&holder, Duration::ZERO).expect("takes");
    assert_eq!(took, LockOutcome::Acquired);
    let asked = other
        .lock(&LockRow::default(), Duration::ZERO)
        .expect("asks");
    assert_eq!(asked, LockOutcome::Held(Some(holder)));
    // A database without a history has a lock too, which leaves nothing behind.
    one.unlock().expect("gives back");
    let left = "SELECT COUNT(*) FROM RDB$FIELDS WHERE RDB$FIELD_NAME STARTING WITH 'DAPTER'";
    assert_eq!(values(&mut other, left), [[Value::Integer(0)]]);
}

/// Who may read and write the tables, and nothing else, has no lock of the adapter's.
fn permission(server: &Server) {
    let url = server.fresh();
    let mut owner = connect(&url);
    owner.ensure_history().expect("ensures");
    owner.execute("CREATE TABLE t (a INT)").expect("makes");
    for table in ["DAPTER_REVISION", "DAPTER_LOG", "DAPTER_LOCK"] {
        owner
            .execute(&format!("GRANT ALL ON {table} TO guest"))
            .expect("grants");
    }
    let path = url
        .rsplit_once("127.0.0.1")
        .map_or("", |(_, behind)| behind);
    let mut guest = connect(&format!("firebird://{GUEST}@127.0.0.1{path}"));
    let refused = guest
        .lock(&LockRow::default(), Duration::ZERO)
        .expect_err("may not");
    assert_eq!(refused.kind, ErrorKind::Unsupported, "{refused:?}");
    for statement in ["INSERT INTO t VALUES (1)", "CREATE TABLE u (a INT)"] {
        let error = run(&mut guest, 0, statement).expect_err(statement);
        assert_eq!(error.kind, ErrorKind::Permission, "{error:?}");
    }
    assert_eq!(guest.read_history().expect("reads").rows, []);
}

fn commit(server: &Server) {
    let mut session = kept(server);
    run(&mut session, 0, "COMMIT WORK").expect("nothing to do");
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
    session.begin().expect("begins");
    assert_eq!(
        session.execute("COMMIT").expect_err("dapter's").kind,
        ErrorKind::Statement
    );
    for statement in ["ROLLBACK", "SET AUTODDL ON", "DROP DATABASE"] {
        assert!(
            session
                .execute(statement)
                .expect_err(statement)
                .hint
                .is_some()
        );
    }
}

fn alembic(server: &Server) {
    let mut session = connect(&server.fresh());
    session
        .execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        .expect("makes");
    session
        .execute("INSERT INTO alembic_version VALUES ('1788fed56680')")
        .expect("adds");
    let history = session.read_history().expect("reads");
    assert_eq!(history.alembic_heads, ["1788fed56680"]);
    assert!(!history.ready);
}
