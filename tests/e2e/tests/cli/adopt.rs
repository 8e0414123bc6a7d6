//! From another tool, and back: what the tools themselves made lies in `tests/fixtures/adopt`.

use dapter_e2e::Sandbox;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, Result};
use dapter_sqlite::SqliteAdapter;
use insta::assert_snapshot;

/// A folder with what a tool made, and the database `app.db` as the tool left it.
fn left_by(tool: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&format!("tests/fixtures/adopt/{tool}"));
    execute(&sandbox, &sandbox.read("state.sql"));
    sandbox
}

fn execute(sandbox: &Sandbox, script: &str) {
    let options = ConnectOptions {
        url: "sqlite:app.db".to_owned(),
        base_directory: sandbox.path("."),
        ..ConnectOptions::default()
    };
    let run = async {
        let adapter = Adapter::linked_sync::<SqliteAdapter>().await?;
        let mut session = adapter.connect(&options).await?;
        for statement in adapter.split(script).await? {
            let text = statement.text(script).unwrap_or_default();
            session.execute(text).await?;
        }
        Ok(())
    };
    let ran: Result<()> = block_on(run);
    ran.expect("it runs");
}

#[test]
fn a_project_moves_from_sqlx_and_back() {
    let sandbox = left_by("sqlx");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt --from migrations --directory m --dry-run
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
        dapter --url sqlite:app.db --directory m status
        dapter --url sqlite:app.db --directory m upgrade 20240103120000 --quiet
        dapter --url sqlite:app.db --directory m downgrade 20240101120000_create_users --yes --quiet
        dapter --url sqlite:app.db --directory m export sqlx --to back --history
        dapter --url sqlite:app.db --directory m export sqlx --to back
        dapter --url sqlite:app.db --directory m export refinery --to r
    "), @"
    $ dapter --url sqlite:app.db adopt --from migrations --directory m --dry-run
    would be created m/versions/YYYYMMDDThhmm_7cf79129e74a_create_users.sql
    would be created m/versions/YYYYMMDDThhmm_d125ed7ef2c9_index.sql
    would be created m/versions/YYYYMMDDThhmm_a5efa8becc11_posts.sql
    2 of 3 would be recorded as applied, as _sqlx_migrations says

    $ dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
    created m/versions/YYYYMMDDThhmm_7cf79129e74a_create_users.sql
    created m/versions/YYYYMMDDThhmm_d125ed7ef2c9_index.sql
    created m/versions/YYYYMMDDThhmm_a5efa8becc11_posts.sql
    2 of 3 recorded as applied, as _sqlx_migrations says
    took over 2 revisions from _sqlx_migrations

    $ dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
    3 scripts of sqlx were there already
    note: dapter's own history is there already, and is left as it is

    $ dapter --url sqlite:app.db --directory m status
    database   sqlite:app.db
    at         d125ed7ef2c9 index
    pending    1 revision

    $ dapter --url sqlite:app.db --directory m upgrade 20240103120000 --quiet

    $ dapter --url sqlite:app.db --directory m downgrade 20240101120000_create_users --yes --quiet

    $ dapter --url sqlite:app.db --directory m export sqlx --to back --history
    created back/20240101120000_create_users.up.sql
    created back/20240101120000_create_users.down.sql
    created back/20240102120000_index.up.sql
    created back/20240102120000_index.down.sql
    created back/20240103120000_posts.up.sql
    created back/20240103120000_posts.down.sql
    _sqlx_migrations: 1 rows removed, 0 added

    $ dapter --url sqlite:app.db --directory m export sqlx --to back
    error: back holds other files already:
             20240101120000_create_users.down.sql
             20240101120000_create_users.up.sql
             20240102120000_index.down.sql
             20240102120000_index.up.sql
             20240103120000_posts.down.sql
      help: name an empty folder, or a new one
    [exit 1]

    $ dapter --url sqlite:app.db --directory m export refinery --to r
    error: the scripts cannot be written as those of refinery:
             m/versions/YYYYMMDDThhmm_d125ed7ef2c9_index.sql: d125ed7ef2c9 runs outside a transaction, and refinery runs all in one
      help: another tool may have what this one has not
    [exit 1]
    ");
    let script = "m/versions/20240102T1200_d125ed7ef2c9_index.sql";
    assert_snapshot!(sandbox.read(script), @"
    -- index
    -- dapter:revision   d125ed7ef2c9
    -- dapter:revises    7cf79129e74a
    -- dapter:alias      20240102120000, 20240102120000_index
    -- dapter:created    2024-01-02T12:00:00Z

    -- dapter:upgrade
    -- dapter:transaction none
    -- no-transaction
    CREATE INDEX u_e ON users (email)

    -- dapter:downgrade
    DROP INDEX u_e;
    ");
    for file in [
        "20240101120000_create_users.up.sql",
        "20240103120000_posts.down.sql",
    ] {
        let (before, after) = (format!("migrations/{file}"), format!("back/{file}"));
        assert_eq!(sandbox.read(&before), sandbox.read(&after));
    }
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_written() {
    let sandbox = left_by("sqlx");
    sandbox.edit(
        "migrations/20240101120000_create_users.up.sql",
        "email",
        "mail",
    );
    execute(
        &sandbox,
        "UPDATE _sqlx_migrations SET success = 0 WHERE version > 20240102000000",
    );
    sandbox.write("migrations/20240101120000_again.sql", "");
    sandbox.write("empty/README", "");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt sqlx --from empty --directory m
        dapter --url sqlite:app.db adopt --from empty --directory m
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
    "), @"
    $ dapter --url sqlite:app.db adopt sqlx --from empty --directory m
    error: empty holds no migration of sqlx
      help: --from names the folder that its migrations are in
    [exit 1]

    $ dapter --url sqlite:app.db adopt --from empty --directory m
    error: empty: the directory is that of no tool known here
      help: name the tool: alembic, atlas, dbmate, diesel, flyway, golang-migrate, goose, prisma, refinery, sqlx
    [exit 1]

    $ dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
    error: migrations/20240101120000_create_users.up.sql: version 20240101120000 is that of 20240101120000_again.sql too
      help: give one of them another version
    [exit 1]
    ");
    sandbox.remove("migrations/20240101120000_again.sql");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
        dapter --url sqlite:app.db adopt golang-migrate --from migrations --table _sqlx_migrations --directory m
    "), @"
    $ dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
    error: the table _sqlx_migrations cannot be taken over:
             version 20240102120000 is dirty: it failed, and nobody knows how far it came
      help: settle it with the other tool first; or take the files alone with --offline, and record what is applied with `dapter stamp`
    [exit 1]

    $ dapter --url sqlite:app.db adopt golang-migrate --from migrations --table _sqlx_migrations --directory m
    error: the table _sqlx_migrations cannot be taken over:
             the table is not that of golang-migrate: it has no column dirty; dbmate has a table of the same name
      help: settle it with the other tool first; or take the files alone with --offline, and record what is applied with `dapter stamp`
    [exit 1]
    ");
    assert!(!sandbox.path("m").exists());
    execute(&sandbox, "UPDATE _sqlx_migrations SET success = 1");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m --json
    "), @r#"
    $ dapter --url sqlite:app.db adopt sqlx --from migrations --directory m --json
    {
      "database": "sqlite:app.db",
      "dry_run": false,
      "kept": 0,
      "notes": [
        "20240101120000_create_users.up.sql is not what was applied: its checksum differs"
      ],
      "recorded": [
        "7cf79129e74a",
        "d125ed7ef2c9"
      ],
      "table": "_sqlx_migrations",
      "target": "default",
      "tool": "sqlx",
      "written": [
        "[project]/m/versions/YYYYMMDDThhmm_7cf79129e74a_create_users.sql",
        "[project]/m/versions/YYYYMMDDThhmm_d125ed7ef2c9_index.sql",
        "[project]/m/versions/YYYYMMDDThhmm_a5efa8becc11_posts.sql"
      ]
    }
    "#);
}

#[test]
fn dbmate_and_diesel_are_recognised_and_taken_over() {
    for tool in ["dbmate", "diesel"] {
        let sandbox = left_by(tool);
        let told = sandbox.transcript(
            "
            dapter --url sqlite:app.db adopt --from migrations --directory m --quiet
            dapter --url sqlite:app.db --directory m upgrade
        ",
        );
        assert!(told.contains("2 of 2 recorded as applied"), "{told}");
        assert!(told.contains("nothing to do"), "{told}");
    }
}

#[test]
fn a_database_that_exists_begins_at_a_baseline() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ]);
    sandbox.name_ids();
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db baseline a1 --dry-run
        dapter --url sqlite:app.db baseline a1
        dapter --url sqlite:app.db history
        dapter --url sqlite:app.db baseline b1
        dapter --url sqlite:app.db baseline --create \"What is there\"
        dapter --url sqlite:other.db baseline --create \"What is there\"
        dapter --url sqlite:other.db baseline
    "), @r#"
    $ dapter --url sqlite:app.db baseline a1 --dry-run
    a1 would be recorded as the baseline

    $ dapter --url sqlite:app.db baseline a1
    a1 recorded as the baseline

    $ dapter --url sqlite:app.db history
    pending  b1                     Make b1 (head)
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1 (current)

    $ dapter --url sqlite:app.db baseline b1
    error: the database has a history already: a revision is applied
      help: `dapter stamp` changes what a history says; `dapter status` shows it
    [exit 1]

    $ dapter --url sqlite:app.db baseline --create "What is there"
    error: the database has a history already: a revision is applied
      help: `dapter stamp` changes what a history says; `dapter status` shows it
    [exit 1]

    $ dapter --url sqlite:other.db baseline --create "What is there"
    created migrations/versions/YYYYMMDDThhmm_aaaaaaaaaaaa_what_is_there.sql
    a1 recorded as the baseline
    b1 recorded as the baseline
    aaaaaaaaaaaa recorded as the baseline

    $ dapter --url sqlite:other.db baseline
    error: the following required arguments were not provided:
      <REVISION>

    Usage: dapter baseline <REVISION>

    For more information, try '--help'.
    [exit 2]
    "#);
}
