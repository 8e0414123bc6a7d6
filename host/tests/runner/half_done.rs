//! Steps that stopped half-way, outside a transaction.

use std::sync::{Arc, Mutex};

use dapter::plan::Direction;
use dapter::{Event, HistoryError, MigrationError, Migrator};

use crate::support::{Database, Plain, Project, ids, linked};

const UP: [&str; 3] = ["put r1.1 one", "put r1.2 two", "put r1.3 three"];
const DOWN: [&str; 3] = ["del r1.3", "del r1.2", "del r1.1"];

/// A database whose `r1` stopped at its second statement, and the scripts with the fault still in them.
fn stopped() -> (Database, Project, Migrator) {
    let (database, project) = (Database::new(), Project::new());
    project.script("r1", "", &[UP[0], "fail disk on fire", UP[2]], &DOWN);
    project.chained(2, "");
    let migrator = database.migrator(&linked::<Plain>(), &project);
    migrator.upgrade("head").expect_err("r1 fails");
    assert_eq!(database.applied(), "r1(upgrading 1/3)");
    (database, project, migrator)
}

/// The statements that a migrator runs from now on.
fn watched(migrator: Migrator) -> (Migrator, Arc<Mutex<Vec<String>>>) {
    let ran: Arc<Mutex<Vec<String>>> = Arc::default();
    let list = Arc::clone(&ran);
    let migrator = migrator.with_observer(move |event: &Event<'_>| {
        if let Event::Statement { statement, .. } = event {
            list.lock()
                .expect("nothing panics")
                .push(statement.text.to_string());
        }
    });
    (migrator, ran)
}

#[test]
fn the_next_upgrade_goes_on_behind_what_is_done() {
    let (database, project, migrator) = stopped();
    project.script("r1", "", &UP, &DOWN);
    let (migrator, ran) = watched(migrator);
    let plan = migrator.plan(Direction::Upgrade, "head").expect("it plans");
    assert_eq!((plan.steps[0].done, plan.steps[0].statements.len()), (1, 3));
    let report = migrator
        .upgrade("head")
        .expect("the fault is out of the script");
    assert_eq!(report.steps[0].statements, 2, "those that were run now");
    assert_eq!(
        *ran.lock().expect("nothing panics"),
        [UP[1], UP[2], "put r2.1 one", "put r2.2 two"]
    );
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1 r2", "r1.1 r1.2 r1.3 r2.1 r2.2")
    );
    let row = &database.history().rows[0];
    assert_eq!((row.error.as_str(), row.done_checksum.as_str()), ("", ""));
    assert_eq!(
        database.log_lines(),
        ["upgrade r1 failed", "upgrade r1 done", "upgrade r2 done"]
    );
}

#[test]
fn what_stops_again_goes_on_again() {
    let (database, project, migrator) = stopped();
    project.script("r1", "", &[UP[0], UP[1], "fail still on fire"], &DOWN);
    migrator.upgrade("head").expect_err("it fails further on");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1(upgrading 2/3)", "r1.1 r1.2")
    );
    project.script("r1", "", &UP, &DOWN);
    migrator
        .upgrade("head")
        .expect("the fault is out of the script");
    assert_eq!(database.applied(), "r1 r2");
}

#[test]
fn the_rest_of_a_script_may_be_dropped() {
    let (database, project, migrator) = stopped();
    project.script("r1", "", &UP[..1], &DOWN);
    let (migrator, ran) = watched(migrator);
    migrator.upgrade("r1").expect("nothing is left to do");
    assert_eq!(*ran.lock().expect("nothing panics"), [""; 0]);
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "r1.1")
    );
}

#[test]
fn what_is_done_may_not_be_edited() {
    let edits: [&[&str]; 3] = [
        &["put r1.1 ONE", UP[1], UP[2]],
        &[UP[1], UP[0], UP[2]],
        &["# nothing is left"],
    ];
    for edit in edits {
        let (database, project, migrator) = stopped();
        let before = (database.content(), database.log());
        project.script("r1", "", edit, &DOWN);
        let error = migrator
            .upgrade("head")
            .expect_err("what ran is not what the script says");
        let MigrationError::History(HistoryError::DoneEdited { revision, path }) = error else {
            panic!("{error:?}");
        };
        assert_eq!((revision.as_str(), path), ("r1", project.path_of("r1")));
        assert_eq!((database.content(), database.log()), before);
        assert_eq!(database.history().lock, None);
    }
}

#[test]
fn everything_that_would_leave_it_so_is_refused() {
    let (database, project, migrator) = stopped();
    project.script("other", "", &["put other 1"], &["del other"]);
    let before = (database.content(), database.log());
    for (direction, destination) in [
        (Direction::Upgrade, "other"),
        (Direction::Upgrade, "base"),
        (Direction::Downgrade, "base"),
    ] {
        let result = match direction {
            Direction::Upgrade => migrator.upgrade(destination),
            Direction::Downgrade => migrator.downgrade(destination),
        };
        let error = result.expect_err("r1 is half done");
        assert_eq!(
            error.to_string(),
            "the upgrade of revision r1 stopped after 1 of 3 statements"
        );
        assert!(
            error
                .hint()
                .expect("what to do")
                .contains("`dapter upgrade r1`")
        );
        assert!(matches!(
            migrator.plan(direction, destination),
            Err(MigrationError::History(_))
        ));
    }
    assert_eq!((database.content(), database.log()), before);
    assert_eq!(database.history().lock, None);
    let current = migrator.current_revision().expect("it may be looked at");
    assert_eq!(
        (
            current[0].state,
            current[0].statements_done,
            current[0].statements_total
        ),
        ("upgrading", 1, 3)
    );
}

#[test]
fn a_stamp_settles_it() {
    let (database, _project, migrator) = stopped();
    migrator.stamp("r1").expect("it counts as done");
    assert_eq!(database.applied(), "r1");

    let (database, _project, migrator) = stopped();
    assert_eq!(
        migrator
            .stamp("base")
            .expect("it counts as not begun")
            .remove,
        ids("r1")
    );
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("", "r1.1")
    );
}

#[test]
fn a_half_done_upgrade_without_a_script_is_settled_by_a_stamp_too() {
    let (database, project, migrator) = stopped();
    project.remove("r1");
    project.remove("r2");
    migrator.upgrade("heads").expect_err("r1 is half done");
    migrator.stamp("base").expect("it counts as not begun");
    assert_eq!(database.applied(), "");
}

#[test]
fn a_half_done_downgrade_goes_on_and_still_counts_as_applied() {
    let (database, project) = (Database::new(), Project::new());
    project.script("r1", "", &UP, &[DOWN[0], "fail disk on fire", DOWN[2]]);
    let migrator = database.migrator(&linked::<Plain>(), &project);
    migrator.upgrade("head").expect("it upgrades");
    migrator.downgrade("base").expect_err("r1 fails");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1(downgrading 1/3)", "r1.1 r1.2")
    );
    assert_eq!(
        migrator.current_revision().expect("it reads")[0].state,
        "downgrading"
    );
    let error = migrator.upgrade("head").expect_err("r1 is half undone");
    assert!(
        error
            .hint()
            .expect("what to do")
            .contains("`dapter downgrade`")
    );

    project.script("r1", "", &UP, &DOWN);
    let (migrator, ran) = watched(migrator);
    migrator
        .downgrade("base")
        .expect("the fault is out of the script");
    assert_eq!(*ran.lock().expect("nothing panics"), [DOWN[1], DOWN[2]]);
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("", "")
    );
}

/// What ran was made with a value: another one is as if the script had been edited.
#[test]
fn another_value_of_a_variable_counts_as_an_edit() {
    let (database, project) = (Database::new(), Project::new());
    project.script(
        "r1",
        "variables on",
        &["put ${key} one", "fail ${why}"],
        &DOWN,
    );
    let migrator = |key: &str, why: &str| {
        let mut settings = database.settings(&project);
        for (name, value) in [("key", key), ("why", why)] {
            let set = settings.variables.set(name, value.to_owned());
            set.expect("a name");
        }
        Migrator::new(linked::<Plain>(), settings)
    };
    migrator("a", "no").upgrade("head").expect_err("it fails");
    assert_eq!(database.applied(), "r1(upgrading 1/2)");
    let edited = migrator("b", "no").upgrade("head");
    assert!(
        matches!(
            edited,
            Err(MigrationError::History(HistoryError::DoneEdited { .. }))
        ),
        "{edited:?}"
    );
    let failed = migrator("a", "again").upgrade("head");
    let failed = failed.expect_err("it goes on behind what is done");
    let statement = failed.run_failure().and_then(|run| run.statement.clone());
    assert_eq!(statement.expect("one failed").text, "fail ${why}");
}
