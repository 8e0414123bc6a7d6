//! The scripts of a directory together with their graph.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::revision::{Field, Graph, GraphError, Place, Revision, RevisionId};
use crate::script::{LoadedScript, Script, ScriptDirectory, ScriptError, in_order};

/// How much of the texts is kept at most, in bytes for each processor.
const KEPT_TEXTS: usize = 64 * 1024 * 1024;

/// The scripts of a directory, checked: each of them, and the graph that they make together.
#[derive(Debug)]
pub struct Scripts {
    directory: ScriptDirectory,
    scripts: Vec<LoadedScript>,
    graph: Graph,
    /// In the order in which they run.
    repeatable: Vec<LoadedScript>,
}

impl Scripts {
    /// Reads and checks every script of a directory.
    ///
    /// # Errors
    /// Every error of every script, and every error of the graph that they make together.
    pub fn load(directory: ScriptDirectory) -> Result<Self, Diagnostics> {
        Self::load_keeping(directory, 0)
    }

    /// The same, keeping the texts (of 64 MiB for each processor): for a plan that nobody runs, which then reads no file
    /// twice.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with_texts(directory: ScriptDirectory) -> Result<Self, Diagnostics> {
        Self::load_keeping(directory, KEPT_TEXTS)
    }

    fn load_keeping(directory: ScriptDirectory, keep: usize) -> Result<Self, Diagnostics> {
        let (scripts, problems) = directory.load_what_can_be(keep);
        Self::of(directory, scripts, problems)
    }

    /// Scripts that are read already, with the problems of those that could not be.
    pub(crate) fn of(
        directory: ScriptDirectory,
        scripts: Vec<LoadedScript>,
        mut problems: Vec<Diagnostic>,
    ) -> Result<Self, Diagnostics> {
        problems.extend(replaced_but_there(&scripts));
        // What seems to be missing may be defined by a script that could not be read.
        let some_are_unread = !problems.is_empty();
        let mut link = |scripts: &[LoadedScript]| {
            let revisions = scripts
                .iter()
                .map(|loaded| Arc::clone(&loaded.script.revision));
            Graph::new(revisions.collect()).unwrap_or_else(|mut errors| {
                errors.retain(|error| !(some_are_unread && error.is_about_a_missing_revision()));
                problems.extend(located(&errors, scripts).0);
                Graph::default()
            })
        };
        let (repeatable, scripts): (Vec<_>, Vec<_>) = scripts
            .into_iter()
            .partition(|loaded| loaded.script.is_repeatable());
        let graph = link(&scripts);
        link(&repeatable);
        if !problems.is_empty() {
            return Err(Diagnostics(problems));
        }
        Ok(Self {
            directory,
            scripts,
            graph,
            repeatable: in_order(repeatable),
        })
    }

    /// The scripts that run again whenever their text changes, in the order in which they run.
    pub fn repeatable(&self) -> impl ExactSizeIterator<Item = &Script> {
        self.repeatable.iter().map(AsRef::as_ref)
    }

    /// Whether the graph would be whole with this revision too.
    ///
    /// # Errors
    /// [`ScriptError::RevisionExists`]; [`ScriptError::Invalid`] with every error that the revision would bring in.
    pub(super) fn check_addition(&self, revision: &Revision) -> Result<(), ScriptError> {
        if let Some(there) = self.get(revision.id.as_str()) {
            return Err(ScriptError::RevisionExists {
                id: revision.id.clone(),
                path: there.path.clone(),
            });
        }
        self.check_graph(self.graph.iter().chain([revision]).cloned().collect())
    }

    /// Whether these revisions make a graph that is whole.
    ///
    /// # Errors
    /// [`ScriptError::Invalid`] with every error of it.
    pub(super) fn check_graph(&self, revisions: Vec<Revision>) -> Result<(), ScriptError> {
        Self::check_graph_of(self.directory.versions(), revisions)
    }

    /// The same, of scripts that will be in this folder.
    pub(super) fn check_graph_of(
        versions: &Path,
        revisions: Vec<Revision>,
    ) -> Result<(), ScriptError> {
        let Err(errors) = Graph::new(revisions) else {
            return Ok(());
        };
        let diagnostic = |error: &GraphError| Diagnostic {
            path: versions.to_owned(),
            line: None,
            message: error.to_string(),
            hint: Some(error.hint()),
        };
        Err(Diagnostics(errors.iter().map(diagnostic).collect()).into())
    }

    /// The directory they come from.
    #[must_use]
    pub fn directory(&self) -> &ScriptDirectory {
        &self.directory
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// A revision and all that revise it or depend on it, directly or not, each after those it needs.
    #[must_use]
    pub fn descendants(&self, revision: &RevisionId) -> Vec<RevisionId> {
        let mut found: HashSet<&RevisionId> = HashSet::new();
        let order = self.graph.topological();
        order
            .filter(|other| {
                let above = other.id == *revision
                    || self
                        .graph
                        .needs(other.id.as_str())
                        .any(|need| found.contains(&need.id));
                if above {
                    found.insert(&other.id);
                }
                above
            })
            .map(|other| other.id.clone())
            .collect()
    }

    /// A revision and all that it needs, in order.
    pub(super) fn needed(&self, last: &RevisionId) -> Vec<RevisionId> {
        let mut wanted = HashSet::from([last]);
        let mut open = vec![last];
        while let Some(id) = open.pop() {
            let needs = self.graph.needs(id.as_str()).map(|need| &need.id);
            open.extend(needs.filter(|need| wanted.insert(need)));
        }
        let order = self.graph.topological().map(|revision| &revision.id);
        order.filter(|id| wanted.contains(id)).cloned().collect()
    }

    /// The scripts of the revisions, in the order of their file names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Script> {
        self.shared().map(AsRef::as_ref)
    }

    /// The same, to be kept without a copy.
    pub(crate) fn shared(&self) -> impl ExactSizeIterator<Item = &Arc<Script>> {
        self.scripts.iter().map(|loaded| &loaded.script)
    }

    /// The script of a revision, or the repeatable script with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Script> {
        self.get_loaded(id).map(AsRef::as_ref)
    }

    /// The same, with its text if that was kept.
    pub(super) fn get_loaded(&self, id: &str) -> Option<&LoadedScript> {
        match self.graph.position(id) {
            Some(position) => Some(&self.scripts[position]),
            None => {
                let mut repeatable = self.repeatable.iter();
                repeatable.find(|loaded| loaded.script.revision.id == *id)
            }
        }
    }
}

/// Scripts of revisions that another script took the place of.
fn replaced_but_there(scripts: &[LoadedScript]) -> Vec<Diagnostic> {
    let scripts = scripts.iter().map(AsRef::as_ref);
    let replacing: HashMap<&RevisionId, &Script> = scripts
        .clone()
        .flat_map(|script| script.replaces.iter().map(move |id| (id, script)))
        .collect();
    let replaced =
        scripts.filter_map(|script| Some((script, *replacing.get(&script.revision.id)?)));
    let diagnostic = |(script, by): (&Script, &Script)| Diagnostic {
        path: script.path.clone(),
        line: Some(script.lines.revision),
        message: format!(
            "revision {} is replaced by {}, and has a script of its own",
            script.revision.id, by.revision.id
        ),
        hint: Some(format!(
            "delete this script: what it did is in {}",
            by.path.display()
        )),
    };
    replaced.map(diagnostic).collect()
}

/// Says in which file and line each error of the graph is.
fn located(errors: &[GraphError], scripts: &[LoadedScript]) -> Diagnostics {
    let diagnostic = |error: &GraphError| {
        let places = error.places();
        let others: Vec<String> = places
            .iter()
            .skip(1)
            .map(|place| shown(place, scripts))
            .collect();
        let mut message = error.to_string();
        if !others.is_empty() {
            message.push_str(&format!(" (see also {})", others.join(", ")));
        }
        let place = places.first();
        Diagnostic {
            path: place
                .map(|place| scripts[place.index].script.path.clone())
                .unwrap_or_default(),
            line: place.map(|place| line(place, scripts)),
            message,
            hint: Some(error.hint()),
        }
    };
    Diagnostics(errors.iter().map(diagnostic).collect())
}

fn line(place: &Place, scripts: &[LoadedScript]) -> usize {
    let lines = &scripts[place.index].script.lines;
    let of_field = match place.field {
        Field::Revision => None,
        Field::Revises => lines.revises,
        Field::DependsOn => lines.depends_on,
        Field::Branch => lines.branch,
        Field::Alias => lines.alias,
    };
    of_field.unwrap_or(lines.revision)
}

fn shown(place: &Place, scripts: &[LoadedScript]) -> String {
    format!(
        "{}:{}",
        scripts[place.index].script.path.display(),
        line(place, scripts)
    )
}
