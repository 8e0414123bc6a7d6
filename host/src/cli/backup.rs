//! `--backup`: where the copy goes that is made before a database is changed.

use std::path::{Path, PathBuf};

use clap::Args;
use dapter::BackupTo;
use dapter::project::Target;

use super::output::Failure;

/// The folder beside the configuration file that copies go to if nothing else is said.
const FOLDER: &str = "backups";

/// The option of the commands that change a database.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BackupOption {
    /// Copy the database first, to a file or into a folder that ends in / [default: backups/ beside dapter.toml]
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) backup: Option<PathBuf>,
}

impl BackupOption {
    /// Refuses one file for the copies of many databases.
    pub(crate) fn check_many(&self) -> Result<(), Failure> {
        match &self.backup {
            Some(path) if !is_empty(path) && !is_folder(path) => Err(Failure::usage(format!(
                "--backup names one file, {}, for many databases",
                path.display()
            ))
            .hint("name a folder, with / at its end")),
            _ => Ok(()),
        }
    }

    /// Where the copy of a target goes; folders are beside the configuration file unless they are named.
    pub(crate) fn of(&self, target: &Target, beside: &Path) -> Option<BackupTo> {
        let path = self.backup.as_ref()?;
        let name = target.name.replace(['/', '\\'], "-");
        Some(match path {
            path if is_empty(path) => BackupTo::Folder {
                folder: beside.join(FOLDER),
                name,
            },
            path if is_folder(path) => BackupTo::Folder {
                folder: path.clone(),
                name,
            },
            path => BackupTo::File(path.clone()),
        })
    }
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

fn is_folder(path: &Path) -> bool {
    path.is_dir()
        || path
            .to_string_lossy()
            .ends_with(['/', std::path::MAIN_SEPARATOR])
}
