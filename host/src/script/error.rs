//! Why something could not be done with the scripts on disk.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Diagnostics;
use crate::revision::RevisionId;

/// Why something could not be done with the scripts on disk.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// No migrations directory is there.
    #[error("there is no migrations directory at {}", path.display())]
    NotInitialized {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The directory has no template to make a script from.
    #[error("the template {} is missing", path.display())]
    NoTemplate {
        /// Where it should be.
        path: PathBuf,
    },
    /// Scripts cannot be written that are part of the program.
    #[error("the scripts of {} are part of the program", path.display())]
    Embedded {
        /// The directory that they were taken from.
        path: PathBuf,
    },
    /// Other scripts are part of the program than those of the adapter.
    #[error("the scripts in the program end in `.{embedded}`, and the adapter's in `.{wanted}`")]
    OtherExtension {
        /// The extension of those in the program.
        embedded: String,
        /// That of the adapter's.
        wanted: String,
    },
    /// Something is where `init` or `create` would have to write; it was left as it is.
    #[error("{} is in the way: {reason}", path.display())]
    InTheWay {
        /// What is in the way.
        path: PathBuf,
        /// In what respect it is not what would be written.
        reason: &'static str,
    },
    /// A script that an adapter lists has a name that no script of its own can have.
    #[error("`{}` cannot be the name of a script, or two have it", name.escape_debug())]
    Name {
        /// The name.
        name: String,
    },
    /// The tool that makes the migration, which the adapter drives, cannot be told this.
    #[error("{0} cannot be passed on to the tool that makes the migration")]
    NotPassedOn(&'static str),
    /// The tool that an adapter drives found that there is no migration to make.
    #[error("the tool has made no migration")]
    NothingMade,
    /// The adapter drives no tool that could compare models of its own with the database.
    #[error("the adapter drives no tool that has models")]
    NoTool,
    /// A script holds the revision already.
    #[error("revision {id} exists already, in {}", path.display())]
    RevisionExists {
        /// The id both have.
        id: RevisionId,
        /// The script that is there.
        path: PathBuf,
    },
    /// A new revision would start a branch, which nobody asked for.
    #[error("revision {id} is no head: another revises it already")]
    NoHead {
        /// What it would revise.
        id: RevisionId,
    },
    /// A revision cannot be moved to where it was to go.
    #[error("revision {id} cannot be moved: {reason}")]
    CannotMove {
        /// The revision.
        id: RevisionId,
        /// Why not.
        reason: String,
    },
    /// The text of a script is no longer the one that was loaded.
    #[error("{} has changed since it was loaded", path.display())]
    Changed {
        /// The script.
        path: PathBuf,
    },
    /// An adapter's scripts cannot have this extension.
    #[error("`{extension}` cannot be the extension of scripts")]
    Extension {
        /// The extension, without the dot.
        extension: String,
    },
    /// A comment marker that directives cannot follow.
    #[error("`{marker}` is no comment marker that directives can follow")]
    CommentMarker {
        /// The marker.
        marker: String,
    },
    /// A time of creation that cannot be used.
    #[error("`{created}` is no time in UTC as RFC 3339 writes it")]
    Created {
        /// The text that should have been a time.
        created: String,
    },
    /// Scripts or the template are wrong: every problem of every file.
    #[error(transparent)]
    Invalid(#[from] Diagnostics),
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as in "cannot read".
        action: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl ScriptError {
    /// What to do about it, where more can be said than the message does.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotInitialized { .. } => {
                Some("make one with `dapter init`, or name another directory")
            }
            Self::NoTemplate { .. } => {
                Some("`dapter init` writes it again and leaves everything else as it is")
            }
            Self::Embedded { .. } => Some(
                "write to the directory that they were taken from, and build the program again",
            ),
            Self::OtherExtension { .. } => {
                Some("embed the adapter's with `dapter_embed::embed_scripts`")
            }
            Self::InTheWay { .. } => Some("move it away, or name another directory"),
            Self::Name { .. } => {
                Some("the adapter must name each script by a file name with its extension")
            }
            Self::NotPassedOn(_) => {
                Some("leave it out, and edit the tool's own file once it is made")
            }
            Self::NothingMade => Some("the database is as the tool's models say"),
            Self::NoTool => Some("give the models: `Migrator::autogenerate` makes the sections"),
            Self::RevisionExists { .. } => Some("leave the id out and a new one is made"),
            Self::NoHead { .. } => {
                Some("let it revise a head, or start a new branch there with `--splice`")
            }
            Self::CannotMove { .. } => None,
            Self::Changed { .. } => Some("run the command again once nothing writes to the file"),
            Self::Extension { .. } => {
                Some("the adapter must use ASCII letters, digits, `_` and `-`, and not `toml`")
            }
            Self::CommentMarker { .. } => Some("the markers are `--`, `#` and `//`"),
            Self::Created { .. } => Some("for example `2025-05-16T10:30:00Z`"),
            Self::Invalid(_) | Self::Io { .. } => None,
        }
    }
}
