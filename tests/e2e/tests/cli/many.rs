//! Many databases with one command.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

/// Three targets, and a history of two.
fn three() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ]);
    sandbox.write(
        "dapter.toml",
        "[targets.crm]\nurl = \"sqlite:crm.db\"\n[targets.shop-eu]\nurl = \"sqlite:eu.db\"\n\
         [targets.shop-us]\nurl = \"sqlite:us.db\"\n",
    );
    sandbox
}

/// The same with one in which the second revision fails.
fn one_broken(target: &str) -> Sandbox {
    let sandbox = three();
    let script = "-- Make b\n-- dapter:revision x1\n\n-- dapter:upgrade\nCREATE TABLE b (id INTEGER);\n\n\
                  -- dapter:downgrade\nDROP TABLE b;\n";
    sandbox.write("other/versions/x1.sql", script);
    sandbox.dapter(&format!(
        "dapter --directory other --target {target} upgrade"
    ));
    sandbox.dapter(&format!(
        "dapter --directory other --target {target} stamp base"
    ));
    sandbox
}

#[test]
fn all_of_them() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --dry-run
        dapter upgrade --target shop-* --jobs 1
        dapter upgrade --all --jobs 1
        dapter current --all
        dapter downgrade -1 --target shop-us --target crm --jobs 1
        dapter status --all
        dapter downgrade base --all --quiet
        dapter current --all
    "), @"");
}

#[test]
fn one_is_broken() {
    let sandbox = one_broken("shop-eu");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1
        dapter upgrade --all --jobs 1 --quiet
    "), @"");
}

#[test]
fn the_others_wait_for_the_canary() {
    let sandbox = one_broken("shop-eu");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1 --canary shop-eu
        dapter upgrade --all --jobs 1 --canary shop-us
        dapter upgrade --all --canary shop
        dapter upgrade --target crm --canary crm
    "), @"");
}

#[test]
fn enough_have_failed() {
    let sandbox = one_broken("crm");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1 --max-failures 1
        dapter upgrade --all --jobs 1 --max-failures 2
        dapter upgrade --all --max-failures 0
    "), @"");
}

#[test]
fn lines_of_json() {
    let sandbox = one_broken("shop-us");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target shop-* --jobs 1 --json
        dapter upgrade a1 --all --dry-run --json
        dapter current --all --json
        dapter upgrade --target nobody-* --json
    "), @"");
}

#[test]
fn tenants() {
    let sandbox = three();
    sandbox.write("tenants/keep", "");
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n\
         [targets.listed]\nurl = \"sqlite:tenants/{tenant}.db\"\ntenants = [\"acme\", \"ada & co\"]\n\
         [targets.printed]\nurl = \"sqlite:tenants/p-{tenant}.db\"\ntenants = { command = \"echo zoe; echo yan\" }\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1
        dapter current --target printed
        dapter current --target printed/yan
        dapter current --target printed/yann
        dapter current --target listed/adda
        dapter history --target listed/acme
        dapter history --target listed
        dapter history --target listed/*
        dapter heads --target listed
    "), @"");
}

#[test]
fn tenants_that_a_database_lists() {
    let sandbox = three();
    sandbox.script(
        "b1->c1",
        "CREATE TABLE tenants (name TEXT);\nINSERT INTO tenants VALUES ('t1'), ('t2');",
        "DROP TABLE tenants;",
    );
    sandbox.dapter("dapter --target crm upgrade");
    sandbox.remove("migrations/versions/c1.sql");
    let config = |query: &str| {
        sandbox.write(
            "dapter.toml",
            format!(
                "[targets.tenants]\nurl = \"sqlite:{{tenant}}.db\"\n\
                 tenants = {{ query = \"{query}\", url = \"sqlite:crm.db\" }}\n"
            ),
        );
    };
    config("SELECT name FROM tenants WHERE name > '${AFTER:-}'");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --jobs 1
        AFTER=t1 dapter current
        AFTER=t2 dapter upgrade
        AFTER=t2 dapter upgrade --target tenants/*
    "), @"");
    config("SELECT name FROM tenants UNION ALL SELECT name FROM tenants");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"");
    config("SELECT NULL FROM tenants");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"");
    config("SELECT name FROM nowhere");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"");
}

#[test]
fn what_is_refused() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target shap-*
        dapter upgrade --target shop-eu --target crn
        dapter upgrade --all --target crm
        dapter upgrade --all --url sqlite:x.db
        dapter history --target shop-*
        dapter create x --target crm --target shop-eu
        dapter upgrade --all --jobs 0
        DAPTER_TARGET=shop-* dapter current
    "), @"");
    sandbox.write(
        "dapter.toml",
        "[targets.t]\nurl = \"sqlite:{tenant}.db\"\ntenants = { command = \"echo a; exit 3\" }\n",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"");
    sandbox.write("dapter.toml", "");
    assert_snapshot!(sandbox.transcript("dapter upgrade --all"), @"");
}
