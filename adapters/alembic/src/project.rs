//! The project and its folder of wrappers: what the program beside the plugin does.

use crate::address::Address;
use crate::driver::{Driver, Request};
use crate::wrapper::Revision;
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// An Alembic project.
#[derive(Debug)]
pub struct Project {
    driver: Driver,
}

#[derive(Deserialize)]
struct Listed {
    scripts: Vec<Revision>,
}

#[derive(Deserialize)]
struct Created {
    paths: Vec<PathBuf>,
}

impl Project {
    /// Opens the project that a URL names; relative paths start from `folder`.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] for a URL that is none of this adapter's, or a Python that cannot be run.
    pub fn open(url: &str, folder: &Path) -> Result<Project> {
        let options = ConnectOptions {
            base_directory: folder.to_owned(),
            ..ConnectOptions::new(url)
        };
        let driver = Driver::start(&Address::read(&options)?)?;
        Ok(Project { driver })
    }

    /// Has Alembic make a revision, and returns its files.
    ///
    /// # Errors
    /// What Alembic says.
    pub fn create(&mut self, message: &str, autogenerate: bool) -> Result<Vec<PathBuf>> {
        let made: Created = self.driver.ask(&Request::Create {
            message,
            autogenerate,
        })?;
        Ok(made.paths)
    }

    /// Writes a wrapper of each revision into a folder of dapter's, and returns those that are new or other than before.
    ///
    /// # Errors
    /// What Alembic says; what stands in the way of a file.
    pub fn sync(&mut self, directory: &Path) -> Result<Vec<PathBuf>> {
        let listed: Listed = self.driver.ask(&Request::ListScripts)?;
        let versions = directory.join("versions");
        fs::create_dir_all(&versions).map_err(|error| unwritable(&versions, &error))?;
        let mut written = Vec::new();
        for revision in &listed.scripts {
            let path = versions.join(format!("{}.alembic", revision.revision));
            let text = revision.script();
            // What cannot be read is written anew, or tells then why not.
            if fs::read_to_string(&path).is_ok_and(|there| there == text) {
                continue;
            }
            fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
            written.push(path);
        }
        Ok(written)
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("cannot write {}: {error}", path.display()),
    )
}
