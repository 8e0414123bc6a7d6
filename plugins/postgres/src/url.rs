//! What a URL says, before anything is known of its parameters.

use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// The schemes of both adapters.
const SCHEMES: [&str; 5] = [
    "postgres",
    "postgresql",
    "postgresql+async",
    "postgresql+asyncpg",
    "postgres+async",
];

/// The parts of a URL, without their percent encoding.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct UrlParts {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// The hosts, each with its port; either may be empty.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) database: Option<String>,
    pub(crate) parameters: Vec<(String, String)>,
}

/// A URL that cannot be understood. Its text is never shown: a part of it may be a password.
pub(crate) fn error(message: impl Into<String>) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, message)
}

/// Reads a URL.
pub(crate) fn parse(url: &str) -> Result<UrlParts> {
    let rest = without_scheme(url)?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
        None => ("", rest.strip_prefix('/').unwrap_or(rest)),
    };
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (Some(credentials), hosts),
        None => (None, authority),
    };
    let mut parts = UrlParts {
        hosts: hosts.split(',').map(host).collect::<Result<_>>()?,
        database: non_empty(decoded(path)?),
        ..UrlParts::default()
    };
    if let Some(credentials) = credentials {
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (credentials, None),
        };
        parts.user = non_empty(decoded(user)?);
        parts.password = password.map(decoded).transpose()?.and_then(non_empty);
    }
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        parts.parameters.push((decoded(name)?, decoded(value)?));
    }
    Ok(parts)
}

fn without_scheme(url: &str) -> Result<&str> {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    if SCHEMES
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return Ok(rest);
    }
    Err(error("the URL is none of PostgreSQL").with_hint("write postgresql://USER@HOST/DATABASE"))
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A host and its port.
fn host(text: &str) -> Result<(String, String)> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, rest) = bracketed.split_once(']').ok_or_else(|| {
            error("a `[` in the URL is not closed").with_hint("write an IPv6 address as [::1]")
        })?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((decoded(address)?, decoded(port)?)),
            None if rest.is_empty() => Ok((decoded(address)?, String::new())),
            None => Err(error("there is something behind a `]` in the URL")
                .with_hint("write a port as [::1]:5432")),
        };
    }
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    if host.contains(':') {
        return Err(
            error("a host in the URL has more than one colon").with_hint(
                "write an IPv6 address as [::1], and `:` and `@` in a password as %3A and %40",
            ),
        );
    }
    Ok((decoded(host)?, decoded(port)?))
}

/// Text of a URL without its percent encoding.
pub(crate) fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = behind
            .get(..2)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(digits.ok_or_else(|| {
            error("a `%` in the URL is not followed by two hexadecimal digits")
                .with_hint("write `%` itself as `%25`")
        })?);
        rest = behind.get(2..).unwrap_or_default();
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(error("the URL encodes something that is no text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        let parts = parse(url).expect(url);
        let text = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
        format!(
            "{} {} {:?} {} {:?}",
            text(parts.user),
            text(parts.password),
            parts.hosts,
            text(parts.database),
            parts.parameters
        )
    }

    #[test]
    fn every_part_is_found() {
        let table = [
            ("postgres://", r#"- - [("", "")] - []"#),
            ("postgresql:///shop", r#"- - [("", "")] shop []"#),
            ("POSTGRESQL://h/shop", r#"- - [("h", "")] shop []"#),
            ("postgres:shop", r#"- - [("", "")] shop []"#),
            (
                "postgres+async://u:p@h:6543/shop?a=b&c",
                r#"u p [("h", "6543")] shop [("a", "b"), ("c", "")]"#,
            ),
            (
                "postgresql+asyncpg://u@h1:1,h2/x",
                r#"u - [("h1", "1"), ("h2", "")] x []"#,
            ),
            ("postgres://[::1]:7/x", r#"- - [("::1", "7")] x []"#),
            ("postgres://[fe80::1]/x", r#"- - [("fe80::1", "")] x []"#),
            (
                "postgres://%2Fvar%2Frun:9/x",
                r#"- - [("/var/run", "9")] x []"#,
            ),
            (
                "postgres://u%40x:p%3A%2F%25@h/caf%C3%A9",
                r#"u@x p:/% [("h", "")] café []"#,
            ),
            ("postgres://u:p@ss@h/x", r#"u p@ss [("h", "")] x []"#),
            (
                "postgres://h/x?a=b%26c#frag",
                r#"- - [("h", "")] x [("a", "b&c")]"#,
            ),
        ];
        for (url, expected) in table {
            assert_eq!(shown(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_without_being_shown() {
        for url in [
            "",
            "mysql://u:hunter2@h/x",
            "postgres://u:hunter2@[::1/x",
            "postgres://u:hunter2@[::1]x/x",
            "postgres://hunter2:hunter2:hunter2/x",
            "postgres://u:hunter2%2@h/x",
            "postgres://u:hunter2%ff@h/x",
        ] {
            let error = parse(url).err().expect(url);
            assert_eq!(error.kind, ErrorKind::Connect, "{url}");
            assert!(!format!("{error:?}").contains("hunter2"), "{url}");
        }
    }
}
