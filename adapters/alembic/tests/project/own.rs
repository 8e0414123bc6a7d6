//! dapter and Alembic at the same project.

use crate::folder::{ASYNC_ENV, Folder};
use dapter_alembic::project::Project;
use dapter_alembic::{AlembicAdapter, AlembicSession};
use dapter_plugin_api::{
    AppliedRevision, ConnectOptions, Expect, HistoryChange, InFlight, Notices, Record,
    RevisionState, RowChange, SyncMigrationAdapter, SyncSession,
};
use std::fs;

pub type Test = (&'static str, fn(&Folder));

pub const TESTS: &[Test] = &[
    ("what_one_applies_the_other_knows", both),
    ("a_stamp_is_alembics_stamp", stamp),
    ("what_stopped_is_told_by_alembics_table", stopped),
    ("a_failure_says_where_it_was_raised", failure),
    ("asynchronous_drivers_do_as_well", asynchronous),
    ("autogenerate_finds_nothing_of_dapters", autogenerate),
    ("every_revision_has_a_wrapper", wrappers),
];

fn connect(project: &ConnectOptions) -> AlembicSession {
    let session = AlembicAdapter.connect(project, &Notices::new());
    session.unwrap_or_else(|error| panic!("{error}: {:?}", error.chain))
}

fn row(revision: &str, position: u64, state: RevisionState) -> AppliedRevision {
    AppliedRevision {
        revision: revision.to_owned(),
        position,
        state,
        ..AppliedRevision::default()
    }
}

fn change(before: Option<&AppliedRevision>, after: AppliedRevision) -> HistoryChange {
    HistoryChange {
        rows: vec![RowChange {
            revision: after.revision.clone(),
            expect: Expect::exactly(before),
            row: Some(after),
        }],
        ..HistoryChange::default()
    }
}

fn announced(revision: &str) -> InFlight {
    InFlight {
        statement: format!("upgrade {revision}"),
        ..InFlight::default()
    }
}

/// As hosts record the one statement of a wrapper.
fn upgrade(session: &mut AlembicSession, revision: &str, position: u64) {
    let intent = AppliedRevision {
        in_flight: Some(announced(revision)),
        ..row(revision, position, RevisionState::Upgrading)
    };
    let record = Record {
        change: change(None, row(revision, position, RevisionState::Applied)),
        intent: Some(change(None, intent)),
    };
    let ran = session.execute_recorded(&format!("upgrade {revision}"), &record);
    ran.unwrap_or_else(|error| panic!("{error}: {:?}", error.chain));
}

fn applied(session: &mut AlembicSession) -> Vec<String> {
    let rows = session.read_history().expect("reads").rows;
    rows.into_iter().map(|row| row.revision).collect()
}

fn both(folder: &Folder) {
    let project = folder.project("");
    let mut session = connect(&project);
    upgrade(&mut session, "one", 1);
    assert_eq!(folder.alembic(&project, &["current"]).trim(), "one");
    folder.alembic(&project, &["upgrade", "two"]);
    assert_eq!(applied(&mut session), ["one", "two"]);
    folder.alembic(&project, &["downgrade", "base"]);
    assert_eq!(applied(&mut session), Vec::<String>::new());
}

fn stamp(folder: &Folder) {
    let project = folder.project("");
    let mut session = connect(&project);
    for (revision, position) in [("one", 1), ("two", 2)] {
        let stamped = change(None, row(revision, position, RevisionState::Applied));
        session.swap_history(&stamped).expect("stamps");
    }
    assert_eq!(folder.alembic(&project, &["current"]).trim(), "two (head)");
}

fn stopped(folder: &Folder) {
    let project = folder.project("");
    let mut session = connect(&project);
    let intent = AppliedRevision {
        in_flight: Some(announced("one")),
        ..row("one", 1, RevisionState::Upgrading)
    };
    session
        .swap_history(&change(None, intent))
        .expect("announces");
    let mut effect = || {
        let rows = session.read_history().expect("reads").rows;
        let flight = rows.into_iter().next().and_then(|row| row.in_flight);
        flight.expect("in flight").took_effect
    };
    assert_eq!(effect(), Some(false));
    folder.alembic(&project, &["upgrade", "one"]);
    assert_eq!(effect(), Some(true));
}

fn failure(folder: &Folder) {
    let mut session = connect(&folder.project(""));
    let error = session.execute("upgrade broken").expect_err("as told");
    assert_eq!(error.message, "ValueError: as told");
    assert_eq!(error.chain, ["raised at alembic/versions/broken.py:11"]);
}

fn asynchronous(folder: &Folder) {
    let project = folder.project("");
    let there = std::process::Command::new(&folder.python)
        .args(["-c", "import aiosqlite, greenlet"])
        .output();
    if !there.is_ok_and(|output| output.status.success()) {
        return;
    }
    let at = |file: &str| project.base_directory.join(file);
    fs::write(at("alembic/env.py"), ASYNC_ENV).expect("writes");
    let ini = fs::read_to_string(at("alembic.ini")).expect("reads");
    fs::write(
        at("alembic.ini"),
        ini.replace("sqlite:", "sqlite+aiosqlite:"),
    )
    .expect("writes");
    let mut session = connect(&project);
    upgrade(&mut session, "one", 1);
    assert_eq!(applied(&mut session), ["one"]);
    assert_eq!(folder.alembic(&project, &["current"]).trim(), "one");
}

fn autogenerate(folder: &Folder) {
    let project = folder.project("");
    let mut session = connect(&project);
    session.ensure_history().expect("ensures");
    let env = project.base_directory.join("alembic/env.py");
    let text = fs::read_to_string(&env).expect("reads");
    let text = text.replace(
        "target_metadata=None",
        "target_metadata=__import__('sqlalchemy').MetaData()",
    );
    fs::write(&env, text).expect("writes");
    let stamped = folder.alembic(&project, &["stamp", "heads"]);
    assert_eq!(stamped, "");
    let checked = folder.alembic(&project, &["check"]);
    assert_eq!(checked.trim(), "No new upgrade operations detected.");
}

fn wrappers(folder: &Folder) {
    let project = folder.project("");
    let base = &project.base_directory;
    let open = || Project::open(&project.url, base).expect("opens");
    let directory = base.join("migrations");
    assert_eq!(open().sync(&directory).expect("syncs").len(), 3);
    assert_eq!(
        open().sync(&directory).expect("syncs"),
        Vec::<std::path::PathBuf>::new()
    );
    let text = fs::read_to_string(directory.join("versions/two.alembic")).expect("reads");
    assert!(text.contains("# dapter:revises    one\n"), "{text}");
    assert!(
        text.contains("# dapter:created    2025-05-16T10:30:00Z\n"),
        "{text}"
    );
}
