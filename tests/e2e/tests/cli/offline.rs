//! `--sql`: scripts for the database's own client.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn three() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "INSERT INTO a VALUES (1); -- it's one\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;",
            "DROP TRIGGER t;",
        ),
        ("b1->c1", "BEGIN;", "VACUUM;"),
    ])
}

#[test]
fn a_script_of_an_upgrade() {
    assert_snapshot!(three().transcript("USER=me dapter upgrade --sql b1"), @"");
}

#[test]
fn a_script_of_a_downgrade_begins_where_it_is_told() {
    assert_snapshot!(three().transcript("
        USER=me dapter downgrade --sql b1:a1
        dapter downgrade --sql a1
        dapter downgrade --sql +1:a1
        dapter upgrade --sql current:b1
        dapter upgrade --sql a1:a1
    "), @"");
}

#[test]
fn what_cannot_be_part_of_one_is_refused() {
    assert_snapshot!(three().transcript("
        dapter upgrade --sql
        dapter upgrade --sql b1:zz
        dapter upgrade --sql --all
    "), @"");
}

#[test]
fn a_script_of_a_stamp() {
    assert_snapshot!(three().transcript("USER=me dapter stamp --sql a1:b1 --json"), @"");
}
