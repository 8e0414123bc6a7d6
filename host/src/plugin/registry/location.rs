//! Where indexes and plugins are: on disk or in the web.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use super::index::INDEX_NAME;
use crate::plugin::id::shown;

/// Where something is: a file, or an address of the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file; absolute.
    File(PathBuf),
    /// An address that begins with `http://` or `https://`, without a user or a password in it.
    Web(String),
}

/// Why a text is no location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The address holds a user or a password.
    #[error("the address holds a user or a password")]
    Secret,
    /// The address cannot be used.
    #[error("`{0}` is no address that can be used")]
    Address(String),
    /// What an index names lies outside of its folder.
    #[error("the index names `{0}`, which does not lie below its folder")]
    Escapes(String),
    /// An index of https names something that anybody on the way could change.
    #[error("the index came over https and names `{0}`, which does not")]
    Downgrade(String),
}

impl LocationError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Secret => {
                "it would stand in receipts and lock files; serve the source without a password, or copy it into a folder"
            }
            Self::Address(_) => "write a folder, a file, or an address with http:// or https://",
            Self::Escapes(_) | Self::Downgrade(_) => "tell whoever keeps the source",
        }
    }
}

impl Location {
    /// Reads what somebody typed: an address, `file://`, or a path relative to a folder.
    ///
    /// # Errors
    /// [`LocationError::Secret`] and [`LocationError::Address`].
    pub fn parse(text: &str, from: &Path) -> Result<Self, LocationError> {
        if let Some(path) = text.strip_prefix("file://") {
            // The empty host; others would be another machine's files.
            return match path.starts_with('/') {
                true => Ok(Self::File(PathBuf::from(path))),
                false => Err(LocationError::Address(shown(text))),
            };
        }
        if text.contains("://") {
            return web(text).map(Self::Web);
        }
        Ok(Self::File(from.join(text)))
    }

    /// The index at what somebody named as a source: the file itself, or the one in that folder.
    #[must_use]
    pub fn index(self) -> Self {
        match self {
            Self::Web(address) if address.ends_with(".toml") => Self::Web(address),
            Self::Web(address) => {
                Self::Web(format!("{}/{INDEX_NAME}", address.trim_end_matches('/')))
            }
            Self::File(path) if path.extension().is_some_and(|end| end == "toml") => {
                Self::File(path)
            }
            Self::File(path) => Self::File(path.join(INDEX_NAME)),
        }
    }

    /// What an index at this location names: a path below its folder, or an address.
    ///
    /// # Errors
    /// [`LocationError`] for everything else: an index is signed, and still is not to read any file, or to lead from
    /// https away.
    pub fn named(&self, name: &str) -> Result<Self, LocationError> {
        if name.contains("://") {
            let address = web(name)?;
            let over_https = matches!(self, Self::Web(index) if index.starts_with("https://"));
            return match over_https && !address.starts_with("https://") {
                true => Err(LocationError::Downgrade(shown(name))),
                false => Ok(Self::Web(address)),
            };
        }
        let is_below = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._~+-/".contains(&byte))
            && Path::new(name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
            && !name.split('/').any(|part| part == "." || part == "..");
        if !is_below {
            return Err(LocationError::Escapes(shown(name)));
        }
        Ok(match self {
            Self::File(index) => Self::File(index.with_file_name("").join(name)),
            Self::Web(index) => {
                let folder = index.rsplit_once('/').map_or("", |(folder, _)| folder);
                Self::Web(format!("{folder}/{name}"))
            }
        })
    }

    /// The signature of what is here.
    #[must_use]
    pub fn signature(&self) -> Self {
        match self {
            Self::File(path) => {
                let mut name = path.clone().into_os_string();
                name.push(".minisig");
                Self::File(PathBuf::from(name))
            }
            Self::Web(address) => Self::Web(format!("{address}.minisig")),
        }
    }

    /// Whether anybody on the way could change what comes from here.
    #[must_use]
    pub fn is_unprotected(&self) -> bool {
        matches!(self, Self::Web(address) if address.starts_with("http://"))
    }

    /// As a path, for messages.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Web(address) => Path::new(address),
        }
    }
}

fn web(address: &str) -> Result<String, LocationError> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| LocationError::Address(without_secret(address)))?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if host.contains('@') {
        return Err(LocationError::Secret);
    }
    let printable = address.bytes().all(|byte| byte.is_ascii_graphic());
    // What follows a question mark is often a token.
    if host.is_empty() || !printable || path.contains(['?', '#', '\\']) {
        return Err(LocationError::Address(without_secret(address)));
    }
    Ok(address.to_owned())
}

/// The address as far as it surely holds no secret.
fn without_secret(address: &str) -> String {
    match address.contains('@') {
        true => "…".to_owned(),
        false => shown(address.split(['?', '#']).next().unwrap_or_default()),
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Web(address) => f.write_str(address),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<String, LocationError> {
        Location::parse(text, Path::new("/here")).map(|place| place.index().to_string())
    }

    #[test]
    fn sources_are_folders_files_and_addresses() {
        for (text, index) in [
            ("mirror", "/here/mirror/index.toml"),
            ("/mnt/x/other.toml", "/mnt/x/other.toml"),
            ("file:///mnt/x", "/mnt/x/index.toml"),
            ("https://h/p/", "https://h/p/index.toml"),
            ("http://127.0.0.1:80/a.toml", "http://127.0.0.1:80/a.toml"),
        ] {
            assert_eq!(typed(text).expect(text), index);
        }
        for (text, shown) in [
            (
                "https://u:secret@h/p",
                "the address holds a user or a password",
            ),
            ("ftp://u:secret@h/p", "`…` is no address that can be used"),
            (
                "https://h/p?token=secret",
                "`https://h/p` is no address that can be used",
            ),
            ("https:///p", "`https:///p` is no address that can be used"),
            (
                "file://host/p",
                "`file://host/p` is no address that can be used",
            ),
        ] {
            assert_eq!(typed(text).expect_err(text).to_string(), shown);
        }
    }

    #[test]
    fn an_index_names_what_lies_below_it_or_an_address() {
        let file = Location::File("/mnt/x/index.toml".into());
        let web = Location::Web("https://h/p/index.toml".to_owned());
        let named = |from: &Location, name: &str| from.named(name).map(|place| place.to_string());
        assert_eq!(named(&file, "a/b.so").expect("below"), "/mnt/x/a/b.so");
        assert_eq!(named(&web, "a/b.so").expect("below"), "https://h/p/a/b.so");
        assert_eq!(
            named(&web, "https://cdn/b.so").expect("an address"),
            "https://cdn/b.so"
        );
        for evil in [
            "../b.so",
            "a/../../b",
            "/etc/passwd",
            "",
            "a b",
            "a\\b",
            "./a",
            "file:///etc/passwd",
            "a%2fb",
        ] {
            named(&file, evil).expect_err(evil);
            named(&web, evil).expect_err(evil);
        }
        named(&web, "http://cdn/b.so").expect_err("a downgrade");
        assert_eq!(
            web.signature().to_string(),
            "https://h/p/index.toml.minisig"
        );
    }
}
