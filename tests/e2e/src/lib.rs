//! What the end-to-end tests share: building what they run, and projects to run it in.

mod build;
mod moments;
mod normal;
mod process;
mod program;
mod project;
mod registry;
mod words;

pub use build::{Toolchain, build_library, build_program, fixture, has_nightly, target_directory};
pub use moments::{Dice, Moment, each, moments, say};
pub use normal::Normaliser;
pub use process::{Ended, Running, Stream};
pub use program::{program_file, program_in};
pub use project::Sandbox;
pub use registry::{Registry, key, keys};
