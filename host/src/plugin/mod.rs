//! Plugins: where they are looked for, what is found there, and how one is loaded.
//!
//! [`standard_places`] turns what a caller knows (its own path, its environment) into [`Places`]; [`Catalog::scan`] reads
//! what lies there without running any of it; [`Catalog::choose`] picks the adapter for a URL scheme; [`load()`] loads the
//! file it is in, for the life of the process.
//!
//! Each [`Step`] on the way has a code, which stands in the message if it fails.
//!
//! **Invariant:** nothing of a plugin runs before [`inspect()`] has accepted its file, nobody else can write it, and it is
//! what was [`Expected`]; and only `load` runs anything.

mod admit;
mod bundled;
mod bytes;
mod capabilities;
mod catalog;
mod checked;
mod choose;
mod demands;
mod descriptor;
mod dlerror;
mod document;
mod elf;
mod elf_dynamic;
mod elf_sections;
mod elf_symbols;
mod elf_versions;
mod error;
mod expected;
mod facts;
mod glibc;
mod id;
#[cfg(unix)]
mod identity;
mod image;
mod inspect;
mod inspect_error;
#[cfg(feature = "install")]
pub mod install;
#[cfg(unix)]
mod isolated;
mod ld_cache;
mod libraries;
mod load;
mod load_error;
mod lock_file;
mod mapped;
mod open;
mod opened;
#[cfg(unix)]
mod permissions;
mod place;
#[cfg(unix)]
mod private_group;
mod ready;
#[cfg(unix)]
mod recognised;
mod refusal;
pub mod registry;
mod scan;
#[cfg(target_os = "linux")]
mod sealed;
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

pub use capabilities::{Contradiction, contradiction};
pub use catalog::{Catalog, Choice, Outcome, PluginFile, Searched, Standing};
pub use checked::{CheckedStep, StepOutcome};
pub use demands::{Demands, Lock, Requirement, Strictness};
pub use document::DocumentError;
pub use error::{Candidate, Offer, PluginError, Unfit, Unusable, Wanted};
pub use expected::{Expected, NotASha256, Sha256, SignatureExpectation};
pub use facts::{Exports, Facts, Panics};
pub use glibc::Glibc;
pub use id::{IdError, LOCAL, PluginId, Request, check_part, requirement, version};
#[cfg(unix)]
pub use identity::Identity;
pub use inspect::{Inspection, inspect, peek};
pub use inspect_error::InspectError;
#[cfg(unix)]
pub use isolated::{ChildProgram, Isolated, Limits, StartError, serve};
pub use load::{load, load_expected};
pub use load_error::{LoadError, LoadProblem};
pub use lock_file::{LOCK_FILE_NAME, LockFile, LockedFile, LockedPlugin};
pub use place::{Given, Origin, Place, Places, standard_places};
pub use refusal::Refusal;
pub use signature::{
    KeyId, LARGEST_SIGNATURE, PublicKey, SignatureError, Signed, is_target, signer, verify,
    verify_any,
};
pub use step::Step;
