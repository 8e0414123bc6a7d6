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
        dapter downgrade base --yes
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

    $ dapter downgrade base --yes
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
        dapter downgrade base --yes
    "), @r#"
    $ dapter upgrade --dry-run
    + a1 Make a1 (no transaction, statement by statement)
        -- 2 of 3 statements are done already
        CREATE TABLE c (id INTEGER)

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter downgrade base --yes
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

#[test]
fn status_explains_it_and_repair_lists_the_choices() {
    let sandbox = half_done();
    assert_snapshot!(sandbox.transcript("
        dapter status
        dapter repair
        dapter repair --not-done
        dapter repair --done
        dapter status
        dapter repair
    "), @r#"
    $ dapter status
    database   sqlite:app.db
    at         base (nothing is applied)
    pending    nothing

    half done: the upgrade of a1 Make a1
      2 of 3 statements are done, since YYYY-MM-DDThh:mmZ
      statement 3 of 3, migrations/versions/a1.sql:7:
          CREATE TABL c (id INTEGER)
      it failed: near "TABL": syntax error
      next: `dapter upgrade` goes on at statement 3

    $ dapter repair
    half done: the upgrade of a1 Make a1
      2 of 3 statements are done, since YYYY-MM-DDThh:mmZ
      statement 3 of 3, migrations/versions/a1.sql:7:
          CREATE TABL c (id INTEGER)
      it failed: near "TABL": syntax error
      next: `dapter upgrade` goes on at statement 3

    to settle it by hand, look at the database, then say what is the case: dapter repair a1 …
      --done          statement 3 took effect, or you ran it by hand: go on behind it
      --statements N  the first N statements have taken effect, as the script has them now
      --finished      you finished the whole upgrade by hand
      --undone        you undid by hand what the upgrade had done

    $ dapter repair --not-done
    error: no statement was running when the step stopped
      help: run the same command again: it goes on at the statement that failed
    [exit 1]

    $ dapter repair --done
    a1 counts as applied now

    $ dapter status
    database   sqlite:app.db
    at         a1 Make a1
    pending    nothing

    $ dapter repair
    nothing is half done
    "#);
}

#[test]
fn repair_takes_a_person_at_their_word() {
    let sandbox = half_done();
    assert_snapshot!(sandbox.transcript("
        dapter repair b2 --done
        dapter repair --done --undone
        dapter repair --statements 1
        dapter repair --undone --json
        dapter status
        dapter status --json
    "), @r#"
    $ dapter repair b2 --done
    error: revision b2 is not half done
      help: half done: a1
    [exit 1]

    $ dapter repair --done --undone
    error: the argument '--done' cannot be used with '--undone'

    Usage: dapter repair --done [REVISION]

    For more information, try '--help'.
    [exit 2]

    $ dapter repair --statements 1
    a1 has 1 of 3 statements done now

    $ dapter repair --undone --json
    {
      "database": "sqlite:app.db",
      "repaired": {
        "revision": "a1",
        "state": null,
        "statements_done": null
      },
      "target": "default"
    }

    $ dapter status
    database   sqlite:app.db
    at         base (nothing is applied)
    pending    1 revision

    $ dapter status --json
    {
      "current": [],
      "database": "sqlite:app.db",
      "drift": null,
      "half_done": [],
      "lock_holder": null,
      "pending": [
        "a1"
      ],
      "refusal": null,
      "repeatable": [],
      "target": "default"
    }
    "#);
}
