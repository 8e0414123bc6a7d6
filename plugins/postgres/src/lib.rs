//! The dapter adapters for PostgreSQL.
//!
//! A program links this library and calls `Adapter::linked_async`; the plugin, a dynamic library for hosts that
//! load it, is the package `dapter-postgres-plugin`.
//!
//! Two adapters for the same databases and the same scripts (`-- dapter:upgrade postgresql`):
//!
//! | adapter | URL | driver |
//! |---|---|---|
//! | `postgresql` | `postgresql://`, `postgres://` | crate `postgres`, blocking |
//! | `postgresql-async` | `postgresql+async://`, `postgresql+asyncpg://`, `postgres+async://` | crate `tokio-postgres`, on a runtime of the plugin |
//!
//! # URL
//!
//! `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`, as libpq has it: several hosts with commas between, IPv6
//! addresses in brackets, a folder for a Unix socket (`?host=/run/postgresql`). Options go behind the `?`, or into the
//! options of the configuration; what is not said there is taken from libpq's environment variables (`PGHOST`,
//! `PGPASSWORD`, …) and passwords from `~/.pgpass`.
//!
//! These options are ours:
//!
//! | option | values | default |
//! |---|---|---|
//! | `search_path` | the schemas for names without one, while scripts run | the server's |
//! | `history_schema` | the schema that the history is kept in; made if it is missing | the first schema of `search_path`, or `public` |
//! | `lock` | `advisory`; `row`: a row in the history; `auto`: `row` behind a pooler, else `advisory` | `auto` |
//!
//! # What it keeps in the database
//!
//! Three tables in the schema of the history, which no setting of the session decides: `dapter_revision` (one row per applied
//! revision), `dapter_log` (append-only) and `dapter_lock` (at most one row).
//!
//! # Transactions
//!
//! A script runs in the host's transaction, in which its own `BEGIN`, `COMMIT` and `ROLLBACK` are refused. With
//! `-- dapter:transaction none` each statement commits together with the record that it ran, and the script may have
//! transactions of its own, which the records join. A statement that cannot run in a transaction, `CREATE INDEX
//! CONCURRENTLY` say, is announced in the history with a fingerprint of what it touches, runs by itself, and is recorded;
//! who finds the announcement later finds out by the fingerprint whether it took effect, and an index that was left half-built
//! is dropped before it is built again.
#![deny(missing_docs)]
#![allow(
    private_bounds,
    reason = "sessions are generic over their driver, which is nobody else's business"
)]

mod adapter;
mod alone;
mod asynchronous;
mod backup;
mod blocking;
mod cancel;
mod connect;
mod database;
mod dialect;
mod error;
mod fingerprint;
mod foreign;
mod held;
mod history;
mod holder;
mod inspect;
mod knock;
mod link;
mod lint;
mod literal;
mod lock;
mod notices;
mod offline;
mod open;
mod passfile;
mod pooler;
mod recorded;
mod render;
mod request;
mod runtime;
mod scratch;
mod search_path;
mod server_facts;
mod session;
mod settings;
mod statement;
mod swap;
mod tables;
mod tls;
mod tokens;
mod transaction;
mod url;
mod within;
mod writing;

pub use adapter::{AsyncPostgresAdapter, PostgresAdapter};
pub use session::PostgresSession;
