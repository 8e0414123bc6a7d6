//! What models say had another name before.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn models_say_what_had_another_name() {
    let sandbox = Sandbox::with_scripts(&[(
        "a1",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
        "DROP TABLE users;",
    )]);
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\nmodels = \"models.sql\"\n",
    );
    sandbox.write(
        "models.sql",
        "CREATE TABLE people ( -- dapter:rename_from users\n    id INTEGER PRIMARY KEY,\n    \
         full_name TEXT -- dapter:rename_from name\n);\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --quiet
        dapter diff
        dapter create \"People\" --rev-id b1
        dapter upgrade --quiet
        dapter diff
    "), @"");
    sandbox.write(
        "both.sql",
        "CREATE TABLE people (\n    id INTEGER PRIMARY KEY -- dapter:rename_from full_name\n);\n",
    );
    sandbox.write(
        "wrong.sql",
        "CREATE TABLE people (\n    -- dapter:rename_from name\n    full_name TEXT\n);\n",
    );
    sandbox.write(
        "wrong.toml",
        "[[table]]\nname = \"people\"\nrename_from = [\"users\"]\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter diff database both.sql
        dapter diff database wrong.sql
        dapter diff database wrong.toml
    "), @"");
}
