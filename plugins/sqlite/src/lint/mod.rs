//! What a script does to a live system: whom it keeps waiting, what fails on a table with rows, what is lost.
//!
//! SQLite knows one lock for the whole database, so little is said of locks: every change takes it. Statements are read as
//! far as the rules need it; one that is not understood has no findings.

mod alter_table;
mod rules;
mod statement;
#[cfg(test)]
mod tests;

pub(crate) use rules::ALL;
pub(crate) use statement::findings;
