//! Plugins: where they are looked for, what is found there, and how one is loaded.
//!
//! [`standard_places`] turns what a caller knows (its own path, its environment) into [`Places`]; [`Catalog::scan`] reads
//! what lies there without running any of it; [`Catalog::choose`] picks the adapter for a URL scheme; [`load()`] loads the
//! file it is in, for the life of the process.
//!
//! **Invariant:** nothing of a plugin runs before [`inspect()`] has accepted its file, and only `load` runs anything.

mod admit;
mod bundled;
mod bytes;
mod catalog;
mod choose;
mod demands;
mod descriptor;
mod dlerror;
mod document;
mod elf;
mod error;
mod expected;
mod id;
mod image;
mod inspect;
mod inspect_error;
#[cfg(feature = "install")]
pub mod install;
mod load;
mod load_error;
mod lock_file;
mod open;
mod place;
mod refusal;
pub mod registry;
mod scan;
mod shadow;
mod signature;
#[cfg(feature = "install")]
pub mod signing;
mod step;
pub mod store;
mod system;
#[cfg(test)]
mod tests;
pub mod trust;

pub use catalog::{Catalog, Choice, Outcome, PluginFile, Searched, Standing};
pub use demands::{Demands, Lock, Requirement, Strictness};
pub use document::DocumentError;
pub use error::{Candidate, Offer, PluginError, Unfit, Unusable, Wanted};
pub use expected::{Expected, NotASha256, Sha256, SignatureExpectation};
pub use id::{IdError, LOCAL, PluginId, Request, check_part, requirement, version};
pub use inspect::{Inspection, inspect};
pub use inspect_error::InspectError;
pub use load::load;
pub use load_error::{LoadError, LoadProblem};
pub use lock_file::{LOCK_FILE_NAME, LockFile, LockedFile, LockedPlugin};
pub use place::{Given, Origin, Place, Places, standard_places};
pub use refusal::Refusal;
pub use signature::{
    KeyId, LARGEST_SIGNATURE, PublicKey, SignatureError, Signed, is_target, signer, verify,
    verify_any,
};
pub use step::Step;
