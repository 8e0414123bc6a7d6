//! Where a server is, and as whom tests log in.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::product::Product;

/// Whom tests log in as: may do everything.
pub const USER: &str = "dapter";

/// The password of [`USER`].
pub const PASSWORD: &str = "secret";

const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

/// Where a server listens, and as whom tests log in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Of `PostgreSQL` the folder with the socket in it.
    pub(crate) socket: Option<PathBuf>,
    /// The certificate authority that vouches for it.
    pub(crate) authority: Option<PathBuf>,
}

impl Address {
    /// Of a server that is started here.
    pub(crate) fn local(port: u16, socket: &Path, authority: &Path) -> Self {
        Self {
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
            socket: Some(socket.to_owned()),
            authority: Some(authority.to_owned()),
        }
    }

    /// What `scheme://user[:password]@host[:port][/…]` says; `None` where it says something else.
    pub(crate) fn parse(url: &str, product: Product) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let (who, place) = rest.rsplit_once('@')?;
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let place = place.split(['/', '?']).next()?;
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None if product == Product::Postgresql => (place, 5432),
            None => (place, 3306),
        };
        let decode = |text| percent_decode_str(text).decode_utf8().ok();
        Some(Self {
            user: decode(user)?.into_owned(),
            password: decode(password)?.into_owned(),
            host: host.to_owned(),
            port,
            socket: None,
            authority: None,
        })
    }

    /// A URL of a database, at another port if one is given.
    pub(crate) fn url(&self, scheme: &str, port: Option<u16>, database: &str) -> String {
        let who = self.who();
        let host = port.map_or(self.host.as_str(), |_| "127.0.0.1");
        let port = port.unwrap_or(self.port);
        format!("{scheme}://{who}@{host}:{port}/{}", encoded(database))
    }

    /// A URL of a database by way of the socket.
    pub(crate) fn socket_url(
        &self,
        product: Product,
        scheme: &str,
        database: &str,
    ) -> Option<String> {
        let socket = encoded(&self.socket.as_ref()?.to_string_lossy());
        let database = encoded(database);
        Some(match product {
            Product::Postgresql => {
                let (user, port) = (encoded(&self.user), self.port);
                format!("{scheme}://{user}@/{database}?host={socket}&port={port}")
            }
            Product::Mariadb | Product::Mysql => {
                format!(
                    "{scheme}://{}@localhost/{database}?socket={socket}",
                    self.who()
                )
            }
        })
    }

    fn who(&self) -> String {
        format!("{}:{}", encoded(&self.user), encoded(&self.password))
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, IN_QUERY).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Address, Product};

    #[test]
    fn a_url_says_where_a_server_is() {
        let parse = |url| {
            Address::parse(url, Product::Postgresql).map(|found| {
                let Address { user, password, .. } = found;
                (user, password, found.host, found.port)
            })
        };
        let of = |user: &str, password: &str, host: &str, port| {
            Some((user.to_owned(), password.to_owned(), host.to_owned(), port))
        };
        assert_eq!(parse("pg://a:b%40@h:1/x?y=z"), of("a", "b@", "h", 1));
        assert_eq!(parse("pg://a@h"), of("a", "", "h", 5432));
        assert_eq!(parse("pg://h/x"), None);
        assert_eq!(parse("h"), None);
    }
}
