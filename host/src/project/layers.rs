//! The layers a setting can come from.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::destroy_data::DestroyData;
use super::transaction::TransactionMode;
use super::url::DatabaseUrl;
use super::variables::Variables;

/// The environment variable that overrides the database URL of the target.
pub const VARIABLE_DATABASE_URL: &str = "DAPTER_DATABASE_URL";
/// The environment variable that names the target.
pub const VARIABLE_TARGET: &str = "DAPTER_TARGET";
/// The environment variable that overrides the folder of the scripts.
pub const VARIABLE_DIRECTORY: &str = "DAPTER_DIRECTORY";
/// The environment variable that overrides the [`TransactionMode`].
pub const VARIABLE_TRANSACTION: &str = "DAPTER_TRANSACTION";
/// The environment variable that overrides how long to wait for another deployer.
pub const VARIABLE_LOCK_WAIT: &str = "DAPTER_LOCK_WAIT";

/// The environment variable that overrides how long a statement waits for others.
pub const VARIABLE_LOCK_TIMEOUT: &str = "DAPTER_LOCK_TIMEOUT";
/// The environment variable that overrides how long a statement may run.
pub const VARIABLE_STATEMENT_TIMEOUT: &str = "DAPTER_STATEMENT_TIMEOUT";

/// The environment variable that says `1` if statements may destroy data without a question.
pub const VARIABLE_YES: &str = "DAPTER_YES";

/// Looks up an environment variable.
///
/// A program passes `&|name| std::env::var(name).ok()`; a test passes a table.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line, or what a program passed in [`Overrides`].
    CommandLine,
    /// The environment variable of this name.
    Environment(String),
    /// `dapter.toml`.
    File {
        /// The file, as short as it can be said from the working directory.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The key with its tables, for example `targets.crm.url`; empty where there is none.
        key: String,
    },
    /// Nobody wrote it: dapter's own default.
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("the command line"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::File {
                path, line, key, ..
            } if key.is_empty() => write!(f, "{}:{line}", path.display()),
            Self::File {
                path, line, key, ..
            } => write!(f, "`{key}` at {}:{line}", path.display()),
            Self::BuiltIn => f.write_str("the built-in default"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<T> {
    /// The value in force.
    pub value: T,
    /// Where it was written.
    pub origin: Origin,
}

impl<T> Resolved<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// The strongest layer: what the command line, or the embedding program, says.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The target's name (`--target`).
    pub target: Option<String>,
    /// The database (`--url`); relative paths in it are relative to the working directory.
    pub url: Option<DatabaseUrl>,
    /// The folder of the scripts (`--directory`), relative to the working directory.
    pub directory: Option<PathBuf>,
    /// What one transaction covers (`--transaction`).
    pub transaction: Option<TransactionMode>,
    /// How long to wait for another deployer (`--lock-wait`); zero does not wait.
    pub lock_wait: Option<Duration>,
    /// How long a statement waits for others (`--lock-timeout`); zero waits as long as it takes.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run (`--statement-timeout`); zero is as long as it takes.
    pub statement_timeout: Option<Duration>,
    /// Whether statements may destroy data without a question (`--yes`).
    pub destroy_data: Option<DestroyData>,
    /// Whether hooks are left out (`--no-hooks`).
    pub without_hooks: bool,
    /// Variables of scripts (`--var`), stronger than those of the file.
    pub variables: Variables,
}

/// A variable of the environment; an empty one counts as not set.
pub(super) fn variable(name: &str, environment: Environment<'_>) -> Option<Resolved<String>> {
    environment(name)
        .filter(|value| !value.is_empty())
        .map(|value| Resolved::new(value, Origin::Environment(name.to_owned())))
}
