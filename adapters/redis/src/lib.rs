//! A dapter adapter for Redis and Valkey.
//!
//! A migration is a script of commands, one a line, quoted as `redis-cli` has them. What is remembered of migrations lies in
//! two keys of the same database: a hash with the history and the lock row, and a list with the log. A command and its record
//! are one script for the server, which nobody comes between.
#![deny(missing_docs)]

mod adapter;
mod address;
mod announce;
mod change;
mod command;
mod error;
mod facts;
mod history;
mod reply;
mod session;
mod words;

pub use adapter::RedisAdapter;
pub use session::RedisSession;

dapter_plugin_api::export_adapter!(RedisAdapter);
