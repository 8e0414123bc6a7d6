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
    "), @"");
    let script = "m/versions/20240102T1200_d125ed7ef2c9_index.sql";
    assert_snapshot!(sandbox.read(script), @"");
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
    "), @"");
    sandbox.remove("migrations/20240101120000_again.sql");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m
        dapter --url sqlite:app.db adopt golang-migrate --from migrations --table _sqlx_migrations --directory m
    "), @"");
    assert!(!sandbox.path("m").exists());
    execute(&sandbox, "UPDATE _sqlx_migrations SET success = 1");
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:app.db adopt sqlx --from migrations --directory m --json
    "), @"");
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
    "), @"");
}
