//! What a failing statement leaves behind, in every mode.

use dapter::api::ErrorKind;
use dapter::project::TransactionMode;
use dapter::{DatabaseState, MigrationError, RunFailure};

use crate::support::{Database, Fault, Faulty, Plain, Project, ids, linked, memory};

/// Three revisions, the second of which fails at its second statement.
fn failing() -> Project {
    let project = Project::chain(3);
    project.script(
        "r2",
        "revises r1",
        &["put r2.1 one", "", "  fail disk on fire"],
        &["del r2.1"],
    );
    project
}

fn failure(result: Result<dapter::Report, MigrationError>) -> RunFailure {
    match result {
        Err(MigrationError::Upgrade(failure) | MigrationError::Downgrade(failure)) => *failure,
        other => panic!("{other:?} is no failure of a run"),
    }
}

#[test]
fn a_failing_statement_leaves_what_its_mode_says() {
    let partial = DatabaseState::Partial { done: 1, total: 2 };
    for (mode, applied, keys, state, done, pending) in [
        (
            TransactionMode::Each,
            "r1",
            "r1.1 r1.2",
            DatabaseState::RolledBack,
            "r1",
            "r2 r3",
        ),
        (
            TransactionMode::All,
            "",
            "",
            DatabaseState::Unchanged,
            "",
            "r1 r2 r3",
        ),
        (
            TransactionMode::None,
            "r1 r2(upgrading 1/2)",
            "r1.1 r1.2 r2.1",
            partial,
            "r1",
            "r2 r3",
        ),
    ] {
        let (database, project) = (Database::new(), failing());
        let failure = failure(
            database
                .migrator_in(mode, &memory(), &project)
                .upgrade("head"),
        );
        assert_eq!(
            (database.applied().as_str(), database.keys().as_str()),
            (applied, keys),
            "{mode:?}"
        );
        assert_eq!(failure.state, state, "{mode:?}");
        assert_eq!(
            (failure.done, failure.pending),
            (ids(done), ids(pending)),
            "{mode:?}"
        );
        assert_eq!(database.history().lock, None, "{mode:?}");
    }
}

#[test]
fn a_failure_names_the_statement_and_its_place() {
    let (database, project) = (Database::new(), failing());
    let error = database
        .migrator(&memory(), &project)
        .upgrade("head")
        .expect_err("r2 fails");
    assert_eq!(error.to_string(), "the upgrade of revision r2 failed");
    let failure = error.run_failure().expect("a run failed");
    assert_eq!(failure.path, Some(project.path_of("r2")));
    assert_eq!(
        (failure.error.kind, failure.error.code.as_deref()),
        (ErrorKind::Statement, Some("TOLD"))
    );
    let statement = failure.statement.as_ref().expect("a statement failed");
    assert_eq!((statement.number, statement.total), (2, 2));
    assert_eq!((statement.line, statement.column), (9, 3));
    assert_eq!(statement.text, "fail disk on fire");
    assert!(!failure.interrupted);
}

#[test]
fn the_hint_of_the_database_is_the_hint_of_the_failure() {
    let (database, project) = (Database::new(), Project::new());
    project.script("r1", "", &["drop everything"], &["del a"]);
    let error = database
        .migrator(&memory(), &project)
        .upgrade("head")
        .expect_err("it is no command");
    assert_eq!(
        error.hint().as_deref(),
        Some("commands are put, del, say, fail and panic")
    );
}

#[test]
fn a_script_without_a_transaction_parts_the_common_one() {
    let (database, project) = (Database::new(), Project::chain(4));
    project.chained(2, "transaction none");
    project.script(
        "r4",
        "revises r3",
        &["put r4.1 one", "fail disk on fire"],
        &["del r4.1"],
    );
    let failure = failure(
        database
            .migrator_in(TransactionMode::All, &memory(), &project)
            .upgrade("head"),
    );
    assert_eq!(
        database.applied(),
        "r1 r2",
        "r3 was in one transaction with r4"
    );
    assert_eq!(database.keys(), "r1.1 r1.2 r2.1 r2.2");
    assert_eq!(
        (failure.done, failure.pending),
        (ids("r1 r2"), ids("r3 r4"))
    );
    assert_eq!(failure.state, DatabaseState::RolledBack);
}

#[test]
fn a_script_without_a_transaction_stops_half_way() {
    let (database, project) = (Database::new(), Project::chain(1));
    project.script(
        "r2",
        "revises r1\ntransaction none",
        &["put r2.1 one", "fail disk on fire"],
        &["del r2.1"],
    );
    let failure = failure(database.migrator(&memory(), &project).upgrade("head"));
    assert_eq!(failure.state, DatabaseState::Partial { done: 1, total: 2 });
    assert_eq!(database.applied(), "r1 r2(upgrading 1/2)");
    assert_eq!(database.history().rows[1].error, "fail disk on fire");
    assert_eq!(
        database.log_lines(),
        ["upgrade r1 done", "upgrade r2 failed"]
    );
}

#[test]
fn a_failure_at_the_first_statement_leaves_no_trace_of_the_step() {
    for adapter in [memory(), linked::<Plain>()] {
        let (database, project) = (Database::new(), Project::new());
        project.script(
            "r1",
            "",
            &["fail disk on fire", "put r1.2 two"],
            &["del r1.2"],
        );
        let failure = failure(database.migrator(&adapter, &project).upgrade("head"));
        assert_eq!(failure.state, DatabaseState::Unchanged);
        assert!(failure.left_unchanged());
        assert_eq!(
            (database.applied().as_str(), database.keys().as_str()),
            ("", "")
        );
    }
}

#[test]
fn a_failing_downgrade_keeps_its_revision_applied() {
    for (mode, applied, keys) in [
        (TransactionMode::Each, "r1", "r1.1 r1.2"),
        (TransactionMode::All, "r1 r2", "r1.1 r1.2 r2.1 r2.2"),
        (TransactionMode::None, "r1(downgrading 1/2)", "r1.1"),
    ] {
        let (database, project) = (Database::new(), Project::chain(2));
        project.script(
            "r1",
            "",
            &["put r1.1 one", "put r1.2 two"],
            &["del r1.2", "fail disk on fire"],
        );
        let migrator = database.migrator_in(mode, &memory(), &project);
        migrator.upgrade("head").expect("it upgrades");
        let failure = failure(migrator.downgrade("base"));
        assert_eq!(
            failure
                .revision
                .as_ref()
                .map(dapter::revision::RevisionId::as_str),
            Some("r1")
        );
        assert_eq!(
            (database.applied().as_str(), database.keys().as_str()),
            (applied, keys),
            "{mode:?}"
        );
    }
}

#[test]
fn a_panicking_adapter_is_a_failure_like_any_other() {
    let (database, project) = (Database::new(), Project::chain(2));
    project.script(
        "r2",
        "revises r1",
        &["put r2.1 one", "panic"],
        &["del r2.1"],
    );
    let failure = failure(database.migrator(&memory(), &project).upgrade("head"));
    assert_eq!(failure.error.kind, ErrorKind::Panic);
    assert_eq!(failure.state, DatabaseState::RolledBack);
    assert_eq!(
        failure.error.chain, [""; 0],
        "that the session is gone goes without saying"
    );
    assert_eq!(
        (database.applied().as_str(), database.keys().as_str()),
        ("r1", "r1.1 r1.2")
    );
    assert_eq!(
        database.history().lock,
        None,
        "another session gave it back"
    );
}

#[test]
fn a_connection_lost_at_a_commit_leaves_doubt_and_says_so() {
    let (database, project) = (Database::new(), Project::chain(1));
    let migrator = database.migrator(&linked::<Faulty>(), &project);
    // Connect, read, begin, ensure, swap and commit for the lock; read; begin, two statements, swap, commit.
    database.arm(Fault::LostAfter, 12);
    let failure = failure(migrator.upgrade("head"));
    assert_eq!(
        (failure.state, failure.statement),
        (DatabaseState::Unknown, None)
    );
    assert_eq!(migrator.upgrade("head").expect("it was done").steps, []);
}

#[test]
fn an_irreversible_step_is_refused_before_anything_runs() {
    let (database, project) = (Database::new(), Project::chain(3));
    project.script(
        "r2",
        "revises r1\nirreversible \"data is gone\"",
        &["put r2.1 one"],
        &[],
    );
    let migrator = database.migrator(&memory(), &project);
    migrator.upgrade("head").expect("it upgrades");
    let before = database.content();
    assert!(matches!(
        migrator.downgrade("base"),
        Err(MigrationError::Section(_))
    ));
    assert_eq!(database.content(), before, "r3 is not undone either");
    assert_eq!(database.history().lock, None);
}

#[test]
fn a_script_without_statements_is_applied_all_the_same() {
    for adapter in [memory(), linked::<Plain>()] {
        let (database, project) = (Database::new(), Project::new());
        project.script("r1", "", &["# nothing to do"], &["# nothing to undo"]);
        let migrator = database.migrator(&adapter, &project);
        migrator.upgrade("head").expect("it upgrades");
        assert_eq!(database.applied(), "r1");
        migrator.downgrade("base").expect("it downgrades");
        assert_eq!(
            (database.applied().as_str(), database.history().lock),
            ("", None)
        );
    }
}
