//! The scripts of a tool that an adapter drives.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A script of dapter's that stands for a revision of a tool: its statements have the tool run that revision, and undo it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolScript {
    /// The name of its file, with the adapter's extension and without a folder: the same one for the same revision, always.
    pub name: String,
    /// The whole text, header and sections.
    pub text: String,
    /// The tool's own file of the revision, absolute, where it has one.
    pub file: Option<PathBuf>,
}

/// A revision that a tool is to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewRevision {
    /// What it does, in one line.
    pub message: String,
    /// Its id; one of the tool's choice if absent.
    pub id: Option<String>,
    /// What it revises, as the user has said it: the tool's head if nothing was said, `base` for a new base, several or
    /// `heads` for a merge.
    pub revises: Vec<String>,
    /// Whether it may revise what is no head, and so start a new branch.
    pub splice: bool,
    /// Branch labels that it declares.
    pub branch_labels: Vec<String>,
    /// Revisions or branch labels that must be applied before it.
    pub depends_on: Vec<String>,
    /// Whether the tool compares its models with the database, and writes what leads from one to the other.
    pub autogenerate: bool,
}
