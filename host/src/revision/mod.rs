//! The revision graph and everything that can be asked of it, as pure functions.
//!
//! A project's scripts give a list of [`Revision`]s. [`Graph::new`] checks them all and either
//! returns the graph or every error at once. [`Applied`] is the graph as one database sees it:
//! which revisions are applied, in which order, and which heads follow from that. An
//! [`Expression`] is what a person writes to name a destination (`head`, `ae10+1`, `crm@base`);
//! [`upgrade_path`], [`downgrade_path`], [`stamp`] and the `resolve_*` functions turn it into
//! revisions.
//!
//! Nothing here does I/O, reads a clock or knows an adapter. The answers follow Alembic
//! (`alembic/script/revision.py`, `alembic/runtime/migration.py`); where Alembic has no sensible
//! answer (an assertion, an accident of iteration order) the documentation of the function
//! says what is done instead.

mod applied;
mod build;
mod drawing;
mod error;
mod expression;
mod graph;
mod id;
mod links;
mod order;
mod path;
mod resolve;
mod resolve_error;
mod resolver;
mod squash;

#[cfg(test)]
pub(crate) mod pictures;
#[cfg(test)]
mod tests;

pub use applied::{Applied, Gap, UnknownApplied};
pub use drawing::{DrawnLine, DrawnRevision, draw};
pub use error::{AliasOf, Field, GraphError, Place};
pub use expression::{Anchor, Expression, ExpressionError, Point};
pub use graph::{Graph, Revision};
pub use id::{Alias, BranchLabel, InvalidId, RevisionId};
pub use path::{StampChange, downgrade_path, needed, stamp, stamp_all, upgrade_path};
pub use resolve::{resolve_many, resolve_one, resolve_range};
pub use resolve_error::{Candidate, ResolveError};
pub use squash::{Squash, SquashError, squash};
