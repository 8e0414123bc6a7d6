//! What leads from one schema to another. PURE.
//!
//! - `renames` what is declared to have another name, which is never guessed
//! - `column_names` a column that is called otherwise, wherever it is named
//! - `value_names` a listed value that is called otherwise
//! - `former_names` what models say had another name before
//! - `candidates` what may have another name
//! - `spelling` names that differ only in their case, where that makes no difference
//! - `compare` from two schemas to operations
//! - `changes` objects that come, go and change
//! - `table` what changes in a table
//! - `dependents` what has to be removed and made again because of a change below it
//! - `keys` foreign keys of others to a key that is replaced
//! - `references` foreign keys that cannot be part of their table's statement
//! - `order` an order in which everything can be done
//! - `filter` which objects are looked at
//! - `summary` operations in words
//! - `loss` what a change destroys
//!
//! **Invariants:** equal schemas have no operations between them; the operations' reverses, from the last to the first, lead
//! back.

mod candidates;
mod changes;
mod column_names;
mod compare;
mod dependents;
mod filter;
mod former_names;
mod keys;
mod loss;
mod order;
mod references;
mod renames;
mod spelling;
mod summary;
mod table;
mod value_names;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::schemas_of_tables;

pub(crate) use candidates::ChooseRenames;
pub use candidates::{RenameCandidates, rename_candidates};
pub(crate) use column_names::call_column;
pub use compare::{creations, diff, reversed};
pub use filter::Filter;
pub(crate) use former_names::FormerNames;
pub use loss::losses;
pub(crate) use renames::call_object;
pub use renames::{Rename, RenameError};
pub(crate) use spelling::aligned;
pub use summary::summary;
pub(crate) use value_names::{Lister, call_value, has_list, lister, lists};
