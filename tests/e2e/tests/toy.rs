//! The command line drives an adapter that is not SQL and that nobody here knows: the toy, a crate outside the workspace.

use dapter_e2e::{Sandbox, Toolchain, build_library, fixture};
use insta::assert_snapshot;

fn sandbox() -> Sandbox {
    let plugin = build_library(&fixture("toy"), "dapter_toy", Toolchain::Same);
    let sandbox = Sandbox::new();
    let folder = sandbox.path("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    let file = folder.join(plugin.file_name().expect("a file"));
    std::fs::copy(&plugin, file).expect("the plugin is copied");
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n[targets.default]\nurl = \"toy:notes.txt\"\n",
    );
    sandbox
}

fn script(sandbox: &Sandbox, id: &str, revises: &str, body: &str) {
    let text = format!("# Make {id}\n# dapter:revision {id}\n# dapter:revises {revises}\n{body}");
    sandbox.write(&format!("migrations/versions/{id}.toy"), text);
}

#[test]
fn all_commands_work_on_it() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("dapter init"), @r#"
    $ dapter init
    made migrations
    made migrations/versions
    made migrations/script.toy
    left dapter.toml as it is
    next: dapter create "What the first migration does"
    "#);
    script(
        &sandbox,
        "one",
        "base",
        "# dapter:upgrade\nset apples 3\nset pears 4\n# dapter:downgrade\nunset apples\nunset pears\n",
    );
    script(
        &sandbox,
        "two",
        "one",
        "# dapter:upgrade\nset apples 5\njump\nset plums 1\n# dapter:downgrade\nset apples 3\nunset plums\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter current
        dapter downgrade base
    "), @"
    $ dapter upgrade
    applied one Make one ([time])
    error: the upgrade of revision two failed at statement 2 of 3
     --> migrations/versions/two.toy:6:1
      |
    6 | jump
      | ^^^^ `jump` is neither `set KEY VALUE` nor `unset KEY` (SYNTAX)
      |
      = note: 1 of 3 statements of this step is done and stays; revision one before it is done and stays
      = help: mend the script behind what is done, and run `dapter upgrade` again: it goes on at that statement
    [exit 4]

    $ dapter current
    one  YYYY-MM-DDThh:mmZ  Make one
    two  YYYY-MM-DDThh:mmZ  Make two (head, upgrading: 1 of 3 statements done)

    $ dapter downgrade base
    error: the upgrade of revision two stopped after 1 of 3 statements
      help: finish it first: `dapter upgrade two` goes on behind the last statement that ran
    [exit 1]
    ");
    sandbox.edit("migrations/versions/two.toy", "jump\n", "set cherries 9\n");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter history
        dapter downgrade base
        dapter current
    "), @"
    $ dapter upgrade
    applied two Make two ([time])
    1 revision applied to toy:notes.txt in [time], now at two

    $ dapter history
    applied  two  YYYY-MM-DDThh:mmZ  Make two (head, current)
    applied  one  YYYY-MM-DDThh:mmZ  Make one

    $ dapter downgrade base
    undid   two Make two ([time])
    undid   one Make one ([time])
    2 revisions undone on toy:notes.txt in [time], now at base

    $ dapter current
    base (nothing is applied)
    ");
    assert!(!sandbox.read("notes.txt").contains("apples"));
}

#[test]
fn a_plugin_is_used_by_naming_its_file() {
    let plugin = build_library(&fixture("toy"), "dapter_toy", Toolchain::Same);
    let sandbox = Sandbox::new();
    std::fs::copy(&plugin, sandbox.path("toy.plugin")).expect("the plugin is copied");
    assert_snapshot!(sandbox.transcript("
        dapter --url toy:notes.txt current
        dapter --url toy:notes.txt --plugin toy.plugin init
        dapter current --url toy:notes.txt --plugin toy.plugin
    "), @r#"
    $ dapter --url toy:notes.txt current
    error[P01]: no plugin offers the URL scheme `toy`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: install it with `dapter plugin install`, or name its file with --plugin FILE
    [exit 5]

    $ dapter --url toy:notes.txt --plugin toy.plugin init
    made migrations
    made migrations/versions
    made migrations/script.toy
    made dapter.toml
    next: dapter create "What the first migration does"
    development: toy.plugin (--plugin) is used without asking who made it

    $ dapter current --url toy:notes.txt --plugin toy.plugin
    base (nothing is applied)
    development: toy.plugin (--plugin) is used without asking who made it
    "#);
    // What its tables say differs from system to system.
    let info = sandbox.transcript("dapter plugin info toy --plugin toy.plugin");
    let adapter = "adapter    toy\n  schemes       toy\n  scripts       *.toy, comments with #\n";
    assert!(info.contains(adapter), "{info}");
}
