//! A run that is told to stop.

use std::sync::Mutex;

use dapter::api::abi::Adapter;
use dapter::api::{ErrorKind, HistoryChange, LockChange, LockRow};
use dapter::project::TransactionMode;
use dapter::{DatabaseState, Event, MigrationError, Migrator};

use crate::support::{Database, Faulty, Locking, Plain, Project, ids, linked, memory};

/// The migrator, which is told to stop when it announces its n-th statement.
fn stopped_at(migrator: Migrator, statement: usize) -> Migrator {
    let interrupt = migrator.interrupt();
    let seen = Mutex::new(0);
    migrator.with_observer(move |event: &Event<'_>| {
        if let Event::Statement { .. } = event {
            let mut seen = seen.lock().expect("nothing panics");
            *seen += 1;
            if *seen == statement {
                interrupt.interrupt();
            }
        }
    })
}

fn stops_cleanly(adapter: &Adapter, mode: TransactionMode) {
    let project = Project::chain(3);
    for statement in 1..=6 {
        let what = format!(
            "{} in mode {mode:?} at statement {statement}",
            adapter.info().key
        );
        let database = Database::new();
        let migrator = stopped_at(database.migrator_in(mode, adapter, &project), statement);
        let error = migrator.upgrade("head").expect_err("it was told to stop");
        let failure = error.run_failure().expect("a run stopped");
        assert!(failure.interrupted, "{what}");
        let revision = failure.revision.as_ref().expect("a step stopped");
        assert_eq!(
            error.to_string(),
            format!("the upgrade of revision {revision} was interrupted"),
            "{what}"
        );
        let place = failure.statement.as_ref().map(|statement| statement.number);
        assert_eq!(place, Some((statement + 1) % 2 + 1), "{what}");
        database.assert_consistent(3, &what);
        database
            .migrator_in(mode, adapter, &project)
            .upgrade("head")
            .expect("the next run completes");
        database.assert_consistent(3, &what);
        assert_eq!(database.applied(), "r1 r2 r3", "{what}");
    }
}

#[test]
fn a_run_stops_cleanly_at_every_statement() {
    for mode in TransactionMode::ALL {
        stops_cleanly(&linked::<Faulty>(), mode);
        stops_cleanly(&linked::<Locking>(), mode);
    }
    stops_cleanly(&linked::<Plain>(), TransactionMode::Each);
}

#[test]
fn a_run_that_was_told_before_it_began_does_nothing() {
    let (database, project) = (Database::new(), Project::chain(2));
    let migrator = database.migrator(&memory(), &project);
    migrator.interrupt().interrupt();
    let error = migrator.upgrade("head").expect_err("it was told to stop");
    let failure = error.run_failure().expect("a run stopped");
    assert!(failure.interrupted && failure.left_unchanged());
    assert_eq!(
        (&failure.state, failure.pending.as_slice()),
        (&DatabaseState::Unchanged, ids("r1 r2").as_slice())
    );
    database.assert_consistent(2, "told before");
    assert_eq!(database.applied(), "");
}

#[test]
fn one_that_waits_stops_waiting() {
    let (database, project) = (Database::new(), Project::chain(1));
    database.swap(&HistoryChange {
        lock: LockChange::Take {
            instead_of: None,
            row: LockRow {
                token: "somebody's".to_owned(),
                host: "build-7.example".to_owned(),
                ..LockRow::default()
            },
        },
        ..HistoryChange::default()
    });
    let migrator = database.patient(&memory(), &project);
    let interrupt = migrator.interrupt();
    let migrator = migrator.with_observer(move |event: &Event<'_>| {
        if let Event::Waiting { .. } = event {
            interrupt.interrupt();
        }
    });
    let error = migrator.upgrade("head").expect_err("it was told to stop");
    let MigrationError::Database { source, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(source.kind, ErrorKind::Cancelled);
    assert_eq!(
        database.history().lock.expect("it is held still").token,
        "somebody's"
    );
}
