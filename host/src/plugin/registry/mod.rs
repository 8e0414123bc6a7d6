//! Registries: static files from which plugins can be had by name.
//!
//! A source is an [`Index`] at a [`Location`], signed with a key that the user named when adding the source. Everything
//! an index says is pinned by hashes, so a copy in a folder is as good as the original.

#[cfg(feature = "install")]
mod archive;
#[cfg(feature = "install")]
mod fetch;
mod index;
mod listing;
mod location;
#[cfg(feature = "install")]
mod source;

#[cfg(feature = "install")]
pub use archive::{ArchiveError, Unpacked, unpack};
#[cfg(feature = "install")]
pub use fetch::{FetchError, FetchProblem, LARGEST_INDEX, LARGEST_PLUGIN, fetch, fetch_if_there};
pub use index::{Entry, INDEX_NAME, Index, IndexFile, Publisher, RevokedKey};
pub use listing::{Change, ChangeKind, Listed, ListingError};
pub use location::{Location, LocationError};
#[cfg(feature = "install")]
pub use source::{SourceError, read_index};
