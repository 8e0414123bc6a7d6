//! Scripts that run again whenever their text changes.

use dapter::check::CheckCode;
use dapter::plan::Direction;
use dapter::{MigrationError, Migrator, NextRun, RepeatableState};

use crate::support::{Announcing, Database, Fault, Faulty, Plain, Project, linked};

/// A database, two revisions, and two repeatable scripts of which the one that comes first by name needs the other.
fn two() -> (Database, Project, Migrator) {
    let (database, project) = (Database::new(), Project::chain(2));
    project.repeatable("seeds", "depends-on views", &["put s.1 one", "put s.2 two"]);
    project.repeatable("views", "", &["put v one"]);
    let migrator = database.migrator(&linked::<Faulty>(), &project);
    (database, project, migrator)
}

fn ran(migrator: &Migrator, to: &str) -> String {
    let report = migrator.upgrade(to).expect("it upgrades");
    let ids = report.steps.iter().map(|step| step.revision.to_string());
    ids.collect::<Vec<_>>().join(" ")
}

fn states(migrator: &Migrator) -> Vec<(String, RepeatableState)> {
    let status = migrator.status().expect("it tells");
    let scripts = status.repeatable.into_iter();
    scripts.map(|script| (script.name, script.state)).collect()
}

#[test]
fn they_run_once_no_revision_is_left_and_again_when_they_change() {
    let (database, project, migrator) = two();
    assert_eq!(ran(&migrator, "+1"), "r1", "r2 is pending still");
    assert_eq!(
        ran(&migrator, "head"),
        "r2 repeatable:views repeatable:seeds"
    );
    assert_eq!(ran(&migrator, "head"), "");
    project.repeatable("views", "", &["put v two"]);
    let plan = migrator.plan(Direction::Upgrade, "head").expect("a plan");
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(ran(&migrator, "head"), "repeatable:views");
    assert_eq!(
        database.applied(),
        "r1 r2 repeatable:views repeatable:seeds"
    );
    assert_eq!(
        database.log_lines().last().map(String::as_str),
        Some("upgrade repeatable:views done")
    );
}

#[test]
fn nobody_takes_them_for_revisions() {
    let (database, project, migrator) = two();
    migrator.upgrade("head").expect("it upgrades");
    let current = migrator.current_revision().expect("it tells");
    assert_eq!(
        current
            .iter()
            .map(|head| head.revision.as_str())
            .collect::<Vec<_>>(),
        ["r2"]
    );
    assert_eq!(migrator.migration_history().expect("it tells").len(), 2);
    assert_eq!(migrator.check_database().expect("it checks"), []);
    migrator.stamp("r1").expect("it stamps");
    migrator
        .stamp("head")
        .expect("it stamps, in a place that is free");
    migrator.downgrade("base").expect("it goes back");
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("repeatable:views repeatable:seeds", "s.1 s.2 v")
    );
    project.chained(3, "");
    assert_eq!(ran(&migrator, "head"), "r1 r2 r3");
}

#[test]
fn status_and_check_tell_what_is_to_run() {
    let (_database, project, migrator) = two();
    let expect = |views, seeds| {
        assert_eq!(
            states(&migrator),
            [("views".to_owned(), views), ("seeds".to_owned(), seeds)]
        );
    };
    expect(RepeatableState::NeverRan, RepeatableState::NeverRan);
    migrator.upgrade("head").expect("it upgrades");
    expect(RepeatableState::UpToDate, RepeatableState::UpToDate);
    project.repeatable("seeds", "depends-on views", &["put s.1 three"]);
    expect(RepeatableState::UpToDate, RepeatableState::Changed);
    let findings = migrator.check_database().expect("it checks");
    assert_eq!(
        findings
            .iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>(),
        [CheckCode::Pending]
    );
    let folder = project.path().join("repeatable");
    std::fs::remove_file(folder.join("seeds.mem")).expect("it is there");
    expect(RepeatableState::UpToDate, RepeatableState::Gone);
}

#[test]
fn circles_doubles_and_misplaced_scripts_are_refused() {
    let (_database, project, migrator) = two();
    project.repeatable("views", "depends-on seeds", &["put v one"]);
    let circle = migrator.scripts().expect_err("a circle");
    assert!(matches!(circle, MigrationError::Scripts(_)), "{circle}");
    project.repeatable("views", "depends-on view", &["put v one"]);
    let missing = migrator.scripts().expect_err("it is not there");
    assert!(matches!(missing, MigrationError::Scripts(_)), "{missing}");
    project.repeatable("views", "", &["put v one"]);
    let folder = project.path().join("repeatable");
    std::fs::copy(folder.join("views.mem"), folder.join("more.mem")).expect("it copies");
    migrator.scripts().expect_err("two of one name");
    let misplaced = project.path().join("versions").join("views.mem");
    std::fs::rename(folder.join("more.mem"), misplaced).expect("it moves");
    migrator.scripts().expect_err("among the revisions");
}

/// Outside transactions a script goes on where it stopped if it is the same still, and begins anew if it is not.
#[test]
fn a_half_done_one_goes_on_or_begins_anew() {
    let (database, project) = (Database::new(), Project::chain(1));
    let migrator = database.migrator(&linked::<Plain>(), &project);
    project.repeatable("seeds", "", &["put a 1", "fail no"]);
    migrator.upgrade("head").expect_err("it fails");
    assert_eq!(database.applied(), "r1 repeatable:seeds(upgrading 1/2)");
    let status = migrator.status().expect("it tells");
    assert_eq!(status.half_done[0].next, NextRun::GoesOnAt(2));
    project.repeatable("seeds", "", &["put a 1", "put b 1"]);
    let report = migrator.upgrade("head").expect("it goes on");
    assert_eq!(report.steps[0].statements, 1, "what is left of it");

    project.repeatable("seeds", "", &["put a 2", "fail no"]);
    migrator.upgrade("head").expect_err("it fails");
    project.repeatable("seeds", "", &["put a 3", "put b 3"]);
    let status = migrator.status().expect("it tells");
    assert_eq!(status.half_done[0].next, NextRun::BeginsAnew);
    let report = migrator.upgrade("head").expect("it begins anew");
    assert_eq!(report.steps[0].statements, 2, "all of it");
    assert_eq!(database.content().values["a"], "3");
}

/// Whichever call fails, the same command again ends as if nothing had happened.
#[test]
fn a_run_that_fails_anywhere_is_finished_by_the_next() {
    for adapter in [
        linked::<Faulty>(),
        linked::<Plain>(),
        linked::<Announcing>(),
    ] {
        for fault in [Fault::Refused, Fault::LostBefore, Fault::LostAfter] {
            for call in 1.. {
                let (database, project, _) = two();
                let migrator = database.migrator(&adapter, &project);
                migrator.upgrade("head").expect("it upgrades");
                project.repeatable("seeds", "depends-on views", &["put s.3 3", "put s.4 3"]);
                project.repeatable("views", "", &["put w 3"]);
                database.arm(fault, call);
                let _ = migrator.upgrade("head");
                let missed = database.disarm();
                migrator.upgrade("head").expect("the fault is gone");
                assert_eq!(
                    (database.applied().as_str(), database.keys().as_str()),
                    (
                        "r1 r2 repeatable:views repeatable:seeds",
                        "r1.1 r1.2 r2.1 r2.2 s.1 s.2 s.3 s.4 v w"
                    ),
                    "{fault:?} at call {call}"
                );
                if missed {
                    break;
                }
            }
        }
    }
}
