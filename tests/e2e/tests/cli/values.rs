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
    "), @"");
    sandbox.edit("dapter.toml", "toml", "yaml");
    assert_snapshot!(sandbox.transcript("dapter create \"Again\""), @"");
}
