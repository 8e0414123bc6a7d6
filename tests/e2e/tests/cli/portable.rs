//! Scripts of portable operations.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const MODELS: &str = "\
[[table]]
name = \"users\"
primary_key = [\"id\"]
columns = [
    { name = \"id\", type = \"integer\" },
    { name = \"email\", type = \"string(200)\", not_null = true },
]
";

fn modelled() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[]);
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\nmodels = \"models.toml\"\n",
    );
    sandbox.write("models.toml", MODELS);
    sandbox
}

#[test]
fn models_become_operations_which_become_statements() {
    let sandbox = modelled();
    assert_snapshot!(sandbox.transcript("
        dapter create \"Add users\" --format toml --rev-id a1 --dry-run
        dapter create \"Add users\" --format toml --rev-id a1 --quiet
        dapter upgrade --dry-run
        dapter upgrade --quiet
        dapter create \"Again\" --format toml
        dapter create \"By hand\" --format toml --empty --rev-id b1 --dry-run
    "), @r#"
    $ dapter create "Add users" --format toml --rev-id a1 --dry-run
    # Add users
    # dapter:revision   a1
    # dapter:created    YYYY-MM-DDThh:mm:ssZ

    [[upgrade]]
    op = "create_table"
    name = "users"
    columns = [
        { name = "id", type = "integer" },
        { name = "email", type = "string(200)", not_null = true },
    ]
    primary_key = ["id"]

    [[downgrade]]
    op = "drop_table"
    name = "users"
    create table users

    $ dapter create "Add users" --format toml --rev-id a1 --quiet
    migrations/versions/YYYYMMDDThhmm_a1_add_users.toml

    $ dapter upgrade --dry-run
    + a1 Add users
        CREATE TABLE users (
            id INTEGER PRIMARY KEY,
            email VARCHAR(200) NOT NULL
        )

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade --quiet

    $ dapter create "Again" --format toml
    nothing to do: the database is as its models say

    $ dapter create "By hand" --format toml --empty --rev-id b1 --dry-run
    # By hand
    # dapter:revision   b1
    # dapter:revises    a1
    # dapter:created    YYYY-MM-DDThh:mm:ssZ

    upgrade = []

    downgrade = []
    "#);
    sandbox.write("models.toml", MODELS.replace("string(200)", "string(320)"));
    assert_snapshot!(sandbox.transcript("
        dapter create \"Longer\" --format toml --rev-id b1 --dry-run
        dapter create \"Longer\" --format toml --rev-id b1 --quiet
        dapter upgrade --dry-run
        dapter lint
        dapter upgrade --quiet --yes
        dapter verify
        dapter squash base:head --dry-run
        dapter downgrade base --quiet --yes
    "), @r#"
    $ dapter create "Longer" --format toml --rev-id b1 --dry-run
    # Longer
    # dapter:revision   b1
    # dapter:revises    a1
    # dapter:created    YYYY-MM-DDThh:mm:ssZ

    [[upgrade]]
    op = "alter_column"
    table = "users"
    column = { name = "email", type = "string(320)", not_null = true }

    [[downgrade]]
    op = "alter_column"
    table = "users"
    column = { name = "email", type = "string(200)", not_null = true }
    alter table users: change column email (VARCHAR(200) to VARCHAR(320))

    $ dapter create "Longer" --format toml --rev-id b1 --quiet
    migrations/versions/YYYYMMDDThhmm_b1_longer.toml

    $ dapter upgrade --dry-run
    + b1 Longer
        CREATE TABLE dapter_new_users (
            id INTEGER PRIMARY KEY,
            email VARCHAR(320) NOT NULL
        )
        INSERT INTO dapter_new_users (id, email) SELECT id, email FROM users
        DROP TABLE users
        ALTER TABLE dapter_new_users RENAME TO users

    1 revision would be applied to sqlite:app.db

    $ dapter lint
    info[SL201]: users is copied and dropped: every other writer waits until all its rows are copied
     --> migrations/versions/YYYYMMDDThhmm_b1_longer.toml:6:1
      |
    6 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = why: that is SQLite's way to change a table; rows and columns that are not copied are gone
      = instead: compare both tables before the DROP, and run PRAGMA foreign_key_check behind it

    1 info

    $ dapter upgrade --quiet --yes

    $ dapter verify
    ✓ a1 Add users: undone exactly
    ✓ b1 Longer: undone exactly
    2 revisions tried in a scratch database: nothing is wrong

    $ dapter squash base:head --dry-run
    revision b1 would take the place of 1 other; removed would be:
      migrations/versions/YYYYMMDDThhmm_a1_add_users.toml

    $ dapter downgrade base --quiet --yes
    "#);
}

#[test]
fn what_is_wrong_in_one_is_told_with_its_place() {
    let sandbox = modelled();
    sandbox.write(
        "migrations/versions/a1.toml",
        "\
# Mistakes
# dapter:revision a1

[[upgrade]]
op = \"add_colum\"
table = \"users\"

[[upgrade]]
op = \"add_column\"
table = \"users\"
column = { name = \"age\", typ = \"integer\" }
",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: there is no operation `add_colum`
     --> migrations/versions/a1.toml:5:1
      |
    5 | op = "add_colum"
      | ^^^^^^^^^^^^^^^^
      |
      = help: did you mean `add_column`?

    error: there is no operation `[[downgrade]]`
      --> migrations/versions/a1.toml:11:1
       |
    11 | column = { name = "age", typ = "integer" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: add one, or a line `dapter:irreversible "why"` to the header if there is no way back

    error: `column` has no `typ`
      --> migrations/versions/a1.toml:11:1
       |
    11 | column = { name = "age", typ = "integer" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: 3 errors; nothing was done
    [exit 1]
    "#);
    sandbox.write(
        "migrations/versions/a1.toml",
        "\
# Statements
# dapter:revision a1
# dapter:variables on

[[upgrade]]
op = \"execute\"
sql = \"CREATE TABLE ${name} (id INTEGER); INSERT INTO ${name} VALUES (1)\"

[[upgrade]]
op = \"drop_column\"
table = \"nobody\"
column = \"age\"

[[downgrade]]
op = \"execute\"
postgresql = \"DROP TABLE ${name}\"
",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter upgrade --var name=people
    "), @"
    $ dapter upgrade
    error: unknown variable `${name}` at column 14
     --> migrations/versions/a1.toml:5:1
      |
    5 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: the variables are dapter:target, dapter:revision; set it in [variables] of dapter.toml or with --var, or write `$${` for `${` itself

    error: unknown variable `${name}` at column 48
     --> migrations/versions/a1.toml:5:1
      |
    5 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: the variables are dapter:target, dapter:revision; set it in [variables] of dapter.toml or with --var, or write `$${` for `${` itself

    error: 2 errors; nothing was done
    [exit 1]

    $ dapter upgrade --var name=people
    error: `drop_column` changes the table nobody, which is not known
     --> migrations/versions/a1.toml:9:1
      |
    9 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: it is neither in the database nor made by a portable script before this one; look at the name, or write `execute`
    [exit 1]
    ");
    sandbox.edit("migrations/versions/a1.toml", "nobody", "people");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --var name=people
    "), @r#"
    $ dapter upgrade --var name=people
    error: the upgrade of revision a1 failed at statement 3 of 3
     --> migrations/versions/a1.toml:9:1
      |
    9 | [[upgrade]]
      | ^ no such column: "age" (SQLITE_ERROR)
      |
      = note: the statement that was made of it: ALTER TABLE people DROP COLUMN age
      = note: the database is as it was before
      = help: a string is written in single quotes
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]
    "#);
    sandbox.edit(
        "migrations/versions/a1.toml",
        "VALUES (1)",
        "VALUES (1), (nothing)",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --var name=people
    "), @r#"
    $ dapter upgrade --var name=people
    error: what this changes is not known: what runs before it was tried in a scratch database, and failed: near "nothing": syntax error
     --> migrations/versions/a1.toml:9:1
      |
    9 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: run what is before it first: `dapter upgrade ID`; what is in the same script belongs into one of its own
    [exit 1]
    "#);
    sandbox.edit(
        "migrations/versions/a1.toml",
        "VALUES (1), (nothing)",
        "VALUES (1)",
    );
    sandbox.edit("migrations/versions/a1.toml", "drop_column", "drop_table");
    sandbox.edit("migrations/versions/a1.toml", "table = ", "name = ");
    sandbox.edit("migrations/versions/a1.toml", "column = \"age\"\n", "");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --var name=people --yes
        dapter downgrade base --var name=people --yes
    "), @r#"
    $ dapter upgrade --var name=people --yes
    applied a1 Statements ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter downgrade base --var name=people --yes
    error: `execute` has no text for the adapter `sqlite`
      --> migrations/versions/a1.toml:13:1
       |
    13 | [[downgrade]]
       | ^^^^^^^^^^^^^
       |
       = help: add `sqlite = "…"`, or `sql = "…"` for all adapters that are not named
    [exit 1]
    "#);
}

#[test]
fn a_view_is_told_by_its_query() {
    let sandbox = Sandbox::with_scripts(&[]);
    sandbox.write(
        "dapter.toml",
        "[defaults]\nformat = \"toml\"\n\n[targets.default]\nurl = \"sqlite:app.db\"\nmodels = \"models.toml\"\n",
    );
    sandbox.write(
        "models.toml",
        "[[table]]\nname = \"users\"\ncolumns = [{ name = \"name\", type = \"text\" }]\n\n\
         [[object]]\nkind = \"view\"\nname = \"all names\"\ndefinition.query = \"SELECT name FROM users\"\n",
    );
    let script = "# dapter:revision b1\n# dapter:revises a1\n\n[[upgrade]]\nop = \"create_view\"\nname = \"v\"\n\
                  postgresql = \"SELECT 1\"\n\n[[downgrade]]\nop = \"drop_view\"\nname = \"v\"\n";
    assert_snapshot!(sandbox.transcript("
        dapter create \"Names\" --rev-id a1 --dry-run
        dapter create \"Names\" --rev-id a1 --quiet
        dapter upgrade --dry-run
        dapter upgrade --quiet
        dapter diff
    "), @r#"
    $ dapter create "Names" --rev-id a1 --dry-run
    # Names
    # dapter:revision   a1
    # dapter:created    YYYY-MM-DDThh:mm:ssZ

    [[upgrade]]
    op = "create_table"
    name = "users"
    columns = [
        { name = "name", type = "text" },
    ]

    [[upgrade]]
    op = "create_view"
    name = "all names"
    sql = "SELECT name FROM users"

    [[downgrade]]
    op = "drop_view"
    name = "all names"

    [[downgrade]]
    op = "drop_table"
    name = "users"
    create table users
    create view all names

    $ dapter create "Names" --rev-id a1 --quiet
    migrations/versions/YYYYMMDDThhmm_a1_names.toml

    $ dapter upgrade --dry-run
    + a1 Names
        CREATE TABLE users (
            name TEXT
        )
        CREATE VIEW "all names" AS SELECT name FROM users

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade --quiet

    $ dapter diff
    no difference between database and models
    "#);
    sandbox.write("migrations/versions/b1.toml", script);
    let twice = script.replace("postgresql = \"SELECT 1\"", "sql = \"SELECT 1; SELECT 2\"");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: `create_view` has no text for the adapter `sqlite`
     --> migrations/versions/b1.toml:4:1
      |
    4 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: add `sqlite = "…"`, or `sql = "…"` for all adapters that are not named
    [exit 1]
    "#);
    sandbox.write("migrations/versions/b1.toml", twice);
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    error: what a view shows is one statement, and this is 2
     --> migrations/versions/b1.toml:4:1
      |
    4 | [[upgrade]]
      | ^^^^^^^^^^^
      |
      = help: write a single SELECT; other statements belong into `execute`
    [exit 1]
    ");
}
