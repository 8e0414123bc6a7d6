use std::fs;
use std::path::Path;

use tempfile::{TempDir, tempdir};

use super::{Initialized, ScriptDirectory};
use crate::diagnostic::Diagnostics;
use crate::revision::{Revision, RevisionId};
use crate::script::{NewScript, ScriptError, ScriptFormat, default_template};

fn template() -> String {
    default_template("--").unwrap()
}

/// A migrations directory fresh from `init`; it goes with the folder.
fn initialized() -> (TempDir, ScriptDirectory) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("migrations");
    let made = ScriptDirectory::init(&path, "sql", &template()).unwrap();
    (folder, made.directory)
}

fn text(id: &str) -> String {
    format!("-- {id}\n-- dapter:revision {id}\n-- dapter:upgrade\nA;\n-- dapter:downgrade\nB;\n")
}

fn new_script(id: &str, message: &str) -> NewScript {
    NewScript {
        format: ScriptFormat::Adapter,
        revision: Revision {
            id: RevisionId::parse(id).unwrap(),
            revises: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            aliases: Vec::new(),
            message: message.to_owned(),
        },
        created: "2025-05-16T10:30:00Z".to_owned(),
        upgrade: String::new(),
        downgrade: String::new(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn ids(directory: &ScriptDirectory) -> Vec<String> {
    let scripts = directory.load().unwrap().into_iter();
    scripts
        .map(|script| script.revision.id.as_str().to_owned())
        .collect()
}

#[test]
fn init_makes_what_is_missing_and_says_what_was_there() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("deep").join("migrations");
    let parts = [path.clone(), path.join("versions"), path.join("script.sql")];

    let first = ScriptDirectory::init(&path, "sql", &template()).unwrap();
    assert_eq!((first.created, first.existing), (parts.to_vec(), vec![]));
    assert_eq!(fs::read_to_string(&parts[2]).unwrap(), template());

    let Initialized {
        directory,
        created,
        existing,
        ..
    } = ScriptDirectory::init(&path, "sql", &template()).unwrap();
    assert_eq!((created, existing), (vec![], parts.to_vec()));
    assert_eq!(ScriptDirectory::open(&path, "sql").unwrap(), directory);
    assert_eq!(names(&path), ["script.sql", "versions"]);
}

#[test]
fn init_leaves_existing_files_alone() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("README"), "mine").unwrap();
    fs::create_dir(folder.path().join("versions")).unwrap();
    fs::write(folder.path().join("versions/old.sql"), "old").unwrap();

    ScriptDirectory::init(folder.path(), "sql", &template()).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("README")).unwrap(),
        "mine"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("versions/old.sql")).unwrap(),
        "old"
    );
}

#[test]
fn init_makes_nothing_when_something_is_in_the_way() {
    for (file, text) in [("script.sql", "my own template"), ("versions", "a file")] {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join(file), text).unwrap();
        let error = ScriptDirectory::init(folder.path(), "sql", &template()).unwrap_err();
        assert!(
            matches!(&error, ScriptError::InTheWay { path, .. } if path.ends_with(file)),
            "{error}"
        );
        assert_eq!(names(folder.path()), [file]);
        assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), text);
    }

    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("script.sql")).unwrap();
    ScriptDirectory::init(folder.path(), "sql", &template()).unwrap_err();
    assert_eq!(names(folder.path()), ["script.sql"]);
}

#[test]
fn open_wants_a_migrations_directory_and_a_usable_extension() {
    let folder = tempdir().unwrap();
    let open = |extension| ScriptDirectory::open(folder.path(), extension).unwrap_err();
    assert!(matches!(open("sql"), ScriptError::NotInitialized { .. }));
    for extension in ["", "toml", "a/b", "..", "sql "] {
        assert!(matches!(open(extension), ScriptError::Extension { .. }));
    }
    // Version control keeps the template and forgets the empty folder.
    fs::write(folder.path().join("script.sql"), template()).unwrap();
    let directory = ScriptDirectory::open(folder.path(), "sql").unwrap();
    assert_eq!(directory.load().unwrap(), []);
    directory.create(&new_script("a", "")).unwrap();
    assert_eq!(ids(&directory), ["a"]);
}

#[test]
fn load_reads_the_scripts_of_the_adapter_in_the_order_of_their_names() {
    let (_folder, directory) = initialized();
    let versions = directory.versions();
    for (name, id) in [("3.sql", "c"), ("1.sql", "z"), ("2.SQL", "b")] {
        fs::write(versions.join(name), text(id)).unwrap();
    }
    for other in [".hidden.sql", "notes.md", "4.sql~", "sql"] {
        fs::write(versions.join(other), "no script").unwrap();
    }
    fs::create_dir(versions.join("5.sql")).unwrap();
    fs::write(versions.join("5.sql/6.sql"), "no script").unwrap();
    assert_eq!(ids(&directory), ["z", "b", "c"]);
}

#[test]
fn load_reports_all_problems_of_all_files_at_once() {
    let (_folder, directory) = initialized();
    let versions = directory.versions();
    fs::write(versions.join("1.sql"), "-- dapter:revision\n-- dapter:up\n").unwrap();
    fs::write(versions.join("2.sql"), text("b")).unwrap();
    fs::write(versions.join("3.toml"), "").unwrap();
    fs::write(versions.join("4.sql"), b"a\n\xff").unwrap();
    let Diagnostics(found) = directory.load().unwrap_err();
    let places: Vec<_> = found
        .iter()
        .map(|problem| {
            let name = problem.path.file_name().unwrap().to_str().unwrap();
            (name, problem.line)
        })
        .collect();
    assert_eq!(
        places,
        [
            ("1.sql", Some(1)),
            ("1.sql", Some(2)),
            ("1.sql", Some(2)),
            ("1.sql", Some(2)),
            ("3.toml", Some(1)),
            ("4.sql", Some(2)),
        ]
    );
}

#[test]
fn a_long_script_between_short_ones_leaves_nothing_behind() {
    let (_folder, directory) = initialized();
    let long = text("b").replace("A;", &"A;\n".repeat(100_000));
    for (name, text) in [("1.sql", text("a")), ("2.sql", long), ("3.sql", text("c"))] {
        fs::write(directory.versions().join(name), text).unwrap();
    }
    assert_eq!(ids(&directory), ["a", "b", "c"]);
}

#[test]
fn a_body_is_read_again_and_refused_when_it_has_changed() {
    let (_folder, directory) = initialized();
    let path = directory.versions().join("1.sql");
    fs::write(&path, text("a")).unwrap();
    let script = directory.load().unwrap().remove(0);

    // Other line ends are the same script, with other ranges.
    fs::write(&path, text("a").replace('\n', "\r\n")).unwrap();
    let body = directory.read_body(&script).unwrap();
    assert_eq!(body.upgrade_for("sqlite").unwrap()[0].text, "A;\r\n");

    for changed in [text("a").replace("A;", "C;"), "no script".to_owned()] {
        fs::write(&path, changed).unwrap();
        let error = directory.read_body(&script).unwrap_err();
        assert!(matches!(error, ScriptError::Changed { .. }), "{error}");
    }
    fs::remove_file(&path).unwrap();
    let error = directory.read_body(&script).unwrap_err();
    assert!(matches!(error, ScriptError::Io { .. }), "{error}");
}

#[test]
fn create_writes_a_script_that_loads() {
    let (_folder, directory) = initialized();
    let path = directory
        .create(&new_script("ae10", "Add users table"))
        .unwrap();
    assert_eq!(
        path,
        directory
            .versions()
            .join("20250516T1030_ae10_add_users_table.sql")
    );
    assert_eq!(names(directory.versions()).len(), 1);
    let scripts = directory.load().unwrap();
    assert_eq!(scripts[0].revision.message, "Add users table");
    assert_eq!(scripts[0].path, path);
}

#[test]
fn create_refuses_an_id_that_exists_and_overwrites_nothing() {
    let (_folder, directory) = initialized();
    let path = directory.create(&new_script("a", "one")).unwrap();
    let before = fs::read_to_string(&path).unwrap();
    let error = directory.create(&new_script("a", "two")).unwrap_err();
    assert!(matches!(error, ScriptError::RevisionExists { .. }));

    // The name is taken by a script with another id, since only the header counts.
    fs::write(&path, before.replace("revision   a", "revision   b")).unwrap();
    let error = directory.create(&new_script("a", "one")).unwrap_err();
    assert!(matches!(error, ScriptError::InTheWay { .. }), "{error}");
    assert_eq!(ids(&directory), ["b"]);
    assert_eq!(names(directory.versions()).len(), 1);
}

#[test]
fn create_stays_in_its_folder_whatever_the_id() {
    let (_folder, directory) = initialized();
    let path = directory.create(&new_script("../../x", "")).unwrap();
    assert_eq!(path.parent(), Some(directory.versions()));
    assert_eq!(ids(&directory), ["../../x"]);
}

#[test]
fn create_needs_a_time_a_sound_template_and_readable_scripts() {
    let (_folder, directory) = initialized();
    let mut script = new_script("a", "one");
    script.created = "2025-05-16T10:30:00+02:00".to_owned();
    let error = directory.create(&script).unwrap_err();
    assert!(matches!(error, ScriptError::Created { .. }));

    fs::write(directory.template(), "-- ${nothing}\n").unwrap();
    let error = directory.create(&new_script("a", "one")).unwrap_err();
    assert!(matches!(error, ScriptError::Invalid(_)));
    fs::remove_file(directory.template()).unwrap();
    let error = directory.create(&new_script("a", "one")).unwrap_err();
    assert!(matches!(error, ScriptError::NoTemplate { .. }));

    fs::write(directory.template(), template()).unwrap();
    fs::write(directory.versions().join("bad.sql"), "").unwrap();
    let error = directory.create(&new_script("a", "one")).unwrap_err();
    assert!(matches!(error, ScriptError::Invalid(_)));
    assert_eq!(names(directory.versions()), ["bad.sql"]);
}
