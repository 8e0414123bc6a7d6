//! What a project and a user want of the plugins that are found.

use std::collections::BTreeMap;
use std::path::PathBuf;

use semver::VersionReq;

use super::id::PluginId;
use super::lock_file::LockFile;
use super::trust::TrustFile;

/// Schemes of the plugins that come with dapter; also with a `+` and something behind it.
const RESERVED: [&str; 6] = [
    "mariadb",
    "mysql",
    "postgres",
    "postgresql",
    "sqlite",
    "sqlite3",
];

/// The names of the plugins that come with dapter, by their descriptors.
const OWN: [&str; 3] = [
    "dapter-mysql-plugin",
    "dapter-postgres-plugin",
    "dapter-sqlite-plugin",
];

/// What a project and a user want of the plugins that are found. The default wants nothing.
#[derive(Debug, Clone, Default)]
pub struct Demands {
    /// Whom the user trusts.
    pub trust: TrustFile,
    /// `[plugins]` of `dapter.toml`.
    pub requirements: BTreeMap<PluginId, Requirement>,
    /// The project's lock file.
    pub lock: Option<Lock>,
    /// What of it counts.
    pub strictness: Strictness,
}

/// A lock file, read.
#[derive(Debug, Clone)]
pub struct Lock {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub file: LockFile,
}

/// How much else than what the lock file has may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Whatever is found, where the lock file does not say otherwise.
    #[default]
    Open,
    /// Nothing, apart from what comes with dapter.
    Locked,
}

/// What a project wants of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What its version must satisfy; any will do without.
    pub version: Option<VersionReq>,
    /// The URL schemes that it is to serve, whoever else offers them.
    pub schemes: Vec<String>,
    /// Where that is written: `dapter.toml:7`.
    pub origin: String,
}

/// Whether a scheme belongs to the plugins that come with dapter.
pub(super) fn is_reserved(scheme: &str) -> bool {
    let base = scheme.split('+').next().unwrap_or_default();
    RESERVED.contains(&base)
}

/// Whether a plugin that comes with dapter is called so.
pub(super) fn is_own(name: &str) -> bool {
    OWN.contains(&name)
}
