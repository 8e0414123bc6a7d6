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
    "), @"");
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
