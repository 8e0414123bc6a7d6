//! From nothing to a migrated database and back.

use std::fs;

use dapter::plan::Direction;
use dapter::{HistoryEntry, MigrationError, NewMigration};

use crate::support::{Database, Project, id, ids, memory};

#[test]
fn a_database_goes_up_and_down_again() {
    let (database, project) = (Database::new(), Project::chain(3));
    let migrator = database.migrator(&memory(), &project);
    let report = migrator.upgrade("head").expect("it upgrades");
    let steps: Vec<(&str, usize)> = report
        .steps
        .iter()
        .map(|step| (step.revision.as_str(), step.statements))
        .collect();
    assert_eq!(steps, [("r1", 2), ("r2", 2), ("r3", 2)]);
    assert_eq!(report.heads, ids("r3"));
    assert_eq!(database.applied(), "r1 r2 r3");
    assert_eq!(database.keys(), "r1.1 r1.2 r2.1 r2.2 r3.1 r3.2");

    let report = migrator.downgrade("r1").expect("it downgrades");
    let undone: Vec<&str> = report
        .steps
        .iter()
        .map(|step| step.revision.as_str())
        .collect();
    assert_eq!((undone, report.heads), (vec!["r3", "r2"], ids("r1")));
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "r1.1 r1.2")
    );

    assert!(
        migrator
            .downgrade("base")
            .expect("it downgrades")
            .heads
            .is_empty()
    );
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("", "")
    );
    assert_eq!(database.history().lock, None);
}

#[test]
fn the_log_keeps_every_step_ever_run() {
    let (database, project) = (Database::new(), Project::chain(2));
    let migrator = database.migrator(&memory(), &project);
    migrator.upgrade("head").expect("it upgrades");
    migrator.downgrade("base").expect("it downgrades");
    migrator.stamp("r1").expect("it stamps");
    assert_eq!(
        database.log_lines(),
        [
            "upgrade r1 done",
            "upgrade r2 done",
            "downgrade r2 done",
            "downgrade r1 done",
            "stamp r1 done"
        ]
    );
    let log = database.log();
    assert_eq!((log[0].statements, log[0].by.as_str()), (2, "anna"));
    assert_eq!(log[4].note, "recorded as applied");
    assert!(
        log.iter()
            .all(|line| line.at.ends_with('Z') && !line.host.is_empty())
    );
}

#[test]
fn what_is_applied_already_is_not_applied_again() {
    let (database, project) = (Database::new(), Project::chain(2));
    let migrator = database.migrator(&memory(), &project);
    migrator.upgrade("head").expect("it upgrades");
    let before = (database.content(), database.log());
    let report = migrator.upgrade("head").expect("there is nothing to do");
    assert_eq!((report.steps.len(), report.heads), (0, ids("r2")));
    assert_eq!((database.content(), database.log()), before);
}

#[test]
fn steps_are_counted_from_where_the_database_is() {
    let (database, project) = (Database::new(), Project::chain(4));
    let migrator = database.migrator(&memory(), &project);
    for (direction, revision, applied) in [
        (Direction::Upgrade, "+1", "r1"),
        (Direction::Upgrade, "+2", "r1 r2 r3"),
        (Direction::Downgrade, "-1", "r1 r2"),
        (Direction::Upgrade, "r2+2", "r1 r2 r3 r4"),
        (Direction::Downgrade, "head-3", "r1"),
        (Direction::Downgrade, "-1", ""),
    ] {
        match direction {
            Direction::Upgrade => migrator.upgrade(revision),
            Direction::Downgrade => migrator.downgrade(revision),
        }
        .expect("the steps are there");
        assert_eq!(database.applied(), applied, "after {direction} {revision}");
    }
}

/// `a` below `b` and `c`, which carries the label `crm`; `d` merges them.
fn branches() -> Project {
    let project = Project::new();
    project.script("a", "", &["put a 1"], &["del a"]);
    project.script("b", "revises a", &["put b 1"], &["del b"]);
    project.script("c", "revises a\nbranch crm", &["put c 1"], &["del c"]);
    project
}

#[test]
fn branches_are_applied_one_by_one_and_merged() {
    let (database, project) = (Database::new(), branches());
    let migrator = database.migrator(&memory(), &project);
    assert!(
        matches!(migrator.upgrade("head"), Err(MigrationError::NotFound(_))),
        "there are two heads"
    );
    assert_eq!(
        migrator.upgrade("crm@head").expect("one branch").heads,
        ids("c")
    );
    assert_eq!(database.keys(), "a c");
    let mut heads = migrator.upgrade("heads").expect("both").heads;
    heads.sort();
    assert_eq!(heads, ids("b c"));
    let mut current: Vec<String> = migrator
        .current_revision()
        .expect("it reads")
        .into_iter()
        .map(|row| row.revision.to_string())
        .collect();
    current.sort();
    assert_eq!(current, ["b", "c"]);

    project.script("d", "revises b, c", &["put d 1"], &["del d"]);
    assert_eq!(migrator.upgrade("head").expect("the merge").heads, ids("d"));
    assert_eq!(database.keys(), "a b c d");
    migrator.downgrade("a").expect("both branches go");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("a", "a")
    );
}

#[test]
fn current_and_history_say_where_the_database_is() {
    let (database, project) = (Database::new(), Project::chain(3));
    let migrator = database.migrator(&memory(), &project);
    assert_eq!(migrator.current_revision().expect("it reads"), []);
    migrator.upgrade("r2").expect("it upgrades");
    let current = migrator.current_revision().expect("it reads");
    assert_eq!(current.len(), 1);
    assert_eq!(
        (
            current[0].revision.as_str(),
            current[0].is_head,
            current[0].has_script
        ),
        ("r2", false, true)
    );
    assert_eq!(
        (current[0].message.as_str(), current[0].applied_by.as_str()),
        ("Make r2", "anna")
    );
    let shown = |entry: &HistoryEntry| {
        (
            entry.revision.to_string(),
            entry.state,
            entry.is_current,
            entry.is_head,
        )
    };
    let history: Vec<_> = migrator
        .migration_history()
        .expect("it reads")
        .iter()
        .map(shown)
        .collect();
    assert_eq!(
        history,
        [
            ("r1".to_owned(), Some("applied"), false, false),
            ("r2".to_owned(), Some("applied"), true, false),
            ("r3".to_owned(), Some("pending"), false, true),
        ]
    );
}

#[test]
fn asking_changes_nothing() {
    let (database, project) = (Database::new(), Project::chain(2));
    let migrator = database.migrator(&memory(), &project);
    let plan = migrator.plan(Direction::Upgrade, "head").expect("it plans");
    assert_eq!(plan.revisions_from(0), ids("r1 r2"));
    migrator.current_revision().expect("it reads");
    migrator.migration_history().expect("it reads");
    migrator.plan_stamp("head").expect("it plans");
    assert!(!database.history().ready, "not even the tables are made");
}

#[test]
fn a_stamp_runs_nothing_and_records_where_the_database_is() {
    let (database, project) = (Database::new(), Project::chain(3));
    let migrator = database.migrator(&memory(), &project);
    let change = migrator.stamp("r2").expect("it stamps");
    assert_eq!((change.insert, change.remove), (ids("r1 r2"), vec![]));
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1 r2", "")
    );
    migrator.upgrade("head").expect("it goes on from there");
    assert_eq!(database.keys(), "r3.1 r3.2");
    let change = migrator.stamp("r1").expect("it stamps");
    assert_eq!(change.remove, ids("r3 r2"));
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "r3.1 r3.2")
    );
    assert_eq!(migrator.stamp("base").expect("it stamps").remove, ids("r1"));
    assert_eq!(
        (database.applied().as_str(), database.history().lock),
        ("", None)
    );
}

#[test]
fn init_makes_what_is_missing_and_leaves_the_rest() {
    let database = Database::new();
    let project = Project::new();
    let migrator = database.migrator(&memory(), &project);
    project.chained(1, "");
    let script = fs::read(project.path_of("r1")).expect("it is there");
    let first = migrator.init_migrations().expect("it makes the rest");
    assert_eq!(first.created, [project.path().join("script.mem")]);
    let second = migrator.init_migrations().expect("all is there");
    assert!(second.created.is_empty());
    assert_eq!(
        fs::read(project.path_of("r1")).expect("it is there still"),
        script
    );
    fs::write(project.path().join("script.mem"), "# mine\n").expect("it writes");
    assert!(matches!(
        migrator.init_migrations(),
        Err(MigrationError::Init(_))
    ));
    assert_eq!(
        fs::read_to_string(project.path().join("script.mem")).expect("it is there still"),
        "# mine\n"
    );
}

#[test]
fn a_created_script_stands_on_the_head_and_runs() {
    let (database, project) = (Database::new(), Project::new());
    let migrator = database.migrator(&memory(), &project);
    migrator.init_migrations().expect("it initialises");
    let first = migrator
        .create_migration(NewMigration::new("Add users"))
        .expect("it creates");
    let second = migrator
        .create_migration(NewMigration::new("Add orders"))
        .expect("it creates");
    assert!(first.revision.revises.is_empty());
    assert_eq!(
        second.revision.revises,
        std::slice::from_ref(&first.revision.id)
    );
    assert_eq!(second.revision.message, "Add orders");
    assert_eq!(
        migrator.upgrade("head").expect("it upgrades").heads,
        std::slice::from_ref(&second.revision.id)
    );
}

#[test]
fn a_migration_that_would_break_the_graph_is_not_created() {
    let (database, project) = (Database::new(), Project::chain(1));
    let migrator = database.migrator(&memory(), &project);
    migrator.init_migrations().expect("it initialises");
    let wrong = [
        NewMigration {
            depends_on: vec!["nowhere".to_owned()],
            ..NewMigration::new("Depends on nothing known")
        },
        NewMigration {
            id: Some(id("r1")),
            ..NewMigration::new("Takes an id that is taken")
        },
    ];
    for migration in wrong {
        let result = migrator.create_migration(migration);
        assert!(
            matches!(result, Err(MigrationError::Creation(_))),
            "{result:?}"
        );
        migrator.upgrade("head").expect("the scripts are whole");
    }
}
