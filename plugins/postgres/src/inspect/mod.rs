//! What a database is built of, from the catalogs, in three queries whatever is in it, behind one that says what there is any of.
//!
//! Left out: what extensions brought, which is theirs; what holds secrets or belongs to the whole server (user mappings,
//! subscriptions, roles); names of indexes that a part of a partitioned table got from it.
//!
//! Source: the chapter "System Catalogs" of PostgreSQL's documentation.

mod bodies;
mod kinds;
mod lists;
mod read;

pub(crate) use read::schema;
