//! A program that loads nothing and reads no script: all adapters and the migrations are part of it, and each adapter
//! migrates a database.

use std::error::Error;
use std::process::ExitCode;

use dapter::api::abi::{Adapter, block_on};
use dapter::project::DatabaseUrl;
use dapter::script::EmbeddedScripts;
use dapter::{MigrationSettings, Migrator, NewMigration};
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
            goes_up_and_down(&sqlite, &format!("sqlite:{}", file.display()));
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
        goes_up_and_down(&adapter, &server.url(scheme, &server.fresh_database()));
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
