//! Portable scripts: operations as TOML, which each adapter writes in its own words when they run. PURE.
//!
//! - `operation` an operation as it stands in a script
//! - `read` the text of an operation, and what is wrong with it
//! - `written` operations as the text of a script
//! - `resolve` operations of a script on a schema that is known
//! - `values` listed values that get another name
//! - `model` what a schema is like behind an operation
//! - `words` types in words that every adapter knows, as far as these mean the same

mod model;
mod operation;
mod read;
mod resolve;
mod values;
mod words;
mod written;

#[cfg(test)]
mod tests;

pub(crate) use operation::{PortableOperation, Texts};
pub(crate) use read::read;
pub(crate) use resolve::{Act, Doing, PortableError, Unknown, resolve};
pub(crate) use words::{State, Words, candidates, trial};
pub(crate) use written::{execute, written};
