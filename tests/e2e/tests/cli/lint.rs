//! `dapter lint`, what scripts allow, and the question before data goes.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::project();
    sandbox.script(
        "a1",
        "CREATE TABLE t (a INTEGER, b INTEGER);\nCREATE INDEX i ON t (a);",
        "DROP TABLE t;",
    );
    sandbox.script(
        "a1->b1",
        "ALTER TABLE t\n  ADD COLUMN c INTEGER NOT NULL;\nALTER TABLE t RENAME COLUMN a TO d;",
        "",
    );
    sandbox
}

#[test]
fn what_is_not_applied_is_linted() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter lint
        dapter lint a1
        dapter upgrade a1 --quiet
        dapter lint --json b1
        dapter lint --format github
    "), @r#"
    $ dapter lint
    error[SL301]: the new column c is NOT NULL and has no default: on a table with rows this fails
     --> migrations/versions/b1.sql:6:1
      |
    6 | ALTER TABLE t
      | ^^^^^^^^^^^^^
      |
      = why: the rows of t that are there would hold NULL in it
      = instead: add it with a DEFAULT that is not NULL

    warning[SL306]: t.a gets another name under the hands of running code
     --> migrations/versions/b1.sql:8:1
      |
    8 | ALTER TABLE t RENAME COLUMN a TO d;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = why: every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere
      = instead: add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script

    1 error, 1 warning
    [exit 3]

    $ dapter lint a1
    no finding

    $ dapter upgrade a1 --quiet

    $ dapter lint --json b1
    {
      "database": "sqlite:app.db",
      "findings": [
        {
          "advice": "add it with a DEFAULT that is not NULL",
          "allowed": null,
          "code": "SL301",
          "column": 1,
          "destroys_data": false,
          "direction": "upgrade",
          "line": 6,
          "message": "the new column c is NOT NULL and has no default: on a table with rows this fails",
          "path": "[project]/migrations/versions/b1.sql",
          "reason": "the rows of t that are there would hold NULL in it",
          "revision": "b1",
          "severity": "error"
        },
        {
          "advice": "add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script",
          "allowed": null,
          "code": "SL306",
          "column": 1,
          "destroys_data": false,
          "direction": "upgrade",
          "line": 8,
          "message": "t.a gets another name under the hands of running code",
          "path": "[project]/migrations/versions/b1.sql",
          "reason": "every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere",
          "revision": "b1",
          "severity": "warning"
        }
      ],
      "target": "default"
    }
    [exit 3]

    $ dapter lint --format github
    ::error file=migrations/versions/b1.sql,line=6,col=1,title=SL301::the new column c is NOT NULL and has no default: on a table with rows this fails%0Awhy: the rows of t that are there would hold NULL in it%0Ainstead: add it with a DEFAULT that is not NULL
    ::warning file=migrations/versions/b1.sql,line=8,col=1,title=SL306::t.a gets another name under the hands of running code%0Awhy: every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere%0Ainstead: add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script
    [exit 3]
    "#);
}

#[test]
fn named_things_need_no_database() {
    let sandbox = sandbox();
    sandbox.write("loose.sql", "SELECT 1;\n  DELETE FROM t;\n");
    assert_snapshot!(sandbox.transcript("
        dapter lint --url sqlite:nowhere/app.db
        dapter lint --url sqlite:nowhere/app.db loose.sql
        dapter lint --url sqlite:nowhere/app.db --all --quiet --format github
        dapter lint --downgrade a1 --quiet --format github
        dapter lint a1 --all
    "), @"
    $ dapter lint --url sqlite:nowhere/app.db
    error: cannot connect to sqlite:nowhere/app.db
      note: there is no folder nowhere
      note: it is asked which scripts are not applied; those that are named, files, and --all need no database
      help: check the path, or create the folder: only the file is created
    [exit 1]

    $ dapter lint --url sqlite:nowhere/app.db loose.sql
    error[SL403]: DELETE FROM t without WHERE deletes all its rows for good
     --> loose.sql:2:3
      |
    2 |   DELETE FROM t;
      |   ^^^^^^^^^^^^^^
      |
      = why: no downgrade brings them back
      = instead: say with WHERE which rows are meant

    1 error
    [exit 3]

    $ dapter lint --url sqlite:nowhere/app.db --all --quiet --format github
    ::error file=migrations/versions/b1.sql,line=6,col=1,title=SL301::the new column c is NOT NULL and has no default: on a table with rows this fails%0Awhy: the rows of t that are there would hold NULL in it%0Ainstead: add it with a DEFAULT that is not NULL
    ::warning file=migrations/versions/b1.sql,line=8,col=1,title=SL306::t.a gets another name under the hands of running code%0Awhy: every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere%0Ainstead: add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script
    [exit 3]

    $ dapter lint --downgrade a1 --quiet --format github
    ::error file=migrations/versions/a1.sql,line=9,col=1,title=SL401::DROP TABLE t deletes its rows for good%0Awhy: a downgrade can make the table again and not its rows; running code that uses it fails from the commit on%0Ainstead: let no code use it any more, and keep a copy of the file; or copy the rows in the same script
    [exit 3]

    $ dapter lint a1 --all
    error: the argument '[REVISION|FILE]...' cannot be used with '--all'

    Usage: dapter lint <REVISION|FILE>...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn findings_are_allowed_with_a_reason() {
    let sandbox = Sandbox::project();
    sandbox.write(
        "migrations/versions/a1.sql",
        "-- A\n-- dapter:revision a1\n-- dapter:allow SL404 \"a small table\"\n-- dapter:upgrade\n\
         UPDATE t SET a = 1;\n-- dapter:allow SL403, sl401 \"nobody needs it\"\nDELETE FROM t;\nDELETE FROM u;\n\
         -- dapter:allow SL40l \"a slip\"\nSELECT 1;\n-- dapter:downgrade\n",
    );
    assert_snapshot!(sandbox.transcript("dapter lint"), @r#"
    $ dapter lint
    warning[ALLOW2]: nothing here trips SL401, which is allowed
     --> migrations/versions/a1.sql:6:1
      |
    6 | -- dapter:allow SL403, sl401 "nobody needs it"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = why: what is allowed for nothing hides the next finding
      = instead: remove it, or move it right above the statement that it is for

    error[SL403]: DELETE FROM u without WHERE deletes all its rows for good
     --> migrations/versions/a1.sql:8:1
      |
    8 | DELETE FROM u;
      | ^^^^^^^^^^^^^^
      |
      = why: no downgrade brings them back
      = instead: say with WHERE which rows are meant

    error[ALLOW1]: no rule has the code `SL40l`
     --> migrations/versions/a1.sql:9:1
      |
    9 | -- dapter:allow SL40l "a slip"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = why: so the line allows nothing
      = instead: did you mean SL401?

    2 errors, 1 warning, 2 allowed
    [exit 3]
    "#);
    sandbox.write(
        "migrations/versions/a1.sql",
        "-- A\n-- dapter:revision a1\n-- dapter:allow SL404\n-- dapter:upgrade\n-- dapter:allow \"why\"\n-- dapter:downgrade\n",
    );
    assert_snapshot!(sandbox.transcript("dapter lint"), @r#"
    $ dapter lint
    error: `dapter:allow` is without a reason in double quotes
     --> migrations/versions/a1.sql:3:1
      |
    3 | -- dapter:allow SL404
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `dapter:allow CODE "why"`

    error: `dapter:allow` names no code
     --> migrations/versions/a1.sql:5:1
      |
    5 | -- dapter:allow "why"
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `dapter:allow CODE "why"`

    error: 2 errors; nothing was done
    [exit 1]
    "#);
}

#[test]
fn data_goes_only_with_consent() {
    let sandbox = Sandbox::with_scripts(&[
        (
            "a1",
            "CREATE TABLE t (a INTEGER);\nCREATE TABLE gone (a);\nDROP TABLE gone;",
            "DROP TABLE t;",
        ),
        ("a1->b1", "DELETE FROM t;", ""),
        (
            "b1->c1",
            "-- dapter:allow SL403 \"made anew every night\"\nDELETE FROM t;",
            "",
        ),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade a1 --quiet
        dapter upgrade
        dapter --json upgrade
        dapter current
        DAPTER_YES=maybe dapter upgrade
        dapter upgrade --yes --quiet
        dapter downgrade base
        DAPTER_YES=1 dapter downgrade base --quiet
        dapter upgrade --quiet
    "), @r#"
    $ dapter upgrade a1 --quiet

    $ dapter upgrade
    error: a statement would destroy data, and nobody agreed:
             migrations/versions/b1.sql:6: DELETE FROM t without WHERE deletes all its rows for good (SL403)
      help: run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE "why"` above the statement
    [exit 1]

    $ dapter --json upgrade
    {
      "error": {
        "causes": [],
        "exit_code": 1,
        "findings": [
          {
            "advice": "say with WHERE which rows are meant",
            "allowed": null,
            "code": "SL403",
            "column": 1,
            "destroys_data": true,
            "direction": "upgrade",
            "line": 6,
            "message": "DELETE FROM t without WHERE deletes all its rows for good",
            "path": "[project]/migrations/versions/b1.sql",
            "reason": "no downgrade brings them back",
            "revision": "b1",
            "severity": "error"
          }
        ],
        "hint": "run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE \"why\"` above the statement",
        "kind": "destroys",
        "message": "a statement would destroy data, and nobody agreed:\n  [project]/migrations/versions/b1.sql:6: DELETE FROM t without WHERE deletes all its rows for good (SL403)"
      }
    }
    [exit 1]

    $ dapter current
    a1  YYYY-MM-DDThh:mmZ  Make a1

    $ DAPTER_YES=maybe dapter upgrade
    error: environment variable DAPTER_YES: `maybe` is neither yes nor no
      help: write 1 for yes, or 0 for no
    [exit 1]

    $ dapter upgrade --yes --quiet

    $ dapter downgrade base
    error: a statement would destroy data, and nobody agreed:
             migrations/versions/a1.sql:10: DROP TABLE t deletes its rows for good (SL401)
      help: run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE "why"` above the statement
    [exit 1]

    $ DAPTER_YES=1 dapter downgrade base --quiet

    $ dapter upgrade --quiet
    "#);
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\ndestroy_data = \"allow\"\n",
    );
    assert_snapshot!(sandbox.transcript("dapter downgrade base --quiet"), @"$ dapter downgrade base --quiet");
}

#[test]
fn a_trial_run_tells_what_is_locked_and_changes_nothing() {
    let sandbox = Sandbox::with_scripts(&[
        (
            "a1",
            "CREATE TABLE t (a INTEGER);\nINSERT INTO t VALUES (1);",
            "DROP TABLE t;",
        ),
        ("a1->b1", "DROP TABLE absent;", ""),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter lint --trace a1
        dapter lint --trace
        dapter current
    "), @r#"
    $ dapter lint --trace a1
    migrations/versions/a1.sql:5: CREATE TABLE t (a INTEGER) ([time])
      database main: RESERVED, writers wait
    migrations/versions/a1.sql:6: INSERT INTO t VALUES (1) ([time])
      no lock beyond those held already
    2 statements ran on sqlite:app.db and were rolled back; the locks are those really taken

    $ dapter lint --trace
    error: migrations/versions/b1.sql:6: the trial run failed and was rolled back
      note: no such table: absent (SQLITE_ERROR)
      help: the database is as it was before
    [exit 1]

    $ dapter current
    base (nothing is applied)
    "#);
    sandbox.write(
        "migrations/versions/c1.sql",
        "-- C\n-- dapter:revision c1\n-- dapter:transaction none\n-- dapter:upgrade\nVACUUM;\n-- dapter:downgrade\n",
    );
    assert_snapshot!(sandbox.transcript("dapter lint --trace c1"), @"
    $ dapter lint --trace c1
    error: migrations/versions/c1.sql:5: there is no trial run of this statement: it would run outside of a transaction and could not be rolled back
      help: name a revision before it, or run it on a copy of the database
    [exit 1]
    ");
}
