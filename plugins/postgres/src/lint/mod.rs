//! What a script does to a live system: which locks it takes and how long, what is written anew, what is lost.
//!
//! Statements are read as far as the rules need it; one that is not understood has no findings. What lies in the body of a
//! function or of a `DO` block is not looked at. What a script does to tables that it has made itself hurts nobody.

mod alter_table;
mod column;
mod held;
mod rules;
mod statement;
#[cfg(test)]
mod tests;

pub(crate) use rules::ALL;
pub(crate) use statement::findings;
