//! What must hold between a history and the scripts before anything runs.

use std::sync::{Arc, Mutex};

use dapter::api::{AppliedRevision, Expect, HistoryChange, RowChange};
use dapter::plan::Direction;
use dapter::{Event, HistoryError, MigrationError, Migrator};

use crate::support::{Database, Faulty, Project, ids, linked, memory};

fn upgraded(to: &str) -> (Database, Project, Migrator) {
    let (database, project) = (Database::new(), Project::chain(3));
    let migrator = database.migrator(&memory(), &project);
    migrator.upgrade(to).expect("it upgrades");
    (database, project, migrator)
}

/// Writes a row that no step has written.
fn write_row(database: &Database, revision: &str) {
    let row = AppliedRevision {
        revision: revision.to_owned(),
        position: 100,
        ..AppliedRevision::default()
    };
    database.swap(&HistoryChange {
        rows: vec![RowChange {
            revision: revision.to_owned(),
            expect: Expect::Absent,
            row: Some(row),
        }],
        ..HistoryChange::default()
    });
}

fn history_error(result: Result<dapter::Report, MigrationError>) -> HistoryError {
    match result {
        Err(MigrationError::History(error)) => error,
        other => panic!("{other:?} is no error of the history"),
    }
}

#[test]
fn edited_scripts_are_reported_before_anything_runs() {
    let (database, project, migrator) = upgraded("r2");
    let before = (database.content(), database.log());
    for revision in ["r1", "r2"] {
        project.script(
            revision,
            if revision == "r1" { "" } else { "revises r1" },
            &["put x 1"],
            &["del x"],
        );
    }
    for result in [
        migrator.upgrade("head"),
        migrator.upgrade("r1"),
        migrator.downgrade("base"),
    ] {
        let HistoryError::Edited(edited) = history_error(result) else {
            panic!("they were edited")
        };
        let paths: Vec<_> = edited.into_iter().map(|script| script.path).collect();
        assert_eq!(
            paths,
            [project.path_of("r1"), project.path_of("r2")],
            "all of them at once"
        );
    }
    assert_eq!((database.content(), database.log()), before);
    migrator.current_revision().expect("it may be looked at");
}

#[test]
fn a_stamp_accepts_edited_scripts_as_they_are() {
    let (database, project, migrator) = upgraded("r2");
    project.script("r1", "", &["put r1.1 edited"], &["del r1.1"]);
    let change = migrator.stamp("current").expect("it stamps");
    assert_eq!((change.insert, change.remove), (vec![], vec![]));
    migrator.upgrade("head").expect("it is no edit any more");
    assert_eq!(database.applied(), "r1 r2 r3");
    assert_eq!(
        database.log_lines()[2..],
        ["stamp r1 done", "upgrade r3 done"],
        "r2 was not edited"
    );
}

#[test]
fn line_ends_and_trailing_blanks_are_no_edit() {
    let (_, project, migrator) = upgraded("r2");
    let path = project.path_of("r1");
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, text.replace('\n', "  \r\n")).expect("it writes");
    migrator.upgrade("head").expect("nothing was edited");
}

#[test]
fn applied_revisions_without_a_script_are_reported() {
    let (database, project, migrator) = upgraded("head");
    project.remove("r3");
    for result in [migrator.upgrade("head"), migrator.downgrade("base")] {
        let HistoryError::Unknown(unknown) = history_error(result) else {
            panic!("r3 is gone")
        };
        assert_eq!(unknown.ids, ids("r3"));
    }
    let current = migrator.current_revision().expect("it may be looked at");
    assert_eq!(
        (current[1].revision.as_str(), current[1].has_script),
        ("r3", false)
    );
    assert_eq!(database.applied(), "r1 r2 r3");
}

#[test]
fn a_stamp_forgets_revisions_that_are_gone_for_good() {
    let (database, project, migrator) = upgraded("head");
    project.remove("r3");
    assert_eq!(
        migrator.plan_stamp("r2").expect("it plans").remove,
        ids("r3")
    );
    assert_eq!(migrator.stamp("r2").expect("it stamps").remove, ids("r3"));
    assert_eq!(database.applied(), "r1 r2");
    migrator.downgrade("base").expect("all is well");
}

#[test]
fn a_script_inserted_below_applied_ones_is_a_gap() {
    let (database, project, migrator) = upgraded("head");
    project.script("new", "", &["put new 1"], &["del new"]);
    project.script(
        "r1",
        "revises new",
        &["put r1.1 one", "put r1.2 two"],
        &["del r1.2", "del r1.1"],
    );
    migrator
        .stamp("current")
        .expect("the edit of r1 is accepted");
    let error = history_error(migrator.upgrade("head"));
    let HistoryError::Gaps(gaps) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (gaps[0].revision.as_str(), gaps[0].missing.as_str()),
        ("r1", "new")
    );
    assert_eq!(
        error.to_string(),
        "applied revisions need others that are not applied:\n  r1 needs new"
    );
    assert!(!database.keys().contains("new"));
    migrator.downgrade("base").expect("down is no trouble");
}

#[test]
fn a_row_that_can_be_no_revision_is_reported() {
    let (database, project) = (Database::new(), Project::chain(1));
    write_row(&database, "not an id");
    let migrator = database.migrator(&memory(), &project);
    assert_eq!(
        history_error(migrator.upgrade("head")),
        HistoryError::Malformed("not an id".to_owned())
    );
    assert!(matches!(
        migrator.stamp("head"),
        Err(MigrationError::History(_))
    ));
    assert_eq!(
        (database.keys().as_str(), database.history().lock),
        ("", None)
    );
}

#[test]
fn an_alembic_history_is_taken_over_once() {
    let (database, project) = (Database::new(), Project::chain(3));
    database.record_alembic_heads(&["r2"]);
    let adopted: Arc<Mutex<Vec<usize>>> = Arc::default();
    let seen = Arc::clone(&adopted);
    let migrator = database
        .migrator(&linked::<Faulty>(), &project)
        .with_observer(move |event: &Event<'_>| {
            if let Event::Adopted { revisions, .. } = event {
                seen.lock().expect("nothing panics").push(*revisions);
            }
        });
    assert_eq!(
        migrator.current_revision().expect("it reads")[0]
            .revision
            .as_str(),
        "r2"
    );
    assert_eq!(
        migrator
            .plan(Direction::Upgrade, "head")
            .expect("it plans")
            .revisions_from(0),
        ids("r3")
    );
    assert!(!database.history().ready, "looking takes nothing over");

    migrator.upgrade("r2").expect("nothing is to run");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1 r2", "")
    );
    migrator.upgrade("head").expect("it goes on from there");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1 r2 r3", "r3.1 r3.2")
    );
    assert_eq!(*adopted.lock().expect("nothing panics"), [2]);
    assert_eq!(
        database.log()[0].note,
        "recorded as applied: taken over from alembic_version"
    );

    migrator.downgrade("base").expect("it downgrades");
    assert_eq!(
        migrator.current_revision().expect("it reads"),
        [],
        "it does not come back"
    );
    migrator.upgrade("r1").expect("it upgrades");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "r1.1 r1.2")
    );
    assert_eq!(*adopted.lock().expect("nothing panics"), [2]);
}

#[test]
fn an_alembic_head_without_a_script_is_reported() {
    let (database, project) = (Database::new(), Project::chain(1));
    database.record_alembic_heads(&["gone"]);
    let migrator = database.migrator(&linked::<Faulty>(), &project);
    assert!(matches!(
        history_error(migrator.upgrade("head")),
        HistoryError::Unknown(_)
    ));
    assert!(!database.history().ready);
}
