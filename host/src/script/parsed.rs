//! A script as it is parsed: the file that holds a revision.

use std::path::PathBuf;
use std::sync::Arc;

use crate::revision::{Revision, RevisionId};

use super::allow::Allow;
use super::checksum::Checksum;
use super::file_name::is_portable;
use super::header::{HeaderLines, ScriptTimeouts, ScriptTransaction};
use super::sections::{Section, choose};

/// What a script says, without the text of its sections.
///
/// The text is read again when it is needed (`ScriptDirectory::read_body`), so any number of scripts may be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The file it was read from.
    pub path: PathBuf,
    /// The revision it holds.
    pub revision: Arc<Revision>,
    /// When it was made, as RFC 3339; for people, nothing depends on it.
    pub created: Option<String>,
    /// The revisions whose scripts it took the place of.
    pub replaces: Vec<RevisionId>,
    /// How it wants to be run.
    pub transaction: ScriptTransaction,
    /// How long its statements may take.
    pub timeouts: ScriptTimeouts,
    /// Why there is no way back; a script has either this or a downgrade section.
    pub irreversible: Option<String>,
    /// Whether `${name}` in its sections stands for a variable.
    pub variables: bool,
    /// What it allows that lint would warn of, in the order of its lines.
    pub allows: Vec<Allow>,
    /// The upgrade sections, at least one; no adapter is named in two of them, and at most one names none.
    pub upgrade: Vec<Section>,
    /// The downgrade sections, under the same rule; none if the script is irreversible or repeatable.
    pub downgrade: Vec<Section>,
    /// The checksum of the whole text.
    pub checksum: Checksum,
    /// Where the header says what the graph is made of.
    pub lines: HeaderLines,
}

impl Script {
    /// Whether it runs again whenever its text changes, and is no revision.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.revision.id.repeatable_name().is_some()
    }

    /// Whether it holds portable operations, of which an adapter makes statements.
    #[must_use]
    pub fn is_portable(&self) -> bool {
        is_portable(&self.path)
    }

    /// The upgrade section that an adapter runs: the one that names it, else the one that names none.
    ///
    /// # Errors
    ///
    /// [`SectionError::Missing`] if there is neither.
    pub fn upgrade_for(&self, adapter: &str) -> Result<&Section, SectionError> {
        choose(&self.upgrade, adapter).ok_or_else(|| self.missing("upgrade", adapter))
    }

    /// The downgrade section that an adapter runs: the one that names it, else the one that names none.
    ///
    /// # Errors
    ///
    /// [`SectionError::Irreversible`] if the script says so, [`SectionError::Missing`] if there is neither section.
    pub fn downgrade_for(&self, adapter: &str) -> Result<&Section, SectionError> {
        if let Some(reason) = &self.irreversible {
            return Err(SectionError::Irreversible {
                path: self.path.clone(),
                id: self.revision.id.clone(),
                reason: reason.clone(),
            });
        }
        choose(&self.downgrade, adapter).ok_or_else(|| self.missing("downgrade", adapter))
    }

    /// How a section of this script wants to be run: as it says itself, or as the header says of all.
    #[must_use]
    pub fn transaction_of(&self, section: &Section) -> ScriptTransaction {
        match (self.transaction, section.transaction) {
            (ScriptTransaction::Default, ScriptTransaction::Default) => ScriptTransaction::Default,
            _ => ScriptTransaction::None,
        }
    }

    fn missing(&self, section: &'static str, adapter: &str) -> SectionError {
        SectionError::Missing {
            path: self.path.clone(),
            section,
            adapter: adapter.to_owned(),
        }
    }
}

/// Why a script has no section for an adapter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// Every section of that kind is for other adapters.
    #[error("{} has no {section} section for the adapter `{adapter}`", path.display())]
    Missing {
        /// The script.
        path: PathBuf,
        /// `upgrade` or `downgrade`.
        section: &'static str,
        /// The adapter's key.
        adapter: String,
    },
    /// The script has no way back.
    #[error("revision {id} ({}) is irreversible: {reason}", path.display())]
    Irreversible {
        /// The script.
        path: PathBuf,
        /// Its revision.
        id: RevisionId,
        /// The reason its author gave.
        reason: String,
    },
}

impl SectionError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Missing {
                section, adapter, ..
            } => format!(
                "add a section `-- dapter:{section} {adapter}`, or one that names no adapter"
            ),
            Self::Irreversible { .. } => {
                "restore a backup, or write a new revision that goes where you want to be"
                    .to_owned()
            }
        }
    }
}
