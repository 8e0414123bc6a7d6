//! Registries: static files from which plugins can be had by name.
//!
//! A source is an [`Index`] at a [`Location`], signed with a key that the user named when adding the source. Everything
//! an index says is pinned by hashes, so a copy in a folder is as good as the original.

mod index;
mod location;

pub use index::{Entry, INDEX_NAME, Index, IndexFile, Publisher, RevokedKey};
pub use location::{Location, LocationError};
