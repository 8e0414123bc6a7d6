//! `dapter squash`: one script in place of several.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn shop() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "ALTER TABLE a ADD COLUMN b TEXT;",
            "ALTER TABLE a DROP COLUMN b;",
        ),
        ("b1->c1", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;"),
        ("c1->d1", "CREATE TABLE d (id INTEGER);", "DROP TABLE d;"),
    ])
}

#[test]
fn databases_recognise_what_was_squashed() {
    let sandbox = shop();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade c1 --quiet
        dapter squash a1:c1 --message Begin --dry-run
        dapter squash a1:c1 --message Begin
        dapter history
        dapter status
        dapter upgrade
        dapter history
        dapter verify
        dapter downgrade base --yes
        dapter upgrade --quiet
        dapter check
    "), @"
    $ dapter upgrade c1 --quiet

    $ dapter squash a1:c1 --message Begin --dry-run
    revision c1 would take the place of 2 others; removed would be:
      migrations/versions/a1.sql
      migrations/versions/b1.sql

    $ dapter squash a1:c1 --message Begin
    revision c1 took the place of 2 others, and builds the same schema: migrations/versions/c1.sql
    removed:
      migrations/versions/a1.sql
      migrations/versions/b1.sql
    databases that have all of them will know; one that has only some needs the old scripts first

    $ dapter history
    pending  d1                     Make d1 (head)
    applied  c1  YYYY-MM-DDThh:mmZ  Begin (current)

    $ dapter status
    database   sqlite:app.db
    at         c1 Begin
    pending    1 revision

    $ dapter upgrade
    applied d1 Make d1 ([time])
    1 revision applied to sqlite:app.db in [time], now at d1

    $ dapter history
    applied  d1  YYYY-MM-DDThh:mmZ  Make d1 (head, current)
    applied  c1  YYYY-MM-DDThh:mmZ  Begin

    $ dapter verify
    ✓ c1 Begin: undone exactly
    ✓ d1 Make d1: undone exactly
    2 revisions tried in a scratch database: nothing is wrong

    $ dapter downgrade base --yes
    undid   d1 Make d1 ([time])
    undid   c1 Begin ([time])
    2 revisions undone on sqlite:app.db in [time], now at base

    $ dapter upgrade --quiet

    $ dapter check
    no finding
    ");
    assert_snapshot!(sandbox.read("migrations/versions/c1.sql"), @"
    -- Begin
    -- dapter:revision c1
    -- dapter:replaces a1, b1

    -- dapter:upgrade
    -- a1 Make a1
    CREATE TABLE a (id INTEGER);

    -- b1 Make b1
    ALTER TABLE a ADD COLUMN b TEXT;

    -- c1 Make c1
    CREATE TABLE c (id INTEGER);


    -- dapter:downgrade
    -- c1 Make c1
    DROP TABLE c;
    -- b1 Make b1
    ALTER TABLE a DROP COLUMN b;
    -- a1 Make a1
    DROP TABLE a;
    ");
}

#[test]
fn a_database_in_the_middle_is_told_what_to_do() {
    let sandbox = shop();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade b1 --quiet
        dapter squash --quiet
        dapter upgrade
    "), @"
    $ dapter upgrade b1 --quiet

    $ dapter squash --quiet
    migrations/versions/d1.sql

    $ dapter upgrade
    error: migrations/versions/d1.sql takes the place of several revisions, and only some of them are applied: a1, b1
      help: go on with the scripts as they were before: `dapter upgrade d1` with them applies the rest
    [exit 1]
    ");
}

#[test]
fn what_cannot_be_one_is_refused() {
    let sandbox = shop();
    sandbox.script("b1->x1", "CREATE TABLE x (id INTEGER)", "DROP TABLE x;");
    sandbox.script("x1->y1", "CREATE TABLE y (id INTEGER);", "DROP TABLE y;");
    assert_snapshot!(sandbox.transcript("
        dapter squash a1
        dapter squash base:c1
        dapter squash base:heads
        dapter squash x1:y1
    "), @"
    $ dapter squash a1
    error: there is nothing to squash: one revision alone
      help: name a range of at least two revisions, such as `base:head`
    [exit 1]

    $ dapter squash base:c1
    error: revision x1 builds on b1, which would be in the middle of what is squashed
      help: end the range at b1, or let it hold x1 too
    [exit 1]

    $ dapter squash base:heads
    error: revisions y1 and d1 do not follow one another
      help: squash one branch after the other, or join them first: `dapter merge`
    [exit 1]

    $ dapter squash x1:y1
    error: written one after the other, the scripts are split into other statements than by themselves
      help: end the last statement of each script as the next one of the same script would need it
    [exit 1]
    ");
}
