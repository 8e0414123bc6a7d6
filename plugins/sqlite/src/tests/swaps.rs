use super::{applied, change, holder, memory, one, open, row, with_lock, with_log};
use dapter_plugin_api::{
    AppliedRevision, ErrorKind, Expect, History, HistoryChange, LockChange, LogEntry,
    RevisionState, RowChange, SyncSession, Value,
};
use std::thread;
use tempfile::tempdir;

fn odd_text(name: &str) -> String {
    format!("{name}: it's \"quoted\"\r\n\tline; -- ? :a 日本語 \u{1f980} \0 end")
}

#[test]
fn every_field_is_kept_as_it_is() {
    let mut session = memory();
    let revision = AppliedRevision {
        revision: odd_text("revision"),
        message: odd_text("message"),
        checksum: odd_text("checksum"),
        position: i64::MAX as u64,
        state: RevisionState::Downgrading,
        statements_done: 2,
        statements_total: 3,
        done_checksum: odd_text("done"),
        error: odd_text("error"),
        in_flight: None,
        duration_ms: 4,
        applied_at: odd_text("at"),
        applied_by: odd_text("by"),
        dapter_version: odd_text("version"),
    };
    let entry = LogEntry {
        at: odd_text("at"),
        operation: odd_text("operation"),
        revision: odd_text("revision"),
        outcome: odd_text("outcome"),
        statements: 5,
        duration_ms: 6,
        by: odd_text("by"),
        host: odd_text("host"),
        dapter_version: odd_text("version"),
        note: odd_text("note"),
    };
    let mut lock = holder(&odd_text("token"));
    lock.machine = odd_text("machine");
    lock.pid = u32::MAX;
    lock.process_started = odd_text("started");
    lock.user = odd_text("user");
    lock.since = odd_text("since");
    let mut all = change(None, Some(revision.clone()));
    all.log = vec![entry.clone(), LogEntry::default()];
    all.lock = LockChange::Take {
        instead_of: None,
        row: lock.clone(),
    };
    session.swap_history(&all).expect("writes");
    let expected = History {
        ready: true,
        rows: vec![revision],
        lock: Some(lock),
        alembic_heads: Vec::new(),
    };
    assert_eq!(session.read_history().expect("reads"), expected);
    assert_eq!(
        session.read_log().expect("reads"),
        [entry, LogEntry::default()]
    );
}

#[test]
fn a_change_that_fails_changes_nothing_in_a_transaction_and_outside() {
    let mut session = memory();
    session
        .swap_history(&change(None, Some(applied("a", 1))))
        .expect("writes");
    let before = session.read_history().expect("reads");
    let mut both = with_log(change(None, Some(applied("b", 2))), "never");
    both.rows.extend(change(None, Some(applied("a", 3))).rows);
    let taken = with_log(change(None, Some(applied("c", 1))), "never");
    for in_transaction in [false, true] {
        if in_transaction {
            session.begin().expect("begins");
        }
        for change in [&both, &taken] {
            assert_eq!(
                session.swap_history(change).expect_err("conflicts").kind,
                ErrorKind::Conflict
            );
            assert_eq!(session.read_history().expect("reads"), before);
            assert_eq!(session.read_log().expect("reads"), []);
        }
    }
    session.commit().expect("the transaction is still open");
}

#[test]
fn rows_may_swap_their_positions() {
    let mut session = memory();
    session
        .swap_history(&change(None, Some(applied("a", 1))))
        .expect("writes");
    session
        .swap_history(&change(None, Some(applied("b", 2))))
        .expect("writes");
    let mut swap = change(Some(&applied("a", 1)), Some(applied("a", 2)));
    swap.rows
        .extend(change(Some(&applied("b", 2)), Some(applied("b", 1))).rows);
    session.swap_history(&swap).expect("swaps");
    assert_eq!(
        session.read_history().expect("reads").rows,
        [applied("b", 1), applied("a", 2)]
    );
    let mut replace = change(None, Some(applied("c", 1)));
    replace
        .rows
        .extend(change(Some(&applied("b", 1)), None).rows);
    session
        .swap_history(&replace)
        .expect("the position is free by then");
    assert_eq!(
        session.read_history().expect("reads").rows,
        [applied("c", 1), applied("a", 2)]
    );
}

#[test]
fn the_lock_row_goes_from_hand_to_hand() {
    let mut session = memory();
    let take = |token: &str, instead_of: Option<&str>| LockChange::Take {
        instead_of: instead_of.map(str::to_owned),
        row: holder(token),
    };
    let steps = [
        (LockChange::Require("one".into()), false),
        (take("one", None), true),
        (take("two", None), false),
        (take("two", Some("zero")), false),
        (take("two", Some("one")), true),
        (LockChange::Require("one".into()), false),
        (LockChange::Require("two".into()), true),
        (LockChange::Release("one".into()), false),
        (LockChange::Release("two".into()), true),
        (LockChange::Release("two".into()), false),
    ];
    for (lock, succeeds) in steps {
        let outcome = session.swap_history(&with_lock(HistoryChange::default(), lock.clone()));
        assert_eq!(outcome.is_ok(), succeeds, "{lock:?}: {outcome:?}");
    }
    assert_eq!(session.read_history().expect("reads").lock, None);
}

#[test]
fn many_sessions_may_make_the_history_at_once() {
    let folder = tempdir().expect("a folder");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut session = open(folder.path());
                while let Err(error) = session.ensure_history() {
                    assert_eq!(error.kind, ErrorKind::Busy, "{error:?}");
                }
            });
        }
    });
    assert!(open(folder.path()).read_history().expect("reads").ready);
}

#[test]
fn only_one_of_many_sessions_takes_the_lock() {
    let folder = tempdir().expect("a folder");
    open(folder.path()).ensure_history().expect("ensures");
    let take = |number: usize| {
        let row = holder(&number.to_string());
        let change = with_lock(
            HistoryChange::default(),
            LockChange::Take {
                instead_of: None,
                row,
            },
        );
        let mut session = open(folder.path());
        loop {
            match session.swap_history(&change) {
                Err(error) if error.kind == ErrorKind::Busy => {}
                outcome => return outcome.is_ok(),
            }
        }
    };
    let taken = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || take(number)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("ends"))
            .filter(|taken| *taken)
            .count()
    });
    assert_eq!(taken, 1);
}

#[test]
fn an_older_history_is_completed_and_a_newer_one_tolerated() {
    let mut session = memory();
    for column in ["settings", "error", "statements_done"] {
        session
            .execute(&format!("ALTER TABLE dapter_revision DROP COLUMN {column}"))
            .expect("drops");
    }
    session.execute("DROP TABLE dapter_log").expect("drops");
    session
        .execute("ALTER TABLE dapter_revision ADD COLUMN newer DEFAULT 'kept'")
        .expect("adds");
    session
        .execute("INSERT INTO dapter_revision (revision, position, state, newer) VALUES ('a', 1, 'upgrading', 'mine')")
        .expect("inserts");
    let mut expected = row("a", 1, RevisionState::Upgrading, 0);
    expected.statements_total = 0;
    let old = session.read_history().expect("reads");
    assert_eq!((old.ready, &old.rows), (false, &vec![expected.clone()]));
    assert_eq!(session.read_log().expect("reads"), []);
    session.begin().expect("begins");
    session.ensure_history().expect("completes");
    session.commit().expect("commits");
    session
        .swap_history(&with_log(
            change(Some(&expected), Some(applied("a", 2))),
            "now",
        ))
        .expect("swaps");
    let new = session.read_history().expect("reads");
    assert_eq!((new.ready, new.rows), (true, vec![applied("a", 2)]));
    assert_eq!(
        one(&mut session, "SELECT newer FROM dapter_revision"),
        Value::Text("mine".into())
    );
}

#[test]
fn a_table_of_the_same_name_that_is_none_of_dapters_is_left_alone() {
    let folder = tempdir().expect("a folder");
    let mut session = open(folder.path());
    session
        .execute("CREATE TABLE dapter_lock (door)")
        .expect("creates");
    for error in [
        session.ensure_history().expect_err("foreign"),
        session.read_history().expect_err("foreign"),
    ] {
        assert!(error.message.contains("dapter_lock"), "{error}");
        assert!(error.hint.is_some());
    }
    assert_eq!(
        one(&mut session, "SELECT count(*) FROM sqlite_schema"),
        Value::Integer(1)
    );
}

#[test]
fn a_temporary_table_does_not_hide_the_history() {
    let mut session = memory();
    session
        .execute("CREATE TEMP TABLE dapter_revision (x)")
        .expect("creates");
    session
        .swap_history(&change(None, Some(applied("a", 1))))
        .expect("writes");
    assert_eq!(
        session.read_history().expect("reads").rows,
        [applied("a", 1)]
    );
}

#[test]
fn heads_of_alembic_are_found() {
    let mut session = memory();
    session
        .execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        .expect("creates");
    session
        .execute("INSERT INTO alembic_version VALUES ('b'), ('a')")
        .expect("inserts");
    assert_eq!(
        session.read_history().expect("reads").alembic_heads,
        ["a", "b"]
    );
}

#[test]
fn a_long_history_is_written_at_once_and_comes_back_in_order() {
    let mut session = memory();
    let rows = (0..10_000_u64).map(|position| RowChange {
        revision: format!("{:05}", position * 7919 % 10_000),
        expect: Expect::Absent,
        row: Some(applied(
            &format!("{:05}", position * 7919 % 10_000),
            position,
        )),
    });
    let stamp = HistoryChange {
        rows: rows.collect(),
        ..HistoryChange::default()
    };
    session.swap_history(&stamp).expect("writes");
    let positions: Vec<u64> = session
        .read_history()
        .expect("reads")
        .rows
        .iter()
        .map(|row| row.position)
        .collect();
    assert_eq!(positions, (0..10_000).collect::<Vec<_>>());
}
