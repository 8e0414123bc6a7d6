//! Finds what is wrong with scripts before they are embedded.

use std::path::Path;

use dapter::Scripts;
use dapter::diagnostic::{Diagnostic, Diagnostics};
use dapter::script::ScriptDirectory;

use crate::Embedding;

/// What is wrong, a line each: file, line of the script, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<String>);

impl Mistakes {
    pub(crate) fn one(line: String) -> Self {
        Self(vec![line])
    }
}

impl From<Diagnostics> for Mistakes {
    fn from(Diagnostics(diagnostics): Diagnostics) -> Self {
        Self(diagnostics.iter().map(line).collect())
    }
}

/// cargo reads a line as one message, so the hint joins it.
fn line(diagnostic: &Diagnostic) -> String {
    diagnostic
        .to_string()
        .replace("\n  hint: ", "; hint: ")
        .replace('\n', " ")
}

impl Embedding {
    /// Checks the scripts of the directory at `path`, which the program calls by this name.
    ///
    /// # Errors
    ///
    /// Every mistake of every script, and of the graph that they make together; if there is no such directory.
    pub fn check(path: &Path, name_of_directory: &str, extension: &str) -> Result<Self, Mistakes> {
        let directory = ScriptDirectory::open(path, extension)
            .map_err(|error| Mistakes::one(error.to_string()))?;
        let scripts = Scripts::load(directory)?;
        let mut files = Vec::new();
        for script in scripts.iter().chain(scripts.repeatable()) {
            let name = name(&script.path).ok_or_else(|| {
                Mistakes::one(format!("{}: the name is not UTF-8", script.path.display()))
            })?;
            let absolute = script.path.canonicalize();
            let absolute = absolute
                .map_err(|error| Mistakes::one(format!("{}: {error}", script.path.display())))?;
            files.push((name, absolute));
        }
        files.sort();
        Ok(Self::new(name_of_directory, extension, files))
    }
}

/// The folder of a script and its own name, which mean the same on every system.
fn name(script: &Path) -> Option<String> {
    let folder = script.parent()?.file_name()?.to_str()?;
    let file = script.file_name()?.to_str()?;
    Some(format!("{folder}/{file}"))
}
