//! `dapter verify`: every revision both ways, in a scratch database.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn what_is_right_is_told_and_leaves_the_database_alone() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "ALTER TABLE a ADD COLUMN b TEXT;",
            "ALTER TABLE a DROP COLUMN b;",
        ),
        ("b1->c1", "CREATE TABLE c (id INTEGER);", ""),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter verify
        dapter verify b1 --json
        dapter current
    "), @r#"
    $ dapter verify
    ✓ a1 Make a1: undone exactly
    ✓ b1 Make b1: undone exactly
    - c1 Make c1: applied, not undone: it has no downgrade
    3 revisions tried in a scratch database: nothing is wrong

    $ dapter verify b1 --json
    {
      "database": "sqlite:app.db",
      "revisions": [
        {
          "message": "Make b1",
          "notices": [],
          "outcome": "exact",
          "path": "[project]/migrations/versions/b1.sql",
          "revision": "b1"
        }
      ],
      "target": "default"
    }

    $ dapter current
    base (nothing is applied)
    "#);
}

#[test]
fn what_is_not_exact_is_told_with_the_difference_and_the_rest_is_tried() {
    let sandbox = Sandbox::with_scripts(&[
        (
            "a1",
            "CREATE TABLE a (id INTEGER, b TEXT, c TEXT);",
            "DROP TABLE a;",
        ),
        (
            "a1->b1",
            "ALTER TABLE a DROP COLUMN b;",
            "ALTER TABLE a ADD COLUMN b TEXT;",
        ),
        (
            "b1->c1",
            "CREATE TABLE c (id INTEGER); CREATE INDEX i ON a (id);",
            "DROP TABLE c;",
        ),
        (
            "c1->d1",
            "CREATE TABLE d (id INTEGER);",
            "DROP TABLE nothing;",
        ),
        ("d1->e1", "CREATE TABLE e (id INTEGER);", "DROP TABLE e;"),
        (
            "e1->f1",
            "ALTER TABLE a RENAME COLUMN c TO x;",
            "ALTER TABLE a RENAME COLUMN x TO c;",
        ),
        ("f1->aa", "CREATE TABLE g (id INTEGER", "DROP TABLE g;"),
        ("aa->ab", "CREATE TABLE h (id INTEGER);", "DROP TABLE h;"),
    ]);
    assert_snapshot!(sandbox.transcript("
        dapter verify
        dapter verify b1 --quiet
        dapter verify c1 --json
    "), @r#"
    $ dapter verify
    ✓ a1 Make a1: undone exactly
    ✗ b1 Make b1: its downgrade does not restore the schema
        table a has the order of its parts changed
    ✗ c1 Make c1: its downgrade does not restore the schema
        table a differs
          + index i (id)
    ✗ d1 Make d1: its downgrade fails
        migrations/versions/d1.sql:9: near "nothing": syntax error
    ✓ e1 Make e1: undone exactly
    ✓ f1 Make f1: undone exactly
    ✗ aa Make aa: it fails
        migrations/versions/aa.sql:6: incomplete input
    ✗ ab Make ab: not tried
    8 revisions tried in a scratch database: something is wrong with 5
    [exit 3]

    $ dapter verify b1 --quiet
    ✗ b1 Make b1: its downgrade does not restore the schema
        table a has the order of its parts changed
    [exit 3]

    $ dapter verify c1 --json
    {
      "database": "sqlite:app.db",
      "revisions": [
        {
          "differences": [
            {
              "change": "altered",
              "kind": "table",
              "missing": [],
              "name": "a",
              "unexpected": [
                "index i (id)"
              ]
            }
          ],
          "message": "Make c1",
          "notices": [],
          "outcome": "inexact",
          "path": "[project]/migrations/versions/c1.sql",
          "revision": "c1"
        }
      ],
      "target": "default"
    }
    [exit 3]
    "#);
}

#[test]
fn what_reaches_outside_is_not_tried() {
    let sandbox = Sandbox::with_scripts(&[(
        "a1",
        "ATTACH 'other.db' AS other; CREATE TABLE other.a (id INTEGER);",
        "DROP TABLE other.a;",
    )]);
    sandbox.edit(
        "migrations/versions/a1.sql",
        "dapter:revision",
        "dapter:transaction none\n-- dapter:revision",
    );
    assert_snapshot!(sandbox.transcript("dapter verify"), @"
    $ dapter verify
    ✗ a1 Make a1: it fails
        migrations/versions/a1.sql:6: the statement reaches outside of the scratch database in which it is tried
    1 revision tried in a scratch database: something is wrong with 1
    [exit 3]
    ");
}
