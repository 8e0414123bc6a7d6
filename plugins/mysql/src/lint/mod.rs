//! What a script does to a live system: which statements copy a table and keep writers waiting, what is lost, what breaks
//! running code.
//!
//! Statements are read as far as the rules need it; one that is not understood has no findings. What lies in the body of a
//! routine is not looked at. What a script does to tables that it has made itself hurts nobody.

mod alter_table;
mod column;
mod rules;
mod statement;
#[cfg(test)]
mod tests;

pub(crate) use rules::ALL;
pub(crate) use statement::findings;
