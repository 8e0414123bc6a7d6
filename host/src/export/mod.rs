//! Scripts as the migrations of other tools, and the rows that their tables then need.
//!
//! Nothing here does I/O. What was taken over from a tool comes back under the names that its aliases keep; whatever is
//! made is read again as that tool's directory, so a name or an order that the tool would take otherwise is found here.

mod alembic;
mod columns;
mod files;
mod goose;
mod name;
mod rows;
mod script;

pub use files::{ExportedFiles, export};
pub use rows::{AppliedHere, table_change};
pub use script::{Outgoing, Section};

pub(crate) use rows::applied_here;

#[cfg(test)]
mod tests;
