//! A program that loads nothing and reads no script: all adapters and the migrations are part of it, and each adapter
//! migrates a database.

use std::error::Error;
use std::process::ExitCode;

use dapter::api::abi::{Adapter, block_on};
use dapter::autogenerate::Models;
use dapter::diff::{Filter, summary};
use dapter::project::DatabaseUrl;
use dapter::script::EmbeddedScripts;
use dapter::{AutogenerateOptions, MigrationSettings, Migrator, NewMigration};
use dapter_mysql::{MysqlAdapter, MysqlAsyncAdapter};
use dapter_postgres::{AsyncPostgresAdapter, PostgresAdapter};
use dapter_servers::{Product, Server};
use dapter_sqlite::SqliteAdapter;
use libtest_mimic::{Arguments, Trial};

static MIGRATIONS: EmbeddedScripts = dapter::embed_migrations!("migrations");

fn main() -> ExitCode {
    let sqlite = block_on(Adapter::linked_sync::<SqliteAdapter>()).expect("SQLite");
    let postgres = block_on(Adapter::linked_async::<PostgresAdapter>()).expect("PostgreSQL");
    let async_postgres = block_on(Adapter::linked_async::<AsyncPostgresAdapter>());
    let mysql = block_on(Adapter::linked_async::<MysqlAdapter>()).expect("MySQL");
    let async_mysql = block_on(Adapter::linked_async::<MysqlAsyncAdapter>());
    let trials = vec![
        Trial::test("linked::sqlite", move || {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("app.db");
            let url = format!("sqlite:{}", file.display());
            goes_up_and_down(&sqlite, &url);
            follows_structs(&sqlite, &url);
            Ok(())
        }),
        on_server(Product::Postgresql, postgres),
        on_server(Product::Postgresql, async_postgres.expect("PostgreSQL")),
        on_server(Product::Mariadb, mysql),
        on_server(Product::Mariadb, async_mysql.expect("MySQL")),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Ignored where there is no such server, unless one is required.
fn on_server(product: Product, adapter: Adapter) -> Trial {
    let missing = Server::check_shared(product);
    let ignored = missing.is_err() && !product.is_required();
    let trial = Trial::test(format!("linked::{}", adapter.info().key), move || {
        missing.map_err(|missing| missing.to_string())?;
        let server = Server::shared(product).map_err(|missing| missing.to_string())?;
        let scheme = &adapter.info().schemes[0];
        let url = server.url(scheme, &server.fresh_database());
        goes_up_and_down(&adapter, &url);
        follows_structs(&adapter, &url);
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}

fn goes_up_and_down(adapter: &Adapter, url: &str) {
    let url = DatabaseUrl::parse(url).expect("a URL");
    let settings = MigrationSettings::new(url, MIGRATIONS);
    let migrator = Migrator::new(adapter.clone(), settings);
    assert_eq!(migrator.upgrade("head").expect("it goes up").steps.len(), 3);
    let current = migrator.current_revision().expect("it is known");
    let ids: Vec<&str> = current.iter().map(|at| at.revision.as_str()).collect();
    assert_eq!(ids, ["b2"]);
    let undone = migrator.downgrade("base").expect("it goes down");
    assert_eq!(undone.steps.len(), 2);

    let refused = migrator.create_migration(NewMigration::new("Add more"));
    let refused = refused.expect_err("nobody writes into a program");
    let why = refused.source().map(ToString::to_string);
    let expected = "the scripts of migrations are part of the program";
    assert_eq!(why.as_deref(), Some(expected));
    assert!(migrator.init_migrations().is_err());
}

#[derive(dapter::Model)]
#[table(name = "teams")]
#[allow(dead_code)]
struct Team {
    #[column(primary_key, identity)]
    id: i64,
    #[column(type = "string(40)")]
    name: String,
}

#[derive(dapter::Model)]
#[table(name = "members")]
#[allow(dead_code)]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(unique, type = "string(200)")]
    email: String,
    #[column(default = "true")]
    active: bool,
    #[column(references = "teams.id", on_delete = "set null", index)]
    team: Option<i64>,
    picture: Option<Vec<u8>>,
    #[column(type = "timestamp", default = "CURRENT_TIMESTAMP")]
    since: std::time::SystemTime,
}

/// As teams are later.
#[derive(dapter::Model)]
#[table(name = "groups", rename_from = "teams")]
#[allow(dead_code)]
struct Group {
    #[column(primary_key, identity)]
    id: i64,
    #[column(type = "string(40)", rename_from = "name")]
    title: String,
    size: Option<i16>,
}

/// Scripts follow the structs of a program, also when these change their names.
fn follows_structs(adapter: &Adapter, url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = DatabaseUrl::parse(url).expect("a URL");
    let settings = MigrationSettings::new(url, folder.path().join("migrations"));
    let migrator = Migrator::new(adapter.clone(), settings);
    migrator.init_migrations().expect("a directory");
    let done = follow(&migrator, &Models::new().with::<Team>().with::<Member>());
    assert_eq!(done, ["create table teams", "create table members"]);

    let models = Models::new().with::<Group>();
    for expected in [
        &[
            "rename table teams to groups",
            "alter table groups: rename column name to title",
            "alter table groups: add column size",
        ][..],
        // They say still what they were called before.
        &[],
    ] {
        let done = follow(&migrator, &models);
        assert_eq!(done.len(), expected.len(), "{done:?}");
        // PostgreSQL calls the key like its table, so its name changes too.
        let are_so = done
            .iter()
            .zip(expected)
            .all(|(it, start)| it.starts_with(start));
        assert!(are_so, "{done:?}");
    }
    let undone = migrator.downgrade("base").expect("it goes down");
    assert_eq!(undone.steps.len(), 2);
}

/// Writes the script that leads to the models, as far as they describe it, runs it, and tells what it did.
fn follow(migrator: &Migrator, models: &Models) -> Vec<String> {
    let options = AutogenerateOptions {
        filter: Filter {
            exclude: match models.renames().is_empty() {
                true => Vec::new(),
                false => vec!["members".to_owned()],
            },
            ..Filter::default()
        },
        ..AutogenerateOptions::default()
    };
    let generated = migrator.autogenerate(models.state(), &options);
    let generated = generated.expect("it is compared");
    if !generated.is_empty() {
        let script = NewMigration {
            upgrade: generated.upgrade_text,
            downgrade: generated.downgrade_text,
            ..NewMigration::new("Follow the structs")
        };
        migrator.create_migration(script).expect("it is written");
        migrator.upgrade("head").expect("it goes up");
    }
    generated.operations.iter().map(summary).collect()
}
