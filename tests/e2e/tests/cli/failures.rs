//! Runs that fail: what failed, where, why, what is the case now, what to do next.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const USERS: (&str, &str, &str) = (
    "a1",
    "CREATE TABLE users (id INTEGER);",
    "DROP TABLE users;",
);

#[test]
fn the_caret_is_where_the_database_saw_the_fault() {
    let sandbox = Sandbox::with_scripts(&[(
        "a1",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\n\
         INSERT INTO users VALUES (1); CREATE TABLE orders (\n  \
           id INTEGER PRIMARY KEY,\n  \
           user_id INTEGER REFERENCES users (id)\n  \
           total REAL\n);",
        "",
    )]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter current
    "), @r#"
    $ dapter upgrade
    error: the upgrade of revision a1 failed at statement 3 of 3
     --> migrations/versions/a1.sql:9:3
      |
    9 |   total REAL
      |   ^^^^^ near "total": syntax error (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]

    $ dapter current
    base (nothing is applied)
    "#);
}

#[test]
fn without_a_place_the_statement_is_shown() {
    let sandbox = Sandbox::with_scripts(&[(
        "a1",
        "CREATE TABLE users (email TEXT UNIQUE);\n\
         INSERT INTO users VALUES ('é'); /* again */ INSERT INTO users\n\
         VALUES ('é');",
        "",
    )]);
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: the upgrade of revision a1 failed at statement 3 of 3
     --> migrations/versions/a1.sql:6:45
      |
    6 | INSERT INTO users VALUES ('é'); /* again */ INSERT INTO users
      |                                             ^^^^^^^^^^^^^^^^^ UNIQUE constraint failed: users.email (SQLITE_CONSTRAINT_UNIQUE)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]
    "#);
}

#[test]
fn steps_before_the_failing_one_stay() {
    let sandbox = Sandbox::with_scripts(&[
        USERS,
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
        (
            "b1->c1",
            "CREATE TABLE c (id INTEGER);\nCREATE TABLE users (id INTEGER);",
            "DROP TABLE c;",
        ),
        ("c1->d1", "CREATE TABLE d (id INTEGER);", "DROP TABLE d;"),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter history
        dapter downgrade base --quiet --yes
        dapter upgrade --transaction all
        dapter history
    "), @r#"
    $ dapter upgrade
    applied a1 Make a1 ([time])
    applied b1 Make b1 ([time])
    error: the upgrade of revision c1 failed at statement 2 of 2
     --> migrations/versions/c1.sql:7:14
      |
    7 | CREATE TABLE users (id INTEGER);
      |              ^^^^^ table users already exists (SQLITE_ERROR)
      |
      = note: this step was rolled back; 2 revisions before it are done and stay
      = note: 2 revisions are not done: c1, d1
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter history
    pending  d1                     Make d1 (head)
    pending  c1                     Make c1
    applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (current)
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter downgrade base --quiet --yes

    $ dapter upgrade --transaction all
    ran     a1 Make a1 ([time])
    ran     b1 Make b1 ([time])
    error: the upgrade of revision c1 failed at statement 2 of 2
     --> migrations/versions/c1.sql:7:14
      |
    7 | CREATE TABLE users (id INTEGER);
      |              ^^^^^ table users already exists (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = note: 4 revisions are not done: a1, b1, c1 and 1 more
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]

    $ dapter history
    pending  d1  Make d1 (head)
    pending  c1  Make c1
    pending  b1  Make b1
    pending  a1  Make a1
    "#);
}

#[test]
fn a_downgrade_that_fails() {
    let sandbox = Sandbox::with_scripts(&[
        USERS,
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE bb;"),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --quiet
        dapter downgrade base --yes
        dapter current
    "), @r#"
    $ dapter upgrade --quiet

    $ dapter downgrade base --yes
    error: the downgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:9:1
      |
    9 | DROP TABLE bb;
      | ^^^^^^^^^^^^^ no such table: bb (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = note: 2 revisions are not done: b1, a1
      = help: mend the cause and run `dapter downgrade` again
    [exit 1]

    $ dapter current
    b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    "#);
}

#[test]
fn nothing_runs_when_a_script_cannot_be_split() {
    let sandbox = Sandbox::with_scripts(&[
        USERS,
        ("a1->b1", "INSERT INTO users\n  VALUES (1, 'its);", ""),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter upgrade --dry-run
        dapter current
    "), @r#"
    $ dapter upgrade
    error: the script cannot be split into statements
     --> migrations/versions/b1.sql:7:14
      |
    7 |   VALUES (1, 'its);
      |              ^^^^^^ the string that ' opens is never closed
      |
      = note: nothing was run
      = help: close it, or escape the quote before it
    [exit 1]

    $ dapter upgrade --dry-run
    error: the script cannot be split into statements
     --> migrations/versions/b1.sql:7:14
      |
    7 |   VALUES (1, 'its);
      |              ^^^^^^ the string that ' opens is never closed
      |
      = note: nothing was run
      = help: close it, or escape the quote before it
    [exit 1]

    $ dapter current
    base (nothing is applied)
    "#);
}

#[test]
fn there_may_be_no_way() {
    let sandbox = Sandbox::with_scripts(&[USERS]);
    sandbox.write(
        "migrations/versions/b1.sql",
        "-- Forget\n-- dapter:revision b1\n-- dapter:revises a1\n-- dapter:irreversible \"the rows are gone\"\n\
         -- dapter:upgrade\nDELETE FROM users;\n",
    );
    sandbox.write(
        "migrations/versions/c1.sql",
        "-- For others\n-- dapter:revision c1\n-- dapter:revises b1\n\
         -- dapter:upgrade postgresql\nSELECT 1;\n-- dapter:downgrade\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter upgrade b1
        dapter downgrade base
    "), @r#"
    $ dapter upgrade
    error: migrations/versions/c1.sql has no upgrade section for the adapter `sqlite`
      help: add a section `-- dapter:upgrade sqlite`, or one that names no adapter
    [exit 1]

    $ dapter upgrade b1
    applied a1 Make a1 ([time])
    applied b1 Forget ([time])
    2 revisions applied to sqlite:app.db in [time], now at b1

    $ dapter downgrade base
    error: revision b1 (migrations/versions/b1.sql) is irreversible: the rows are gone
      help: restore a backup, or write a new revision that goes where you want to be
    [exit 1]
    "#);
}

#[test]
fn revisions_that_lead_nowhere() {
    let sandbox = Sandbox::with_scripts(&[USERS, ("a1->b1", "", ""), ("b1->b2", "", "")]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade a1
        dapter upgrade b
        dapter upgrade b3
        dapter upgrade +5
        dapter upgrade -1
        dapter upgrade a1:b1
        dapter upgrade a!b
        dapter upgrade \"\"
        dapter downgrade b1
        dapter downgrade -2
        dapter downgrade +1
        dapter downgrade nope@base
        dapter show zz
        dapter stamp a1:b1
    "), @r#"
    $ dapter upgrade a1
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter upgrade b
    error: `b` is the beginning of 2 revisions: b1 (Make b1), b2 (Make b2)
      help: write more of the id
    [exit 1]

    $ dapter upgrade b3
    error: no revision or branch is called `b3`
      help: did you mean `b1`?
    [exit 1]

    $ dapter upgrade +5
    error: `+5` goes too far: there are only 2 steps up
      help: say `head` or `heads` to apply all that is pending
    [exit 1]

    $ dapter upgrade -1
    error: `-1` goes down, which an upgrade cannot do
      help: use `dapter downgrade` to go down
    [exit 1]

    $ dapter upgrade a1:b1
    error: `a1:b1` is a range, not a destination
      help: name one revision
    [exit 1]

    $ dapter upgrade a!b
    error: no revision or branch is called `a!b`
      help: `dapter history` lists all revisions
    [exit 1]

    $ dapter upgrade ""
    error: the revision expression is empty
      help: write an id, `head`, `heads`, `base`, `+1`, `-1` or `label@head`
    [exit 2]

    $ dapter downgrade b1
    error: revision `b1` is not applied to the database, whose heads are: a1 (Make a1)
      help: `dapter current` shows what is applied
    [exit 1]

    $ dapter downgrade -2
    error: `-2` goes too far: there is only 1 step down
      help: say `base` to undo everything
    [exit 1]

    $ dapter downgrade +1
    error: `+1` goes up, which a downgrade cannot do
      help: use `dapter upgrade` to go up
    [exit 1]

    $ dapter downgrade nope@base
    error: no branch is called `nope`
      help: `dapter history` lists all revisions with their branches
    [exit 1]

    $ dapter show zz
    error: no revision or branch is called `zz`
      help: `dapter history` lists all revisions
    [exit 1]

    $ dapter stamp a1:b1
    error: `a1:b1` is a range, not a destination
      help: name one revision
    [exit 1]
    "#);
}

#[test]
fn databases_that_cannot_be_opened() {
    let sandbox = Sandbox::with_scripts(&[USERS]);
    sandbox.write("notes.txt", "This is no database, but longer than the header of one would be: 100 bytes and some more of them.");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:nowhere/app.db upgrade
        dapter --url sqlite:migrations upgrade
        dapter --url sqlite:notes.txt upgrade
        dapter --url sqlite:missing.db?mode=rw upgrade
        dapter --url sqlite:app.db?mode=fast upgrade
        dapter --url sqlite: upgrade
    "), @r#"
    $ dapter --url sqlite:nowhere/app.db upgrade
    error: cannot connect to sqlite:nowhere/app.db
      note: there is no folder nowhere
      help: check the path, or create the folder: only the file is created
    [exit 1]

    $ dapter --url sqlite:migrations upgrade
    error: cannot connect to sqlite:migrations
      note: unable to open database file: migrations (SQLITE_CANTOPEN)
      help: check the path, and the rights to the file and to its folder
    [exit 1]

    $ dapter --url sqlite:notes.txt upgrade
    error: cannot connect to sqlite:notes.txt
      note: notes.txt: file is not a database (SQLITE_NOTADB)
      help: the file is no SQLite database, or it is encrypted
    [exit 1]

    $ dapter --url sqlite:missing.db?mode=rw upgrade
    error: cannot connect to sqlite:missing.db?mode=rw
      note: there is no file missing.db
      help: check the path; `mode=rwc` creates the file with the first write
    [exit 1]

    $ dapter --url sqlite:app.db?mode=fast upgrade
    error: cannot connect to sqlite:app.db?mode=fast
      note: the option `mode` cannot be `fast`
      help: write `ro`, `rw` or `rwc`
    [exit 1]

    $ dapter --url sqlite: upgrade
    error: cannot connect to sqlite:
      note: the URL names no file
      help: write sqlite:FILE, or sqlite::memory: for a database in memory
    [exit 1]
    "#);
}

#[test]
fn a_database_that_may_only_be_read() {
    let sandbox = Sandbox::with_scripts(&[USERS, ("a1->b1", "", "")]);
    assert_snapshot!(sandbox.transcript("
        dapter upgrade a1 --quiet
        dapter --url sqlite:app.db?mode=ro current
        dapter --url sqlite:app.db?mode=ro upgrade
        dapter --url sqlite:app.db?mode=ro upgrade a1
    "), @r#"
    $ dapter upgrade a1 --quiet

    $ dapter --url sqlite:app.db?mode=ro current
    a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter --url sqlite:app.db?mode=ro upgrade
    error: cannot lock sqlite:app.db?mode=ro
      note: attempt to write a readonly database (SQLITE_READONLY)
      help: the file or its folder is write-protected, or `mode=ro` was given
    [exit 1]

    $ dapter --url sqlite:app.db?mode=ro upgrade a1
    nothing to do: sqlite:app.db?mode=ro is at a1
    "#);
}
