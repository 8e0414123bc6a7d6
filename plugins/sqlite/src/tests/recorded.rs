use super::{applied, change, connect, holder, memory, one, open, row, with_lock};
use crate::{SqliteAdapter, SqliteSession};
use dapter_plugin_api::{
    AppliedRevision, ConnectOptions, ErrorKind, HistoryChange, LockChange, Notices, Result,
    RevisionState, SyncMigrationAdapter, SyncSession, Value,
};
use std::path::Path;
use tempfile::tempdir;

/// The row after so many statements of a script of `total`; none before the first.
fn progress(done: usize, total: usize) -> Option<AppliedRevision> {
    let state = if done == total {
        RevisionState::Applied
    } else {
        RevisionState::Upgrading
    };
    (done > 0).then(|| row("r", 1, state, done as u64))
}

fn record(done: usize, total: usize) -> HistoryChange {
    change(progress(done, total).as_ref(), progress(done + 1, total))
}

/// Goes on with a script where the database says it stopped, and stops again after `limit` statements.
fn resume(session: &mut SqliteSession, script: &[&str], limit: usize) -> Result<()> {
    session.ensure_history()?;
    let done = session
        .read_history()?
        .rows
        .first()
        .map_or(0, |row| row.statements_done);
    let done = usize::try_from(done).expect("few statements");
    for (index, statement) in script.iter().enumerate().skip(done).take(limit) {
        session.execute_recorded(statement, &record(index, script.len()).into())?;
    }
    Ok(())
}

/// Runs a script, killed once after so many statements and then run again; what the tables hold at the end.
fn outcome(script: &[&str], killed_after: usize, query: &str) -> (Vec<AppliedRevision>, Value) {
    let folder = tempdir().expect("a folder");
    let again = |limit| {
        let mut session = connect(folder.path(), "?foreign_keys=on").expect("connects");
        resume(&mut session, script, limit)
            .unwrap_or_else(|error| panic!("killed after {killed_after}: {error:?}"));
    };
    again(killed_after);
    again(script.len());
    let mut session = open(folder.path());
    (
        session.read_history().expect("reads").rows,
        one(&mut session, query),
    )
}

/// Checks that a script ends in the same state wherever it is killed between two statements.
fn survives(script: &[&str], query: &str, expected: &Value) {
    for killed_after in 0..=script.len() {
        let (rows, value) = outcome(script, killed_after, query);
        assert_eq!(
            rows,
            progress(script.len(), script.len())
                .into_iter()
                .collect::<Vec<_>>(),
            "{killed_after}"
        );
        assert_eq!(&value, expected, "killed after {killed_after}");
    }
}

#[test]
fn plain_statements_run_exactly_once() {
    let script = [
        "CREATE TABLE a (x)",
        "INSERT INTO a VALUES (1)",
        "INSERT INTO a VALUES (2)",
        "VACUUM",
        "INSERT INTO a VALUES (3)",
    ];
    survives(
        &script,
        "SELECT group_concat(x) FROM a",
        &Value::Text("1,2,3".into()),
    );
}

#[test]
fn the_scripts_own_transaction_is_all_or_nothing() {
    let script = [
        "CREATE TABLE a (x)",
        "BEGIN",
        "INSERT INTO a VALUES (1)",
        "SAVEPOINT one",
        "INSERT INTO a VALUES (2)",
        "ROLLBACK TO one",
        "INSERT INTO a VALUES (3)",
        "RELEASE one",
        "COMMIT",
        "INSERT INTO a VALUES (4)",
        "BEGIN EXCLUSIVE",
        "INSERT INTO a VALUES (5)",
        "ROLLBACK",
        "SAVEPOINT two",
        "INSERT INTO a VALUES (6)",
        "RELEASE two",
    ];
    survives(
        &script,
        "SELECT group_concat(x) FROM a",
        &Value::Text("1,3,4,6".into()),
    );
}

#[test]
fn a_rebuild_with_foreign_keys_off_loses_no_row_in_a_resumed_script() {
    let script = [
        "CREATE TABLE parent (x INTEGER PRIMARY KEY)",
        "CREATE TABLE child (x REFERENCES parent ON DELETE CASCADE)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (1)",
        "PRAGMA foreign_keys = OFF",
        "BEGIN",
        "CREATE TABLE parent_new (x INTEGER PRIMARY KEY, y)",
        "INSERT INTO parent_new (x) SELECT x FROM parent",
        "DROP TABLE parent",
        "ALTER TABLE parent_new RENAME TO parent",
        "COMMIT",
        "PRAGMA foreign_keys = ON",
        "INSERT INTO child VALUES (1)",
    ];
    survives(&script, "SELECT count(*) FROM child", &Value::Integer(2));
}

#[test]
fn a_setting_that_takes_hold_with_a_later_statement_survives() {
    let script = [
        "CREATE TABLE a (x)",
        "PRAGMA auto_vacuum = INCREMENTAL",
        "VACUUM",
    ];
    survives(&script, "PRAGMA auto_vacuum", &Value::Integer(2));
}

#[test]
fn an_attached_database_is_attached_again() {
    let script = [
        "CREATE TABLE a (x)",
        "ATTACH ':memory:' AS other",
        "CREATE TABLE b AS SELECT * FROM other.sqlite_schema",
        "DETACH other",
    ];
    survives(&script, "SELECT count(*) FROM b", &Value::Integer(0));
}

fn state(folder: &Path) -> (u64, Value) {
    let mut session = open(folder);
    let done = session.read_history().expect("reads").rows[0].statements_done;
    (done, one(&mut session, "SELECT count(*) FROM a"))
}

#[test]
fn a_transaction_killed_before_its_commit_is_undone_with_its_records() {
    let folder = tempdir().expect("a folder");
    let script = [
        "CREATE TABLE a (x)",
        "BEGIN",
        "INSERT INTO a VALUES (1)",
        "COMMIT",
    ];
    for limit in [2, 3] {
        resume(&mut open(folder.path()), &script, limit - 1).expect("runs");
        assert_eq!(state(folder.path()), (1, Value::Integer(0)));
    }
    resume(&mut open(folder.path()), &script, 3).expect("runs");
    assert_eq!(state(folder.path()), (4, Value::Integer(1)));
}

#[test]
fn a_statement_that_fails_is_not_recorded_and_can_be_run_again() {
    let mut session = memory();
    session
        .execute("CREATE TABLE a (x UNIQUE)")
        .expect("creates");
    session
        .execute_recorded("INSERT INTO a VALUES (1)", &record(0, 9).into())
        .expect("runs");
    for begin in [false, true] {
        if begin {
            session
                .execute_recorded("BEGIN", &record(1, 9).into())
                .expect("begins");
        }
        let next = record(if begin { 2 } else { 1 }, 9);
        let error = session
            .execute_recorded("INSERT INTO a VALUES (2), (1)", &next.into())
            .expect_err("is there");
        assert_eq!(error.code.as_deref(), Some("SQLITE_CONSTRAINT_UNIQUE"));
        assert_eq!(
            one(&mut session, "SELECT count(*) FROM a"),
            Value::Integer(1)
        );
    }
    session
        .execute_recorded("INSERT INTO a VALUES (3)", &record(2, 9).into())
        .expect("the transaction is still open");
    session.rollback().expect("undoes the script's transaction");
    assert_eq!(
        session.read_history().expect("reads").rows[0].statements_done,
        1
    );
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM a"),
        Value::Integer(1)
    );
}

#[test]
fn who_lost_the_lock_runs_nothing_more() {
    let mut session = memory();
    let take = LockChange::Take {
        instead_of: None,
        row: holder("other"),
    };
    session
        .swap_history(&with_lock(HistoryChange::default(), take))
        .expect("takes");
    let change = with_lock(record(0, 9), LockChange::Require("mine".into()));
    for statement in [
        "CREATE TABLE a (x)",
        "VACUUM",
        "PRAGMA user_version = 7",
        "BEGIN",
        "SAVEPOINT a",
    ] {
        let error = session
            .execute_recorded(statement, &change.clone().into())
            .expect_err(statement);
        assert_eq!(error.kind, ErrorKind::Conflict, "{statement}");
        session.begin().expect("no transaction is left open");
        session.rollback().expect("rolls back");
    }
    session.query("SELECT * FROM a").expect_err("not created");
    assert_eq!(one(&mut session, "PRAGMA user_version"), Value::Integer(0));
}

#[test]
fn a_script_that_leaves_its_transaction_open_is_never_recorded_as_done() {
    let mut session = memory();
    session
        .execute_recorded("BEGIN", &record(0, 1).into())
        .expect_err("it would never be committed");
    session
        .execute_recorded("BEGIN", &record(0, 3).into())
        .expect("begins");
    let error = session
        .execute_recorded("CREATE TABLE a (x)", &record(1, 2).into())
        .expect_err("still open");
    assert!(error.hint.is_some_and(|hint| hint.contains("COMMIT")));
    session
        .swap_history(&change(None, Some(applied("s", 2))))
        .expect_err("nobody would commit it");
    session.rollback().expect("rolls back");
    assert!(session.read_history().expect("reads").rows.is_empty());
}

#[test]
fn a_commit_that_fails_leaves_its_transaction_open_and_unrecorded() {
    let folder = tempdir().expect("a folder");
    let mut session = connect(folder.path(), "?foreign_keys=on").expect("connects");
    let script = [
        "CREATE TABLE a (x PRIMARY KEY)",
        "CREATE TABLE b (x REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
        "BEGIN",
        "INSERT INTO b VALUES (1)",
        "COMMIT",
    ];
    let error = resume(&mut session, &script, 5).expect_err("no parent");
    assert_eq!(error.code.as_deref(), Some("SQLITE_CONSTRAINT_FOREIGNKEY"));
    assert_eq!(
        session.read_history().expect("reads").rows[0].statements_done,
        4
    );
    session
        .execute("INSERT INTO a VALUES (1)")
        .expect("adds the parent");
    session
        .execute_recorded("COMMIT", &record(4, 5).into())
        .expect("commits");
    assert_eq!(state(folder.path()), (5, Value::Integer(1)));
}

#[test]
fn ending_a_transaction_that_is_not_open_is_an_error() {
    let mut session = memory();
    for statement in [
        "COMMIT",
        "END",
        "ROLLBACK",
        "ROLLBACK TO a",
        "RELEASE a",
        "; COMMIT",
    ] {
        session
            .execute_recorded(statement, &record(0, 9).into())
            .expect_err(statement);
        assert!(
            session.read_history().expect("reads").rows.is_empty(),
            "{statement}"
        );
    }
}

#[test]
fn within_the_hosts_transaction_a_recorded_statement_is_part_of_it() {
    let mut session = memory();
    session.begin().expect("begins");
    session
        .execute_recorded("CREATE TABLE a (x)", &record(0, 1).into())
        .expect("runs");
    session
        .execute_recorded("COMMIT", &record(0, 1).into())
        .expect_err("the host's own");
    session.rollback().expect("rolls back");
    assert!(session.read_history().expect("reads").rows.is_empty());
}

#[test]
fn a_setting_whose_record_has_to_wait_is_made_once() {
    let folder = tempdir().expect("a folder");
    let mut session = connect(folder.path(), "?busy_timeout=0").expect("connects");
    session.ensure_history().expect("ensures");
    let mut other = open(folder.path());
    other.begin().expect("is in the way");
    let attach = "ATTACH ':memory:' AS other";
    for _ in 0..2 {
        let error = session
            .execute_recorded(attach, &record(0, 9).into())
            .expect_err("busy");
        assert_eq!(error.kind, ErrorKind::Busy);
    }
    other.rollback().expect("leaves");
    session
        .execute_recorded(attach, &record(0, 9).into())
        .expect("a second `ATTACH` would fail");
    let error = session
        .execute_recorded(attach, &record(1, 9).into())
        .expect_err("this is a second one");
    assert_eq!(error.message, "database other is already in use");
}

#[test]
fn a_step_that_turns_back_needs_none_of_the_settings() {
    let folder = tempdir().expect("a folder");
    resume(
        &mut open(folder.path()),
        &["PRAGMA foreign_keys = ON", "VACUUM", "VACUUM"],
        1,
    )
    .expect("runs");
    let mut session = open(folder.path());
    let back = change(
        progress(1, 3).as_ref(),
        Some(row("r", 1, RevisionState::Downgrading, 0)),
    );
    session
        .execute_recorded("CREATE TABLE a (x)", &back.into())
        .expect("runs");
    assert_eq!(one(&mut session, "PRAGMA foreign_keys"), Value::Integer(0));
}

#[test]
fn a_session_repeats_none_of_its_own_settings() {
    let folder = tempdir().expect("a folder");
    let mut options = ConnectOptions::new("sqlite:app.db");
    options.base_directory = folder.path().to_owned();
    let notices = Notices::new();
    let mut session = SqliteAdapter.connect(&options, &notices).expect("connects");
    session.ensure_history().expect("ensures");
    let script = ["PRAGMA auto_vacuum = NONE", "VACUUM"];
    resume(&mut session, &script, script.len()).expect("runs");
    let mut before = progress(2, 2);
    for (done, statement) in script.iter().enumerate() {
        let after = (done == 0).then(|| row("r", 1, RevisionState::Downgrading, 1));
        let undo = change(before.as_ref(), after.clone());
        session
            .execute_recorded(statement, &undo.into())
            .expect(statement);
        before = after;
    }
    assert!(notices.take().is_empty());
}
