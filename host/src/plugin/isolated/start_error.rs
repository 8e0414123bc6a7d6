//! Why a plugin's process does not serve.

use crate::plugin::Step;
use std::io;

/// Why a plugin's process does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The process could not be started.
    #[error("its process could not be started")]
    Spawn(#[source] io::Error),
    /// The plugin cannot be loaded.
    #[error("{message}")]
    Refused {
        /// The step that failed there.
        step: Step,
        /// Why.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// The process ended while it loaded the plugin.
    #[error("its process {how}{}", last_words(said))]
    Ended {
        /// How, as `was killed by SIGSEGV`.
        how: String,
        /// What it printed last, a line each.
        said: Vec<String>,
    },
}

fn last_words(said: &[String]) -> String {
    match said {
        [] => String::new(),
        said => format!("; it said last: {}", said.join(" / ")),
    }
}

impl StartError {
    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Refused { step, .. } => *step,
            Self::Spawn(_) | Self::Ended { .. } => Step::Probe,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Spawn(_) => {
                "look at the cause; `--isolation in-process` does without a process".to_owned()
            }
            Self::Refused { hint, .. } => hint.clone(),
            Self::Ended { .. } => {
                "nothing of yours was touched; report it to the plugin's author".to_owned()
            }
        }
    }
}
