//! Why a plugin could not be loaded.

use super::expected::Sha256;
use super::inspect_error::{InspectError, REPORT};
use super::step::Step;
use dapter_plugin_api::AdapterError;
use dapter_plugin_api::abi::ImportError;
use std::path::PathBuf;

/// Why a plugin could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("could not load the plugin `{}`", path.display())]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// What was wrong with it.
    #[source]
    pub problem: LoadProblem,
}

/// What was wrong with a plugin that could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadProblem {
    /// The path is relative: the system would search its own folders for it.
    #[error("its path is not absolute")]
    NotAbsolute,
    /// The file cannot be a plugin, or must not be one; none of it was run.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// It is not the file that was installed or locked.
    #[error("it is not the file that {by} names: its SHA-256 is {found}, and should be {expected}")]
    Changed {
        /// Who says what it should be: the path of a receipt or a lock file, or other words.
        by: String,
        /// What it is.
        found: Sha256,
        /// What it should be.
        expected: Sha256,
    },
    /// Its signature is not good.
    #[error("its signature is not good: {0}")]
    Signature(String),
    /// The system refused it for another reason.
    #[error("the system refused it: {0}")]
    System(String),
    /// The loaded code and this program cannot work together.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The loaded code did not say which adapters it has.
    #[error("it does not say which adapters it has")]
    Keys(#[source] AdapterError),
    /// The loaded code has other adapters than its descriptor.
    #[error("its descriptor names the adapters {}, and its code {}", described.join(", "), loaded.join(", "))]
    KeysDiffer {
        /// The keys in the descriptor.
        described: Vec<String>,
        /// The keys that the code told.
        loaded: Vec<String>,
    },
}

impl LoadError {
    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> Step {
        self.problem.step()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.problem {
            LoadProblem::NotAbsolute => "give the whole path, from the root".to_owned(),
            LoadProblem::Inspect(problem) => problem.hint(),
            LoadProblem::Changed { .. } => {
                "install the plugin again; if it was replaced on purpose, lock it anew".to_owned()
            }
            LoadProblem::Signature(_) => {
                "install the plugin again, from where its publisher offers it".to_owned()
            }
            LoadProblem::Import(ImportError::Version { .. } | ImportError::Foundation { .. }) => {
                "install a version of the plugin that was built for this version of dapter"
                    .to_owned()
            }
            LoadProblem::Import(_)
            | LoadProblem::Keys(_)
            | LoadProblem::KeysDiffer { .. }
            | LoadProblem::System(_) => REPORT.to_owned(),
        }
    }
}

impl LoadProblem {
    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::NotAbsolute => Step::Resolve,
            Self::Inspect(problem) => problem.step(),
            Self::Changed { .. } => Step::Hash,
            Self::Signature(_) => Step::Signature,
            Self::System(_) => Step::Map,
            Self::Import(ImportError::Header(_) | ImportError::Foundation { .. }) => Step::Header,
            Self::Import(ImportError::Version { .. } | ImportError::Layout { .. }) => Step::Abi,
            Self::Import(_) => Step::Start,
            Self::Keys(_) | Self::KeysDiffer { .. } => Step::Described,
        }
    }
}
