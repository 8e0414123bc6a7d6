//! Scripts from models, and what databases are built of.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const MODELS: &str = "\
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name VARCHAR(50) DEFAULT 'nobody'
);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_author ON posts (author);
CREATE VIEW authors AS SELECT name FROM users JOIN posts ON author = users.id;
";

fn modelled() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[]);
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\nmodels = \"models.sql\"\n",
    );
    sandbox.write("models.sql", MODELS);
    sandbox
}

#[test]
fn what_is_remembered_of_models_is_not_built_again_to_be_compared() {
    let sandbox = modelled();
    let caches = sandbox.path("caches");
    let dapter = |words: &str| {
        let caches = caches.display();
        sandbox.dapter(&format!("XDG_CACHE_HOME={caches} dapter {words} --quiet"))
    };
    dapter("create Users --rev-id a1");
    dapter("upgrade");
    let file = sandbox.only_file(&sandbox.only_file("caches/dapter/models"));
    sandbox.edit(&file, "nobody", "somebody");
    let told = |words: &str| String::from_utf8_lossy(&dapter(words).stdout).into_owned();
    let remembered = "alter table users: change column name (default 'somebody')\n";
    assert_eq!(told("diff"), remembered);
    assert_eq!(told("diff scripts models"), remembered);
    assert_eq!(told("diff database models.sql"), "", "these are others");
    sandbox.remove(&file);
    assert_eq!(told("diff"), "");
}

#[test]
fn a_script_leads_from_the_database_to_its_models() {
    let sandbox = modelled();
    assert_snapshot!(sandbox.transcript("
        dapter create \"Add users\" --rev-id a1 --dry-run
        dapter create \"Add users\" --rev-id a1 --quiet
        dapter create \"Again\"
        dapter upgrade --quiet
        dapter create \"Again\"
        dapter create \"Again\" --json
        dapter create \"By hand\" --empty --rev-id b1 --quiet
    "), @r#"
    $ dapter create "Add users" --rev-id a1 --dry-run
    -- Add users
    -- dapter:revision   a1
    -- dapter:created    YYYY-MM-DDThh:mm:ssZ

    -- dapter:upgrade
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name VARCHAR(50) DEFAULT 'nobody'
    );

    CREATE TABLE posts (
        id INTEGER PRIMARY KEY,
        author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE
    );

    CREATE INDEX posts_author ON posts (author);

    CREATE VIEW authors AS SELECT name FROM users JOIN posts ON author = users.id;

    -- dapter:downgrade
    DROP VIEW authors;

    DROP TABLE posts;

    DROP TABLE users;
    create table users
    create table posts
    create view authors

    $ dapter create "Add users" --rev-id a1 --quiet
    migrations/versions/YYYYMMDDThhmm_a1_add_users.sql

    $ dapter create "Again"
    error: revision a1 is not applied yet, and the database is compared as it is
      help: run `dapter upgrade` first
    [exit 1]

    $ dapter upgrade --quiet

    $ dapter create "Again"
    nothing to do: the database is as its models say

    $ dapter create "Again" --json
    {
      "changes": [],
      "dry_run": false,
      "losses": [],
      "path": null,
      "rename_candidates": [],
      "revises": [],
      "revision": null,
      "text": null,
      "unproven": []
    }

    $ dapter create "By hand" --empty --rev-id b1 --quiet
    migrations/versions/YYYYMMDDThhmm_b1_by_hand.sql
    "#);
}

#[test]
fn changes_tell_what_they_destroy_and_renames_are_declared() {
    let sandbox = modelled();
    drop(sandbox.transcript(
        "
        dapter create \"Add users\" --rev-id a1
        dapter upgrade
    ",
    ));
    sandbox.edit(
        "models.sql",
        "name VARCHAR(50) DEFAULT 'nobody'",
        "full_name VARCHAR(80) DEFAULT 'nobody', age INT",
    );
    sandbox.edit(
        "models.sql",
        "SELECT name FROM",
        "SELECT full_name AS name FROM",
    );
    assert_snapshot!(sandbox.transcript("
        dapter diff
        dapter diff --rename users.name=users.full_name
        dapter diff --rename users.nome=users.full_name
        dapter create \"Longer names\" --rev-id b1 --rename users.name=users.full_name
        dapter upgrade --quiet
        dapter create \"Again\"
    "), @r#"
    $ dapter diff
    drop view authors
    alter table users: add column full_name, add column age, drop column name
    create view authors
    warning: the upgrade destroys column users.name

    $ dapter diff --rename users.name=users.full_name
    drop view authors
    alter table users: rename column name to full_name
    alter table users: add column age, change column full_name (VARCHAR(50) to VARCHAR(80))
    create view authors

    $ dapter diff --rename users.nome=users.full_name
    error: there is no table, column or listed value `users.nome` to rename
      help: `dapter diff` shows what there is, and what there is to be
    [exit 1]

    $ dapter create "Longer names" --rev-id b1 --rename users.name=users.full_name
    migrations/versions/YYYYMMDDThhmm_b1_longer_names.sql
    drop view authors
    alter table users: rename column name to full_name
    alter table users: add column age, change column full_name (VARCHAR(50) to VARCHAR(80))
    create view authors

    $ dapter upgrade --quiet

    $ dapter create "Again"
    nothing to do: the database is as its models say
    "#);
    assert_snapshot!(sandbox.transcript("
        dapter downgrade a1 --yes --quiet
        dapter diff database a1
    "), @"
    $ dapter downgrade a1 --yes --quiet

    $ dapter diff database a1
    no difference between database and a1
    ");
}

#[test]
fn what_cannot_be_compared_is_told() {
    let sandbox = modelled();
    assert_snapshot!(sandbox.transcript("
        dapter create \"Add users\" --rev-id a1 --quiet
        dapter create \"Again\"
        dapter diff database nowhere.sql
        dapter diff database python:models
        dapter diff database zz
        dapter diff --models sqlite:other.db?password=hunter2
        dapter verify --scratch-url postgresql://u:hunter2@:x/d
        dapter diff sqlite:app.db?password=hunter2 sqlite:app.db
    "), @r#"
    $ dapter create "Add users" --rev-id a1 --quiet
    migrations/versions/YYYYMMDDThhmm_a1_add_users.sql

    $ dapter create "Again"
    error: revision a1 is not applied yet, and the database is compared as it is
      help: run `dapter upgrade` first
    [exit 1]

    $ dapter diff database nowhere.sql
    error: cannot read the models nowhere.sql: No such file or directory (os error 2)
    [exit 1]

    $ dapter diff database python:models
    error: `python:models` names no attribute of a module
      help: write python:MODULE:ATTRIBUTE, as in python:app.models:Base
    [exit 2]

    $ dapter diff database zz
    error: no revision or branch is called `zz`
      help: `dapter history` lists all revisions
    [exit 1]

    $ dapter diff --models sqlite:other.db?password=hunter2
    error: cannot connect to sqlite:other.db?password=***
      note: there is no option `password`
      help: the options are `mode`, `foreign_keys` and `busy_timeout`
    [exit 1]

    $ dapter verify --scratch-url postgresql://u:hunter2@:x/d
    error: cannot make a scratch database beside postgresql://u:***@:x/d
      note: the URL is none of SQLite
      help: write sqlite:FILE
    [exit 1]

    $ dapter diff sqlite:app.db?password=hunter2 sqlite:app.db
    error: cannot connect to sqlite:app.db?password=***
      note: there is no option `password`
      help: the options are `mode`, `foreign_keys` and `busy_timeout`
    [exit 1]
    "#);
    sandbox.write(
        "models.sql",
        "CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER;\n",
    );
    sandbox.write("models.toml", "[[tabel]]\n");
    assert_snapshot!(sandbox.transcript("
        dapter diff
        dapter diff database models.toml
    "), @"
    $ dapter diff
    error: models.sql:2:1: the models cannot be built
      note: incomplete input (SQLITE_ERROR)
    [exit 1]

    $ dapter diff database models.toml
    error: models.toml: no schema document: TOML parse error at line 1, column 3
             |
           1 | [[tabel]]
             |   ^^^^^
           unknown field `tabel`, expected `table` or `object`
    [exit 1]
    ");
    sandbox.write(
        "models.toml",
        "[[table]]\nname = \"a\"\ncolumns = [{ name = \"id\", not_nul = true }]\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter diff database models.toml
        dapter status --drift --scratch-url postgresql://u:hunter2@:x/d
        dapter check --scratch-url sqlite:other.db
    "), @"
    $ dapter diff database models.toml
    error: models.toml: no schema document: table.a.columns.0: no member `not_nul`
      help: did you mean `not_null`?
    [exit 1]

    $ dapter status --drift --scratch-url postgresql://u:hunter2@:x/d
    error: cannot make a scratch database beside postgresql://u:***@:x/d
      note: the URL is none of SQLite
      help: write sqlite:FILE
    [exit 1]

    $ dapter check --scratch-url sqlite:other.db
    error: the following required arguments were not provided:
      --drift

    Usage: dapter check --drift --scratch-url <URL>

    For more information, try '--help'.
    [exit 2]
    ");
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter diff
        dapter create \"From nothing\" --autogenerate
    "), @r#"
    $ dapter diff
    error: there are no models to compare the database with
      help: write `models = "…"` into the target in dapter.toml, or name them with --models
    [exit 2]

    $ dapter create "From nothing" --autogenerate
    error: there are no models to compare the database with
      help: write `models = "…"` into the target in dapter.toml, or name them with --models
    [exit 2]
    "#);
}

#[test]
fn a_database_is_shown_in_every_form() {
    let sandbox = modelled();
    drop(sandbox.transcript(
        "
        dapter create \"Add users\" --rev-id a1
        dapter upgrade
    ",
    ));
    assert_snapshot!(sandbox.transcript("
        dapter inspect
        dapter inspect posts --format toml
        dapter inspect --format mermaid
        dapter inspect --format dot --exclude \"view *\"
    "), @r#"
    $ dapter inspect
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name VARCHAR(50) DEFAULT 'nobody'
    );

    CREATE TABLE posts (
        id INTEGER PRIMARY KEY,
        author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE
    );

    CREATE INDEX posts_author ON posts (author);

    CREATE VIEW authors AS SELECT name FROM users JOIN posts ON author = users.id;

    $ dapter inspect posts --format toml
    [[table]]
    name = "posts"
    primary_key = ["id"]

    [[table.columns]]
    name = "id"
    type = "INTEGER"

    [[table.columns]]
    name = "author"
    type = "INTEGER"
    not_null = true

    [[table.foreign_keys]]
    columns = ["author"]
    references = ["id"]
    on_delete = "cascade"

    [table.foreign_keys.table]
    name = "users"

    [[table.indexes]]
    name = "posts_author"
    columns = ["author"]

    $ dapter inspect --format mermaid
    erDiagram
        "posts" {
            INTEGER id PK
            INTEGER author FK
        }
        "users" {
            INTEGER id PK
            TEXT email UK
            VARCHAR(50) name
        }
        "users" ||--o{ "posts" : "author"

    $ dapter inspect --format dot --exclude "view *"
    digraph schema {
        graph [rankdir=LR]
        node [shape=plaintext]
        "posts" [label=<<table border="0" cellborder="1" cellspacing="0"><tr><td colspan="2"><b>posts</b></td></tr><tr><td align="left">id INTEGER</td><td>PK</td></tr><tr><td align="left">author INTEGER</td><td>FK</td></tr></table>>]
        "users" [label=<<table border="0" cellborder="1" cellspacing="0"><tr><td colspan="2"><b>users</b></td></tr><tr><td align="left">id INTEGER</td><td>PK</td></tr><tr><td align="left">email TEXT</td><td>UK</td></tr><tr><td align="left">name VARCHAR(50)</td><td></td></tr></table>>]
        "posts" -> "users" [label="author"]
    }
    "#);
    let document = sandbox.dapter("dapter inspect --format toml").stdout;
    sandbox.write("models.toml", String::from_utf8(document).expect("text"));
    let statements = sandbox.dapter("dapter inspect").stdout;
    sandbox.write("again.sql", String::from_utf8(statements).expect("text"));
    assert_snapshot!(sandbox.transcript("
        dapter diff database models.toml
        dapter diff database again.sql
        dapter diff a1 models
    "), @"
    $ dapter diff database models.toml
    no difference between database and models.toml

    $ dapter diff database again.sql
    no difference between database and again.sql

    $ dapter diff a1 models
    no difference between a1 and models
    ");
}

#[test]
fn models_are_documents_with_portable_types_or_come_from_commands() {
    let sandbox = modelled();
    sandbox.write(
        "models.toml",
        r#"
[[table]]
name = "events"
primary_key = ["id"]
columns = [
    { name = "id", type = "bigint", not_null = true },
    { name = "what", type = "string(40)", not_null = true, default = "'nothing'" },
    { name = "at", type = "timestamp" },
]
"#,
    );
    sandbox.write("other.sql", "CREATE TABLE events (id INTEGER PRIMARY KEY);");
    assert_snapshot!(sandbox.transcript("
        dapter diff --models models.toml --sql
        dapter diff other.sql models.toml --sql
        dapter diff database \"command:cat other.sql\"
        dapter diff database \"command:echo oh no >&2; false\"
    "), @r#"
    $ dapter diff --models models.toml --sql
    CREATE TABLE events (
        id BIGINT NOT NULL PRIMARY KEY,
        what VARCHAR(40) NOT NULL DEFAULT 'nothing',
        at TIMESTAMP
    );

    $ dapter diff other.sql models.toml --sql
    CREATE TABLE dapter_new_events (
        id BIGINT NOT NULL PRIMARY KEY,
        what VARCHAR(40) NOT NULL DEFAULT 'nothing',
        at TIMESTAMP
    );

    INSERT INTO dapter_new_events (id) SELECT id FROM events;

    DROP TABLE events;

    ALTER TABLE dapter_new_events RENAME TO events;

    $ dapter diff database "command:cat other.sql"
    create table events

    $ dapter diff database "command:echo oh no >&2; false"
    error: the models cannot be read (exit status: 1): oh no
      help: it must print statements or a schema document
    [exit 1]
    "#);
}

#[test]
fn what_was_changed_by_hand_is_drift() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "CREATE TABLE b (id INTEGER);\nALTER TABLE a ADD COLUMN extra TEXT;",
            "DROP TABLE b;",
        ),
    ]);
    drop(sandbox.transcript(
        "
        dapter upgrade a1
        dapter stamp b1
    ",
    ));
    assert_snapshot!(sandbox.transcript("
        dapter diff scripts database
        dapter check --drift
        dapter diff database scripts --sql
        dapter diff a1 b1
    "), @"
    $ dapter diff scripts database
    drop table b
    alter table a: drop column extra
    warning: the upgrade destroys table b and all its rows
    warning: the upgrade destroys column a.extra

    $ dapter check --drift
    the database was changed by hand: drop table b [drift]
    the database was changed by hand: alter table a: drop column extra [drift]
      help: `dapter create MESSAGE --drift` takes it into a script, `dapter diff database scripts --sql` puts it back
    2 findings
    [exit 3]

    $ dapter diff database scripts --sql
    CREATE TABLE b (
        id INTEGER
    );

    ALTER TABLE a ADD COLUMN extra TEXT;

    $ dapter diff a1 b1
    create table b
    alter table a: add column extra
    ");
    assert_snapshot!(sandbox.transcript("
        dapter status --drift
        dapter create \"By hand\" --drift --rev-id c1
        dapter stamp c1
        dapter status --drift
        dapter create \"Again\" --drift
    "), @r#"
    $ dapter status --drift
    database   sqlite:app.db
    at         b1 Make b1
    pending    nothing
    drift      drop table b
               alter table a: drop column extra
      to take it into a script: dapter create "What was done" --drift
      to put it back: dapter diff database scripts --sql

    $ dapter create "By hand" --drift --rev-id c1
    migrations/versions/YYYYMMDDThhmm_c1_by_hand.sql
    drop table b
    alter table a: drop column extra
    warning: the upgrade destroys table b and all its rows
    warning: the upgrade destroys column a.extra
    next: `dapter stamp c1`, since this database has it already

    $ dapter stamp c1
    c1 recorded as applied

    $ dapter status --drift
    database   sqlite:app.db
    at         c1 By hand
    pending    nothing
    drift      nothing

    $ dapter create "Again" --drift
    nothing to do: the database is as its scripts build it
    "#);
}

#[test]
fn what_looks_like_a_rename_is_told_and_not_done() {
    let sandbox = modelled();
    drop(sandbox.transcript(
        "
        dapter create \"Add users\" --rev-id a1
        dapter upgrade
    ",
    ));
    sandbox.write(
        "models.sql",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, full_name VARCHAR(50) DEFAULT 'nobody');",
    );
    assert_snapshot!(sandbox.transcript("
        dapter create \"People\" --rev-id b1 --exclude authors --exclude posts --dry-run --json
        dapter diff --exclude authors --exclude posts --rename users=people
    "), @r#"
    $ dapter create "People" --rev-id b1 --exclude authors --exclude posts --dry-run --json
    {
      "changes": [
        "drop table users",
        "create table people"
      ],
      "dry_run": true,
      "losses": [
        "table users and all its rows"
      ],
      "path": "[project]/migrations/versions/YYYYMMDDThhmm_b1_people.sql",
      "rename_candidates": [
        {
          "from": "users",
          "to": [
            "people"
          ]
        }
      ],
      "revises": [
        "a1"
      ],
      "revision": "b1",
      "text": "-- People\n-- dapter:revision   b1\n-- dapter:revises    a1\n-- dapter:created    YYYY-MM-DDThh:mm:ssZ\n\n-- dapter:upgrade\nDROP TABLE users;\n\nCREATE TABLE people (\n    id INTEGER PRIMARY KEY,\n    email TEXT NOT NULL UNIQUE,\n    full_name VARCHAR(50) DEFAULT 'nobody'\n);\n\n-- dapter:downgrade\nDROP TABLE people;\n\nCREATE TABLE users (\n    id INTEGER PRIMARY KEY,\n    email TEXT NOT NULL UNIQUE,\n    name VARCHAR(50) DEFAULT 'nobody'\n);\n",
      "unproven": []
    }

    $ dapter diff --exclude authors --exclude posts --rename users=people
    rename table users to people
    alter table people: add column full_name, drop column name
    warning: the upgrade destroys column people.name
    if it was renamed: --rename people.name=people.full_name
    "#);
    let picture = sandbox.dapter("dapter inspect users --format svg").stdout;
    let picture = String::from_utf8(picture).expect("text");
    assert!(picture.starts_with("<svg") && picture.contains(">email</text>"));
}

#[test]
fn a_new_configuration_may_name_the_models() {
    let sandbox = Sandbox::new();
    sandbox.write("models.sql", "CREATE TABLE a (id INTEGER);");
    assert_snapshot!(sandbox.transcript("
        dapter init --models python:models
        dapter init --models models.sql
        DATABASE_URL=sqlite:app.db dapter create \"Add a\" --rev-id a1
        dapter init --models models.sql
    "), @r#"
    $ dapter init --models python:models
    error: --models: `python:models` names no attribute of a module
      help: write python:MODULE:ATTRIBUTE, as in python:app.models:Base
    [exit 2]

    $ dapter init --models models.sql
    made migrations
    made migrations/versions
    made migrations/script.sql
    made dapter.toml
    next: set DATABASE_URL (to sqlite:app.db, say), or write the URL into dapter.toml
    then: dapter create "What the first migration does"

    $ DATABASE_URL=sqlite:app.db dapter create "Add a" --rev-id a1
    migrations/versions/YYYYMMDDThhmm_a1_add_a.sql
    create table a

    $ dapter init --models models.sql
    error: --models: there is a dapter.toml already
      help: write into its target: models = "models.sql"
    [exit 2]
    "#);
}
