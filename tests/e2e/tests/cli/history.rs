//! What is applied, and making the history say something else.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn three() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
        ("b1->c1", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;"),
    ])
}

#[test]
fn nothing_is_there_yet() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter --url sqlite:app.db current
        dapter --url sqlite:app.db init --quiet
        dapter --url sqlite:app.db current
        dapter --url sqlite:app.db history
        dapter heads
        dapter show
        dapter --url sqlite:app.db upgrade
        dapter --url sqlite:app.db downgrade -1
    "), @r#"
    $ dapter current
    error: no database URL for target `default`
      help: give --url, set DATABASE_URL, or write a dapter.toml with `dapter init`
    [exit 1]

    $ dapter --url sqlite:app.db current
    error: there is no migrations directory at migrations
      help: make one with `dapter init`, or name another directory
    [exit 1]

    $ dapter --url sqlite:app.db init --quiet

    $ dapter --url sqlite:app.db current
    base (nothing is applied)

    $ dapter --url sqlite:app.db history
    there are no revisions yet

    $ dapter heads
    there are no revisions yet

    $ dapter show
    there are no revisions yet

    $ dapter --url sqlite:app.db upgrade
    nothing to do: sqlite:app.db is at base

    $ dapter --url sqlite:app.db downgrade -1
    error: `-1` goes too far: there is no revision to go down to
      help: say `base` to undo everything
    [exit 1]
    "#);
    assert!(
        !sandbox.path("app.db").exists(),
        "looking makes no database"
    );
}

#[test]
fn the_history_with_and_without_a_database() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade b1 --quiet
        dapter history
        dapter --url sqlite:elsewhere.db history
        dapter history --offline
        dapter show current
        dapter show base
    "), @r#"
    $ dapter upgrade b1 --quiet

    $ dapter history
    pending  c1                     Make c1 (head)
    applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (current)
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter --url sqlite:elsewhere.db history
    pending  c1  Make c1 (head)
    pending  b1  Make b1
    pending  a1  Make a1

    $ dapter history --offline
    c1  Make c1 (head)
    b1  Make b1
    a1  Make a1

    $ dapter show current
    migrations/versions/b1.sql
    -- Make b1
    -- dapter:revision b1
    -- dapter:revises  a1

    -- dapter:upgrade
    CREATE TABLE b (id INTEGER);

    -- dapter:downgrade
    DROP TABLE b;

    $ dapter show base
    `base` is no revision
    "#);
}

#[test]
fn stamps() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter stamp b1 --dry-run
        dapter stamp b1
        dapter stamp b1
        dapter current
        dapter stamp base
        dapter current
        dapter upgrade a1
    "), @r#"
    $ dapter stamp b1 --dry-run
    a1 would be recorded as applied
    b1 would be recorded as applied

    $ dapter stamp b1
    a1 recorded as applied
    b1 recorded as applied

    $ dapter stamp b1
    the history names just these revisions; their scripts count as applied as they are now

    $ dapter current
    b1  YYYY-MM-DDThh:mmZ  Make b1

    $ dapter stamp base
    b1 forgotten
    a1 forgotten

    $ dapter current
    base (nothing is applied)

    $ dapter upgrade a1
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1
    "#);
}

#[test]
fn a_script_that_was_edited_after_it_was_applied() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("dapter upgrade b1 --quiet"), @r#"
    $ dapter upgrade b1 --quiet
    "#);
    sandbox.edit("migrations/versions/a1.sql", "id INTEGER", "id TEXT");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        cd migrations/versions: dapter upgrade
        dapter stamp current
        dapter upgrade
    "), @r#"
    $ dapter upgrade
    error: an applied script was edited:
             migrations/versions/a1.sql (applied YYYY-MM-DDThh:mm:ss.mmmZ)
      help: undo the edit and write a new revision instead; or, if the database already is as the edited script says, record that with `dapter stamp current`
    [exit 1]

    $ cd migrations/versions: dapter upgrade
    error: an applied script was edited:
             a1.sql (applied YYYY-MM-DDThh:mm:ss.mmmZ)
      help: undo the edit and write a new revision instead; or, if the database already is as the edited script says, record that with `dapter stamp current`
    [exit 1]

    $ dapter stamp current
    the history names just these revisions; their scripts count as applied as they are now

    $ dapter upgrade
    applied c1 Make c1 ([time])
    1 revision applied to sqlite:app.db in [time], now at c1
    "#);
}

#[test]
fn a_script_that_is_gone() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("dapter upgrade --quiet"), @r#"
    $ dapter upgrade --quiet
    "#);
    sandbox.remove("migrations/versions/c1.sql");
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter upgrade
        dapter downgrade -1
        dapter stamp b1
        dapter current
    "), @r#"
    $ dapter current
    b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    c1  YYYY-MM-DDThh:mmZ  Make c1 (no script defines it)

    $ dapter upgrade
    error: the database has 1 applied revision that no script defines: `c1`
      help: restore the missing scripts (a newer checkout may have them), or stamp the database if they are gone for good
    [exit 1]

    $ dapter downgrade -1
    error: the database has 1 applied revision that no script defines: `c1`
      help: restore the missing scripts (a newer checkout may have them), or stamp the database if they are gone for good
    [exit 1]

    $ dapter stamp b1
    c1 forgotten

    $ dapter current
    b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    "#);
}

#[test]
fn a_script_that_came_below_an_applied_one() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("dapter upgrade --quiet"), @r#"
    $ dapter upgrade --quiet
    "#);
    sandbox.script("a1->aa", "", "");
    sandbox.edit("migrations/versions/b1.sql", "revises  a1", "revises  aa");
    assert_snapshot!(sandbox.transcript("
        dapter stamp current
        dapter upgrade
        dapter history
    "), @"
    $ dapter stamp current
    the history names just these revisions; their scripts count as applied as they are now

    $ dapter upgrade
    error: applied revisions need others that are not applied:
             b1 needs aa
      help: move it behind the head: `dapter rebase aa`; or apply it all the same: `dapter upgrade --out-of-order`; or, if the database already has what it does, record that: `dapter stamp` with the ids that `dapter current` prints
    [exit 1]

    $ dapter history
    applied  c1  YYYY-MM-DDThh:mmZ  Make c1 (head, current)
    applied  b1  YYYY-MM-DDThh:mmZ  Make b1
    pending  aa                     Make aa
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1
    ");
}
