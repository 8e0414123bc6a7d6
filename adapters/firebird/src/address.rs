//! Where to connect to, from the URL and the options.

use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Result};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

const HINT: &str = "write firebird://user:password@host:3050/alias, or firebird://user:password@host:3050//path/to/file.fdb";

/// The port that servers listen to.
const PORT: u16 = 3050;

/// The longest name that the client can tell the server, in bytes.
const LONGEST: usize = 255;

/// The option that names the role.
const ROLE: &str = "role";

/// A database of a server, and who comes to it.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// An alias, or the path of a file on the server's machine.
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) role: Option<String>,
}

impl Address {
    /// Reads the URL and the options.
    pub(crate) fn read(options: &ConnectOptions) -> Result<Address> {
        let url = Url::parse(&options.url).map_err(|error| refused(&error.to_string()))?;
        if url.scheme() != "firebird" {
            return Err(refused(&format!(
                "`{}` is no scheme of this adapter",
                url.scheme()
            )));
        }
        let role = role(&url, options)?;
        let address = Address {
            host: host(&url)?,
            port: url.port().unwrap_or(PORT),
            database: decoded(url.path().strip_prefix('/').unwrap_or_default(), "database")?,
            user: user(decoded(url.username(), "user")?),
            password: decoded(url.password().unwrap_or_default(), "password")?,
            role,
        };
        for (what, text) in [("database", &address.database), ("user", &address.user)] {
            if text.is_empty() {
                return Err(refused(&format!("the URL names no {what}")));
            }
        }
        let role = address.role.as_deref().unwrap_or_default();
        if address.user.len().max(role.len()) > LONGEST {
            return Err(refused("the name of the user or the role is too long"));
        }
        Ok(address)
    }

    /// The server, for messages.
    pub(crate) fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn role(url: &Url, options: &ConnectOptions) -> Result<Option<String>> {
    let mut role = None;
    for (name, value) in url.query_pairs() {
        if name != ROLE {
            return Err(refused(&format!("the URL has no option `{name}`")));
        }
        role = Some(value.into_owned());
    }
    for (name, value) in &options.options {
        if name != ROLE {
            return Err(refused(&format!("there is no option `{name}`"))
                .with_hint("the only option is `role`"));
        }
        role = Some(value.clone());
    }
    Ok(role)
}

fn host(url: &Url) -> Result<String> {
    match url.host() {
        None => Ok("localhost".to_owned()),
        Some(Host::Domain("")) => Ok("localhost".to_owned()),
        Some(Host::Domain(name)) => decoded(name, "host"),
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
    }
}

fn decoded(text: &str, what: &str) -> Result<String> {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(refused(&format!("the {what} in the URL is no UTF-8"))),
    }
}

/// The user as the server knows it: names without quotes are in capitals there.
fn user(name: String) -> String {
    let in_quotes = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    match in_quotes {
        Some(exact) => exact.replace("\"\"", "\""),
        None => name.to_uppercase(),
    }
}

fn refused(why: &str) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, why).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> String {
        match Address::read(&ConnectOptions::new(url)) {
            Ok(address) => format!(
                "{} {} {} {} {}",
                address.server(),
                address.database,
                address.user,
                address.password,
                address.role.unwrap_or_default()
            ),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Connect, "{url}");
                error.message
            }
        }
    }

    #[test]
    fn urls_are_read_or_refused() {
        let cases = [
            (
                "firebird://me:s%40crt@host/shop",
                "host:3050 shop ME s@crt ",
            ),
            (
                "firebird://me:x@[::1]:7//var/db/a%20b.fdb",
                "::1:7 /var/db/a b.fdb ME x ",
            ),
            (
                "firebird://%22Me%22:x@h/C:/a.fdb?role=app",
                "h:3050 C:/a.fdb Me x app",
            ),
            ("firebird://me@h/shop", "h:3050 shop ME  "),
            ("firebird://me@/shop", "empty host"),
            ("firebird://me@h", "the URL names no database"),
            ("firebird://h/shop", "the URL names no user"),
            (
                "firebird://me@h/shop?colour=red",
                "the URL has no option `colour`",
            ),
            (
                "firebird://me:%ff@h/shop",
                "the password in the URL is no UTF-8",
            ),
            ("firebird:shop", "the URL names no database"),
            ("postgres://h/", "`postgres` is no scheme of this adapter"),
            ("", "relative URL without a base"),
        ];
        for (url, expected) in cases {
            assert_eq!(told(url), expected, "{url}");
        }
    }
}
