//! A dapter adapter for Firebird.
//!
//! Firebird's structure takes part in transactions, but is used only behind its commit: a table that a transaction has made takes
//! no rows in it. So a script runs a statement at a time, each in one transaction with its record. What is remembered of
//! migrations lies in three tables: `DAPTER_REVISION`, `DAPTER_LOG`, `DAPTER_LOCK`.
#![deny(missing_docs)]

mod adapter;
mod address;
mod attachment;
mod body;
mod calls;
mod change;
mod error;
mod facts;
mod form;
mod history;
mod lock;
mod session;
mod split;
mod tables;
mod values;

pub use adapter::FirebirdAdapter;
pub use session::FirebirdSession;

dapter_plugin_api::export_adapter!(FirebirdAdapter);
