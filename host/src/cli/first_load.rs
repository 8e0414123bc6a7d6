//! Tries a plugin in a process of its own before it is loaded in this one for the first time (P06).
//!
//! That it passed is remembered in the cache folder: a small file for each path, with what tells the file there from another
//! one. So later loads cost a look at the file and a read of that.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use dapter::MigrationError;
use dapter::plugin::{Choice, Identity, PluginFile, Sha256};
use dapter::project::IsolationSettings;

use super::isolation::{child_program, limits};
use super::output::Failure;
use super::session::user_cache;

/// Tries a plugin that was put into a folder by hand, unless this very file has passed before.
pub(super) fn try_first(choice: &Choice<'_>, settings: &IsolationSettings) -> Result<(), Failure> {
    if !choice.is_untried() {
        return Ok(());
    }
    // Taken before it is tried: a file that takes its place meanwhile is another one.
    let passed = Passed::of(choice.file);
    if passed.as_ref().is_some_and(Passed::is_remembered) {
        return Ok(());
    }
    let tried = choice.probe(child_program()?, limits(settings));
    tried.map_err(MigrationError::from)?;
    // Where nothing can be remembered, it is tried again.
    let _ = passed.map(|passed| passed.remember());
    Ok(())
}

/// What is remembered of a file that has passed.
struct Passed {
    folder: PathBuf,
    name: String,
    text: String,
}

impl Passed {
    /// Nothing where there is no cache folder, or no file: whoever loads it says so.
    fn of(file: &PluginFile) -> Option<Self> {
        let metadata = fs::metadata(&file.path).ok()?;
        let path = Sha256::of(file.path.as_os_str().as_encoded_bytes());
        Some(Passed {
            folder: user_cache()?.join("tried"),
            name: path.to_string(),
            text: told(Identity::of(&metadata), file.expected.sha256),
        })
    }

    fn is_remembered(&self) -> bool {
        let remembered = fs::read_to_string(self.folder.join(&self.name));
        remembered.is_ok_and(|text| text == self.text)
    }

    fn remember(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(self.text.as_bytes())?;
        file.persist(self.folder.join(&self.name))?;
        Ok(())
    }
}

/// What tells a file from another one at its path without reading it, and its hash where one is expected; another dapter may
/// meet another end with it.
fn told(identity: Identity, sha256: Option<Sha256>) -> String {
    let hash = sha256.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
    format!("{} {identity} {hash}\n", env!("CARGO_PKG_VERSION"))
}
