//! Why a plugin could not be loaded.

use super::inspect_error::{InspectError, REPORT};
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
    /// The file cannot be a plugin; none of it was run.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// A library that the plugin is linked to is not on this system.
    #[error("it needs the shared library {library}, which this system does not have")]
    MissingLibrary {
        /// The name of the library.
        library: String,
    },
    /// A library of this system is older than the one that the plugin was built with.
    #[error("it needs {needs}, and this system's {library} is older")]
    OlderLibrary {
        /// The version that is missing, as its library names it: `GLIBC_2.38`.
        needs: String,
        /// The file that does not have it.
        library: String,
    },
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
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.problem {
            LoadProblem::NotAbsolute => "give the whole path, from the root".to_owned(),
            LoadProblem::Inspect(problem) => problem.hint().to_owned(),
            LoadProblem::MissingLibrary { library } => {
                format!("install the package of this system that has {library}")
            }
            LoadProblem::OlderLibrary { needs, .. } if needs.starts_with("GLIBC_") => format!(
                "update this system to one with glibc {} or later, or ask the plugin's author for a build on an older one",
                needs.trim_start_matches("GLIBC_")
            ),
            LoadProblem::OlderLibrary { library, .. } => format!("update {library}"),
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
