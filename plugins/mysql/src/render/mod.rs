//! Operations on a schema as statements: pure, for MySQL and MariaDB alike where both understand the same.
//!
//! Changes of a table are one `ALTER TABLE`, but for what no server does in one: a foreign key that goes and one of its name
//! that comes, a generated column that becomes a plain one. Foreign keys that stand in the way of a change of their columns
//! are taken away and put back.
//!
//! Source: the chapters "Data Definition Statements" of MySQL's manual and "Data Definition" of MariaDB's.

mod alter;
mod change;
mod column;
mod constraint;
mod create;
mod dialect;
mod keep;
mod names;
mod object;
mod online;
mod portable;
mod references;
mod refusal;
mod reserved;
mod statements;
mod suspend;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use names::name;
pub(crate) use statements::render;
