//! The store: what was installed, in all its versions.
//!
//! `<user data>/dapter/plugins/PUBLISHER/NAME/VERSION/TARGET/` holds the library, its signature and its [`Receipt`].
//! [`put`] puts a plugin there at once or not at all, [`remove`] takes it away, [`stored`] reads what there is.
//!
//! **Invariant:** names of folders are parts of a [`PluginId`](super::PluginId), versions and targets that were checked, and
//! nothing in the store is reached over a symbolic link.

mod place;
mod put;
mod read;
mod receipt;

pub use place::StorePlace;
pub use put::{Existing, NewPlugin, Put, PutError, put, remove};
pub use read::{StoredPlugin, stored};
pub use receipt::{NewReceipt, Receipt};
