//! Scripts from models: the state that a database is to have, wherever it is described. PURE.
//!
//! - `desired` a state that is to be
//! - `document` a state as a TOML or JSON document
//! - `once` JSON that says every member once
//! - `part` the part of a schema that operations have to do with
//! - `remembered` what was built before, and what of it has to be built again
//! - `former_names` what models say had another name before
//! - `models` the structs of a program as models
//! - `unknown` members of documents that there are not
//! - `written` statements as the text of a script's section

mod desired;
mod document;
mod former_names;
mod models;
mod once;
mod part;
mod remembered;
mod unknown;
mod written;

#[cfg(test)]
mod tests;

pub use desired::{AutogenerateError, Described, DesiredState, Generated, ModelFile};
pub use document::{DocumentError, document_of_json, document_of_toml, to_json, to_toml};
pub(crate) use former_names::{Said, remarks};
pub use models::{Model, Models};
pub(crate) use part::{parts, taken_back, without_others};
pub(crate) use remembered::{Outline, Part, Rebuild, Remembered, Statements, Told, by_themselves};
pub(crate) use written::{Unwritable, are_whole, section, terminated};
