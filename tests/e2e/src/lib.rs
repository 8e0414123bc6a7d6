//! What the end-to-end tests share: building what is not part of the workspace.

mod build;

pub use build::{Toolchain, build_library, fixture, has_nightly, target_directory};
