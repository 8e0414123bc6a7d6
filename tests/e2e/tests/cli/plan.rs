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
    "), @"
    $ dapter plan
    + a1 Make a1
        CREATE TABLE a (id INTEGER)

    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    2 revisions would be applied to sqlite:app.db

    $ dapter plan --save plan.json --quiet
    + a1 Make a1
        CREATE TABLE a (id INTEGER)

    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    $ dapter apply plan.json --dry-run --quiet
    + a1 Make a1
        CREATE TABLE a (id INTEGER)

    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    $ dapter apply plan.json
    applied a1 Make a1 ([time])
    applied b1 Make b1 ([time])
    2 revisions applied to sqlite:app.db in [time], now at b1

    $ dapter apply plan.json
    error: the history of the database has changed since the plan was made at YYYY-MM-DDThh:mm:ssZ
      help: nothing was run; make a new plan: `dapter plan --save FILE`
    [exit 1]

    $ dapter plan --downgrade a1 --save down.json
    - b1 Make b1
        DROP TABLE b

    1 revision would be undone on sqlite:app.db
    kept in down.json: `dapter apply down.json` carries it out

    $ dapter apply down.json --yes
    undid   b1 Make b1 ([time])
    1 revision undone on sqlite:app.db in [time], now at a1

    $ dapter plan --save nothing.json
    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    1 revision would be applied to sqlite:app.db
    kept in nothing.json: `dapter apply nothing.json` carries it out

    $ dapter apply nothing.json
    applied b1 Make b1 ([time])
    1 revision applied to sqlite:app.db in [time], now at b1
    ");
    let plan: serde_json::Value = serde_json::from_str(&sandbox.read("plan.json")).expect("JSON");
    assert_eq!(plan["form"], 1);
    assert_eq!(plan["destination"], "head");
    assert_eq!(plan["steps"][1]["revision"], "b1");
}

#[test]
fn what_changed_meanwhile_is_refused() {
    let sandbox = two();
    assert_snapshot!(sandbox.transcript("
        dapter plan --save plan.json --quiet
        dapter upgrade a1 --quiet
        dapter apply plan.json
        dapter plan --save plan.json --quiet
    "), @"
    $ dapter plan --save plan.json --quiet
    + a1 Make a1
        CREATE TABLE a (id INTEGER)

    + b1 Make b1
        CREATE TABLE b (id INTEGER)

    $ dapter upgrade a1 --quiet

    $ dapter apply plan.json
    error: the history of the database has changed since the plan was made at YYYY-MM-DDThh:mm:ssZ
      help: nothing was run; make a new plan: `dapter plan --save FILE`
    [exit 1]

    $ dapter plan --save plan.json --quiet
    + b1 Make b1
        CREATE TABLE b (id INTEGER)
    ");
    sandbox.edit(
        "migrations/versions/b1.sql",
        "CREATE TABLE b (id INTEGER)",
        "CREATE TABLE b (id TEXT)",
    );
    assert_snapshot!(sandbox.transcript("dapter apply plan.json"), @"
    $ dapter apply plan.json
    error: the scripts have changed since the plan was made at YYYY-MM-DDThh:mm:ssZ: the script of b1
      help: nothing was run; make a new plan: `dapter plan --save FILE`
    [exit 1]
    ");
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
    "), @"
    $ dapter apply plan.json
    error: the scripts have changed since the plan was made at YYYY-MM-DDThh:mm:ssZ: c1 would run too
      help: nothing was run; make a new plan: `dapter plan --save FILE`
    [exit 1]

    $ dapter apply broken.json
    error: broken.json is no plan: missing field `database` at line 1 column 11
      help: `dapter plan --save FILE` writes one
    [exit 2]

    $ dapter apply nowhere.json
    error: cannot read nowhere.json: No such file or directory (os error 2)
    [exit 2]

    $ dapter current
    a1  YYYY-MM-DDThh:mmZ  Make a1
    ");
}
