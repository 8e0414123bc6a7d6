//! The JSON documents of commands that fail.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn two() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ])
}

#[test]
fn failing() {
    let sandbox = two();
    sandbox.edit(
        "migrations/versions/b1.sql",
        "CREATE TABLE b (id INTEGER);",
        "CREATE TABLE b (id INTEGER);\n  CREATE TABLE (id);",
    );
    assert_snapshot!(sandbox.transcript("
        dapter --json upgrade --transaction none
        dapter --json upgrade zz
        dapter --json upgrade --unknown
    "), @r#"
    $ dapter --json upgrade --transaction none
    {
      "error": {
        "causes": [
          "near \"(\": syntax error (SQLITE_ERROR)"
        ],
        "exit_code": 4,
        "hint": "mend the script behind what is done, and run `dapter upgrade` again: it goes on at that statement",
        "kind": "upgrade",
        "message": "the upgrade of revision b1 failed",
        "run": {
          "backup": null,
          "column": 16,
          "direction": "upgrade",
          "done": [
            "a1"
          ],
          "error": {
            "code": "SQLITE_ERROR",
            "kind": "statement",
            "message": "near \"(\": syntax error",
            "position": 13,
            "retryable": false
          },
          "hook": null,
          "interrupted": false,
          "line": 7,
          "path": "[project]/migrations/versions/b1.sql",
          "pending": [
            "b1"
          ],
          "revision": "b1",
          "state": "partial",
          "statement": {
            "column": 3,
            "line": 7,
            "made": null,
            "number": 2,
            "text": "CREATE TABLE (id)",
            "total": 2
          },
          "statements_done": 1,
          "statements_total": 2
        }
      }
    }
    [exit 4]

    $ dapter --json upgrade zz
    {
      "error": {
        "causes": [],
        "exit_code": 1,
        "hint": "`dapter history` lists all revisions",
        "kind": "not_found",
        "message": "no revision or branch is called `zz`"
      }
    }
    [exit 1]

    $ dapter --json upgrade --unknown
    {
      "error": {
        "causes": [],
        "exit_code": 2,
        "hint": "tip: to pass '--unknown' as a value, use '-- --unknown'\nUsage: dapter upgrade [OPTIONS] [REVISION]",
        "kind": "usage",
        "message": "unexpected argument '--unknown' found"
      }
    }
    [exit 2]
    "#);
    sandbox.script("zz->c1", "-- dapter:end", "");
    sandbox.script("zz->d1", "", "");
    assert_snapshot!(sandbox.transcript("dapter --json upgrade"), @r#"
    $ dapter --json upgrade
    {
      "error": {
        "causes": [],
        "exit_code": 1,
        "hint": null,
        "kind": "scripts",
        "message": "there is an error in the scripts",
        "problems": [
          {
            "hint": "put `-- dapter:statement` above the statement that ends here",
            "line": 6,
            "message": "`dapter:end` without `dapter:statement`",
            "path": "[project]/migrations/versions/c1.sql"
          }
        ]
      }
    }
    [exit 1]
    "#);
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nulr = \"sqlite:app.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("dapter --json upgrade"), @r#"
    $ dapter --json upgrade
    {
      "error": {
        "causes": [],
        "exit_code": 1,
        "hint": null,
        "kind": "config",
        "message": "the settings cannot be used",
        "problems": [
          {
            "hint": "did you mean `url`?",
            "line": 2,
            "message": "unknown key `ulr` in `targets.default`",
            "origin": "`targets.default.ulr` at dapter.toml:2",
            "path": "[project]/dapter.toml"
          }
        ]
      }
    }
    [exit 1]
    "#);
}

#[test]
fn the_only_output_is_one_document() {
    let sandbox = two();
    for line in [
        "dapter --json upgrade",
        "dapter --json upgrade zz",
        "dapter --json upgrade --unknown",
        "dapter --json plugin list",
        "dapter --json plugin info sqlite",
        "dapter --json plugin info nowhere",
    ] {
        let output = sandbox.dapter(line);
        assert!(output.stderr.is_empty(), "{line} writes to standard error");
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!(
            document.get("error").is_none(),
            output.status.success(),
            "{line}"
        );
        if let Some(error) = document.get("error") {
            assert_eq!(
                error["exit_code"],
                output.status.code().expect("an exit code")
            );
        }
    }
}
