//! The dapter adapters for MySQL and MariaDB.
#![deny(missing_docs)]
#![allow(
    private_bounds,
    reason = "sessions are for anybody, their connections are made here alone"
)]

mod adapter;
mod answer;
mod assignment;
mod asynchronous;
mod blocking;
mod cancel;
mod change;
mod connect;
mod connection;
mod dialect;
mod error;
mod fingerprint;
mod form;
mod history;
mod literal;
mod lock;
mod mode;
mod object;
mod recorded;
mod rows;
mod server;
mod session;
mod settings;
mod tables;
mod tls;
mod transaction;
mod url;
mod words;

pub use adapter::{MysqlAdapter, MysqlAsyncAdapter};
pub use asynchronous::Asynchronous;
pub use blocking::Blocking;
pub use session::Session;

dapter_plugin_api::export_adapter!(async MysqlAdapter, async MysqlAsyncAdapter);
