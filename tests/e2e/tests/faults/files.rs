//! Files that cannot be written, files that are no database, and files that somebody else writes.

use super::contents::history;
use super::project::Project;
use dapter::api::abi::block_on;
use dapter_e2e::Stream;
use std::fs;

const SMALL: &[(&str, &str)] = &[
    ("one", "CREATE TABLE a (x);"),
    ("two", "CREATE TABLE b (x);"),
];

#[test]
fn a_database_that_may_only_be_read_is_left_alone() {
    let project = Project::with(SMALL);
    project.run(&["upgrade", "one"]).expect(0);
    let before = fs::read(project.database()).expect("reads");
    let ended = project
        .run_on("sqlite:app.db?mode=ro", &["upgrade"])
        .expect(1);
    assert!(ended.errors.contains("SQLITE_READONLY"), "{ended:?}");
    assert!(ended.errors.contains("`mode=ro` was given"), "{ended:?}");
    project
        .run_on("sqlite:app.db?mode=ro", &["current"])
        .expect(0);
    assert_eq!(fs::read(project.database()).expect("reads"), before);
    project.run(&["upgrade"]).expect(0);
}

#[test]
fn a_missing_database_is_not_made_by_who_may_not_write() {
    let project = Project::with(SMALL);
    for mode in ["ro", "rw"] {
        let ended = project
            .run_on(&format!("sqlite:app.db?mode={mode}"), &["upgrade"])
            .expect(1);
        assert!(ended.errors.contains("there is no file"), "{ended:?}");
    }
    assert!(!project.database().exists());
    let ended = project
        .run_on("sqlite:nowhere/app.db", &["upgrade"])
        .expect(1);
    assert!(ended.errors.contains("there is no folder"), "{ended:?}");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let project = Project::with(SMALL);
    let noise: Vec<u8> = (0..20_000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3])
        .collect();
    fs::write(project.database(), &noise).expect("writes");
    for command in ["upgrade", "current", "history"] {
        let ended = project.run(&[command]).expect(1);
        assert!(
            ended.errors.contains("SQLITE_NOTADB"),
            "{command}: {ended:?}"
        );
        assert!(
            ended
                .errors
                .contains("no SQLite database, or it is encrypted"),
            "{command}: {ended:?}"
        );
    }
    assert_eq!(fs::read(project.database()).expect("reads"), noise);
}

#[test]
fn a_damaged_database_is_reported() {
    let project = Project::with(SMALL);
    project.run(&["upgrade", "one"]).expect(0);
    let mut bytes = fs::read(project.database()).expect("reads");
    // The header stays, every page behind it is overwritten.
    bytes[100..].fill(0xa5);
    fs::write(project.database(), &bytes).expect("writes");
    let ended = project.run(&["upgrade"]).expect(1);
    assert!(ended.errors.contains("SQLITE_CORRUPT"), "{ended:?}");
    assert_eq!(fs::read(project.database()).expect("reads"), bytes);
}

#[test]
fn a_writer_who_stays_longer_than_the_patience_is_told_of() {
    for run in [&["upgrade"][..], &["upgrade", "--transaction", "none"]] {
        let project = Project::with(SMALL);
        project.run(&["upgrade", "one"]).expect(0);
        let mut writer = project.session();
        block_on(writer.begin()).expect("begins");
        let impatient = [run, &["--lock-wait", "100ms"]].concat();
        let ended = project.run(&impatient).expect(6);
        assert!(
            ended.errors.contains("in use by somebody else"),
            "{ended:?}"
        );
        assert_eq!(history(&mut project.session()).len(), 1);
        let mut patient = project.start(run);
        patient.wait_for(Stream::Errors, "for somebody else");
        block_on(writer.rollback()).expect("ends");
        patient.end().expect(0);
        assert_eq!(history(&mut project.session()).len(), 2);
    }
}
