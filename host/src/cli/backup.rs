//! `--backup`: where the copy goes that is made before a database is changed.

use std::path::{Path, PathBuf};

use clap::Args;
use dapter::BackupTo;
use dapter::project::Target;

use super::output::Failure;

/// The folder beside the configuration file that copies go to if nothing else is said.
const FOLDER: &str = "backups";

/// Where somebody wants the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing was said but that there is to be one.
    Somewhere,
    Folder(PathBuf),
    File(PathBuf),
}

/// The option of the commands that change a database.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BackupOption {
    /// Copy the database first: to a file, or into a folder, with / at its end [default: backups/ beside dapter.toml]
    #[arg(
        long,
        value_name = "PATH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = wanted
    )]
    pub(crate) backup: Option<Wanted>,
}

impl BackupOption {
    /// Refuses one file for the copies of many databases.
    pub(crate) fn check_many(&self) -> Result<(), Failure> {
        match &self.backup {
            Some(Wanted::File(path)) => Err(Failure::usage(format!(
                "--backup names one file, {}, for many databases",
                path.display()
            ))
            .hint("name a folder, with / at its end")),
            _ => Ok(()),
        }
    }

    /// Where the copy of a target goes; what is not said is beside the configuration file.
    pub(crate) fn of(&self, target: &Target, beside: &Path) -> Option<BackupTo> {
        let name = target.name.replace(['/', '\\'], "-");
        Some(match self.backup.clone()? {
            Wanted::Somewhere => BackupTo::Folder {
                folder: beside.join(FOLDER),
                name,
            },
            Wanted::Folder(folder) => BackupTo::Folder { folder, name },
            Wanted::File(path) => BackupTo::File(path),
        })
    }
}

#[allow(clippy::unnecessary_wraps, reason = "as clap wants it")]
fn wanted(text: &str) -> Result<Wanted, String> {
    let path = PathBuf::from(text);
    let is_folder = path.is_dir() || text.ends_with(['/', std::path::MAIN_SEPARATOR]);
    Ok(match (text.is_empty(), is_folder) {
        (true, _) => Wanted::Somewhere,
        (false, true) => Wanted::Folder(path),
        (false, false) => Wanted::File(path),
    })
}
