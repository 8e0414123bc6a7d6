//! Scripts that run again whenever their text changes.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const HEADER: &str = "-- Active users\n-- dapter:repeatable active_users\n-- dapter:upgrade\n";

fn users() -> Sandbox {
    Sandbox::with_scripts(&[(
        "a1",
        "CREATE TABLE users (id INTEGER, active INTEGER);",
        "DROP TABLE users;",
    )])
}

#[test]
fn a_script_runs_when_it_is_new_and_when_it_has_changed() {
    let sandbox = users();
    assert_snapshot!(sandbox.transcript("dapter create --repeatable active_users --dry-run
        dapter create --repeatable active_users"), @"
    $ dapter create --repeatable active_users --dry-run
    -- active users
    -- dapter:repeatable active_users

    -- dapter:upgrade

    $ dapter create --repeatable active_users
    migrations/repeatable/active_users.sql
    ");
    let script = "migrations/repeatable/active_users.sql";
    let view =
        "DROP VIEW IF EXISTS active_users;\nCREATE VIEW active_users AS SELECT id FROM users";
    sandbox.write(script, format!("{HEADER}{view} WHERE active;\n"));
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --dry-run
        dapter upgrade
        dapter upgrade
        dapter status
    "), @"
    $ dapter upgrade --dry-run
    + a1 Make a1
        CREATE TABLE users (id INTEGER, active INTEGER)

    + repeatable:active_users Active users
        DROP VIEW IF EXISTS active_users
        CREATE VIEW active_users AS SELECT id FROM users WHERE active

    1 revision and 1 repeatable script would be applied to sqlite:app.db

    $ dapter upgrade
    applied a1 Make a1 ([time])
    applied repeatable:active_users Active users ([time])
    1 revision and 1 repeatable script applied to sqlite:app.db in [time], now at a1

    $ dapter upgrade
    nothing to do: sqlite:app.db is at a1

    $ dapter status
    database   sqlite:app.db
    at         a1 Make a1
    pending    nothing
    repeatable 1 up to date
    ");
    sandbox.write(script, format!("{HEADER}{view} WHERE active = 1;\n"));
    assert_snapshot!(sandbox.transcript("
        dapter check
        dapter status
        dapter upgrade --json
        dapter status --json
        dapter downgrade base --yes
    "), @r#"
    $ dapter check
    migrations/repeatable/active_users.sql: repeatable script active_users has changed since it ran [pending]
    1 finding
    [exit 3]

    $ dapter status
    database   sqlite:app.db
    at         a1 Make a1
    pending    1 repeatable script
    repeatable active_users has changed since it ran (YYYY-MM-DDThh:mmZ)

    $ dapter upgrade --json
    {
      "backup": null,
      "database": "sqlite:app.db",
      "direction": "upgrade",
      "dry_run": false,
      "heads": [
        "a1"
      ],
      "steps": [
        {
          "duration_ms": 0,
          "message": "Active users",
          "path": "[project]/migrations/repeatable/active_users.sql",
          "revision": "repeatable:active_users",
          "statements": 2
        }
      ],
      "target": "default"
    }

    $ dapter status --json
    {
      "current": [
        {
          "applied_at": "YYYY-MM-DDThh:mm:ss.mmmZ",
          "applied_by": "",
          "has_script": true,
          "is_head": true,
          "message": "Make a1",
          "revision": "a1",
          "state": "applied",
          "statements_done": 1,
          "statements_total": 1
        }
      ],
      "database": "sqlite:app.db",
      "drift": null,
      "half_done": [],
      "lock_holder": null,
      "pending": [],
      "refusal": null,
      "repeatable": [
        {
          "message": "Active users",
          "name": "active_users",
          "path": "[project]/migrations/repeatable/active_users.sql",
          "ran_at": "YYYY-MM-DDThh:mm:ss.mmmZ",
          "ran_by": "",
          "state": "up_to_date"
        }
      ],
      "target": "default"
    }

    $ dapter downgrade base --yes
    undid   a1 Make a1 ([time])
    1 revision undone on sqlite:app.db in [time], now at base
    "#);
}

#[test]
fn a_script_that_fails_or_is_wrong_says_so() {
    let sandbox = users();
    sandbox.write(
        "migrations/repeatable/a.sql",
        format!("{HEADER}SELEKT 1;\n"),
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    applied a1 Make a1 ([time])
    error: the repeatable script active_users failed at statement 1 of 1
     --> migrations/repeatable/a.sql:4:1
      |
    4 | SELEKT 1;
      | ^^^^^^ near "SELEKT": syntax error (SQLITE_ERROR)
      |
      = note: this step was rolled back; revision a1 before it is done and stays
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]
    "#);
    sandbox.write(
        "migrations/repeatable/a.sql",
        "-- A\n-- dapter:repeatable a\n-- dapter:depends-on b\n-- dapter:upgrade\n",
    );
    sandbox.write(
        "migrations/repeatable/b.sql",
        "-- B\n-- dapter:repeatable b\n-- dapter:depends-on a, c\n-- dapter:upgrade\n-- dapter:downgrade\n",
    );
    sandbox.write(
        "migrations/versions/c.sql",
        "-- C\n-- dapter:repeatable c\n-- dapter:upgrade\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter create --repeatable a@b
        dapter create --repeatable a message --splice
    "), @"
    $ dapter upgrade
    error: a repeatable script among the revisions
     --> migrations/versions/c.sql:2:1
      |
    2 | -- dapter:repeatable c
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: move the file to the folder `repeatable` beside this one

    error: a downgrade section in a repeatable script
     --> migrations/repeatable/b.sql:5:1
      |
    5 | -- dapter:downgrade
      | ^^^^^^^^^^^^^^^^^^^
      |
      = help: remove it: what a repeatable script makes is never undone

    error: 2 errors; nothing was done
    [exit 1]

    $ dapter create --repeatable a@b
    error: --repeatable: `a@b` holds the character '@', which is not allowed
      help: use letters, digits and underscores; blanks and @ - + : , have a meaning of their own
    [exit 2]

    $ dapter create --repeatable a message --splice
    error: the argument '--repeatable <NAME>' cannot be used with '--splice'

    Usage: dapter create --repeatable <NAME> <MESSAGE>

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn a_script_is_shown_listed_linted_and_repaired_by_its_name() {
    let sandbox = users();
    sandbox.write(
        "migrations/repeatable/a.sql",
        HEADER.replace(
            "-- dapter:upgrade",
            "-- dapter:transaction none\n-- dapter:upgrade",
        ) + "DELETE FROM users;\nSELEKT 1;\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter show repeatable:active_users
        dapter show repeatable:active
        dapter edit repeatable:active_users --dry-run
        dapter lint --format github
        dapter upgrade --yes --quiet
        dapter history
        dapter repair --done
        dapter history
        dapter repair repeatable:active_users --done
    "), @r#"
    $ dapter show repeatable:active_users
    migrations/repeatable/a.sql
    -- Active users
    -- dapter:repeatable active_users
    -- dapter:transaction none
    -- dapter:upgrade
    DELETE FROM users;
    SELEKT 1;

    $ dapter show repeatable:active
    error: there is no repeatable script `active`
      help: there are: active_users
    [exit 1]

    $ dapter edit repeatable:active_users --dry-run
    migrations/repeatable/a.sql

    $ dapter lint --format github
    ::error file=migrations/repeatable/a.sql,line=5,col=1,title=SL403::DELETE FROM users without WHERE deletes all its rows for good%0Awhy: no downgrade brings them back%0Ainstead: say with WHERE which rows are meant
    [exit 3]

    $ dapter upgrade --yes --quiet
    error: the repeatable script active_users failed at statement 2 of 2
     --> migrations/repeatable/a.sql:6:1
      |
    6 | SELEKT 1;
      | ^^^^^^ near "SELEKT": syntax error (SQLITE_ERROR)
      |
      = note: 1 of 2 statements of this step is done and stays; revision a1 before it is done and stays
      = help: mend the script behind what is done, and run `dapter upgrade` again: it goes on at that statement
    [exit 4]

    $ dapter history
    applied    a1                       YYYY-MM-DDThh:mmZ  Make a1 (head, current)
    half done  repeatable:active_users  YYYY-MM-DDThh:mmZ  Active users

    $ dapter repair --done
    repeatable:active_users counts as applied now

    $ dapter history
    applied  a1                       YYYY-MM-DDThh:mmZ  Make a1 (head, current)
    applied  repeatable:active_users  YYYY-MM-DDThh:mmZ  Active users

    $ dapter repair repeatable:active_users --done
    error: nothing is half done
      help: to record what was done by hand, use `dapter stamp`
    [exit 1]
    "#);
}
