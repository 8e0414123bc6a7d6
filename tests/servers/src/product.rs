//! The products that there are servers of.

use std::{env, fmt};

/// A database product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// `PostgreSQL`, with `psql` and `pg_dump`.
    Postgresql,
    /// `MariaDB`, with `mariadb` and `mariadb-dump`.
    Mariadb,
    /// `MySQL` of Oracle, with `mysql` and `mysqldump`, or those of `MariaDB`.
    Mysql,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgresql, Self::Mariadb, Self::Mysql];

    /// The name in the names of tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mariadb => "mariadb",
            Self::Mysql => "mysql",
        }
    }

    /// Whether a missing server fails a test instead of having it ignored: with `DAPTER_TEST_REQUIRE=1` or `CI=true`. For
    /// Oracle's `MySQL`, which Debian 12 has not, it must have been pointed at too.
    #[must_use]
    pub fn is_required(self) -> bool {
        let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|found| found == value);
        let pointed_at = [self.folder_variable(), self.url_variable()]
            .iter()
            .any(|variable| env::var_os(variable).is_some());
        (is("DAPTER_TEST_REQUIRE", "1") || is("CI", "true")) && (self != Self::Mysql || pointed_at)
    }

    /// The environment variable with the folder of the programs.
    pub(crate) fn folder_variable(self) -> &'static str {
        match self {
            Self::Postgresql => "DAPTER_TEST_POSTGRESQL_BIN",
            Self::Mariadb => "DAPTER_TEST_MARIADB_BIN",
            Self::Mysql => "DAPTER_TEST_MYSQL_BIN",
        }
    }

    /// The environment variable with the URL of a server that runs already.
    pub(crate) fn url_variable(self) -> &'static str {
        match self {
            Self::Postgresql => "DAPTER_TEST_POSTGRESQL_URL",
            Self::Mariadb => "DAPTER_TEST_MARIADB_URL",
            Self::Mysql => "DAPTER_TEST_MYSQL_URL",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
