//! The bookshop on every backend: what `--sql` prints is carried out by the databases' own programs, what `--backup` makes
//! is restored by them, and what `inspect` tells builds the same again.

#[path = "bookshop/former_names.rs"]
mod former_names;
#[path = "bookshop/models.rs"]
mod models;
#[path = "bookshop/native.rs"]
mod native;
#[path = "bookshop/portable.rs"]
mod portable;
#[path = "bookshop/site.rs"]
mod site;

use std::process::{Command, ExitCode};

use dapter_servers::{Product, Server};
use libtest_mimic::{Arguments, Trial};

use site::Kind;

/// A revision in the middle, a merge of two lines.
const MIDDLE: &str = "2a755270ca37";

/// The first revision.
const FIRST: &str = "613c48b44bf5";

fn main() -> ExitCode {
    let mut trials = vec![
        sqlite("sql", native::sql),
        sqlite("backup", native::backup),
        sqlite("models", models::models),
        sqlite("changed", models::changed),
        sqlite("spelled", models::spelled),
        sqlite("portable", portable::portable),
        sqlite("drift", models::drift),
        sqlite("former_names", former_names::former_names),
    ];
    for (scheme, product) in [
        ("postgresql", Product::Postgresql),
        ("mysql", Product::Mariadb),
    ] {
        trials.push(server("sql", scheme, product, native::sql));
        trials.push(server("backup", scheme, product, native::backup));
        trials.push(server("models", scheme, product, models::models));
        trials.push(server("changed", scheme, product, models::changed));
        trials.push(server("portable", scheme, product, portable::portable));
        trials.push(server("drift", scheme, product, models::drift));
        let former_names = former_names::former_names;
        trials.push(server("former_names", scheme, product, former_names));
    }
    trials.push(server(
        "backup",
        "postgresql+async",
        Product::Postgresql,
        native::backup,
    ));
    trials.push(server(
        "backup",
        "mysql+async",
        Product::Mariadb,
        native::backup,
    ));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn sqlite(name: &str, test: impl Fn(&Kind) + Send + 'static) -> Trial {
    let missing = Command::new("sqlite3").arg("--version").output().is_err();
    let trial = Trial::test(format!("bookshop::sqlite::{name}"), move || {
        test(&Kind::Sqlite);
        Ok(())
    });
    trial.with_ignored_flag(missing && !Product::Mariadb.is_required())
}

fn server(
    name: &str,
    scheme: &'static str,
    product: Product,
    test: impl Fn(&Kind) + Send + 'static,
) -> Trial {
    let missing = Server::check_shared(product);
    let ignored = missing.is_err() && !product.is_required();
    let trial = Trial::test(format!("bookshop::{scheme}::{name}"), move || {
        missing.map_err(|missing| missing.to_string())?;
        let server = Server::shared(product).map_err(|missing| missing.to_string())?;
        test(&Kind::Server(server, scheme));
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}
