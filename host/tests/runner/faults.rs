//! The n-th call of a run fails, for every n: the history says what the data says, the lock is free, and running the
//! same command again ends as if nothing had happened.

use dapter::api::abi::Adapter;
use dapter::project::TransactionMode;
use dapter::{DatabaseState, MigrationError, Migrator};

use crate::support::{
    Announcing, Content, Database, Fault, Faulty, Locking, Plain, Project, linked,
};

/// The most that any of the projects has.
const REVISIONS: usize = 3;

type Command = fn(&Migrator) -> Result<(), MigrationError>;

fn upgrade(migrator: &Migrator) -> Result<(), MigrationError> {
    migrator.upgrade("head").map(drop)
}

fn downgrade(migrator: &Migrator) -> Result<(), MigrationError> {
    migrator.downgrade("base").map(drop)
}

fn stamp_head(migrator: &Migrator) -> Result<(), MigrationError> {
    migrator.stamp("head").map(drop)
}

/// What a failure says is the case must be the case.
fn assert_told_truly(error: &MigrationError, before: &Content, database: &Database, what: &str) {
    let Some(failure) = error.run_failure() else {
        // What belongs to no step changes nothing, except that its own answer may have been lost.
        return;
    };
    let now = database.content();
    let state_of = |id: &str| {
        now.rows
            .iter()
            .find(|row| row.revision == id)
            .map(|row| (row.state, row.statements_done))
    };
    match &failure.state {
        DatabaseState::Unchanged => {
            assert_eq!(&now, before, "{what}");
            assert!(failure.left_unchanged());
        }
        DatabaseState::RolledBack => assert!(!failure.done.is_empty(), "{what}"),
        DatabaseState::Partial { done, .. } => {
            let revision = failure.revision.as_ref().expect("a step failed").as_str();
            let recorded = state_of(revision).map(|(_, done)| done);
            assert_eq!(recorded, Some(*done as u64), "{what}");
        }
        DatabaseState::Done => panic!("there is no hook: {what}"),
        DatabaseState::Unknown => return,
    }
    let was = |id: &str| before.rows.iter().any(|row| row.revision == id);
    for id in &failure.done {
        assert_ne!(
            state_of(id.as_str()).is_some(),
            was(id.as_str()),
            "{id} is done: {what}"
        );
    }
    for id in failure.pending.iter().skip(1) {
        assert_eq!(
            state_of(id.as_str()).is_some(),
            was(id.as_str()),
            "{id} is pending: {what}"
        );
    }
}

/// Fails unless the history says what the data says.
fn in_step(database: &Database, what: &str) {
    database.assert_consistent(REVISIONS, what);
}

/// For commands that run no script: the data stays as it is, whatever the history says.
fn without_data(database: &Database, what: &str) {
    assert!(database.content().values.is_empty(), "{what}");
}

/// What is done to a database, and what must hold whenever it failed.
struct Trial {
    prepare: Command,
    command: Command,
    check: fn(&Database, &str),
}

const UPGRADE: Trial = Trial {
    prepare: nothing,
    command: upgrade,
    check: in_step,
};

const DOWNGRADE: Trial = Trial {
    prepare: upgrade,
    command: downgrade,
    check: in_step,
};

const STAMP: Trial = Trial {
    prepare: nothing,
    command: stamp_head,
    check: without_data,
};

fn survives(adapter: &Adapter, mode: TransactionMode, project: &Project, trial: &Trial) {
    let Trial {
        prepare,
        command,
        check,
    } = trial;
    let prepared = || {
        let database = Database::new();
        let migrator = database.migrator_in(mode, adapter, project);
        prepare(&migrator).expect("nothing is in the way");
        (database, migrator)
    };
    let (undisturbed, migrator) = prepared();
    command(&migrator).expect("nothing is in the way");
    for fault in Fault::ALL {
        for call in 1.. {
            let what = format!(
                "{} in mode {mode:?}, {fault:?} at call {call}",
                adapter.info().key
            );
            let (database, migrator) = prepared();
            let before = database.content();
            database.arm(fault, call);
            let result = command(&migrator);
            let missed = database.disarm();
            if let Err(error) = &result {
                assert_told_truly(error, &before, &database, &what);
            }
            check(&database, &what);
            assert_eq!(database.history().lock, None, "{what}");
            command(&migrator).unwrap_or_else(|error| panic!("{error:?} the second time: {what}"));
            assert_eq!(database.content(), undisturbed.content(), "{what}");
            assert_eq!(database.history().lock, None, "{what}");
            if missed {
                assert!(result.is_ok(), "{what}");
                assert!(call > 5, "the run makes calls: {what}");
                break;
            }
        }
    }
}

fn nothing(_: &Migrator) -> Result<(), MigrationError> {
    Ok(())
}

#[test]
fn an_upgrade_in_transactions_survives_every_fault() {
    for mode in TransactionMode::ALL {
        survives(&linked::<Faulty>(), mode, &Project::chain(2), &UPGRADE);
    }
}

#[test]
fn an_upgrade_without_transactions_survives_every_fault() {
    survives(
        &linked::<Plain>(),
        TransactionMode::Each,
        &Project::chain(2),
        &UPGRADE,
    );
}

#[test]
fn an_upgrade_under_a_lock_of_the_database_survives_every_fault() {
    for mode in TransactionMode::ALL {
        survives(&linked::<Locking>(), mode, &Project::chain(2), &UPGRADE);
    }
}

#[test]
fn a_downgrade_survives_every_fault() {
    for mode in TransactionMode::ALL {
        survives(&linked::<Faulty>(), mode, &Project::chain(2), &DOWNGRADE);
    }
    survives(
        &linked::<Plain>(),
        TransactionMode::Each,
        &Project::chain(2),
        &DOWNGRADE,
    );
}

#[test]
fn a_stamp_survives_every_fault() {
    for adapter in [linked::<Faulty>(), linked::<Plain>(), linked::<Locking>()] {
        survives(&adapter, TransactionMode::Each, &Project::chain(2), &STAMP);
    }
}

#[test]
fn a_script_without_a_transaction_among_others_survives_every_fault() {
    for number in 1..=REVISIONS {
        let project = Project::chain(REVISIONS);
        project.chained(number, "transaction none");
        survives(
            &linked::<Faulty>(),
            TransactionMode::All,
            &project,
            &UPGRADE,
        );
        survives(
            &linked::<Faulty>(),
            TransactionMode::All,
            &project,
            &DOWNGRADE,
        );
    }
}

#[test]
fn announced_statements_survive_every_fault() {
    for trial in [&UPGRADE, &DOWNGRADE] {
        survives(
            &linked::<Announcing>(),
            TransactionMode::Each,
            &Project::chain(2),
            trial,
        );
    }
}
