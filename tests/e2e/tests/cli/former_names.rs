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
    "), @r#"
    $ dapter upgrade --quiet

    $ dapter diff
    rename table users to people
    alter table people: rename column name to full_name

    $ dapter create "People" --rev-id b1
    migrations/versions/YYYYMMDDThhmm_b1_people.sql
    rename table users to people
    alter table people: rename column name to full_name

    $ dapter upgrade --quiet

    $ dapter diff
    no difference between database and models
    "#);
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
    "), @"
    $ dapter diff database both.sql
    error: `people.id` was `people.full_name` before, it is said, and both are there: which rows are to stay cannot be told
      help: take the former name out of the models, if the old one is to go with what is in it
    [exit 1]

    $ dapter diff database wrong.sql
    error: wrong.sql:2: it is not clear what had another name
      help: it stands behind a column, or on the line that a table begins with
    [exit 1]

    $ dapter diff database wrong.toml
    error: wrong.toml: no schema document: table.people.rename_from: this is the name before, as a text
    [exit 1]
    ");
}
