//! Plugins: where they are looked for, what is found there, and how one is loaded.
//!
//! [`standard_places`] turns what a caller knows (its own path, its environment) into [`Places`]; [`Catalog::scan`] reads
//! what lies there without running any of it; [`Catalog::choose`] picks the adapter for a URL scheme; [`load()`] loads the
//! file it is in, for the life of the process.
//!
//! **Invariant:** nothing of a plugin runs before [`inspect()`] has accepted its file, and only `load` runs anything.

mod bytes;
mod catalog;
mod choose;
mod descriptor;
mod dlerror;
mod elf;
mod error;
mod expected;
mod image;
mod inspect;
mod inspect_error;
mod load;
mod load_error;
mod open;
mod place;
mod scan;
mod step;
mod system;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Choice, Outcome, PluginFile, Searched, Standing};
pub use error::{Candidate, Offer, PluginError, Unusable, Wanted};
pub use expected::{Expected, NotASha256, Sha256, SignatureExpectation};
pub use inspect::{Inspection, inspect};
pub use inspect_error::InspectError;
pub use load::load;
pub use load_error::{LoadError, LoadProblem};
pub use place::{Given, Origin, Place, Places, standard_places};
pub use step::Step;
