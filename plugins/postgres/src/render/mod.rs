//! Operations on a schema as statements.
//!
//! - `script` one operation after the other
//! - `object` what holds for objects of every kind: making, removing, renaming, comments, grants
//! - `table`, `column`, `part` the statements that make a table
//! - `alter`, `alter_column`, `option` what `ALTER TABLE` does, several changes in one
//! - `numbering` identities, `serial`, and the sequences behind them
//! - `sequence`, `enumeration`, `domain`, `composite` the objects of these kinds
//! - `spread` what a table inherits from, or is a part of
//!
//! Source: the chapter "SQL Commands" of PostgreSQL's documentation.

mod alter;
mod alter_column;
mod cast;
mod column;
mod composite;
mod domain;
mod enumeration;
mod name;
mod numbering;
mod object;
mod option;
mod part;
mod portable;
mod script;
mod sequence;
mod spread;
mod table;

pub(crate) use script::render;

use script::Script;

#[cfg(test)]
mod tests;
