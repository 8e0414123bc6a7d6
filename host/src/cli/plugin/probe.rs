//! What is asked of a plugin before it is installed: whether what it declares makes sense (P12), and whether it loads, in a
//! process of its own (P06).

use std::path::Path;

use dapter::MigrationError;
use dapter::api::Descriptor;
use dapter::plugin::install::Package;
use dapter::plugin::{PluginError, contradiction};

use super::super::output::Failure;
use super::super::session::Session;

/// Whether the capabilities of each adapter make sense, by the descriptor of the plugin at a path.
pub(super) fn check_capabilities(descriptor: &Descriptor, path: &Path) -> Result<(), Failure> {
    for adapter in &descriptor.adapters {
        if let Some(source) = contradiction(adapter) {
            let error = PluginError::Capabilities {
                path: path.to_owned(),
                key: adapter.key.clone(),
                source,
            };
            return Err(MigrationError::from(error).into());
        }
    }
    Ok(())
}

/// Whether a library loads, and is what it says, in a process in which it can harm nothing of this one.
#[cfg(unix)]
pub(super) fn probe(package: &Package, session: &Session<'_>) -> Result<(), Failure> {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    use std::fs;
    use std::io;
    use std::path::PathBuf;

    use dapter::plugin::{Expected, Isolated};

    use super::super::isolation::child_program;

    let unwritten = |error: io::Error| {
        Failure::refused(format!(
            "cannot write a copy of the plugin to try it: {error}"
        ))
    };
    let folder = tempfile::tempdir().map_err(unwritten)?;
    let name = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", package.descriptor.name);
    let file = folder.path().join(name);
    fs::write(&file, &package.library).map_err(unwritten)?;
    let expected = Expected {
        sha256: Some(package.sha256),
        ..Expected::default()
    };
    let tried = Isolated::start(file, expected, child_program()?, session.limits());
    tried.map(drop).map_err(|source| {
        MigrationError::from(PluginError::Process {
            path: PathBuf::from(package.location.to_string()),
            source,
        })
        .into()
    })
}

/// Elsewhere plugins have no process of their own: the first load is the first that shows.
#[cfg(not(unix))]
pub(super) fn probe(_: &Package, _: &Session<'_>) -> Result<(), Failure> {
    Ok(())
}
