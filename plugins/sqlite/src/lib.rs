//! The dapter adapter for SQLite.
//!
//! A program links this library and calls `Adapter::linked_sync`; the plugin, a dynamic library for hosts that
//! load it, is the package `dapter-sqlite-plugin`.
//!
//! # URL
//!
//! | URL | database |
//! |---|---|
//! | `sqlite:app.db`, `sqlite://app.db` | a file, relative to the folder of the configuration |
//! | `sqlite:/srv/app.db`, `sqlite:///srv/app.db` | a file by its absolute path |
//! | `sqlite::memory:` | a database in memory, gone with the session |
//!
//! Everything after `sqlite:` and two optional slashes is the path: there is no host. So three slashes begin an absolute
//! path, unlike in SQLAlchemy. In the path `?` and `%` are written `%3F` and `%25`.
//!
//! These options go behind a `?` in the URL, or into the options of the configuration:
//!
//! | option | values | default |
//! |---|---|---|
//! | `mode` | `ro`: only read; `rw`: the file must be there; `rwc`: the first write creates it | `rwc` |
//! | `foreign_keys` | `on`, `off`: whether foreign keys are enforced while statements run | `off`, as SQLite has it |
//! | `busy_timeout` | milliseconds that a call waits for other connections | 250 |
//!
//! A file that is not there yet is an empty database for everything that only reads, and stays absent.
//!
//! # What it keeps in the database
//!
//! Three tables in the schema `main`: `dapter_revision` (one row per applied revision), `dapter_log` (append-only) and
//! `dapter_lock` (at most one row). They use nothing that an SQLite of the last ten years could not read, because one
//! table that it does not understand makes a whole database unreadable. `journal_mode`, `synchronous` and every other
//! persistent setting stay as they are.
//!
//! # Transactions
//!
//! A script runs in the host's transaction, in which its own `BEGIN`, `COMMIT` and `ROLLBACK` are refused. With
//! `-- dapter:transaction none` each statement commits together with the record that it ran, and the script may have
//! transactions of its own, which the records join. `VACUUM`, `PRAGMA`, `ATTACH` and `DETACH` run before their record,
//! because SQLite does not run them, or ignores them, in a transaction: killed in between, they run once more when the
//! script is resumed, which does no harm. Those that set something for the connection alone are repeated when another
//! session resumes the script. Temporary tables are not: they end with the session that made them.
#![deny(missing_docs)]

mod adapter;
mod backup;
mod canonical;
mod codes;
mod connect;
mod database;
mod definition;
mod dialect;
mod error;
mod foreign;
mod history;
mod inspect;
mod lint;
mod lock;
mod offline;
mod recorded;
mod render;
mod scratch;
mod session;
mod statement;
mod tables;
#[cfg(test)]
mod tests;
mod transaction;

pub use adapter::SqliteAdapter;
pub use session::SqliteSession;
