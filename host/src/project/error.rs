//! What can be wrong with a project's settings.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::layers::Origin;
use crate::suggest::did_you_mean;

/// How many of the targets there are a hint names.
const SHOWN_TARGETS: usize = 20;

/// A single value that could not be understood.
///
/// The message never quotes a database URL, so that it cannot carry a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidValue {
    message: String,
    hint: String,
}

impl InvalidValue {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

/// One mistake, with the place it was made in.
///
/// Displays as `dapter.toml:7:1: message`, or `environment variable NAME: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the value was written.
    pub origin: Origin,
    /// What is wrong; never contains a secret.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn invalid(origin: Origin, error: &InvalidValue) -> Self {
        Self {
            origin,
            message: error.message.clone(),
            hint: Some(error.hint.clone()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File {
                path, line, column, ..
            } => write!(f, "{}:{line}:{column}: ", path.display())?,
            origin => write!(f, "{origin}: ")?,
        }
        f.write_str(&self.message)
    }
}

/// Why the settings of a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Values that are wrong where they stand; all that were found, in the order of the file.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
    /// The configuration file could not be read.
    #[error("could not read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The working directory could not be made absolute.
    #[error("could not determine the current folder")]
    WorkingDirectory(#[source] io::Error),
    /// A target was named that `dapter.toml` does not have.
    #[error("there is no target `{name}`")]
    UnknownTarget {
        /// The name asked for.
        name: String,
        /// Who asked for it.
        origin: Origin,
        /// The targets there are, sorted; empty without a `dapter.toml`.
        known: Vec<String>,
    },
    /// There are several targets, none of them is `default` and none was named.
    #[error("there are several targets and none of them is named `default`: {}", known.join(", "))]
    AmbiguousTarget {
        /// The targets there are, sorted.
        known: Vec<String>,
    },
    /// The target stands for many databases, and what is to be done needs one.
    #[error("target `{target}` stands for many databases")]
    ManyDatabases {
        /// The target's name.
        target: String,
    },
    /// No layer says which database to work on.
    #[error("no database URL for target `{target}`")]
    MissingUrl {
        /// The target's name.
        target: String,
        /// The configuration file, where there is one.
        config: Option<PathBuf>,
    },
    /// A value given by the caller could not be understood.
    #[error(transparent)]
    Value(#[from] InvalidValue),
}

impl ConfigError {
    /// What to do next, one suggestion per line.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid(problems) => joined_hints(problems),
            Self::Unreadable { path, source } => match source.kind() {
                io::ErrorKind::NotFound => Some(format!(
                    "check the path; `{}` does not exist",
                    path.display()
                )),
                io::ErrorKind::InvalidData => Some("save the file as UTF-8".to_owned()),
                _ => None,
            },
            Self::WorkingDirectory(_) => None,
            Self::UnknownTarget {
                name,
                origin,
                known,
            } => Some(unknown_target_hint(name, origin, known)),
            Self::AmbiguousTarget { .. } => Some(
                "choose one with --target NAME; `upgrade`, `status` and others also take --all"
                    .to_owned(),
            ),
            Self::ManyDatabases { target } => {
                Some(format!("name one of them, as in --target {target}/NAME"))
            }
            Self::MissingUrl { target, config } => Some(match config {
                Some(path) => format!(
                    "add `url = \"${{DATABASE_URL}}\"` to [targets.{target}] in {}, or give --url",
                    path.display()
                ),
                None => "give --url, set DATABASE_URL, or write a dapter.toml with `dapter init`"
                    .to_owned(),
            }),
            Self::Value(error) => Some(error.hint.clone()),
        }
    }

    /// The single mistakes behind [`ConfigError::Invalid`], each with its own place and hint.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid(problems) => problems,
            _ => &[],
        }
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}

fn joined_hints(problems: &[Problem]) -> Option<String> {
    let mut hints: Vec<&str> = Vec::new();
    for hint in problems
        .iter()
        .filter_map(|problem| problem.hint.as_deref())
    {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    (!hints.is_empty()).then(|| hints.join("\n"))
}

fn unknown_target_hint(name: &str, origin: &Origin, known: &[String]) -> String {
    if known.is_empty() {
        return format!(
            "no targets are configured; add [targets.{name}] to dapter.toml, or leave the name out ({origin})"
        );
    }
    let shown = known.len().min(SHOWN_TARGETS);
    let mut list = known[..shown].join(", ");
    if known.len() > shown {
        list.push_str(&format!(" and {} more", known.len() - shown));
    }
    // Of a pattern, what it says.
    let name = name.replace(['*', '?'], "");
    match did_you_mean(&name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? the targets are: {list} (named by {origin})"),
        None => format!("the targets are: {list} (named by {origin})"),
    }
}
