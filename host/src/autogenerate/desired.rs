//! A state that a database is to have.

use std::path::PathBuf;

use dapter_plugin_api::{AdapterError, Operation, Schema};
use serde::Serialize;

use crate::diff::{Rename, RenameCandidates, RenameError};
use crate::revision::RevisionId;
use crate::verify::Difference;

/// A state that a database is to have.
#[derive(Debug, Clone)]
pub enum DesiredState {
    /// What these statements build in an empty database, one file after the other.
    Statements(Vec<ModelFile>),
    /// What is described, with portable types or the database's own.
    Described(Described),
    /// What another database of the kind has, as it was read.
    Inspected(Schema),
}

/// What a document or a program describes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// What there is to be.
    pub schema: Schema,
    /// What of it had another name before. It says so as long as it likes: where nothing is called so any more, nothing is
    /// renamed.
    pub former_names: Vec<Rename>,
}

impl From<Schema> for Described {
    fn from(schema: Schema) -> Self {
        Self {
            schema,
            former_names: Vec::new(),
        }
    }
}

/// A text of statements in the database's own language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// Where it stands, for messages.
    pub path: PathBuf,
    /// The statements.
    pub text: String,
}

/// What leads from the database to its models.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Generated {
    /// What differs, in the order in which it is changed; nothing if nothing does.
    pub operations: Vec<Operation>,
    /// The statements that change it.
    pub upgrade: Vec<String>,
    /// The statements that change it back.
    pub downgrade: Vec<String>,
    /// The text of a script's upgrade section.
    #[serde(skip)]
    pub upgrade_text: String,
    /// The text of a script's downgrade section.
    #[serde(skip)]
    pub downgrade_text: String,
    /// What may be a rename, and is none because nobody said so.
    pub rename_candidates: Vec<RenameCandidates>,
    /// What of the rows the upgrade destroys, in words.
    pub losses: Vec<String>,
    /// What was not proven in scratch, in words: objects that could not be made there as they are.
    pub unproven: Vec<String>,
}

impl Generated {
    /// Whether the database is as its models say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

/// Why no script came of models.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AutogenerateError {
    /// The database is behind its scripts: what they do is no difference to be written again.
    #[error("{} not applied yet, and the database is compared as it is", pending(.0))]
    Pending(Vec<RevisionId>),
    /// A statement of the models failed.
    #[error("{}:{line}:{column}: the models cannot be built", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1 in characters.
        column: usize,
        /// What the database says.
        source: AdapterError,
    },
    /// A comment in the models does not say what had another name.
    #[error("{}:{line}: it is not clear what had another name", path.display())]
    FormerName {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// How it is written.
        hint: &'static str,
    },
    /// What is described cannot be built.
    #[error("the models cannot be built: {statement}")]
    Described {
        /// The statement that failed.
        statement: String,
        /// What the database says.
        source: AdapterError,
    },
    /// There are no statements for an operation.
    #[error("the difference cannot be written as statements")]
    Render(#[source] AdapterError),
    /// A statement does not stay one in a script.
    #[error("a statement cannot be written into a script: {0}")]
    Unwritable(String),
    /// A declared rename cannot be.
    #[error(transparent)]
    Rename(#[from] RenameError),
    /// The statements fail where they were tried.
    #[error("the {direction} was tried in a scratch database, and failed: {statement}")]
    Failed {
        /// Which statements.
        direction: &'static str,
        /// The statement that failed.
        statement: String,
        /// What the database says.
        source: AdapterError,
    },
    /// The statements do not lead where they are to.
    #[error("the {direction} was tried in a scratch database, and does not lead where it should:{}", listed(.differences))]
    Inexact {
        /// Which statements.
        direction: &'static str,
        /// What differs.
        differences: Vec<Difference>,
    },
}

impl AutogenerateError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Pending(_) => Some("run `dapter upgrade` first".to_owned()),
            Self::Rename(error) => Some(error.hint().to_owned()),
            Self::Failed { .. } | Self::Inexact { .. } => Some(
                "write the script by hand with --empty, or leave the object out with --exclude; and please report it".to_owned(),
            ),
            Self::Model { source, .. } | Self::Described { source, .. } | Self::Render(source) => {
                source.hint.clone()
            }
            Self::FormerName { hint, .. } => Some((*hint).to_owned()),
            Self::Unwritable(_) => None,
        }
    }
}

fn pending(revisions: &[RevisionId]) -> String {
    match revisions {
        [only] => format!("revision {only} is"),
        some => format!("{} revisions are", some.len()),
    }
}

fn listed(differences: &[Difference]) -> String {
    let lines = differences
        .iter()
        .map(|difference| format!("\n  {difference}"));
    lines.collect()
}
