use super::{applied, change, connect, one, open};
use dapter_plugin_api::{ErrorKind, History, SyncSession, Value};
use std::fs;
use tempfile::tempdir;

#[test]
fn reading_a_missing_file_leaves_none_behind() {
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    assert_eq!(session.read_history().expect("reads"), History::default());
    assert_eq!(session.read_log().expect("reads"), []);
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM sqlite_schema"),
        Value::Integer(0)
    );
    session.rollback().expect("nothing is open");
    drop(session);
    assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 0);
}

#[test]
fn the_first_write_creates_the_file() {
    let writes: [fn(&mut crate::SqliteSession); 4] = [
        |session| session.ensure_history().expect("ensures"),
        |session| assert_eq!(session.execute("CREATE TABLE a (x)").expect("creates"), 0),
        |session| session.begin().expect("begins"),
        |session| {
            session.query("CREATE TABLE a (x)").expect("creates");
        },
    ];
    for write in writes {
        let folder = tempdir().expect("a folder");
        let mut session = open(folder.path());
        write(&mut session);
        assert!(folder.path().join("app.db").exists());
    }
}

#[test]
fn a_file_that_another_session_created_is_seen() {
    let folder = tempdir().expect("a folder");
    let mut early = open(folder.path());
    let mut other = open(folder.path());
    other.ensure_history().expect("ensures");
    other
        .swap_history(&change(None, Some(applied("a", 1))))
        .expect("writes");
    let history = early.read_history().expect("reads");
    assert!(history.ready);
    assert_eq!(history.rows, [applied("a", 1)]);
}

#[test]
fn the_mode_says_what_a_missing_file_means() {
    let folder = tempdir().expect("a folder");
    for query in ["?mode=ro", "?mode=rw"] {
        let error = connect(folder.path(), query).expect_err(query);
        assert_eq!(error.kind, ErrorKind::DatabaseMissing);
        assert!(error.hint.is_some_and(|hint| hint.contains("mode=rwc")));
    }
    let error = connect(&folder.path().join("none"), "").expect_err("no folder");
    assert_eq!(error.kind, ErrorKind::DatabaseMissing);
    assert!(error.message.starts_with("there is no folder"), "{error}");
}

#[test]
fn a_database_opened_to_read_is_not_written() {
    let folder = tempdir().expect("a folder");
    open(folder.path()).ensure_history().expect("ensures");
    let mut session = connect(folder.path(), "?mode=ro").expect("connects");
    assert!(session.read_history().expect("reads").ready);
    session.ensure_history().expect("there is nothing to do");
    let error = session
        .execute("CREATE TABLE a (x)")
        .expect_err("it is read-only");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Permission, Some("SQLITE_READONLY"))
    );
}

#[test]
fn what_is_no_database_is_refused_at_once() {
    let folder = tempdir().expect("a folder");
    fs::write(
        folder.path().join("app.db"),
        "not a database, but long enough to have a header ".repeat(9),
    )
    .expect("writes");
    let error = connect(folder.path(), "").expect_err("no database");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Connect, Some("SQLITE_NOTADB"))
    );
    assert!(error.message.contains("app.db"), "{error}");
    fs::remove_file(folder.path().join("app.db")).expect("removes");
    fs::create_dir(folder.path().join("app.db")).expect("makes a folder");
    assert_eq!(
        connect(folder.path(), "").expect_err("a folder").kind,
        ErrorKind::Connect
    );
}

#[test]
fn foreign_keys_are_enforced_on_demand() {
    let folder = tempdir().expect("a folder");
    for (query, expected) in [("", 0), ("?foreign_keys=on", 1), ("?foreign_keys=off", 0)] {
        let mut session = connect(folder.path(), query).expect("connects");
        // Both before and after the file is there.
        assert_eq!(
            one(&mut session, "PRAGMA foreign_keys"),
            Value::Integer(expected),
            "{query}"
        );
        session.ensure_history().expect("ensures");
        assert_eq!(
            one(&mut session, "PRAGMA foreign_keys"),
            Value::Integer(expected),
            "{query}"
        );
    }
}
