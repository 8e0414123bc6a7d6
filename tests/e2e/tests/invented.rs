//! Invented schemas on real databases: each is read, built anew, changed into another one and back, and the rows that no
//! change destroys are there all along.
//!
//! `DAPTER_INVENTED=500` tries so many, `DAPTER_INVENTED=17..18` the one with the number 17, which a failure names. Servers are
//! only asked then: a MariaDB 10.11 was seen to break the connection at a statement that it carried out the next time.

mod invented {
    pub(crate) mod dialect;
    pub(crate) mod dice;
    pub(crate) mod expression;
    pub(crate) mod laws;
    pub(crate) mod statements;
    pub(crate) mod world;
}

use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use dapter_mysql::MysqlAdapter;
use dapter_plugin_api::AsyncMigrationAdapter;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_postgres::PostgresAdapter;
use dapter_servers::{Product, Server};
use dapter_sqlite::SqliteAdapter;
use invented::dialect::Dialect;
use invented::laws::Place;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let trials = vec![
        Trial::test("sqlite", || {
            let adapter = block_on(Adapter::linked_sync::<SqliteAdapter>())?;
            let memory = || "sqlite::memory:".to_owned();
            tried(&Place::new(adapter, Dialect::Sqlite, memory), 60)
        }),
        on_server::<PostgresAdapter>(Product::Postgresql, Dialect::Postgresql, "postgresql"),
        on_server::<MysqlAdapter>(Product::Mariadb, Dialect::Mariadb, "mysql"),
        on_server::<MysqlAdapter>(Product::Mysql, Dialect::Mysql, "mysql"),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn on_server<A: AsyncMigrationAdapter>(
    product: Product,
    dialect: Dialect,
    scheme: &'static str,
) -> Trial {
    let is_wanted = env::var_os("DAPTER_INVENTED").is_some();
    let ignored = !is_wanted || Server::check_shared(product).is_err() && !product.is_required();
    let trial = Trial::test(product.to_string(), move || {
        let server = Server::shared(product).map_err(|missing| missing.to_string())?;
        let adapter = block_on(Adapter::linked_async::<A>())?;
        let fresh = || server.url(scheme, &server.fresh_database());
        tried(&Place::new(adapter, dialect, fresh), 8)
    });
    trial.with_ignored_flag(ignored)
}

/// Tries all of the numbers and tells of every one that fails.
fn tried(place: &Place, usual: u64) -> Result<(), libtest_mimic::Failed> {
    let mut failures = Vec::new();
    for number in numbers(usual) {
        let held = catch_unwind(AssertUnwindSafe(|| place.holds(number)));
        let what = match held {
            Ok(Ok(())) => continue,
            Ok(Err(what)) => what,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                text.unwrap_or_else(|| "a panic".to_owned())
            }
        };
        failures.push(format!("{number}: {what}"));
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(failures.join("\n\n").into()),
    }
}

fn numbers(usual: u64) -> Range<u64> {
    let Ok(text) = env::var("DAPTER_INVENTED") else {
        return 0..usual;
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    match text.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&text),
    }
}
