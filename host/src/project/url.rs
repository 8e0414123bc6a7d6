//! Database URLs that do not give away their password.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::InvalidValue;
use super::redact::{MASK, Redactor, is_secret_name, redact_url};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// As [`COMPONENT`], but a list of hosts keeps its commas.
const HOST: &AsciiSet = &COMPONENT.remove(b',');

/// What cannot stand as it is in a path without authority; `@` would look like the end of a password.
const RESERVED_IN_PATH: &str = " %?#@";

/// The URL of a database, whose password nobody sees by accident.
///
/// `Display` and `Debug` mask the password and every parameter that looks secret; when in doubt they hide
/// more. [`DatabaseUrl::expose`] is the only way to the full text, for the adapter alone. There is no `FromStr`:
/// parsers of command lines quote a text they refuse.
///
/// The scheme chooses the adapter; only the adapter knows what the rest means, so the rest is kept as it was
/// written.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// The scheme in lower case, a colon, the rest.
    text: String,
    scheme_length: usize,
    /// What else is taken out of the texts of others.
    hidden: Vec<String>,
}

impl DatabaseUrl {
    /// Reads a URL: a scheme, a colon, and anything the adapter understands.
    ///
    /// `sqlite:app.db`, `sqlite::memory:`, `postgresql+async://user:password@host/db`. The scheme is
    /// case-insensitive and kept in lower case; blanks around the text are dropped.
    ///
    /// # Errors
    /// When there is no scheme, or a control character; the message quotes no part of the text.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim_matches(|character: char| character.is_ascii_whitespace());
        if text.is_empty() {
            return Err(InvalidValue::new("the database URL is empty", EXAMPLES));
        }
        let (scheme, rest) = text
            .split_once(':')
            .filter(|(scheme, _)| is_scheme(scheme))
            .ok_or_else(|| {
                InvalidValue::new(
                    "the database URL has no scheme, so no adapter can be chosen",
                    format!("a SQLite file is written sqlite:PATH; {EXAMPLES}"),
                )
            })?;
        if rest.contains(|character: char| character.is_control()) {
            return Err(InvalidValue::new(
                "the database URL contains a control character, such as a line end",
                "percent-encode it, as in %0A, or take it out",
            ));
        }
        Ok(Self::assemble(scheme, rest))
    }

    /// Builds a URL out of separate parts, and percent-encodes what needs it.
    ///
    /// With a host, port, user or password: `scheme://user:password@host:port/database?options`; without any of them
    /// `scheme:database?options`. An adapter percent-decodes each part.
    ///
    /// # Errors
    /// When the scheme is none; the message does not quote it.
    pub fn from_parts(parts: &Parts) -> Result<Self, InvalidValue> {
        if !is_scheme(&parts.scheme) {
            return Err(InvalidValue::new(
                "the scheme is not one that a URL can have",
                "write a name such as sqlite, postgresql or mysql, without `:`",
            ));
        }
        let mut rest = String::new();
        if let Some(authority) = authority(parts) {
            rest.push_str("//");
            rest.push_str(&authority);
            if let Some(database) = &parts.database {
                rest.push('/');
                rest.push_str(&encode(database));
            }
        } else if let Some(database) = &parts.database {
            if database.starts_with("//") {
                rest.push_str("//");
            }
            rest.push_str(&encode_path(database));
        }
        for (index, (name, value)) in parts.options.iter().enumerate() {
            rest.push(if index == 0 { '?' } else { '&' });
            rest.extend([encode(name).as_str(), "=", &encode(value)]);
        }
        Ok(Self::assemble(&parts.scheme, &rest))
    }

    fn assemble(scheme: &str, rest: &str) -> Self {
        Self {
            text: format!("{}:{rest}", scheme.to_ascii_lowercase()),
            scheme_length: scheme.len(),
            hidden: Vec::new(),
        }
    }

    /// The scheme, in lower case: `postgresql+async`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.text[..self.scheme_length]
    }

    /// The full text with its password, for the adapter and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Takes this URL's secrets out of a text of somebody else, such as a database's error message.
    ///
    /// Hidden are the whole URL, the password and the secret parameters, as written, percent-encoded and
    /// decoded. A secret of fewer than four bytes is hidden where it stands as a word.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.redactor().apply(text)
    }

    /// The same URL, which takes these secrets out of the texts of others too.
    #[must_use]
    pub(crate) fn hiding(mut self, secrets: Vec<String>) -> Self {
        self.hidden.extend(secrets);
        self
    }

    pub(super) fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::for_url(self.rest());
        for secret in &self.hidden {
            redactor.hide_cut_short(secret);
        }
        redactor
    }

    fn rest(&self) -> &str {
        &self.text[self.scheme_length + 1..]
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme(), redact_url(self.rest()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// The parts of a database URL, each as it is, without percent-encoding.
///
/// `Debug` hides the password and the secret options.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The scheme, which chooses the adapter.
    pub scheme: String,
    /// A host name, an IP address, several hosts with commas, or the folder of a Unix socket.
    pub host: Option<String>,
    /// The TCP port.
    pub port: Option<u16>,
    /// The role to log in as.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// The database's name; for a database in a file, the path.
    pub database: Option<String>,
    /// Parameters of the URL.
    pub options: BTreeMap<String, String>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &str, value| if is_secret_name(name) { MASK } else { value };
        let options: BTreeMap<&str, &str> = self
            .options
            .iter()
            .map(|(name, value)| (name.as_str(), shown(name, value.as_str())))
            .collect();
        f.debug_struct("Parts")
            .field("scheme", &self.scheme)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| MASK))
            .field("database", &self.database)
            .field("options", &options)
            .finish()
    }
}

const EXAMPLES: &str = "for example sqlite:app.db or postgresql://user@host/database";

/// RFC 3986, section 3.1; a single letter is a drive, not a scheme.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn authority(parts: &Parts) -> Option<String> {
    let mut text = String::new();
    if parts.user.is_some() || parts.password.is_some() {
        text.push_str(&encode(parts.user.as_deref().unwrap_or_default()));
        if let Some(password) = &parts.password {
            text.push(':');
            text.push_str(&encode(password));
        }
        text.push('@');
    } else if parts.host.is_none() && parts.port.is_none() {
        return None;
    }
    if let Some(host) = &parts.host {
        text.push_str(&encode_host(host));
    }
    if let Some(port) = parts.port {
        text.push(':');
        text.push_str(&port.to_string());
    }
    Some(text)
}

/// A text as a part of a URL.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// An IPv6 address goes into brackets (RFC 3986, section 3.2.2), its zone behind `%25` (RFC 6874).
fn encode_host(host: &str) -> String {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let (address, zone) = match bare.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (bare, None),
    };
    if address.parse::<Ipv6Addr>().is_err() {
        return utf8_percent_encode(host, HOST).to_string();
    }
    match zone {
        Some(zone) => format!("[{address}%25{}]", encode(zone)),
        None => format!("[{address}]"),
    }
}

/// Encodes the path of a file; letters of all alphabets stay readable.
fn encode_path(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for character in path.chars() {
        if character.is_control() || RESERVED_IN_PATH.contains(character) {
            text.push_str(&encode(character.encode_utf8(&mut [0; 4])));
        } else {
            text.push(character);
        }
    }
    text
}
