//! Whether data may go.

use std::sync::{Arc, Mutex};

use dapter::lint::LintFinding;
use dapter::plan::Direction;
use dapter::{MigrationError, Migrator};

use crate::support::{Database, Project, memory};

/// What was asked: the direction, and line and code of each finding.
type Asked = Arc<Mutex<Vec<(Direction, Vec<(usize, String)>)>>>;

/// The migrator with somebody who always gives this answer, and what that one was asked.
fn answering(migrator: Migrator, answer: bool) -> (Migrator, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let consent = move |direction, findings: &[LintFinding]| {
        let places = findings
            .iter()
            .map(|finding| (finding.line, finding.code.clone()));
        noted
            .lock()
            .expect("nobody panicked")
            .push((direction, places.collect()));
        answer
    };
    (migrator.with_consent(consent), asked)
}

fn asked(asked: &Asked) -> Vec<(Direction, Vec<(usize, String)>)> {
    asked.lock().expect("nobody panicked").clone()
}

fn deletions(lines: &[usize]) -> Vec<(usize, String)> {
    lines
        .iter()
        .map(|&line| (line, "MEM401".to_owned()))
        .collect()
}

#[test]
fn who_does_not_agree_keeps_the_data() {
    let (database, project) = (Database::new(), Project::chain(1));
    database
        .migrator(&memory(), &project)
        .upgrade("head")
        .expect("it upgrades");
    let before = database.content();
    let (migrator, questions) = answering(database.migrator(&memory(), &project), false);
    let error = migrator.downgrade("base").expect_err("nobody agrees");
    let MigrationError::Destroys(findings) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(findings.len(), 2);
    assert!(
        error
            .to_string()
            .contains("r1.mem:10: `del r1.2` deletes a value (MEM401)"),
        "{error}"
    );
    assert_eq!(
        asked(&questions),
        [(Direction::Downgrade, deletions(&[10, 11]))]
    );
    assert_eq!(database.content(), before);
}

#[test]
fn who_agrees_is_asked_once() {
    let (database, project) = (Database::new(), Project::chain(2));
    database
        .migrator(&memory(), &project)
        .upgrade("head")
        .expect("it upgrades");
    let (migrator, questions) = answering(database.migrator(&memory(), &project), true);
    migrator.downgrade("base").expect("it downgrades");
    assert_eq!(asked(&questions).len(), 1);
    assert_eq!(database.keys(), "");
}

#[test]
fn nobody_is_asked_where_nothing_is_lost() {
    let (database, project) = (Database::new(), Project::chain(1));
    // What the same run makes nobody has put anything into.
    project.script("r2", "revises r1", &["del r1.1"], &[]);
    project.script(
        "r3",
        "revises r2\nallow MEM401 \"not needed\"",
        &["del old"],
        &[],
    );
    let (migrator, questions) = answering(database.migrator(&memory(), &project), false);
    migrator.upgrade("head").expect("it upgrades");
    assert_eq!(asked(&questions), []);
}

#[test]
fn a_program_that_does_not_care_is_not_asked() {
    let (database, project) = (Database::new(), Project::chain(1));
    let migrator = database.migrator(&memory(), &project);
    migrator.upgrade("head").expect("it upgrades");
    migrator.downgrade("base").expect("it downgrades");
}
