//! Databases, scripts, adapters that misbehave, and what a database holds.

mod adapters;
mod database;
mod faults;
mod project;

pub(crate) use adapters::{Announcing, Asynchronous, Faulty, Locking, Plain};
pub(crate) use database::{Content, Database};
pub(crate) use faults::Fault;
pub(crate) use project::{Project, id, ids};

use dapter::api::SyncMigrationAdapter;
use dapter::api::abi::{Adapter, block_on};
use dapter::api::memory::MemoryAdapter;

/// The adapter of this type.
pub(crate) fn linked<A: SyncMigrationAdapter>() -> Adapter {
    block_on(Adapter::linked_sync::<A>()).expect("it is linked in")
}

/// The in-memory adapter.
pub(crate) fn memory() -> Adapter {
    linked::<MemoryAdapter>()
}
