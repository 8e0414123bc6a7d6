//! What a person settles by hand: statements in doubt, and steps that were finished or undone elsewhere.

use dapter::{HistoryError, MigrationError, Migrator, NextRun, RepairChoice};

use crate::support::{Announcing, Database, Fault, Plain, Project, linked};

const UP: [&str; 3] = ["put a 1", "say hello", "put b 2"];
const DOWN: [&str; 2] = ["del b", "del a"];

/// A database whose connection broke while the second statement ran, of which nobody can tell whether it did.
fn in_doubt() -> (Database, Project, Migrator) {
    for call in 1.. {
        let (database, project) = (Database::new(), Project::new());
        project.script("r1", "", &UP, &DOWN);
        let migrator = database.migrator(&linked::<Announcing>(), &project);
        database.arm(Fault::LostAfter, call);
        let result = migrator.upgrade("head");
        let missed = database.disarm();
        assert!(!missed, "no call leaves a statement in flight");
        let history = database.history();
        let in_flight = history.rows.iter().find_map(|row| row.in_flight.as_ref());
        if in_flight.is_some_and(|statement| statement.statement == UP[1]) {
            result.expect_err("the connection broke");
            return (database, project, migrator);
        }
    }
    unreachable!("the loop returns")
}

#[test]
fn a_statement_in_doubt_stops_every_run_until_somebody_looked() {
    for (choice, calls) in [(RepairChoice::Done, 1), (RepairChoice::NotDone, 2)] {
        let (database, _project, migrator) = in_doubt();
        let error = migrator.upgrade("head").expect_err("nobody knows");
        let MigrationError::History(HistoryError::InDoubt { number, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!(number, 2);
        let status = migrator.status().expect("it tells");
        assert_eq!(status.half_done[0].next, NextRun::InDoubt);
        migrator.repair(Some("r1"), choice).expect("it is settled");
        let status = migrator.status().expect("it tells");
        let done = status.half_done[0].statements_done;
        assert_eq!(status.half_done[0].next, NextRun::GoesOnAt(done + 1));
        let report = migrator.upgrade("head").expect("it goes on");
        assert_eq!(report.steps[0].statements, calls);
        assert_eq!(
            (database.applied().as_str(), database.keys().as_str()),
            ("r1", "a b")
        );
        assert_eq!(
            database.log_lines().last().map(String::as_str),
            Some("upgrade r1 done")
        );
    }
}

fn half_done() -> (Database, Project, Migrator) {
    let (database, project) = (Database::new(), Project::new());
    project.script("r1", "", &["put a 1", "fail now", "put b 2"], &DOWN);
    let migrator = database.migrator(&linked::<Plain>(), &project);
    migrator.upgrade("head").expect_err("it fails");
    assert_eq!(database.applied(), "r1(upgrading 1/3)");
    (database, project, migrator)
}

#[test]
fn what_was_done_by_hand_is_recorded_as_it_is_said() {
    for (choice, applied) in [
        (RepairChoice::Done, "r1(upgrading 2/3)"),
        (RepairChoice::Statements(2), "r1(upgrading 2/3)"),
        (RepairChoice::Statements(0), "r1(upgrading 0/3)"),
        (RepairChoice::Statements(3), "r1"),
        (RepairChoice::Finished, "r1"),
        (RepairChoice::Undone, ""),
    ] {
        let (database, _project, migrator) = half_done();
        migrator.repair(None, choice).expect("it is settled");
        assert_eq!(database.applied(), applied, "{choice:?}");
        assert_eq!(database.history().lock, None);
        assert_eq!(
            database.log_lines().last().map(String::as_str),
            Some("repair r1 done")
        );
    }
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let (database, _project, migrator) = half_done();
    let before = (database.content(), database.log());
    for (revision, choice) in [
        (Some("r2"), RepairChoice::Done),
        (None, RepairChoice::NotDone),
        (None, RepairChoice::Statements(4)),
    ] {
        let error = migrator.repair(revision, choice).expect_err("no sense");
        let refused = matches!(
            error,
            MigrationError::History(HistoryError::CannotRepair { .. })
        );
        assert!(refused, "{error:?}");
        assert_eq!((database.content(), database.log()), before);
    }
    migrator
        .repair(None, RepairChoice::Undone)
        .expect("settles");
    migrator
        .repair(None, RepairChoice::Done)
        .expect_err("nothing is half done");
}

#[test]
fn a_script_edited_behind_what_ran_is_no_obstacle_and_one_edited_before_is_told() {
    let (_database, project, migrator) = half_done();
    project.script("r1", "", &UP, &DOWN);
    let next = |migrator: &Migrator| migrator.status().expect("it tells").half_done[0].next;
    assert_eq!(next(&migrator), NextRun::GoesOnAt(2));
    project.script("r1", "", &UP[..1], &DOWN);
    assert_eq!(next(&migrator), NextRun::Finishes);
    project.script("r1", "", &["put z 1", UP[1]], &DOWN);
    assert_eq!(next(&migrator), NextRun::Edited);
}
