//! What `CREATE` statements say, as SQLite keeps them.
//!
//! Source: the chapters "CREATE TABLE" and "CREATE INDEX" of SQLite's documentation. What is written in a way that is not
//! understood is none: the whole statement is the object's definition then.

mod index;
mod reading;
mod table;

pub(crate) use index::index;
pub(crate) use reading::{names_in, table_of_trigger};
pub(crate) use table::table;
