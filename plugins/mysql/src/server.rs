//! Which server answers.

use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// What a session has to know of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) product: Product,
}

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    MySql,
    MariaDb,
}

impl Product {
    /// As it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Product::MySql => "MySQL",
            Product::MariaDb => "MariaDB",
        }
    }
}

/// The oldest servers whose statements that define structure are atomic.
const OLDEST_MYSQL: (u32, u32) = (8, 0);
const OLDEST_MARIADB: (u32, u32) = (10, 6);

impl Server {
    /// The server with this version string: `8.0.36`, `9.7.0-commercial`, `10.11.6-MariaDB-log`, `5.5.5-10.6.1-MariaDB`.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] for one that is too old, or that does not tell.
    pub(crate) fn of(version: &str) -> Result<Server> {
        let (product, oldest) = if version.to_ascii_lowercase().contains("mariadb") {
            (Product::MariaDb, OLDEST_MARIADB)
        } else {
            (Product::MySql, OLDEST_MYSQL)
        };
        // What MariaDB puts before its version for old clients.
        let number = version.strip_prefix("5.5.5-").unwrap_or(version);
        let mut parts = number
            .split(|c: char| !c.is_ascii_digit())
            .map_while(|part| part.parse::<u32>().ok());
        let found = parts.next().zip(parts.next()).ok_or_else(|| {
            AdapterError::new(
                ErrorKind::Connect,
                format!("the server's version `{version}` is not understood"),
            )
        })?;
        if found < oldest {
            return Err(AdapterError::new(
                ErrorKind::Connect,
                format!("the server's version {version} is too old"),
            )
            .with_hint("MySQL 8.0 and later and MariaDB 10.6 and later are supported: in older ones a statement that changes structure can be half done after a crash"));
        }
        Ok(Server { product })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_apart_and_old_ones_refused() {
        let table = [
            ("8.0.36", Some(Product::MySql)),
            ("9.7.0-commercial", Some(Product::MySql)),
            ("8.4.0-0ubuntu0.24.04.1", Some(Product::MySql)),
            ("10.11.6-MariaDB-0+deb12u1-log", Some(Product::MariaDb)),
            ("5.5.5-10.6.1-MariaDB", Some(Product::MariaDb)),
            ("11.8.2-MariaDB", Some(Product::MariaDb)),
            ("5.7.44", None),
            ("10.5.9-MariaDB", None),
            ("5.5.5-10.4.2-MariaDB", None),
            ("unknown", None),
        ];
        for (version, product) in table {
            let found = Server::of(version);
            assert_eq!(
                found.as_ref().ok().map(|server| server.product),
                product,
                "{version}"
            );
            if let Err(error) = found {
                assert_eq!(error.kind, ErrorKind::Connect);
            }
        }
    }
}
