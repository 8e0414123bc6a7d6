//! What other tools keep on disk and in databases, and how it becomes scripts and a history.
//!
//! Nothing here does I/O: a folder is read elsewhere and comes in as [`SourceFile`]s, rows of a tool's table come in as
//! they were read. One file per tool knows its format; [`Tool`] is the table of them. The formats are those of the tools'
//! own sources.

mod alembic;
mod atlas;
mod chain;
mod dbmate;
mod diesel;
mod error;
mod flyway;
mod golang_migrate;
mod goose;
mod migration;
mod names;
mod prisma;
mod refinery;
mod script;
mod source;
mod sqlx;
mod state;
mod sums;
mod tool;

pub use alembic::{ALEMBIC_DOCUMENT, ALEMBIC_READER};
pub use error::AdoptError;
pub use migration::{Directory, Migration};
pub use source::SourceFile;
pub use state::{AppliedElsewhere, TableState, read_state};
pub use tool::{NotRecognised, Tool};

pub(crate) use chain::{Chained, chained};
pub(crate) use names::{digits_then, moment_of_version};
pub(crate) use script::{script_name, script_text};
pub(crate) use sums::{AtlasSum, hex_sha256, hex_sha384};

#[cfg(test)]
mod tests;
