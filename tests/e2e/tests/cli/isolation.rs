//! Plugins that run in a process of their own, seen from the command line.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

/// Two targets whose adapters are the hostile plugin's: one exits in the statement `crash`, the other does not know it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    let name = format!("{DLL_PREFIX}dapter_hostile{DLL_SUFFIX}");
    // Cargo has built it beside this test.
    let test = std::env::current_exe().expect("a running test has a file");
    std::fs::copy(test.with_file_name(&name), folder.join(name)).expect("it is copied");
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n\
         [targets.bad]\nurl = \"exit-call:x\"\n\
         [targets.good]\nurl = \"async-memory:x\"\n",
    );
    sandbox.write(
        "migrations/versions/one.mem",
        "# Make one\n# dapter:revision one\n# dapter:revises base\n\
         # dapter:upgrade\nput a 1\n# dapter:upgrade exit-call\nput a 1\ncrash\nput b 2\n\
         # dapter:downgrade\ndel a\n",
    );
    sandbox
}

#[test]
fn a_plugin_that_ends_its_process_ends_neither_the_program_nor_other_targets() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target bad --target good
        dapter upgrade --target bad
        dapter upgrade --target bad --json
        dapter upgrade --target good --isolation nowhere
    "), @r#"
    $ dapter upgrade --target bad --target good
    good  1 revision applied in [time], now at one
    1 upgraded, 1 failed in [time]
    failed: bad
    the same command again goes on with what is not done
    bad   failed
    error: the upgrade of revision one failed at statement 2 of 3
     --> migrations/versions/one.mem:8:1
      |
    8 | crash
      | ^^^^^ the plugin's process ended by itself with exit code 0 during `execute_recorded`
      |
      = note: the connection broke at the commit: whether this step lasts is not known
      = help: the database is as after a lost connection; report this to the plugin's author
      = help: run `dapter upgrade` again: the history tells it where to go on
    [exit 4]

    $ dapter upgrade --target bad
    error: the upgrade of revision one failed at statement 2 of 3
     --> migrations/versions/one.mem:8:1
      |
    8 | crash
      | ^^^^^ the plugin's process ended by itself with exit code 0 during `execute_recorded`
      |
      = note: the connection broke at the commit: whether this step lasts is not known
      = help: the database is as after a lost connection; report this to the plugin's author
      = help: run `dapter upgrade` again: the history tells it where to go on
    [exit 4]

    $ dapter upgrade --target bad --json
    {
      "error": {
        "causes": [
          "the plugin's process ended by itself with exit code 0 during `execute_recorded`"
        ],
        "exit_code": 4,
        "hint": "the database is as after a lost connection; report this to the plugin's author\nrun `dapter upgrade` again: the history tells it where to go on",
        "kind": "upgrade",
        "message": "the upgrade of revision one failed",
        "run": {
          "backup": null,
          "column": 1,
          "direction": "upgrade",
          "done": [],
          "error": {
            "hint": "the database is as after a lost connection; report this to the plugin's author",
            "kind": "connection_lost",
            "message": "the plugin's process ended by itself with exit code 0 during `execute_recorded`",
            "retryable": false
          },
          "hook": null,
          "interrupted": false,
          "line": 8,
          "path": "[project]/migrations/versions/one.mem",
          "pending": [
            "one"
          ],
          "revision": "one",
          "state": "unknown",
          "statement": {
            "column": 1,
            "line": 8,
            "made": null,
            "number": 2,
            "text": "crash",
            "total": 3
          },
          "statements_done": null,
          "statements_total": null
        }
      }
    }
    [exit 4]

    $ dapter upgrade --target good --isolation nowhere
    error: invalid value 'nowhere' for '--isolation <WHERE>': plugins cannot run in `nowhere` (write `auto`, `in-process` or `process`)

    For more information, try '--help'.
    [exit 2]
    "#);
}
