//! What plugins are called: `publisher/name`, and one version of such a plugin.

use std::fmt;
use std::str::FromStr;

use semver::{Op, Version, VersionReq};
use serde::{Deserialize, Serialize};

/// The publisher of files that nobody signed. No key can be pinned for it, so nothing of it is ever verified.
pub const LOCAL: &str = "local";

/// The longest part of an id, in bytes.
const LONGEST: usize = 40;

/// The longest version, in bytes: it names a folder.
const LONGEST_VERSION: usize = 64;

/// Names that Windows keeps for devices, in any folder; `com0` to `com9` and `lpt0` to `lpt9` besides.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// A plugin's id: `publisher/name`.
///
/// **Invariant:** both parts match `[a-z][a-z0-9-]{0,39}` and name no device of Windows, so that they can be folders on
/// every system and stand in a terminal as they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId {
    publisher: String,
    name: String,
}

/// Why a text is no id, no version or no request for a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It has not the form of an id.
    #[error("`{0}` is no plugin id")]
    Form(String),
    /// Windows keeps the name for a device.
    #[error("`{0}` cannot be part of a plugin id: Windows keeps the name for a device")]
    Device(String),
    /// It is no version.
    #[error("`{0}` is no version")]
    Version(String),
    /// It is neither a version nor what a version must satisfy.
    #[error("`{0}` is neither a version nor a requirement")]
    Requirement(String),
}

impl IdError {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Form(_) => {
                "write PUBLISHER/NAME, each of lower-case letters, digits and `-`, at most 40 of them, a letter first"
            }
            Self::Device(_) => "choose another name",
            Self::Version(_) => "write three numbers, as in 1.4.0 (semver.org)",
            Self::Requirement(_) => "write a version as in 1.4.0, or a requirement as in ^1.2",
        }
    }
}

impl PluginId {
    /// An id of its two parts.
    ///
    /// # Errors
    /// [`IdError::Form`] and [`IdError::Device`].
    pub fn new(publisher: &str, name: &str) -> Result<Self, IdError> {
        check_part(publisher)?;
        check_part(name)?;
        Ok(Self {
            publisher: publisher.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The id of a file that nobody signed, by what its descriptor calls it.
    ///
    /// # Errors
    /// [`IdError`] if the descriptor's name cannot be part of an id, also with `-` for `_`.
    pub fn local(descriptor_name: &str) -> Result<Self, IdError> {
        let name = descriptor_name.to_ascii_lowercase().replace('_', "-");
        Self::new(LOCAL, &name)
    }

    /// Who made it.
    #[must_use]
    pub fn publisher(&self) -> &str {
        &self.publisher
    }

    /// What its publisher calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the id of a file that nobody signed.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.publisher == LOCAL
    }
}

/// Checks a part of an id: a publisher's name, say.
///
/// # Errors
/// [`IdError::Form`] and [`IdError::Device`].
pub fn check_part(part: &str) -> Result<(), IdError> {
    let bytes = part.as_bytes();
    let well_formed = bytes.len() <= LONGEST
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes
            .iter()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !well_formed {
        return Err(IdError::Form(shown(part)));
    }
    let numbered = |device: &str| {
        let rest = part.strip_prefix(device).unwrap_or_default();
        rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit()
    };
    if DEVICES.contains(&part) || numbered("com") || numbered("lpt") {
        return Err(IdError::Device(part.to_owned()));
    }
    Ok(())
}

/// Reads a plugin's version.
///
/// # Errors
/// [`IdError::Version`] for what is no semantic version, or is longer than a folder's name should be.
pub fn version(text: &str) -> Result<Version, IdError> {
    match Version::parse(text) {
        Ok(version) if text.len() <= LONGEST_VERSION => Ok(version),
        _ => Err(IdError::Version(shown(text))),
    }
}

/// A text that is not trusted, as an error may show it: short, and without control characters.
pub(super) fn shown(text: &str) -> String {
    const LONGEST_SHOWN: usize = 80;
    let clean = text.chars().filter(|character| !character.is_control());
    let mut short: String = clean.clone().take(LONGEST_SHOWN).collect();
    if clean.count() > LONGEST_SHOWN {
        short.push('…');
    }
    short
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.publisher, self.name)
    }
}

impl FromStr for PluginId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (publisher, name) = text
            .split_once('/')
            .ok_or_else(|| IdError::Form(shown(text)))?;
        Self::new(publisher, name).map_err(|error| match error {
            IdError::Form(_) => IdError::Form(shown(text)),
            other => other,
        })
    }
}

impl TryFrom<String> for PluginId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<PluginId> for String {
    fn from(id: PluginId) -> String {
        id.to_string()
    }
}

/// A plugin that somebody asks for: `acme/oracle`, `oracle`, `acme/oracle@1.4.0`, `oracle@^1.2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The publisher, if one was named.
    pub publisher: Option<String>,
    /// The plugin's name.
    pub name: String,
    /// What its version must satisfy, if anything was said.
    pub requirement: Option<VersionReq>,
}

impl Request {
    /// Whether it asks for this plugin, in any version.
    #[must_use]
    pub fn names(&self, id: &PluginId) -> bool {
        let publisher = self.publisher.as_deref();
        self.name == id.name && publisher.is_none_or(|publisher| publisher == id.publisher)
    }

    /// Whether it asks for one version and no other.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        let requirement = self.requirement.as_ref();
        requirement.is_some_and(|requirement| {
            matches!(&requirement.comparators[..], [only] if only.op == Op::Exact && only.patch.is_some())
        })
    }

    /// Whether this version will do. A pre-release does only for a requirement that names one.
    #[must_use]
    pub fn takes(&self, version: &Version) -> bool {
        satisfies(self.requirement.as_ref(), version)
    }
}

/// Whether a version satisfies what is required of it; where nothing is, any does that is no pre-release.
#[must_use]
pub(super) fn satisfies(requirement: Option<&VersionReq>, version: &Version) -> bool {
    requirement.unwrap_or(&VersionReq::STAR).matches(version)
}

impl FromStr for Request {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (plugin, requirement) = match text.split_once('@') {
            Some((plugin, requirement)) => (plugin, Some(self::requirement(requirement)?)),
            None => (text, None),
        };
        let (publisher, name) = match plugin.split_once('/') {
            Some((publisher, name)) => (Some(publisher), name),
            None => (None, plugin),
        };
        if let Some(publisher) = publisher {
            check_part(publisher)?;
        }
        check_part(name)?;
        Ok(Self {
            publisher: publisher.map(str::to_owned),
            name: name.to_owned(),
            requirement,
        })
    }
}

/// What a version must satisfy: a whole version is that one alone.
///
/// # Errors
/// [`IdError::Requirement`].
pub fn requirement(text: &str) -> Result<VersionReq, IdError> {
    let exact = Version::parse(text).map(|_| format!("={text}"));
    let text = exact.unwrap_or_else(|_| text.to_owned());
    VersionReq::parse(&text).map_err(|_| IdError::Requirement(shown(&text)))
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(publisher) = &self.publisher {
            write!(f, "{publisher}/")?;
        }
        f.write_str(&self.name)?;
        match &self.requirement {
            Some(requirement) => write!(f, "@{}", requirement.to_string().trim_start_matches('=')),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_two_names_that_can_be_folders_anywhere() {
        for good in [
            "acme/oracle",
            "a/b",
            "a1-/b-2",
            &format!("a/{}", "b".repeat(40)),
        ] {
            assert_eq!(good.parse::<PluginId>().expect(good).to_string(), good);
        }
        for bad in [
            "",
            "acme",
            "acme/",
            "/oracle",
            "a/b/c",
            "Acme/oracle",
            "acme/../oracle",
            "acme/1x",
            "a/b.so",
            "a\\b/c",
            "ä/b",
            "a/b ",
            "a/b\n",
            "acme/con",
            "nul/x",
            "a/com1",
            "lpt0/a",
            &format!("a/{}", "b".repeat(41)),
        ] {
            bad.parse::<PluginId>().expect_err(bad);
        }
        "a/com10".parse::<PluginId>().expect("no device");
    }

    #[test]
    fn what_an_error_shows_is_harmless() {
        let error = "\u{1b}[31mevil".parse::<PluginId>().expect_err("no id");
        assert_eq!(error.to_string(), "`[31mevil` is no plugin id");
        assert!(
            "x".repeat(5000)
                .parse::<PluginId>()
                .expect_err("long")
                .to_string()
                .len()
                < 120
        );
    }

    #[test]
    fn unsigned_files_are_local() {
        let id = PluginId::local("Dapter_Oracle").expect("an id");
        assert_eq!(
            (id.to_string().as_str(), id.is_local()),
            ("local/dapter-oracle", true)
        );
        PluginId::local("../x").expect_err("no name");
    }

    #[test]
    fn requests_name_a_plugin_and_perhaps_a_version() {
        let id: PluginId = "acme/oracle".parse().expect("an id");
        let of = |text: &str| Version::parse(text).expect("a version");
        for (text, named, taken, left) in [
            ("acme/oracle", true, "2.0.0", Some("2.0.0-rc.1")),
            ("oracle", true, "0.1.0", None),
            ("oracle@1.4.0", true, "1.4.0", Some("1.4.1")),
            ("acme/oracle@^1.2", true, "1.9.0", Some("2.0.0")),
            ("acme/oracle@1.2.0-rc.1", true, "1.2.0-rc.1", Some("1.2.0")),
            ("other/oracle", false, "1.0.0", None),
        ] {
            let request: Request = text.parse().expect(text);
            assert_eq!(request.to_string(), text);
            assert_eq!(request.names(&id), named, "{text}");
            assert!(request.takes(&of(taken)), "{text}");
            assert!(left.is_none_or(|left| !request.takes(&of(left))), "{text}");
        }
        for bad in [
            "oracle@",
            "oracle@latest",
            "@1.0.0",
            "./oracle",
            "liboracle.so",
            "a/b/c@1.0.0",
        ] {
            bad.parse::<Request>().expect_err(bad);
        }
    }

    #[test]
    fn versions_are_semantic_and_short() {
        version("1.2.3-rc.1+build").expect("a version");
        for bad in [
            "1",
            "1.2",
            "v1.2.3",
            "1.2.3/..",
            &format!("1.2.3-{}", "a".repeat(60)),
        ] {
            version(bad).expect_err(bad);
        }
    }
}
