//! Why something cannot be taken over or given back.

use std::path::PathBuf;

use super::tool::{NotRecognised, Tool};
use crate::diagnostic::Diagnostics;

/// Why something cannot be taken over from another tool, or given back to it. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdoptError {
    /// The adapter drives a tool, which goes on to run its own scripts.
    #[error(
        "nothing can be taken over for an adapter that drives a tool: the tool runs its own scripts"
    )]
    Driven,
    /// The files do not say which tool they are of.
    #[error("{}: {found}", path.display())]
    NotRecognised {
        /// The directory.
        path: PathBuf,
        /// What they may be.
        found: NotRecognised,
    },
    /// Files have problems: all of them, with file and line.
    #[error("the directory of {tool} cannot be taken over")]
    Files {
        /// The tool.
        tool: Tool,
        /// What is wrong.
        #[source]
        problems: Diagnostics,
    },
    /// There is no migration of that tool.
    #[error("{} holds no migration of {tool}", path.display())]
    Nothing {
        /// The directory.
        path: PathBuf,
        /// The tool.
        tool: Tool,
    },
    /// The tool's table is not in a state to take over.
    #[error("the table {table} cannot be taken over:{}", listed(.reasons))]
    Table {
        /// The table.
        table: String,
        /// Why not.
        reasons: Vec<String>,
    },
    /// The scripts say what the tool's format cannot.
    #[error("the scripts cannot be written as those of {tool}:{}", listed(.reasons))]
    Inexpressible {
        /// The tool.
        tool: Tool,
        /// What cannot be said, script by script.
        reasons: Vec<String>,
    },
    /// There is no script to give back.
    #[error("{} holds no script", path.display())]
    NoScripts {
        /// The folder.
        path: PathBuf,
    },
    /// Files are in the way.
    #[error("{} holds other files already:{}", path.display(), listed(.files))]
    InTheWay {
        /// The directory.
        path: PathBuf,
        /// The files.
        files: Vec<String>,
    },
}

fn listed(reasons: &[String]) -> String {
    reasons
        .iter()
        .map(|reason| format!("\n  {reason}"))
        .collect()
}

impl AdoptError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Driven => Some(
                "take its revisions in with `dapter init`; or, to leave the tool, adopt with the URL of the database itself"
                    .to_owned(),
            ),
            Self::NotRecognised { .. } => {
                let names: Vec<&str> = Tool::ALL.into_iter().map(Tool::name).collect();
                Some(format!("name the tool: {}", names.join(", ")))
            }
            Self::Files { .. } | Self::NoScripts { .. } => None,
            Self::Nothing { .. } => Some("--from names the folder that its migrations are in".to_owned()),
            Self::Table { .. } => Some(
                "settle it with the other tool first; or take the files alone with --offline, and record what is \
                 applied with `dapter stamp`"
                    .to_owned(),
            ),
            Self::Inexpressible { .. } => Some("another tool may have what this one has not".to_owned()),
            Self::InTheWay { .. } => Some("name an empty folder, or a new one".to_owned()),
        }
    }
}
