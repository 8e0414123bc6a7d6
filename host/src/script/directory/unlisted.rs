//! Scripts that are there and that nobody lists any more: their revision was deleted in the tool, or has a script of another
//! name now.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use dapter_plugin_api::ToolScript;

use crate::revision::RevisionId;
use crate::script::error::ScriptError;
use crate::script::parse::parse;

use super::{ScriptDirectory, has_extension, io_error};

/// A script whose revision the tool of an adapter has no more, and that was left: it may be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The script.
    pub path: PathBuf,
    /// Its revision.
    pub revision: RevisionId,
    /// Why it was left.
    pub why: String,
}

/// A script that nobody lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unlisted {
    pub(crate) path: PathBuf,
    pub(crate) revision: RevisionId,
    /// Whether a script that is listed has its revision.
    pub(crate) is_superseded: bool,
}

impl Unlisted {
    /// Those in the directory at `path`. What cannot be read as a script is left to whoever reads them all.
    pub(crate) fn find(
        path: &Path,
        extension: &str,
        listed: &[ToolScript],
    ) -> Result<Vec<Self>, ScriptError> {
        let directory = ScriptDirectory::at(path, extension)?;
        let versions = &directory.versions;
        let names: HashSet<&str> = listed.iter().map(|script| script.name.as_str()).collect();
        let there = directory.names(versions);
        let others = there.map_err(io_error("read", versions))?;
        let others = others
            .iter()
            .filter(|name| has_extension(Path::new(name), extension))
            .filter(|name| name.to_str().is_none_or(|name| !names.contains(name)));
        let others: Vec<(PathBuf, RevisionId)> = others
            .filter_map(|name| {
                let path = versions.join(name);
                let script = parse(&path, &fs::read_to_string(&path).ok()?).ok()?;
                (!script.is_repeatable()).then(|| (path, script.revision.id.clone()))
            })
            .collect();
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let parsed = listed
            .iter()
            .filter_map(|script| parse(&versions.join(&script.name), &script.text).ok());
        let revisions: HashSet<RevisionId> =
            parsed.map(|script| script.revision.id.clone()).collect();
        let unlisted = others.into_iter().map(|(path, revision)| Unlisted {
            is_superseded: revisions.contains(&revision),
            path,
            revision,
        });
        Ok(unlisted.collect())
    }
}
