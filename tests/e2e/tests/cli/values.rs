//! Listed values that have another name now.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn a_listed_value_is_renamed_with_the_rows() {
    let sandbox = Sandbox::with_scripts(&[]);
    sandbox.write(
        "dapter.toml",
        "[defaults]\nformat = \"toml\"\n\n[targets.default]\nurl = \"sqlite:app.db\"\nmodels = \"models.sql\"\n",
    );
    sandbox.write(
        "models.sql",
        "CREATE TABLE users (mood TEXT DEFAULT 'sad' CHECK (mood IN ('sad', 'ok')));\n",
    );
    drop(sandbox.transcript(
        "
        dapter create \"Add users\" --rev-id a1
        dapter upgrade
    ",
    ));
    sandbox.write(
        "migrations/versions/b1.toml",
        "# Rows\n# dapter:revision b1\n# dapter:revises a1\n\n[[upgrade]]\nop = \"execute\"\nsql = \"INSERT INTO users VALUES ('sad'), ('ok')\"\n\n[[downgrade]]\nop = \"execute\"\nsql = \"DELETE FROM users\"\n",
    );
    drop(sandbox.transcript("dapter upgrade"));
    sandbox.edit("models.sql", "'sad'", "'blue'");
    assert_snapshot!(sandbox.transcript("
        dapter diff
        dapter diff --rename users.mood.bad=users.mood.blue
        dapter diff --rename users.mood.ok=users.mood.blue
        dapter diff --rename users.mood.sad=users.mood.ok
        dapter create \"Blue\" --rev-id c1 --rename users.mood.sad=users.mood.blue --dry-run
        dapter create \"Blue\" --rev-id c1 --rename users.mood.sad=users.mood.blue --quiet
        dapter upgrade --quiet
        dapter create \"Again\"
        dapter downgrade b1 --quiet
        dapter diff database b1
    "), @r#"
    $ dapter diff
    alter table users: drop check, change column mood (default 'blue'), add check
    if it was renamed: --rename users.mood.sad=users.mood.blue

    $ dapter diff --rename users.mood.bad=users.mood.blue
    error: there is no table, column or listed value `users.mood.bad` to rename
      help: `dapter diff` shows what there is, and what there is to be
    [exit 1]

    $ dapter diff --rename users.mood.ok=users.mood.blue
    error: `users.mood.ok` cannot be renamed: it is to be there too
      help: `dapter diff` shows what there is, and what there is to be
    [exit 1]

    $ dapter diff --rename users.mood.sad=users.mood.ok
    error: `users.mood.sad` cannot be renamed: there is a `users.mood.ok` already
      help: `dapter diff` shows what there is, and what there is to be
    [exit 1]

    $ dapter create "Blue" --rev-id c1 --rename users.mood.sad=users.mood.blue --dry-run
    # Blue
    # dapter:revision   c1
    # dapter:revises    b1
    # dapter:created    YYYY-MM-DDThh:mm:ssZ

    [[upgrade]]
    op = "rename_value"
    table = "users"
    column = "mood"
    value = "sad"
    to = "blue"

    [[downgrade]]
    op = "rename_value"
    table = "users"
    column = "mood"
    value = "blue"
    to = "sad"
    alter table users: drop check, rename value sad of column mood to blue, change column mood (default 'blue'), add check

    $ dapter create "Blue" --rev-id c1 --rename users.mood.sad=users.mood.blue --quiet
    migrations/versions/YYYYMMDDThhmm_c1_blue.toml

    $ dapter upgrade --quiet

    $ dapter create "Again"
    nothing to do: the database is as its models say

    $ dapter downgrade b1 --quiet

    $ dapter diff database b1
    no difference between database and b1
    "#);
    sandbox.edit("dapter.toml", "toml", "yaml");
    assert_snapshot!(sandbox.transcript("dapter create \"Again\""), @r#"
    $ dapter create "Again"
    error: dapter.toml:2:10: `format` cannot be `yaml`
      help: write `sql`, for the language of the database, or `toml`, for portable operations
    [exit 1]
    "#);
}
