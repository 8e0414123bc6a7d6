//! Why there is no plugin to work with.

use super::capabilities::Contradiction;
use super::catalog::Searched;
use super::id::PluginId;
use super::inspect_error::{InspectError, REPORT};
#[cfg(unix)]
use super::isolated::StartError;
use super::load_error::LoadError;
use super::place::Origin;
use super::refusal::Refusal;
use super::step::Step;
use crate::suggest::did_you_mean;
use dapter_plugin_api::AdapterError;
use std::fmt;
use std::path::PathBuf;

/// What an adapter was asked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The scheme of a database URL.
    Scheme(String),
    /// The adapter's own name.
    Key(String),
}

impl Wanted {
    fn word(&self) -> &str {
        let (Wanted::Scheme(word) | Wanted::Key(word)) = self;
        word
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Scheme(scheme) => write!(f, "the URL scheme `{scheme}`"),
            Wanted::Key(key) => write!(f, "the name `{key}`"),
        }
    }
}

/// A plugin's answer to a request that several plugins could answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The plugin's name and version.
    pub plugin: String,
    /// The plugin's id, if it was installed.
    pub id: Option<PluginId>,
    /// The adapter's key.
    pub key: String,
    /// The plugin's file.
    pub path: PathBuf,
    /// Who named the place it lies in.
    pub origin: Origin,
}

/// What a plugin that was found offers, for a request that no plugin answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The plugin's name and version.
    pub plugin: String,
    /// The words that would have chosen it: schemes or keys.
    pub words: Vec<String>,
}

/// Why a file is not chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It cannot be loaded.
    #[error(transparent)]
    Broken(InspectError),
    /// It could be, and is not to be.
    #[error(transparent)]
    Refused(Refusal),
}

impl Unfit {
    /// The step of loading that it fails at.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Broken(problem) => problem.step(),
            Self::Refused(refusal) => refusal.step(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Broken(problem) => problem.hint(),
            Self::Refused(refusal) => refusal.hint(),
        }
    }
}

/// A plugin file that was found but cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub problem: Unfit,
    /// Whether its descriptor says that it would have answered the request.
    pub answers: bool,
}

/// Why there is no plugin to work with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// A folder of the user's is relative.
    #[error("the plugin folder `{}` in {origin} is not absolute", folder.display())]
    RelativeFolder {
        /// Who named it.
        origin: Origin,
        /// The folder.
        folder: PathBuf,
    },
    /// A file given with `--plugin` cannot be used.
    #[error("`{}` cannot be used as a plugin", path.display())]
    Refused {
        /// The file, as it was given.
        path: PathBuf,
        /// Why.
        #[source]
        problem: InspectError,
    },
    /// A file that could be loaded is not to be.
    #[error("`{}` is not used", path.display())]
    NotTrusted {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// No plugin answers the request.
    #[error("no plugin offers {wanted}{}", report(searched, found, unusable))]
    NoAdapter {
        /// What was asked for.
        wanted: Wanted,
        /// Where plugins were looked for, in order.
        searched: Vec<Searched>,
        /// What was found instead.
        found: Vec<Offer>,
        /// What was found but cannot be used.
        unusable: Vec<Unusable>,
    },
    /// Several plugins answer the request.
    #[error("{} adapters offer {wanted}{}", candidates.len(), list(candidates))]
    Ambiguous {
        /// What was asked for.
        wanted: Wanted,
        /// The adapters that offer it, in the order of their places.
        candidates: Vec<Candidate>,
    },
    /// A plugin is not installed, locked or removed.
    #[cfg(feature = "install")]
    #[error(transparent)]
    Install(#[from] super::install::InstallError),
    /// A file of plugins cannot be understood: a lock file, or whom the user trusts.
    #[error(transparent)]
    Document(#[from] super::document::DocumentError),
    /// The plugin was found and could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What the adapter says it can do contradicts itself.
    #[error("the adapter `{key}` of `{}` cannot be used", path.display())]
    Capabilities {
        /// The plugin's file.
        path: PathBuf,
        /// The adapter's key.
        key: String,
        /// What contradicts what.
        #[source]
        source: Contradiction,
    },
    /// The plugin was loaded, and its adapter could not be made.
    #[error("the adapter `{key}` of `{}` failed while it was made", path.display())]
    Open {
        /// The plugin's file.
        path: PathBuf,
        /// The adapter's key.
        key: String,
        /// What the adapter says.
        source: AdapterError,
    },
    /// The plugin's process does not serve.
    #[cfg(unix)]
    #[error("could not load the plugin `{}` in a process of its own", path.display())]
    Process {
        /// The plugin's file.
        path: PathBuf,
        /// Why.
        source: StartError,
    },
}

impl PluginError {
    /// The step that failed.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::RelativeFolder { .. } | Self::NoAdapter { .. } | Self::Ambiguous { .. } => {
                Step::Resolve
            }
            Self::Refused { problem, .. } => problem.step(),
            Self::NotTrusted { refusal, .. } => refusal.step(),
            #[cfg(feature = "install")]
            Self::Install(error) => error.step(),
            Self::Document(_) => Step::Resolve,
            Self::Load(error) => error.step(),
            #[cfg(unix)]
            Self::Process { source, .. } => source.step(),
            Self::Capabilities { .. } => Step::Capabilities,
            Self::Open { .. } => Step::Open,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::RelativeFolder { .. } => {
                "write the folder's whole path, from the root".to_owned()
            }
            Self::Refused { problem, .. } => problem.hint(),
            Self::NotTrusted { refusal, .. } => refusal.hint(),
            Self::NoAdapter {
                wanted,
                searched,
                found,
                unusable,
            } => missing_hint(wanted, searched, found, unusable),
            Self::Ambiguous { wanted, candidates } => ambiguous_hint(wanted, candidates),
            #[cfg(feature = "install")]
            Self::Install(error) => error.hint(),
            Self::Document(error) => error.hint.clone(),
            Self::Load(error) => error.hint(),
            #[cfg(unix)]
            Self::Process { source, .. } => source.hint(),
            Self::Capabilities { .. } => REPORT.to_owned(),
            Self::Open { source, .. } => source.hint.clone().unwrap_or_else(|| REPORT.to_owned()),
        }
    }
}

fn missing_hint(
    wanted: &Wanted,
    searched: &[Searched],
    found: &[Offer],
    unusable: &[Unusable],
) -> String {
    if let Some(would) = unusable.iter().find(|file| file.answers) {
        return format!(
            "{} offers it but cannot be used: {}",
            would.path.display(),
            would.problem.hint()
        );
    }
    let words = found
        .iter()
        .flat_map(|offer| offer.words.iter().map(String::as_str));
    if let Some(near) = did_you_mean(wanted.word(), words) {
        return format!("did you mean `{near}`?");
    }
    let can_install = searched
        .iter()
        .any(|place| place.origin == Origin::UserData);
    match can_install {
        true => "install it with `dapter plugin install`, or name its file with --plugin FILE",
        false => "name the plugin's file with --plugin FILE",
    }
    .to_owned()
}

fn ambiguous_hint(wanted: &Wanted, candidates: &[Candidate]) -> String {
    let same_file = candidates
        .windows(2)
        .all(|pair| pair[0].path == pair[1].path);
    let installed = candidates.iter().find_map(|one| one.id.as_ref());
    if let (Some(id), Wanted::Scheme(scheme)) = (installed, wanted) {
        return format!(
            "say in dapter.toml which is to serve it: [plugins] \"{id}\" = {{ schemes = [\"{scheme}\"] }}"
        );
    }
    match (candidates.first(), wanted) {
        (Some(first), _) if !same_file => format!(
            "choose one with --plugin {}, or move the other file away",
            first.path.display()
        ),
        _ => "report this to the plugin's author: its adapters must not share a scheme".to_owned(),
    }
}

/// What was found and where, a line each.
fn report(searched: &[Searched], found: &[Offer], unusable: &[Unusable]) -> String {
    let offers: Vec<String> = found
        .iter()
        .map(|offer| format!("{} ({})", offer.plugin, offer.words.join(", ")))
        .collect();
    let mut lines = vec![match &offers[..] {
        [] => "found: nothing".to_owned(),
        offers => format!("found: {}", offers.join(", ")),
    }];
    lines.extend(unusable.iter().map(|file| {
        let (path, problem) = (file.path.display(), &file.problem);
        format!("cannot be used ({}): {path}: {problem}", problem.step())
    }));
    lines.extend(searched.iter().map(|place| format!("searched: {place}")));
    if searched.is_empty() {
        lines.push("searched: no place at all".to_owned());
    }
    indented(&lines)
}

fn list(candidates: &[Candidate]) -> String {
    let lines: Vec<String> = candidates
        .iter()
        .map(|one| {
            format!(
                "`{}` of {}: {} ({})",
                one.key,
                one.plugin,
                one.path.display(),
                one.origin
            )
        })
        .collect();
    indented(&lines)
}

fn indented(lines: &[String]) -> String {
    format!("\n  {}", lines.join("\n  "))
}
