//! Steps with statements that run alone, between others that share a transaction.

use dapter::project::TransactionMode;
use dapter::{DatabaseState, Migrator};

use crate::support::{Database, Fault, Faulty, Project, linked};

const UP: [&str; 4] = ["put a 1", "put b 2", "put c alone", "put d 4"];
const DOWN: [&str; 4] = ["del d", "del c", "del b", "del a"];

fn stopped_at(statement: usize) -> (Database, Project, Migrator) {
    let (database, project) = (Database::new(), Project::new());
    let mut up = UP;
    up[statement] = "fail disk on fire";
    project.script("r1", "", &up, &DOWN);
    let migrator = database.migrator(&linked::<Faulty>(), &project);
    (database, project, migrator)
}

#[test]
fn what_fails_before_a_statement_that_runs_alone_leaves_nothing() {
    for statement in [0, 1] {
        let (database, _project, migrator) = stopped_at(statement);
        let error = migrator.upgrade("head").expect_err("it fails");
        let failure = error.run_failure().expect("a step failed");
        assert_eq!(failure.state, DatabaseState::Unchanged);
        assert_eq!(
            (database.applied().as_str(), database.keys().as_str()),
            ("", "")
        );
    }
}

#[test]
fn what_fails_behind_it_is_gone_on_with() {
    let (database, project, migrator) = stopped_at(3);
    let error = migrator.upgrade("head").expect_err("it fails");
    let failure = error.run_failure().expect("a step failed");
    assert_eq!(failure.state, DatabaseState::Partial { done: 3, total: 4 });
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1(upgrading 3/4)", "a b c")
    );
    project.script("r1", "", &UP, &DOWN);
    migrator.upgrade("head").expect("the fault is out of it");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "a b c d")
    );
}

#[test]
fn they_survive_every_fault_in_every_mode() {
    for mode in TransactionMode::ALL {
        for fault in Fault::ALL {
            for call in 1.. {
                let what = format!("{mode:?}, {fault:?} at call {call}");
                let (database, project) = (Database::new(), Project::chain(1));
                project.script("r2", "revises r1", &UP, &DOWN);
                let migrator = database.migrator_in(mode, &linked::<Faulty>(), &project);
                database.arm(fault, call);
                // Whether this fails depends on where the fault strikes.
                let _ = migrator.upgrade("head");
                let missed = database.disarm();
                migrator.upgrade("head").expect(&what);
                assert_eq!(database.applied(), "r1 r2", "{what}");
                assert_eq!(database.keys(), "a b c d r1.1 r1.2", "{what}");
                assert_eq!(database.history().lock, None, "{what}");
                if missed {
                    break;
                }
            }
        }
    }
}
