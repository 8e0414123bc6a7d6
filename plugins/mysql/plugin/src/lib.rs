//! The plugin: what hosts load. It stands apart from the adapters, because every plugin exports the same symbol, and a
//! program that links several adapters can have that only once, or not at all.

use adapters::{MysqlAdapter, MysqlAsyncAdapter};

dapter_plugin_api::export_adapter!(async MysqlAdapter, async MysqlAsyncAdapter);
