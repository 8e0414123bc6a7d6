//! What a database is built of, read from its catalog into the model of schemas.
//!
//! Tables come from a fixed number of queries, all in one message. What those do not tell is asked for by `SHOW CREATE`, for
//! the objects that need it alone, many in a message: bodies of routines, triggers, events and views, partitions,
//! periods, parsers of full texts, tables of other engines.
//!
//! What is no part of a schema here: rights, which a scratch database cannot hold; the counters of `AUTO_INCREMENT`; the
//! character set of the client that made an object; the place of a table's files and the reference system of a geometry in
//! MariaDB, which the catalog does not tell.
//!
//! Source: the chapters "INFORMATION_SCHEMA Tables" and "SHOW Statements" of MySQL's manual, and "Information Schema
//! Tables" and "SHOW" of MariaDB's.

mod assemble;
mod catalog;
mod cells;
mod column;
mod constraint;
mod dependency;
mod partition;
mod program;
mod qualified;
mod sequence;
mod show;
mod table;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use column::is_text;
pub(crate) use program::{preceding, renamed};
