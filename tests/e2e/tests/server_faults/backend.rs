//! The databases that faults are provoked on.

use dapter_servers::{Missing, Product, Server};
use libtest_mimic::Trial;

/// An adapter and a server for it.
#[derive(Debug)]
pub(crate) struct Backend {
    /// The adapter's key.
    pub(crate) key: &'static str,
    /// The scheme of its URLs.
    pub(crate) scheme: &'static str,
    pub(crate) product: Product,
    /// The bookshop's folder for it.
    pub(crate) bookshop: &'static str,
}

/// All of them.
pub(crate) static BACKENDS: [Backend; 4] = [
    Backend {
        key: "postgresql",
        scheme: "postgresql",
        product: Product::Postgresql,
        bookshop: "postgresql",
    },
    Backend {
        key: "postgresql-async",
        scheme: "postgresql+async",
        product: Product::Postgresql,
        bookshop: "postgresql",
    },
    Backend {
        key: "mysql",
        scheme: "mysql",
        product: Product::Mariadb,
        bookshop: "mysql",
    },
    Backend {
        key: "mysql-async",
        scheme: "mysql+async",
        product: Product::Mariadb,
        bookshop: "mysql",
    },
];

impl Backend {
    /// Whether it is one of `PostgreSQL`.
    pub(crate) fn is_postgresql(&self) -> bool {
        self.product == Product::Postgresql
    }

    /// Of how many moments one is tried. The asynchronous adapter sends the same messages as the other one, and tries
    /// fewer. With `DAPTER_TEST_ALL_MOMENTS=1` all are tried.
    pub(crate) fn one_of(&self) -> usize {
        let all = std::env::var("DAPTER_TEST_ALL_MOMENTS").is_ok_and(|value| value == "1");
        match self.key.ends_with("-async") {
            _ if all => 1,
            true => 53,
            false => 29,
        }
    }

    /// How many of so many random moments are tried: some at least.
    pub(crate) fn of_random(&self, all: usize) -> usize {
        all.div_ceil(self.one_of()).max(all.min(2))
    }

    /// The server that the tests share.
    pub(crate) fn shared(&self) -> &'static Server {
        Server::shared(self.product).expect("it was checked")
    }

    /// The parameter that keeps a connection in the clear, so that nothing but messages crosses it.
    pub(crate) fn in_the_clear(&self) -> &'static str {
        if self.is_postgresql() {
            "sslmode=disable"
        } else {
            "ssl_mode=DISABLED"
        }
    }

    /// A test, ignored where something is missing that nobody has required.
    pub(crate) fn trial(
        &'static self,
        name: &str,
        missing: Result<(), Missing>,
        test: fn(&'static Backend),
    ) -> Trial {
        let ignored = missing.is_err() && !self.product.is_required();
        let trial = Trial::test(format!("faults::{}::{name}", self.key), move || {
            missing.map_err(|missing| missing.to_string())?;
            test(self);
            Ok(())
        });
        trial.with_ignored_flag(ignored)
    }
}
