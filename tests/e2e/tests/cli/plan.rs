//! `dapter plan` and `dapter apply`: looked at now, carried out later, if nothing has changed.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn two() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ])
}

#[test]
fn a_plan_is_kept_and_carried_out() {
    let sandbox = two();
    assert_snapshot!(sandbox.transcript("
        dapter plan
        dapter plan --save plan.json --quiet
        dapter apply plan.json --dry-run --quiet
        dapter apply plan.json
        dapter apply plan.json
        dapter plan --downgrade a1 --save down.json
        dapter apply down.json --yes
        dapter plan --save nothing.json
        dapter apply nothing.json
    "), @"");
    assert_snapshot!(sandbox.read("plan.json"), @"");
}

#[test]
fn what_changed_meanwhile_is_refused() {
    let sandbox = two();
    assert_snapshot!(sandbox.transcript("
        dapter plan --save plan.json --quiet
        dapter upgrade a1 --quiet
        dapter apply plan.json
        dapter plan --save plan.json --quiet
    "), @"");
    sandbox.edit(
        "migrations/versions/b1.sql",
        "CREATE TABLE b (id INTEGER)",
        "CREATE TABLE b (id TEXT)",
    );
    assert_snapshot!(sandbox.transcript("dapter apply plan.json"), @"");
    sandbox.edit(
        "migrations/versions/b1.sql",
        "CREATE TABLE b (id TEXT)",
        "CREATE TABLE b (id INTEGER)",
    );
    sandbox.script("b1->c1", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;");
    sandbox.write("broken.json", "{\"form\": 1}");
    assert_snapshot!(sandbox.transcript("
        dapter apply plan.json
        dapter apply broken.json
        dapter apply nowhere.json
        dapter current
    "), @"");
}
