//! The pieces of a URL, and options from two places.

use dapter_plugin_api::{AdapterError, ErrorKind, Result};
use std::collections::BTreeMap;

/// The pieces of a URL, decoded. An empty piece is one that is not there.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Pieces {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) database: String,
    pub(crate) options: Vec<(String, String)>,
}

pub(crate) fn error(message: impl Into<String>) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, message)
}

impl Pieces {
    /// Takes `scheme://user:password@host:port/database?option=value` apart. No error shows any part of it but names of
    /// options, because a mistake may well be in the password.
    pub(crate) fn of(url: &str, schemes: &[&str]) -> Result<Pieces> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        if !schemes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
        {
            return Err(error("the URL is none of MySQL or MariaDB")
                .with_hint("write mysql://USER:PASSWORD@HOST/DATABASE"));
        }
        // A `#` is no fragment here, and a password may hold one.
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = match place.rfind('@') {
            // A slash before the last `@` belongs to the password.
            Some(at) => match place[at..].split_once('/') {
                Some((_, path)) => (&place[..place.len() - path.len() - 1], path),
                None => (place, ""),
            },
            None => place.split_once('/').unwrap_or((place, "")),
        };
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, authority),
        };
        let mut pieces = Pieces {
            database: decoded(database)?,
            ..Pieces::default()
        };
        if let Some(login) = login {
            let (user, password) = match login.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (login, None),
            };
            pieces.user = Some(decoded(user)?).filter(|user| !user.is_empty());
            pieces.password = password.map(decoded).transpose()?;
        }
        pieces.set_address(address)?;
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            pieces.options.push((decoded(name)?, decoded(value)?));
        }
        Ok(pieces)
    }

    fn set_address(&mut self, address: &str) -> Result<()> {
        let (host, port) = if let Some(inside) = address.strip_prefix('[') {
            let (host, behind) = inside
                .split_once(']')
                .ok_or_else(|| error("the URL has a `[` without its `]`"))?;
            (host, behind.strip_prefix(':'))
        } else {
            match address.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (address, None),
            }
        };
        self.host = decoded(host)?;
        if let Some(port) = port.filter(|port| !port.is_empty()) {
            self.port = Some(port.parse().ok().filter(|&port| port != 0).ok_or_else(|| {
                error("the URL's port is none")
                    .with_hint("a port is a number up to 65535; write an IPv6 address as [::1], and `:` and `@` of a password as %3A and %40")
            })?);
        }
        Ok(())
    }
}

/// The options of the URL and those of the configuration, `-` in their names taken for `_`.
pub(crate) fn merged(
    of_url: Vec<(String, String)>,
    of_configuration: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let mut merged = BTreeMap::new();
    let configured = of_configuration
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    for (name, value) in of_url.into_iter().chain(configured) {
        let name = match name.replace('-', "_").as_str() {
            "unix_socket" => "socket".to_owned(),
            name => name.to_owned(),
        };
        if merged.contains_key(&name) {
            return Err(error(format!("the option `{name}` is given twice"))
                .with_hint("give it once, in the URL or in the configuration"));
        }
        merged.insert(name, value);
    }
    Ok(merged)
}

/// Text of a URL without its percent encoding.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        if first == b'%' {
            let byte = match behind {
                [high, low, ..] => hexadecimal(*high).zip(hexadecimal(*low)),
                _ => None,
            };
            let (high, low) = byte.ok_or_else(|| {
                error("a `%` in the URL is not followed by two hexadecimal digits")
                    .with_hint("write `%` itself as `%25`")
            })?;
            bytes.push(16 * high + low);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(error("the URL encodes something that is no text")),
    }
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = (
        Option<&'static str>,
        Option<&'static str>,
        &'static str,
        Option<u16>,
        &'static str,
    );

    #[test]
    fn a_url_is_taken_apart() {
        let table: [(&str, Found); 10] = [
            (
                "mysql://u:p@h:1/d",
                (Some("u"), Some("p"), "h", Some(1), "d"),
            ),
            ("mysql://u@h/d", (Some("u"), None, "h", None, "d")),
            ("MySQL://h", (None, None, "h", None, "")),
            ("mysql:///d", (None, None, "", None, "d")),
            ("mysql://u:@/d", (Some("u"), Some(""), "", None, "d")),
            (
                "mysql://u:a%40b%3A%2F%25@h/d%20e",
                (Some("u"), Some("a@b:/%"), "h", None, "d e"),
            ),
            (
                "mysql://u:p@w/o@r#d@h/d",
                (Some("u"), Some("p@w/o@r#d"), "h", None, "d"),
            ),
            ("mysql://[::1]:3307/d", (None, None, "::1", Some(3307), "d")),
            ("mysql://u:a:b@h/", (Some("u"), Some("a:b"), "h", None, "")),
            ("mysql://h/a/b", (None, None, "h", None, "a/b")),
        ];
        for (url, (user, password, host, port, database)) in table {
            let found = Pieces::of(url, &["mysql"]).expect(url);
            let expected = Pieces {
                user: user.map(str::to_owned),
                password: password.map(str::to_owned),
                host: host.to_owned(),
                port,
                database: database.to_owned(),
                options: Vec::new(),
            };
            assert!(found == expected, "{url}");
        }
    }

    #[test]
    fn a_mistake_is_told_without_the_password() {
        for url in [
            "mysql:d",
            "postgres://u:Secret@h/d",
            "mysql://u:Secret%@h/d",
            "mysql://u:p@h:Secret/d",
            "mysql://u:Secret@[::1/d",
            "mysql://u:Secret%ff@h/d",
        ] {
            let error = Pieces::of(url, &["mysql"]).err().expect(url);
            assert_eq!(error.kind, ErrorKind::Connect, "{url}");
            assert!(!format!("{error:?}").contains("Secret"), "{url}");
        }
    }

    #[test]
    fn options_come_from_two_places_but_once() {
        let url = vec![("ssl-mode".to_owned(), "REQUIRED".to_owned())];
        let mut configured = BTreeMap::new();
        configured.insert("unix_socket".to_owned(), "/s".to_owned());
        let merged_options = merged(url.clone(), &configured).expect("merges");
        let names: Vec<&str> = merged_options.keys().map(String::as_str).collect();
        assert_eq!(names, ["socket", "ssl_mode"]);
        configured.insert("ssl_mode".to_owned(), "DISABLED".to_owned());
        let error = merged(url, &configured).expect_err("twice");
        assert!(
            error.message.contains("`ssl_mode` is given twice"),
            "{error}"
        );
    }
}
