//! The suite for adapters, on Alembic projects over SQLite; and what is Alembic's own.
//!
//! They need a Python with Alembic 1.13 or later, which `DAPTER_TEST_ALEMBIC_PYTHON` names; without it they are ignored, and
//! those of the program dapter where it is not built into the same target folder. Each session
//! is a Python of its own, which takes a second, so of the suite only a sample runs unless `DAPTER_TEST_ALL_MOMENTS=1` is set.

#[path = "project/folder.rs"]
mod folder;
#[path = "project/own.rs"]
mod own;

use dapter_alembic::AlembicAdapter;
use dapter_conformance::{Effect, Failing, Refusal, Script, Subject, Trial, Writers};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind};
use folder::Folder;
use libtest_mimic::Arguments;
use std::path::PathBuf;
use std::process::ExitCode;

/// What of the suite runs always.
const SAMPLE: &[&str] = &[
    "::describe::",
    "::split::",
    "connect::an_unknown_option_is_refused",
    "connect::what_the_subject_names_is_refused",
    "connect::connecting_changes_nothing",
    "history::every_field_of_a_row_is_kept",
    "history::any_text_is_kept_as_it_is",
    "history::ensuring_again_changes_nothing",
    "swap::a_conflict_of_a_row_keeps_the_lock_as_it_was",
    "log::lines_come_oldest_first",
    "race::a_row_has_one_writer",
    "::execute::",
    "::recorded::",
    "::server_facts::",
    "::scripts::",
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let Some(python) = std::env::var_os("DAPTER_TEST_ALEMBIC_PYTHON").map(PathBuf::from) else {
        let missing = Trial::test("python with alembic", || Ok(())).with_ignored_flag(true);
        return libtest_mimic::run(&arguments, vec![missing]).exit_code();
    };
    let whole = std::env::var_os("DAPTER_TEST_ALL_MOMENTS").is_some_and(|value| value == "1");
    let base = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(base.path(), &python);
    let mut trials = dapter_conformance::suite(subject(folder.clone()));
    trials.retain(|trial| whole || SAMPLE.iter().any(|part| trial.name().contains(part)));
    let trial = |(name, test): &own::Test| {
        let (folder, test) = (folder.clone(), *test);
        Trial::test(*name, move || {
            test(&folder);
            Ok(())
        })
    };
    trials.extend(own::TESTS.iter().map(trial));
    let is_missing = !folder.has_dapter();
    let of_the_program = own::OF_THE_PROGRAM.iter().map(trial);
    trials.extend(of_the_program.map(|trial| trial.with_ignored_flag(is_missing)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn subject(folder: Folder) -> Subject {
    let nowhere = folder.project("");
    let without = ConnectOptions {
        url: nowhere.url.replace("alembic.ini", "other.ini"),
        ..nowhere.clone()
    };
    let secret = "hunter2-Tr0ub4dor";
    let locked = folder.project(&format!("postgresql://me:{secret}@127.0.0.1:1/none"));
    let no_python = ConnectOptions::new("alembic:alembic.ini?python=no-such-python");
    Subject {
        adapter: block_on(Adapter::linked_sync::<AlembicAdapter>()).expect("the adapter is made"),
        fresh: Box::new(move || Ok(folder.project(""))),
        absent: None,
        refused: vec![
            Refusal::new("no alembic.ini", without, ErrorKind::Connect),
            Refusal::new("no Python", no_python, ErrorKind::Connect),
            Refusal::new("nobody there", locked, ErrorKind::Connect).with_secret(secret),
        ],
        prepare: vec!["sql CREATE TABLE items (id INTEGER PRIMARY KEY)".to_owned()],
        put: Effect::new(
            "sql INSERT INTO items VALUES (1)",
            1,
            "sql DELETE FROM items WHERE id = 1",
        ),
        fail: Failing::new("upgrade broken", ErrorKind::Statement),
        script: Script::new(
            "# three\nsql INSERT INTO items VALUES (7)\n  sql UPDATE items SET id = 8\n\nsql DELETE FROM items\n",
            &[
                "sql INSERT INTO items VALUES (7)",
                "sql UPDATE items SET id = 8",
                "sql DELETE FROM items",
            ],
        ),
        unsplittable: None,
        look: None,
        ddl: None,
        slow: None,
        kill: Vec::new(),
        writers: Writers::Many,
    }
}
