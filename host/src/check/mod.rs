//! What is wrong with scripts and databases before anything runs: for pipelines, and for whoever wants to know.

mod finding;
mod merged;

pub use finding::{CheckCode, CheckFinding};
pub use merged::{Branch, ForeignScript};
