//! dapter and Alembic at the same project.

use crate::folder::{ASYNC_ENV, Folder};
use dapter_alembic::{AlembicAdapter, AlembicSession};
use dapter_plugin_api::{
    AppliedRevision, ConnectOptions, Expect, HistoryChange, InFlight, NewRevision, Notices, Record,
    RevisionState, RowChange, SyncMigrationAdapter, SyncSession,
};
use serde_json::{Value, json};
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

/// Those that the program dapter takes part in.
pub const OF_THE_PROGRAM: &[Test] = &[
    ("the_six_commands_do", six_commands),
    (
        "the_six_commands_do_over_asynchronous_drivers",
        six_commands_asynchronously,
    ),
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
    if !folder.has_asynchronous_drivers() {
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
    let listed = || AlembicAdapter.list_scripts(&project).expect("lists");
    let before = listed();
    let two = before.iter().find(|script| script.name == "two.alembic");
    let text = &two.expect("it is listed").text;
    assert!(text.contains("# dapter:revises    one\n"), "{text}");
    assert!(
        text.contains("# dapter:created    2025-05-16T10:30:00Z\n"),
        "{text}"
    );

    let three = NewRevision {
        message: "make three".to_owned(),
        id: Some("three".to_owned()),
        revises: vec!["two".to_owned()],
        branch_labels: vec!["shop".to_owned()],
        depends_on: vec!["broken".to_owned()],
        ..NewRevision::default()
    };
    let create = |new: &NewRevision| AlembicAdapter.create_script(&project, new);
    let made = create(&three).expect("makes").expect("something");
    for line in [
        "# make three\n",
        "# dapter:revises    two\n",
        "# dapter:branch     shop\n",
        "# dapter:depends-on broken\n",
    ] {
        assert!(made.text.contains(line), "{}", made.text);
    }
    let file = made.file.as_deref().expect("a file");
    assert!(file.starts_with(&project.base_directory) && file.is_file());
    assert_eq!(listed().len(), before.len() + 1);
    assert!(listed().contains(&made));

    for (new, message) in [
        (three, "Alembic has a revision three already"),
        (NewRevision::default(), "Multiple heads"),
        (
            NewRevision {
                revises: vec!["one".to_owned()],
                ..NewRevision::default()
            },
            "Revision one is not a head",
        ),
    ] {
        let error = create(&new).expect_err(message);
        assert!(error.message.starts_with(message), "{error}");
    }
    let merge = NewRevision {
        revises: vec!["three".to_owned(), "broken".to_owned()],
        ..NewRevision::default()
    };
    let merged = create(&merge).expect("makes").expect("something").text;
    assert!(
        merged.contains("# dapter:revises    three, broken\n"),
        "{merged}"
    );
}

fn six_commands(folder: &Folder) {
    six(folder, "generic", "sqlite");
}

fn six_commands_asynchronously(folder: &Folder) {
    if folder.has_asynchronous_drivers() {
        six(folder, "async", "sqlite+aiosqlite");
    }
}

/// The protocol, as programs speak it.
fn six(folder: &Folder, template: &str, driver: &str) {
    let project = folder.initialised(template, driver);
    let base = &project.base_directory;
    let dapter = |arguments: &[&str]| folder.dapter(&project, arguments);
    let created = |made: &Value| made["created"].as_array().map_or(0, Vec::len);
    // The folder, the one in it, and dapter.toml.
    assert_eq!(created(&dapter(&["init"])), 3);

    let made = dapter(&["create", "Add users", "--autogenerate"]);
    let users = made["tool_file"].as_str().expect("a file").to_owned();
    let text = fs::read_to_string(&users).expect("reads");
    assert!(text.contains("op.create_table('users'"), "{text}");
    let id = made["revision"].as_str().expect("an id").to_owned();

    dapter(&["upgrade"]);
    let current = dapter(&["current"]);
    assert_eq!(current["current"][0]["revision"], *id, "{current}");
    assert_eq!(
        folder.alembic(&project, &["current"]).trim(),
        format!("{id} (head)")
    );

    // What Alembic makes by itself is taken in.
    folder.alembic(
        &project,
        &["revision", "-m", "Add more", "--rev-id", "more"],
    );
    let made = dapter(&["init"]);
    let wrapper = base.join("migrations/versions/more.alembic");
    assert_eq!(made["created"], json!([wrapper]));
    let history = dapter(&["history"]);
    let entries = history["revisions"].as_array().expect("entries");
    let states: Vec<_> = entries
        .iter()
        .map(|entry| (&entry["revision"], &entry["state"]))
        .collect();
    let (first, last) = (json!(id), json!("more"));
    let (applied, pending) = (json!("applied"), json!("pending"));
    assert_eq!(states, [(&last, &pending), (&first, &applied)]);

    // What is deleted there goes here too, but for what the database has applied.
    fs::remove_file(base.join("alembic/versions/more_add_more.py")).expect("it is there");
    assert_eq!(dapter(&["init"])["removed"], json!([wrapper]));
    let elsewhere = base.join("users.py");
    fs::rename(&users, &elsewhere).expect("it is there");
    let taken_in = dapter(&["init"]);
    assert_eq!(taken_in["orphans"][0]["revision"], *id, "{taken_in}");
    fs::rename(&elsewhere, &users).expect("it is there");

    dapter(&["downgrade", "base", "--yes"]);
    assert_eq!(folder.alembic(&project, &["current"]), "");
}
