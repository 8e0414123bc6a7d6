//! Steps without a transaction that stop half-way, and how they are finished.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const SCRIPT: &str = "migrations/versions/a1.sql";

fn half_done() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[(
        "a1",
        "CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER);\nCREATE TABL c (id INTEGER);",
        "DROP TABLE c;\nDROP TABLE b;\nDROP TABLE a;",
    )]);
    let stopped = sandbox.dapter("dapter upgrade --transaction none");
    assert_eq!(stopped.status.code(), Some(4));
    sandbox
}

#[test]
fn it_is_told_and_shown() {
    let sandbox = half_done();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter current
        dapter history
        dapter downgrade base
    "), @r#"
    $ dapter upgrade
    error: the upgrade of revision a1 failed at statement 3 of 3
     --> migrations/versions/a1.sql:7:8
      |
    7 | CREATE TABL c (id INTEGER);
      |        ^^^^ near "TABL": syntax error (SQLITE_ERROR)
      |
      = note: 2 of 3 statements of this step are done and stay
      = help: mend the script behind what is done, and run `dapter upgrade` again: it goes on at that statement
    [exit 4]

    $ dapter current
    a1  YYYY-MM-DDThh:mmZ  Make a1 (head, upgrading: 2 of 3 statements done)

    $ dapter history
    half done  a1  YYYY-MM-DDThh:mmZ  Make a1 (head)

    $ dapter downgrade base
    error: the upgrade of revision a1 stopped after 2 of 3 statements
      help: finish it first: `dapter upgrade a1` goes on behind the last statement that ran
    [exit 1]
    "#);
}

#[test]
fn a_mended_script_goes_on_where_it_stopped() {
    let sandbox = half_done();
    sandbox.edit(SCRIPT, "TABL c", "TABLE c");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --dry-run
        dapter upgrade
        dapter downgrade base
    "), @r#"
    $ dapter upgrade --dry-run
    + a1 Make a1 (no transaction, statement by statement)
        -- 2 of 3 statements are done already
        CREATE TABLE c (id INTEGER)

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter downgrade base
    undid   a1 Make a1 ([time])
    1 revision undone on sqlite:app.db in [time], now at base
    "#);
}

#[test]
fn what_ran_must_not_be_edited() {
    let sandbox = half_done();
    sandbox.edit(SCRIPT, "TABLE a (id INTEGER)", "TABLE a (id TEXT)");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter stamp base --dry-run
        dapter stamp base
        dapter current
    "), @"
    $ dapter upgrade
    error: revision a1 is half done, and the part of migrations/versions/a1.sql that ran was edited since
      help: restore the statements that ran as they were; those after them may be edited; or look at the choices of `dapter repair`
    [exit 1]

    $ dapter stamp base --dry-run
    a1 would be forgotten

    $ dapter stamp base
    a1 forgotten

    $ dapter current
    base (nothing is applied)
    ");
}
