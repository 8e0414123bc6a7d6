//! One deployer at a time.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use dapter::api::abi::Adapter;
use dapter::api::{ErrorKind, HistoryChange, LockChange, LockRow};
use dapter::project::TransactionMode;
use dapter::{DatabaseState, Event, Identity, LockFailure, MigrationError, Migrator, Observer};

use crate::support::{Database, Faulty, Locking, Plain, Project, ids, linked, memory};

fn adapters() -> [Adapter; 3] {
    [linked::<Faulty>(), linked::<Plain>(), linked::<Locking>()]
}

/// Does something once, when a run is about to begin: it holds the lock then.
fn once_planned(action: impl FnOnce() + Send) -> impl Observer {
    let action = Mutex::new(Some(action));
    move |event: &Event<'_>| {
        if let Event::Planned(_) = event
            && let Some(action) = action.lock().expect("nothing panics").take()
        {
            action();
        }
    }
}

fn lock_failure<T: std::fmt::Debug>(result: Result<T, MigrationError>) -> LockFailure {
    match result {
        Err(MigrationError::Lock(failure)) => *failure,
        other => panic!("{other:?} is no failure to lock"),
    }
}

/// Lets a lock row stand in the database.
fn lock_as(database: &Database, holder: &LockRow) {
    database.swap(&HistoryChange {
        lock: LockChange::Take {
            instead_of: None,
            row: holder.clone(),
        },
        ..HistoryChange::default()
    });
}

fn row_of(identity: &Identity) -> LockRow {
    LockRow {
        token: "somebody's".to_owned(),
        host: identity.host.clone(),
        machine: identity.machine.clone(),
        pid: identity.pid,
        process_started: identity.process_started.clone(),
        user: "bob".to_owned(),
        since: "2025-05-16T10:30:00.000Z".to_owned(),
        beat: 0,
    }
}

#[test]
fn the_second_waits_and_finds_nothing_to_do() {
    for adapter in adapters() {
        let (database, project) = (Database::new(), Project::chain(3));
        let (planned, is_planned): (Sender<()>, Receiver<()>) = channel();
        let (waiting, is_waited_for) = channel();
        let first = database
            .patient(&adapter, &project)
            .with_observer(once_planned(move || {
                planned.send(()).expect("somebody listens");
                is_waited_for.recv().expect("the second waits");
            }));
        let second =
            database
                .patient(&adapter, &project)
                .with_observer(move |event: &Event<'_>| {
                    if let Event::Waiting {
                        holder: Some(holder),
                        ..
                    } = event
                    {
                        assert_eq!(holder.user, "anna");
                        // The first may have gone on already: it is told once.
                        let _ = waiting.send(());
                    }
                });
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(move || first.upgrade("head").expect("it upgrades"));
            is_planned.recv().expect("the first begins");
            let second = scope.spawn(move || second.upgrade("head").expect("it waits"));
            (
                first.join().expect("it ends"),
                second.join().expect("it ends"),
            )
        });
        assert_eq!(
            (first.steps.len(), second.steps.len()),
            (3, 0),
            "{}",
            adapter.info().key
        );
        assert_eq!(second.heads, ids("r3"));
        assert_eq!(
            database.log_lines(),
            ["upgrade r1 done", "upgrade r2 done", "upgrade r3 done"]
        );
        database.assert_consistent(3, &adapter.info().key);
    }
}

#[test]
fn one_who_may_not_wait_is_told_who_holds_the_lock() {
    for adapter in adapters() {
        let (database, project) = (Database::new(), Project::chain(1));
        let second = database.migrator(&adapter, &project);
        let (told, error) = channel();
        let first = database
            .migrator(&adapter, &project)
            .with_observer(once_planned(move || {
                told.send(second.upgrade("head")).expect("somebody listens");
            }));
        assert_eq!(first.upgrade("head").expect("it upgrades").steps.len(), 1);
        let failure = lock_failure(error.recv().expect("it was told"));
        let holder = failure.holder.clone().expect("it is known");
        assert_eq!(
            (holder.pid, holder.user.as_str()),
            (std::process::id(), "anna")
        );
        let text = failure.to_string();
        assert!(
            text.starts_with(&format!("the database is locked by process {}", holder.pid)),
            "{text}"
        );
        let hint = MigrationError::Lock(Box::new(failure))
            .hint()
            .expect("what to do");
        assert!(hint.contains("`dapter unlock`"), "{hint}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_lock_of_a_dead_holder_is_taken_over() {
    let (database, project) = (Database::new(), Project::chain(2));
    let dead = LockRow {
        pid: u32::MAX,
        process_started: "1".to_owned(),
        ..row_of(&Identity::of_this_process("bob"))
    };
    lock_as(&database, &dead);
    let (taken, from) = channel();
    let migrator = database.migrator(&memory(), &project).with_observer(
        move |event: &Event<'_>| match event {
            Event::TookOver { holder } => taken.send((*holder).clone()).expect("somebody listens"),
            Event::Waiting { .. } => panic!("the dead are not waited for"),
            _ => {}
        },
    );
    migrator.upgrade("head").expect("it takes over");
    drop(migrator);
    assert_eq!(from.into_iter().collect::<Vec<_>>(), [dead]);
    database.assert_consistent(2, "taken over");
}

#[test]
fn the_lock_of_another_host_is_respected() {
    let (database, project) = (Database::new(), Project::chain(1));
    let foreign = LockRow {
        host: "build-7.example".to_owned(),
        pid: 4711,
        ..row_of(&Identity::of_this_process("bob"))
    };
    lock_as(&database, &foreign);
    let migrator = database.migrator(&memory(), &project);
    for result in [
        migrator.upgrade("head").map(drop),
        migrator.stamp("head").map(drop),
    ] {
        let failure = lock_failure(result);
        assert_eq!(failure.holder, Some(foreign.clone()));
        let text = failure.to_string();
        assert!(
            text.starts_with(
                "the database is locked by process 4711 on build-7.example (bob) since 2025-05-16T10:30:00.000Z"
            ),
            "{text}"
        );
    }
    assert_eq!(database.applied(), "");
    assert_eq!(migrator.lock_holder().expect("it reads"), Some(foreign));
}

#[test]
fn a_broken_lock_is_free() {
    let (database, project) = (Database::new(), Project::chain(1));
    let holder = row_of(&Identity::of_this_process("bob"));
    lock_as(&database, &holder);
    let migrator = database.migrator(&memory(), &project);
    let other = LockRow {
        token: "another's".to_owned(),
        ..holder.clone()
    };
    assert!(
        migrator.break_lock(&other).is_err(),
        "only the holder who was looked at is meant"
    );
    migrator.break_lock(&holder).expect("it breaks");
    assert_eq!(migrator.lock_holder().expect("it reads"), None);
    migrator.upgrade("head").expect("the lock is free");
}

/// Takes the lock away from whoever holds it and does their work.
fn usurp(migrator: &Migrator) {
    let holder = migrator
        .lock_holder()
        .expect("it reads")
        .expect("it is held");
    migrator.break_lock(&holder).expect("it breaks");
    migrator.upgrade("r2").expect("the lock is free");
}

#[test]
fn a_holder_whose_lock_was_broken_fails_and_harms_nothing() {
    for (adapter, mode) in [
        (linked::<Faulty>(), TransactionMode::Each),
        (linked::<Faulty>(), TransactionMode::All),
        (linked::<Faulty>(), TransactionMode::None),
        (linked::<Plain>(), TransactionMode::Each),
    ] {
        let (database, project) = (Database::new(), Project::chain(3));
        let second = database.migrator(&adapter, &project);
        let first = database
            .migrator_in(mode, &adapter, &project)
            .with_observer(once_planned(move || usurp(&second)));
        let error = first.upgrade("head").expect_err("it lost the lock");
        let failure = error.run_failure().expect("a run failed");
        assert_eq!(failure.error.kind, ErrorKind::Conflict);
        assert_eq!(
            (&failure.state, failure.done.as_slice()),
            (&DatabaseState::Unchanged, [].as_slice())
        );
        assert_eq!(
            database.applied(),
            "r1 r2",
            "the work of the second, in mode {mode:?}"
        );
        database.assert_consistent(3, &adapter.info().key);
    }
}

#[test]
fn a_holder_whose_lock_was_broken_half_way_does_not_go_on() {
    let (database, project) = (Database::new(), Project::chain(2));
    let adapter = linked::<Plain>();
    let second = database.migrator(&adapter, &project);
    let first = database
        .migrator(&adapter, &project)
        .with_observer(move |event: &Event<'_>| {
            if let Event::Statement {
                step, number: 2, ..
            } = event
                && step.revision.as_str() == "r1"
            {
                usurp(&second);
            }
        });
    let error = first.upgrade("head").expect_err("it lost the lock");
    assert_eq!(
        error.run_failure().expect("a run failed").error.kind,
        ErrorKind::Conflict
    );
    assert_eq!(
        database.log_lines(),
        ["upgrade r1 done", "upgrade r2 done"],
        "the work of the second alone"
    );
    database.assert_consistent(2, "usurped");
}

#[test]
fn a_holder_whose_lock_was_broken_writes_nothing_more() {
    let (database, project) = (Database::new(), Project::chain(1));
    let adapter = linked::<Plain>();
    let second = database.migrator(&adapter, &project);
    let first = database
        .migrator(&adapter, &project)
        .with_observer(move |event: &Event<'_>| {
            if let Event::Statement { number: 2, .. } = event {
                let holder = second.lock_holder().expect("it reads").expect("it is held");
                second.break_lock(&holder).expect("it breaks");
            }
        });
    first.upgrade("head").expect_err("it lost the lock");
    assert_eq!(database.applied(), "r1(upgrading 1/2)");
    assert_eq!(
        (database.log(), database.history().rows[0].error.as_str()),
        (vec![], "")
    );
    database
        .migrator(&adapter, &project)
        .upgrade("head")
        .expect("it goes on");
    database.assert_consistent(1, "taken up");
}

#[test]
fn an_observer_that_panics_leaves_the_lock_free_and_the_data_whole() {
    for adapter in adapters() {
        for statement in 1..=4 {
            let (database, project) = (Database::new(), Project::chain(2));
            let seen = Arc::new(Mutex::new(0));
            let migrator =
                database
                    .migrator(&adapter, &project)
                    .with_observer(move |event: &Event<'_>| {
                        if let Event::Statement { .. } = event {
                            let mut seen = seen.lock().expect("it panics once");
                            *seen += 1;
                            if *seen == statement {
                                drop(seen);
                                std::panic::resume_unwind(Box::new("the observer has seen enough"));
                            }
                        }
                    });
            let result = thread::scope(|scope| scope.spawn(|| migrator.upgrade("head")).join());
            assert!(result.is_err());
            database.assert_consistent(2, &adapter.info().key);
            database
                .migrator(&adapter, &project)
                .upgrade("head")
                .expect("the lock is free");
            database.assert_consistent(2, &adapter.info().key);
            assert_eq!(database.applied(), "r1 r2");
        }
    }
}

#[test]
fn work_in_progress_is_waited_for_and_not_taken_for_half_done() {
    let (database, project) = (Database::new(), Project::chain(1));
    let adapter = linked::<Plain>();
    let second = Mutex::new(Some(database.patient(&adapter, &project)));
    let (waiting, is_waited_for) = channel();
    let is_waited_for = Mutex::new(is_waited_for);
    let (result, ended) = channel();
    let first = database
        .patient(&adapter, &project)
        .with_observer(move |event: &Event<'_>| {
            let Event::Statement { number: 2, .. } = event else {
                return;
            };
            let second = second
                .lock()
                .expect("nothing panics")
                .take()
                .expect("it comes once");
            let (waiting, result) = (waiting.clone(), result.clone());
            let second = second.with_observer(move |event: &Event<'_>| {
                if let Event::Waiting { .. } = event {
                    // The first may have gone on already: it is told once.
                    let _ = waiting.send(());
                }
            });
            thread::spawn(move || {
                result.send(second.downgrade("base").map(|report| report.steps.len()))
            });
            is_waited_for
                .lock()
                .expect("nothing panics")
                .recv()
                .expect("the second waits");
        });
    first.upgrade("head").expect("it upgrades");
    let undone = ended
        .recv()
        .expect("the second ends")
        .expect("it undoes what the first did");
    assert_eq!(
        (
            undone,
            database.applied().as_str(),
            database.keys().as_str()
        ),
        (1, "", "")
    );
}
