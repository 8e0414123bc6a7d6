//! `--backup`: a copy of the database before it is changed.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn two() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "CREATE TABLE b (id INTEGER); SELECT nothing;",
            "DROP TABLE b;",
        ),
    ])
}

#[test]
fn a_copy_is_made_if_there_is_something_to_do() {
    let sandbox = two();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --backup=copies/before.db
        dapter current --url sqlite:copies/before.db
        dapter upgrade a1 --backup=again.db
        dapter upgrade --backup=copies/before.db
    "), @r#"
    $ dapter upgrade --backup=copies/before.db
    applied a1 Make a1 ([time])
    backed up to copies/before.db
    error: the upgrade of revision b1 failed at statement 2 of 2
     --> migrations/versions/b1.sql:6:37
      |
    6 | CREATE TABLE b (id INTEGER); SELECT nothing;
      |                                     ^^^^^^^ near "nothing": syntax error (SQLITE_ERROR)
      |
      = note: this step was rolled back; revision a1 before it is done and stays
      = note: the database as it was before is in copies/before.db; to have it back: rm -f app.db-wal app.db-shm && cp copies/before.db app.db
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter current --url sqlite:copies/before.db
    base (nothing is applied)

    $ dapter upgrade a1 --backup=again.db
    nothing to do: sqlite:app.db is at a1

    $ dapter upgrade --backup=copies/before.db
    error: there is a file copies/before.db already
      help: name another file, or a folder
    [exit 1]
    "#);
    assert!(
        !sandbox.path("again.db").exists(),
        "there was nothing to do"
    );
}

#[test]
fn many_databases_go_into_a_folder() {
    let sandbox = two();
    sandbox.write(
        "dapter.toml",
        "[targets.one]\nurl = \"sqlite:one.db\"\n[targets.two]\nurl = \"sqlite:two.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade a1 --all --backup=one.file
        dapter upgrade a1 --all --jobs 1 --backup=copies/ --quiet
    "), @"
    $ dapter upgrade a1 --all --backup=one.file
    error: --backup names one file, one.file, for many databases
      help: name a folder, with / at its end
    [exit 2]

    $ dapter upgrade a1 --all --jobs 1 --backup=copies/ --quiet
    ");
    let mut names: Vec<String> = std::fs::read_dir(sandbox.path("copies"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let beginnings: Vec<&str> = names.iter().map(|name| &name[..4]).collect();
    assert_eq!(beginnings, ["one-", "two-"]);
}
