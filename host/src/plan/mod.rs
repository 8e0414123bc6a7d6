//! What a command will do, as a value: an ordered list of steps with their statements.
//!
//! A [`Plan`] is made before anything runs, and printing it is the dry run. **Invariant:** this module does no I/O and
//! meets no adapter; whoever makes a plan hands the split scripts in.

mod display;
mod step;
mod text;

pub use step::{Direction, Plan, PlannedStatement, Step, StepTransaction};
pub use text::StatementText;
