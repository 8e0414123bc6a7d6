//! What runs before and after a run and its steps.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const HOOKS: &str = r#"
[targets.default]
url = "sqlite:app.db"

[hooks]
before_upgrade = [
  { sql = "CREATE TABLE IF NOT EXISTS told (what TEXT)" },
  { command = ["sh", "-c", "echo $DAPTER_HOOK $DAPTER_TARGET $DAPTER_DIRECTION"] },
]
before_revision = { sql = "INSERT INTO told VALUES ('a step')" }
after_revision = { command = ["sh", "-c", "echo $DAPTER_HOOK $DAPTER_REVISION; test ! -e stop"] }
after_upgrade = { file = "hooks/after.sql" }
on_failure = { command = ["sh", "-c", "echo $DAPTER_ERROR; exit 9"] }
"#;

fn hooked() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ]);
    sandbox.write("dapter.toml", HOOKS);
    sandbox.write("hooks/after.sql", "INSERT INTO told VALUES ('the end');\n");
    sandbox
}

#[test]
fn they_run_in_their_places() {
    let sandbox = hooked();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --dry-run
        dapter upgrade
        dapter upgrade
        dapter downgrade base --yes --no-hooks
    "), @"
    $ dapter upgrade --dry-run
    + a1 Make a1
        CREATE TABLE a (id INTEGER)

    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    hooks that would run:
        before_upgrade: CREATE TABLE IF NOT EXISTS told (what TEXT)
        before_upgrade: sh -c echo $DAPTER_HOOK $DAPTER_TARGET $DAPTER_DIRECTION
        after_upgrade: hooks/after.sql
        before_revision: INSERT INTO told VALUES ('a step')
        after_revision: sh -c echo $DAPTER_HOOK $DAPTER_REVISION; test ! -e stop
        on_failure: sh -c echo $DAPTER_ERROR; exit 9

    2 revisions would be applied to sqlite:app.db

    $ dapter upgrade
    applied a1 Make a1 ([time])
    applied b1 Make b1 ([time])
    2 revisions applied to sqlite:app.db in [time], now at b1
    before_upgrade default upgrade
    after_revision a1
    after_revision b1

    $ dapter upgrade
    nothing to do: sqlite:app.db is at b1

    $ dapter downgrade base --yes --no-hooks
    undid   b1 Make b1 ([time])
    undid   a1 Make a1 ([time])
    2 revisions undone on sqlite:app.db in [time], now at base
    ");
}

#[test]
fn a_hook_that_fails_is_told_as_what_it_is() {
    let sandbox = hooked();
    sandbox.write("stop", "");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    applied a1 Make a1 ([time])
    before_upgrade default upgrade
    after_revision a1
    the hook after_revision of the upgrade of revision a1 failed: sh -c echo $DAPTER_HOOK $DAPTER_REVISION; test ! -e stop: the command failed (exit status: 1)
    warning: the hook on_failure failed: sh -c echo $DAPTER_ERROR; exit 9: the command failed (exit status: 9)
    error: the hook after_revision of the upgrade of revision a1 failed: sh -c echo $DAPTER_HOOK $DAPTER_REVISION; test ! -e stop
      note: the command failed (exit status: 1)
      note: what is done stays (1 revision): only the hook failed
      help: mend the cause and run `dapter upgrade` again
    [exit 4]
    ");
    sandbox.write(
        "dapter.toml",
        HOOKS.replace("INSERT INTO told", "INSERT INTO untold"),
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter status
    "), @"
    $ dapter upgrade
    before_upgrade default upgrade
    the hook before_revision of the upgrade of revision b1 failed: INSERT INTO untold VALUES ('a step'): no such table: untold
    warning: the hook on_failure failed: sh -c echo $DAPTER_ERROR; exit 9: the command failed (exit status: 9)
    error: the hook before_revision of the upgrade of revision b1 failed: INSERT INTO untold VALUES ('a step')
      note: no such table: untold (SQLITE_ERROR)
      note: it ran before its step, which was not begun or was rolled back
      help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter status
    database   sqlite:app.db
    at         a1 Make a1
    pending    1 revision
    ");
    sandbox.write(
        "dapter.toml",
        "[hooks]\nbefore = { sql = \"A\" }\nafter_upgrade = { sql = \"A\", file = \"b\" }\non_failure = { command = \"rm\" }\n",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: dapter.toml:2:1: unknown key `before` in `hooks`
      help: did you mean `before_upgrade`?

    error: dapter.toml:3:17: a hook of `hooks.after_upgrade` does not do one thing
      help: write { sql = "…" }, { file = "…" } or { command = ["…"] } for each thing to do

    error: dapter.toml:4:26: `hooks.on_failure.command` must be an array of a program and its arguments, not of type string
    [exit 1]
    "#);
}

#[test]
fn their_statements_are_linted_like_scripts() {
    let sandbox = hooked();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n[hooks]\nbefore_upgrade = { sql = \"DELETE FROM told\" }\nbefore_downgrade = { file = \"hooks/before.sql\" }\n",
    );
    sandbox.write(
        "hooks/before.sql",
        "-- dapter:allow SL403 \"it is a log\"\nDELETE FROM told;\nUPDATE told SET what = 1;\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter lint --all
        dapter lint --all --downgrade --format github
        dapter check --offline
        dapter lint hooks/before.sql --format github
    "), @r#"
    $ dapter lint --all
    error[SL403]: DELETE FROM told without WHERE deletes all its rows for good (hook before_upgrade)
     --> dapter.toml:4:26
      |
    4 | before_upgrade = { sql = "DELETE FROM told" }
      |                          ^^^^^^^^^^^^^^^^^^^^
      |
      = why: no downgrade brings them back
      = instead: say with WHERE which rows are meant

    1 error
    [exit 3]

    $ dapter lint --all --downgrade --format github
    ::error file=migrations/versions/a1.sql,line=8,col=1,title=SL401::DROP TABLE a deletes its rows for good%0Awhy: a downgrade can make the table again and not its rows; running code that uses it fails from the commit on%0Ainstead: let no code use it any more, and keep a copy of the file; or copy the rows in the same script
    ::error file=migrations/versions/b1.sql,line=9,col=1,title=SL401::DROP TABLE b deletes its rows for good%0Awhy: a downgrade can make the table again and not its rows; running code that uses it fails from the commit on%0Ainstead: let no code use it any more, and keep a copy of the file; or copy the rows in the same script
    ::warning file=hooks/before.sql,line=3,col=1,title=SL404::UPDATE told without WHERE writes every row in one transaction (hook before_downgrade)%0Awhy: every other writer of the database waits until the script has ended%0Ainstead: update in batches, by ranges of the key, outside of one transaction (`-- dapter:transaction none`)
    [exit 3]

    $ dapter check --offline
    dapter.toml:4: DELETE FROM told without WHERE deletes all its rows for good (hook before_upgrade) (SL403): no downgrade brings them back [lint]
      help: say with WHERE which rows are meant
    1 finding
    [exit 3]

    $ dapter lint hooks/before.sql --format github
    ::warning file=hooks/before.sql,line=3,col=1,title=SL404::UPDATE told without WHERE writes every row in one transaction%0Awhy: every other writer of the database waits until the script has ended%0Ainstead: update in batches, by ranges of the key, outside of one transaction (`-- dapter:transaction none`)
    [exit 3]
    "#);
    sandbox.write(
        "hooks/before.sql",
        "-- dapter:allow SL403\nDELETE FROM told;\n",
    );
    assert_snapshot!(sandbox.transcript("dapter lint --all"), @r#"
    $ dapter lint --all
    error: `dapter:allow` is without a reason in double quotes
     --> hooks/before.sql:1:1
      |
    1 | -- dapter:allow SL403
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `dapter:allow CODE "why"`
    [exit 1]
    "#);
}

#[test]
fn a_run_asks_before_they_destroy_data() {
    let sandbox = hooked();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n[hooks]\nafter_upgrade = { sql = \"DROP TABLE old\" }\nbefore_downgrade = { sql = \"DROP TABLE older\" }\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter upgrade --no-hooks
    "), @r#"
    $ dapter upgrade
    error: a statement would destroy data, and nobody agreed:
             dapter.toml:4: DROP TABLE old deletes its rows for good (hook after_upgrade) (SL401)
      help: run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE "why"` above the statement
    [exit 1]

    $ dapter upgrade --no-hooks
    applied a1 Make a1 ([time])
    applied b1 Make b1 ([time])
    2 revisions applied to sqlite:app.db in [time], now at b1
    "#);
}
