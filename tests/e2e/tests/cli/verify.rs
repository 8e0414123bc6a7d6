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
    assert_snapshot!(sandbox.transcript(
        "
        dapter verify
        dapter verify b1 --json
        dapter current
    "
    ));
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
    assert_snapshot!(sandbox.transcript(
        "
        dapter verify
        dapter verify b1 --quiet
        dapter verify c1 --json
    "
    ));
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
    assert_snapshot!(sandbox.transcript("dapter verify"));
}
