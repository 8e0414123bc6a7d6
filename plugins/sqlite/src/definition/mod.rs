//! What `CREATE` statements say, as SQLite keeps them.
//!
//! Source: the chapters "CREATE TABLE" and "CREATE INDEX" of SQLite's documentation. What is written in a way that is not
//! understood is none: the whole statement is the object's definition then.

mod cursor;
mod index;
mod table;

pub(crate) use cursor::{Cursor, names_in};
pub(crate) use index::index;
pub(crate) use table::table;
