//! Everything an author of a dapter database adapter depends on.
//!
//! An adapter teaches dapter one kind of database. It is a dynamic library that a
//! host loads while it runs; neither side is compiled for the other. You write plain Rust: implement
//! [`SyncMigrationAdapter`] for the adapter and [`SyncSession`] for its connections (or their `Async…` twins), and name
//! the adapter in [`export_adapter!`]. Nothing else in the plugin knows that there is an ABI.
//!
//! ```
//! use dapter_plugin_api::{
//!     AppliedRevision, ConnectOptions, Description, History, HistoryChange, LogEntry, Notices, Result,
//!     SyncMigrationAdapter, SyncSession, export_adapter,
//! };
//!
//! #[derive(Default)]
//! struct Notebook;
//!
//! #[derive(Default)]
//! struct Page {
//!     lines: Vec<String>,
//!     history: History,
//!     log: Vec<LogEntry>,
//! }
//!
//! impl SyncMigrationAdapter for Notebook {
//!     type Session = Page;
//!     const DESCRIPTION: Description = Description {
//!         schemes: &["notebook"],
//!         ..Description::new("notebook")
//!     };
//!     fn connect(&self, _: &ConnectOptions, _: &Notices) -> Result<Page> {
//!         Ok(Page::default())
//!     }
//! }
//!
//! impl SyncSession for Page {
//!     fn ensure_history(&mut self) -> Result<()> {
//!         self.history.ready = true;
//!         Ok(())
//!     }
//!     fn read_history(&mut self) -> Result<History> {
//!         Ok(self.history.clone())
//!     }
//!     fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
//!         self.history.apply(change)?;
//!         self.log.extend(change.log.iter().cloned());
//!         Ok(())
//!     }
//!     fn read_log(&mut self) -> Result<Vec<LogEntry>> {
//!         Ok(self.log.clone())
//!     }
//!     fn execute(&mut self, statement: &str) -> Result<u64> {
//!         self.lines.push(statement.to_owned());
//!         Ok(1)
//!     }
//! }
//!
//! export_adapter!(Notebook);
//! ```
//!
//! # How the pieces fit
//!
//! | piece | what it is |
//! |---|---|
//! | [`Description`] | what the adapter is called and can do, readable from the file without running it |
//! | [`SyncMigrationAdapter`], [`AsyncMigrationAdapter`] | connects, and splits a script into statements |
//! | [`SyncSession`], [`AsyncSession`] | one live connection: the history, statements, transactions |
//! | [`History`], [`HistoryChange`] | what the database remembers, and one compare-and-swap of it |
//! | [`Capability`] | an ability that an adapter declares; the host does without those it lacks |
//! | [`AdapterError`] | the one error, with all that helps a person at the other end |
//! | [`schema`] | what a database is built of, to compare two |
//! | [`Operation`] | a difference between two, which the adapter renders to statements |
//! | [`Finding`], [`LintRule`] | what a script does to a live system, and the rules behind that |
//! | [`OfflineScript`] | a run that the database's own client carries out |
//! | [`ToolScript`], [`NewRevision`] | the scripts of a tool that the adapter drives, and one that it is to make |
//! | [`foreign`] | the tables of other tools, which are taken over from and given back to |
//! | [`memory`] | a complete adapter without a database: the executable specification |
//! | [`sql`] | a lexer, splitter and quoting for adapters of SQL databases |
//! | [`abi`] | the boundary itself; authors never need it, hosts load through it |
#![deny(missing_docs)]

pub mod abi;
mod adapter;
mod backup;
mod capability;
mod description;
mod error;
pub mod foreign;
mod history;
mod history_text;
mod lint;
pub mod memory;
mod notice;
mod offline;
mod operation;
mod portable;
pub mod schema;
mod scripts;
mod server_facts;
mod session;
pub mod sql;
mod statement;
mod value;

pub use abi::descriptor::{AdapterInfo, Descriptor, Execution};
pub use adapter::{AsyncMigrationAdapter, ConnectOptions, SyncMigrationAdapter};
pub use backup::{BACKUP_FILE, Backup, shell_word};
pub use capability::Capability;
pub use description::{Comment, Description};
pub use error::{AdapterError, ErrorKind, Result};
pub use foreign::{ForeignChange, ForeignColumn, ForeignType};
pub use history::{
    AppliedRevision, Expect, History, HistoryChange, InFlight, LockChange, LockRow, LogEntry,
    Record, RevisionState, RowChange,
};
pub use lint::{Finding, HeldLock, LintRule, LintScript, LintSeverity};
pub use notice::{Notice, Notices, Severity};
pub use offline::{OfflineChange, OfflineItem, OfflineScript, Requirement};
pub use operation::{Operation, Rendered, Rendering, TableChange, TablePart};
pub use schema::{ObjectName, Schema, SchemaObject};
pub use scripts::{NewRevision, ToolScript};
pub use server_facts::ServerFacts;
pub use session::{AsyncSession, Canceller, LockOutcome, SyncSession};
pub use statement::Statement;
pub use value::{Rows, Value};
