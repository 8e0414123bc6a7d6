//! Scripts whose texts an adapter lists, because it drives a tool that has the revisions: kept as they are listed.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dapter_plugin_api::ToolScript;

use crate::diagnostic::Diagnostics;
use crate::script::error::ScriptError;
use crate::script::parse::parse;

use super::write_new::{replace, write_new};
use super::{
    Initialized, Orphan, ScriptDirectory, folder_exists, has_extension, io_error, misplaced,
};

/// What is there of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    AnotherText,
    TheSameText,
}

/// A directory beside the scripts that are listed for it: what is there of each.
#[derive(Debug)]
pub(crate) struct Listed<'s> {
    directory: ScriptDirectory,
    /// The directory and `versions/`, and whether they are there.
    folders: [(PathBuf, bool); 2],
    scripts: Vec<(PathBuf, &'s str, Found)>,
    /// Scripts that are not listed and go.
    removed: Vec<PathBuf>,
    /// Scripts that are not listed and stay.
    orphans: Vec<Orphan>,
}

impl<'s> Listed<'s> {
    /// Checks scripts, and looks what is there of them. Nothing is changed.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Name`] for a name that is no file name of a script, or that two have; [`ScriptError::Invalid`] with every
    /// problem of every text; [`ScriptError::InTheWay`], [`ScriptError::Extension`], [`ScriptError::Io`].
    pub(crate) fn compare(
        path: &Path,
        extension: &str,
        scripts: &'s [ToolScript],
    ) -> Result<Self, ScriptError> {
        let directory = ScriptDirectory::at(path, extension)?;
        let mut folders = [&directory.path, &directory.versions].map(|path| (path.clone(), false));
        for (folder, is_there) in &mut folders {
            *is_there = folder_exists(folder)?;
        }
        let mut names = HashSet::new();
        let mut problems = Vec::new();
        let mut compared = Vec::with_capacity(scripts.len());
        for ToolScript { name, text, .. } in scripts {
            if !is_name(name, extension) || !names.insert(name) {
                return Err(ScriptError::Name { name: name.clone() });
            }
            let path = directory.versions.join(name);
            match parse(&path, text) {
                Ok(script) if script.is_repeatable() => problems.push(misplaced(&script)),
                Ok(_) => {}
                Err(Diagnostics(found)) => problems.extend(found),
            }
            let found = found(&path, text)?;
            compared.push((path, text.as_str(), found));
        }
        match problems.is_empty() {
            true => Ok(Self {
                directory,
                folders,
                scripts: compared,
                removed: Vec::new(),
                orphans: Vec::new(),
            }),
            false => Err(Diagnostics(problems).into()),
        }
    }

    /// Has scripts that are not listed removed, and others named.
    pub(crate) fn without(self, removed: Vec<PathBuf>, orphans: Vec<Orphan>) -> Self {
        Self {
            removed,
            orphans,
            ..self
        }
    }

    /// Makes what is not there, writes anew what has another text, each file whole or not at all, and removes what goes.
    ///
    /// # Errors
    ///
    /// [`ScriptError::InTheWay`] where somebody else makes a script at this very moment, [`ScriptError::Io`].
    pub(crate) fn write(&self) -> Result<(), ScriptError> {
        let versions = &self.directory.versions;
        fs::create_dir_all(versions).map_err(io_error("make", versions))?;
        for (path, text, found) in &self.scripts {
            match found {
                Found::Nothing => write_new(path, text)?,
                Found::AnotherText => replace(path, text)?,
                Found::TheSameText => {}
            }
        }
        for path in &self.removed {
            fs::remove_file(path).map_err(io_error("remove", path))?;
        }
        Ok(())
    }

    /// What [`write`](Self::write) makes and leaves.
    pub(crate) fn into_initialized(self) -> Initialized {
        let mut initialized = Initialized {
            directory: self.directory,
            created: Vec::new(),
            rewritten: Vec::new(),
            existing: Vec::new(),
            removed: self.removed,
            orphans: self.orphans,
        };
        for (folder, is_there) in self.folders {
            match is_there {
                true => initialized.existing.push(folder),
                false => initialized.created.push(folder),
            }
        }
        for (path, _, found) in self.scripts {
            match found {
                Found::Nothing => initialized.created.push(path),
                Found::AnotherText => initialized.rewritten.push(path),
                Found::TheSameText => initialized.existing.push(path),
            }
        }
        initialized
    }
}

/// Whether a file of this name lies in the folder that it is written to, and is a script there.
fn is_name(name: &str, extension: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    let path = Path::new(name);
    name.chars().all(is_plain) && !name.starts_with('.') && has_extension(path, extension)
}

fn found(path: &Path, text: &str) -> Result<Found, ScriptError> {
    match fs::read(path) {
        Ok(there) if there == text.as_bytes() => Ok(Found::TheSameText),
        Ok(_) => Ok(Found::AnotherText),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(_) if path.is_dir() => Err(ScriptError::InTheWay {
            path: path.to_owned(),
            reason: "it is a directory",
        }),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_cannot_leave_its_folder() {
        for name in ["a1.mem", "20250516 a-1_b.mem", "é.MEM"] {
            assert!(is_name(name, "mem"), "{name}");
        }
        for name in [
            "", ".mem", ".a.mem", "a", "a.sql", "mem", "../x.mem", "a/x.mem", "/x.mem", "a\\x.mem",
            "c:x.mem", "a\n.mem", "a.mem/", "a.mem\0",
        ] {
            assert!(!is_name(name, "mem"), "{name:?}");
        }
    }
}
