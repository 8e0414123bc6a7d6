//! Operations on a schema as statements.
//!
//! - `operations` one after the other
//! - `table` the statements that make a table
//! - `alter` what `ALTER TABLE` can do, and when it can
//! - `rebuild` everything else: a new table that takes the place of the old one
//! - `portable` types in SQLite's words
//!
//! Source: the chapters "ALTER TABLE" and "CREATE TABLE" of SQLite's documentation.

mod alter;
mod operations;
mod portable;
mod rebuild;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use operations::render;
