//! The scripts as they will be once another branch of the project is merged.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::migrator::Scripts;
use crate::revision::RevisionId;
use crate::script::{Script, parse};

/// A script as another branch of the project has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignScript {
    /// Where it will be.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// What another branch of the project did to the scripts since it and this one parted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// Scripts that it added or changed, and that were not changed here.
    pub written: Vec<ForeignScript>,
    /// Scripts that it removed, and that were not changed here.
    pub removed: Vec<PathBuf>,
    /// Scripts that this side added or changed since then.
    pub ours: Vec<PathBuf>,
}

impl Branch {
    /// The scripts after the merge.
    ///
    /// # Errors
    /// Every error that scripts and graph have then.
    pub fn merged(&self, scripts: &Scripts) -> Result<Scripts, Diagnostics> {
        let mut problems = Vec::new();
        let mut merged: Vec<Arc<Script>> = Vec::new();
        let gone: HashSet<&PathBuf> = self
            .removed
            .iter()
            .chain(self.written.iter().map(|script| &script.path))
            .collect();
        let kept = scripts.shared();
        merged.extend(kept.filter(|script| !gone.contains(&script.path)).cloned());
        for ForeignScript { path, text } in &self.written {
            match parse(path, text) {
                Ok(script) => merged.push(Arc::new(script)),
                Err(Diagnostics(found)) => problems.extend(found),
            }
        }
        merged.sort_by(|a, b| a.path.file_name().cmp(&b.path.file_name()));
        let merged = merged.into_iter().map(Into::into).collect();
        Scripts::of(scripts.directory().clone(), merged, problems)
    }

    /// Whether a script comes from this side alone.
    #[must_use]
    pub fn is_ours(&self, script: &Script) -> bool {
        self.ours.contains(&script.path)
    }

    /// The revisions of the scripts that this side added or changed, each after those it needs.
    #[must_use]
    pub fn our_revisions(&self, scripts: &Scripts) -> Vec<RevisionId> {
        let order = scripts.graph().topological();
        let ids = order.map(|revision| &revision.id);
        ids.filter(|id| {
            let script = scripts.get(id.as_str());
            script.is_some_and(|script| self.is_ours(script))
        })
        .cloned()
        .collect()
    }
}
