//! What the end-to-end tests share: building what they run, and projects to run it in.

mod build;
mod normal;
mod project;
mod words;

pub use build::{Toolchain, build_library, build_program, fixture, has_nightly, target_directory};
pub use normal::Normaliser;
pub use project::Sandbox;
