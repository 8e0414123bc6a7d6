//! What an embedding program says once, and what it says of a new migration.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use dapter_plugin_api::ConnectOptions;

use crate::execute::Identity;
use crate::project::{
    DEFAULT_LOCK_TIMEOUT, DEFAULT_LOCK_WAIT, DatabaseUrl, Target, TransactionMode, Variable,
    Variables,
};
use crate::revision::{BranchLabel, RevisionId};
use crate::script::{ScriptFormat, ScriptSource};

/// A database, its scripts, and how one is applied to the other.
#[derive(Debug, Clone)]
pub struct MigrationSettings {
    /// The database.
    pub url: DatabaseUrl,
    /// The folder that relative paths in the URL start from.
    pub base_directory: PathBuf,
    /// Options for the adapter.
    pub options: BTreeMap<String, String>,
    /// Where the scripts are.
    pub directory: ScriptSource,
    /// What one transaction covers.
    pub transaction: TransactionMode,
    /// How long to wait for others: for another deployer, and for whoever is in the way of a statement, which is tried
    /// again until then. Zero does not wait.
    pub lock_wait: Duration,
    /// How long a single attempt of a statement waits for others, where the script does not say it; zero is as long as it
    /// takes.
    pub lock_timeout: Duration,
    /// How long a statement may run, where the script does not say it; zero is as long as it takes.
    pub statement_timeout: Duration,
    /// How long to wait for a server that is not up yet; zero does not wait.
    pub server_wait: Duration,
    /// Whether a database that does not exist is made.
    pub create_database: bool,
    /// Another server on which scripts are tried, if not on the database's own.
    pub scratch_url: Option<DatabaseUrl>,
    /// The folder in which it is remembered what models look like once they are built, so that only what changed is built again;
    /// without it nothing is. It may be emptied at any time.
    pub cache: Option<PathBuf>,
    /// Whether an upgrade applies revisions that applied ones need and that came too late.
    pub out_of_order: bool,
    /// The values of `${name}` in scripts that turn them on.
    pub variables: Variables,
    /// Where a copy of the database goes before an upgrade or a downgrade changes anything; without it none is made.
    pub backup: Option<BackupTo>,
    /// Who is at work: what the history and the lock say.
    pub identity: Identity,
}

/// Where a copy of the database goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupTo {
    /// This file, which is not there yet.
    File(PathBuf),
    /// A new file in this folder, which is made if need be, called by this name, the time and the revision.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the name of the file begins with.
        name: String,
    },
}

impl MigrationSettings {
    /// Settings for a database and its scripts, a folder or [embedded](crate::embed_migrations) ones, everything else as by
    /// default, relative paths relative to the working directory.
    #[must_use]
    pub fn new(url: DatabaseUrl, directory: impl Into<ScriptSource>) -> Self {
        Self {
            url,
            base_directory: PathBuf::new(),
            options: BTreeMap::new(),
            directory: directory.into(),
            transaction: TransactionMode::default(),
            lock_wait: DEFAULT_LOCK_WAIT,
            lock_timeout: DEFAULT_LOCK_TIMEOUT,
            statement_timeout: Duration::ZERO,
            server_wait: Duration::ZERO,
            create_database: false,
            scratch_url: None,
            cache: None,
            out_of_order: false,
            variables: Variables::default(),
            backup: None,
            identity: Identity::of_this_process(""),
        }
    }

    /// The settings of a target of `dapter.toml`, on behalf of `user`.
    #[must_use]
    pub fn of_target(target: &Target, user: &str) -> Self {
        let mut variables = target.variables.clone();
        variables.put(
            "dapter:target",
            Variable {
                value: target.name.clone(),
                is_secret: false,
            },
        );
        Self {
            url: target.url.value.clone(),
            base_directory: target.base_directory.clone(),
            options: target.options.expose().clone(),
            directory: target.directory.value.clone().into(),
            transaction: target.transaction.value,
            lock_wait: target.lock_wait.value,
            lock_timeout: target.lock_timeout.value,
            statement_timeout: target.statement_timeout.value,
            server_wait: Duration::ZERO,
            create_database: false,
            scratch_url: None,
            cache: None,
            out_of_order: false,
            variables,
            backup: None,
            identity: Identity::of_this_process(user),
        }
    }

    pub(super) fn connect_options(&self) -> ConnectOptions {
        ConnectOptions {
            url: self.url.expose().to_owned(),
            base_directory: self.base_directory.clone(),
            options: self.options.clone(),
        }
    }
}

/// What is to be recorded as reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StampTo {
    /// Revision expressions: several for several branches.
    pub destinations: Vec<String>,
    /// Whether all that was recorded before is forgotten, related or not.
    pub purge: bool,
    /// What the history calls it.
    pub kind: StampKind,
}

/// Why a destination is recorded as reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StampKind {
    /// To settle what the history says.
    #[default]
    Stamp,
    /// To begin with a database that was there before: it must have no history.
    Baseline,
}

impl StampKind {
    /// What the log calls it.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Stamp => "stamp",
            Self::Baseline => "baseline",
        }
    }
}

impl From<&str> for StampTo {
    fn from(destination: &str) -> Self {
        Self {
            destinations: vec![destination.to_owned()],
            purge: false,
            kind: StampKind::Stamp,
        }
    }
}

/// A migration that is to be created.
#[derive(Debug, Clone, Default)]
pub struct NewMigration {
    /// What it does, in one line.
    pub message: String,
    /// Its id; a random one if absent.
    pub id: Option<RevisionId>,
    /// What it revises, as revision expressions: `head` if there are none, `base` for a new base, several or `heads` for a
    /// merge.
    pub revises: Vec<String>,
    /// Whether it may revise what is no head, and so start a new branch.
    pub splice: bool,
    /// Branch labels that it declares.
    pub branch_labels: Vec<BranchLabel>,
    /// Revisions or branch labels that must be applied before it.
    pub depends_on: Vec<String>,
    /// The text of its upgrade section; empty for one that its author fills in.
    pub upgrade: String,
    /// The text of its downgrade section; empty for one that its author fills in.
    pub downgrade: String,
    /// What both are written in.
    pub format: ScriptFormat,
    /// Whether the tool that the adapter drives compares its models with the database, and writes what leads from one to the
    /// other. Of adapters that drive none it is refused: there the sections come from
    /// [`Migrator::autogenerate`](super::Migrator::autogenerate).
    pub autogenerate: bool,
}

impl NewMigration {
    /// A migration with this message behind the only head.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }
}

pub use crate::script::Initialized as Initialization;
