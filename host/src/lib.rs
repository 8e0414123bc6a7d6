//! dapter: a database-migration host. Every database is a plugin.
//!
//! A program that embeds dapter finds an adapter ([`plugin`]), says what to migrate ([`MigrationSettings`]) and drives
//! the protocol with [`Migrator`] or [`AsyncMigrator`]:
//!
//! ```no_run
//! use dapter::plugin::{Catalog, Given, standard_places};
//! use dapter::project::DatabaseUrl;
//! use dapter::{MigrationSettings, Migrator};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let url = DatabaseUrl::parse("sqlite:app.db")?;
//! let places = standard_places(&Given { executable: std::env::current_exe().ok(), ..Given::default() })?;
//! let adapter = Catalog::scan(&places).choose(url.scheme())?.open()?;
//! let migrator = Migrator::new(adapter, MigrationSettings::new(url, "migrations"));
//! let report = migrator.upgrade("head")?;
//! println!("{} revisions applied", report.steps.len());
//! # Ok(())
//! # }
//! ```
//!
//! | module | what it does | what it never does |
//! |---|---|---|
//! | [`revision`] | ids, the graph, revision expressions | I/O, clock, adapters |
//! | [`script`] | reads and writes scripts | meets an adapter |
//! | [`check`] | what is wrong before anything runs | changes anything |
//! | [`plan`] | steps and statements as a value | I/O, adapters |
//! | [`diff`] | what leads from one schema to another | I/O, adapters |
//! | [`diagram`], [`pattern`] | small pure parts: pictures of tables, patterns for names | I/O |
//! | [`autogenerate`] | where models are, and what comes of them | asks a database, starts programs |
//! | [`verify`] | what came of trying scripts | changes anything |
//! | [`lint`] | what scripts do to a live system | asks a database |
//! | `execute` | changes databases | knows a database's language, prints |
//! | [`plugin`] | finds and loads plugins | connects |
//! | [`project`] | `dapter.toml`, targets, URLs | reads the environment by itself |
//! | `migrator` | the protocol | prints |
#![deny(missing_docs)]

pub mod adopt;
pub mod autogenerate;
pub mod check;
pub mod diagnostic;
pub mod diagram;
pub mod diff;
mod error;
mod execute;
pub mod export;
pub mod lint;
mod migrator;
pub mod pattern;
pub mod plan;
pub mod plugin;
mod portable;
pub mod project;
pub mod revision;
pub mod script;
mod suggest;
pub mod verify;

pub use autogenerate::Model;
#[cfg(feature = "derive")]
pub use dapter_derive::Model;
pub use dapter_plugin_api as api;
pub use error::{EditedScript, HistoryError, MigrationError};
pub use execute::{
    AppliedStep, BackupError, BackupMade, DatabaseState, Event, HookCommands, HookFacts,
    HookFailure, Identity, Interrupt, LockFailure, Observer, Report, RunFailure, Silent,
    StatementFailure, TrialError, TrialStatement,
};
pub use migrator::{
    AdoptHistory, Adopted, Adoption, AsyncMigrator, AutogenerateOptions, BackupTo, CurrentRevision,
    Export, ExportHistory, Exported, HalfDone, HistoryEntry, Initialization, MadeByTool,
    MigrationSettings, Migrator, NewMigration, NextRun, OfflineError, PlanChanged, RepairChoice,
    Repaired, RepeatableState, RepeatableStatus, SavedPlan, SavedStep, ScriptReading, ScriptWriter,
    Scripts, SquashFailure, Squashed, StampKind, StampTo, Status, model_files, read_source_folder,
};
