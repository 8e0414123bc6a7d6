//! From what was downloaded to a plugin that may be installed.
//!
//! [`Package`] is what came: a library, inspected and hashed, none of it run. [`Package::of_release`] and
//! [`Package::of_file`] decide who vouches for it, and under which id it may be installed.

mod error;
mod identify;
mod package;

pub use error::InstallError;
pub use identify::{Consent, Identity, NewKey, Release};
pub use package::Package;
