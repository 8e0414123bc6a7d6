//! Finds the plugin that somebody means.

use std::path::Path;
use std::sync::Arc;

use dapter::MigrationError;
use dapter::api::AdapterInfo;
use dapter::plugin::{Catalog, PluginFile, Request};

use super::super::output::Failure;
use super::super::session::Session;

/// The catalogue in which something answers to the name: what is found in the places, or else the file of that name.
///
/// # Errors
/// What was searched and what there is, if nothing answers.
pub(super) fn find(name: &str, session: &Session<'_>) -> Result<Arc<Catalog>, Failure> {
    let catalog = session.catalog()?;
    if catalog.files().iter().any(|file| answers(file, name)) {
        return Ok(catalog);
    }
    let path = Path::new(name);
    if path.exists() || name.parse::<Request>().is_err() && path.components().count() > 1 {
        return session.catalog_of(path);
    }
    // Says what was searched and what there is.
    let nothing = catalog.choose_by_key(name).map_err(MigrationError::from);
    Err(nothing.err().map_or_else(
        || Failure::usage(format!("there is no plugin `{name}`")),
        Failure::from,
    ))
}

/// Whether a file is meant: by its plugin's id or name, a key or a scheme of an adapter, or the file itself.
pub(super) fn answers(file: &PluginFile, name: &str) -> bool {
    let is_named = |adapter: &AdapterInfo| {
        adapter.key == name || adapter.schemes.iter().any(|scheme| scheme == name)
    };
    let is_described = file.descriptor.as_ref().is_some_and(|descriptor| {
        descriptor.name == name || descriptor.adapters.iter().any(is_named)
    });
    let request: Option<Request> = name.parse().ok();
    let is_installed = file.installed.as_ref().is_some_and(|receipt| {
        request.as_ref().is_some_and(|request| {
            let takes = request.requirement.is_none() || request.takes(&receipt.version);
            request.names(&receipt.id) && takes
        })
    });
    let is_file = || {
        let found = std::fs::canonicalize(name).unwrap_or_else(|_| name.into());
        Path::new(name).components().next().is_some() && found == file.path
    };
    is_described || is_installed || is_file()
}

/// What a plugin is called, with its version.
pub(super) fn title(file: &PluginFile) -> String {
    match (&file.installed, &file.descriptor) {
        (Some(receipt), _) => format!("{} {}", receipt.id, receipt.version),
        (None, Some(descriptor)) => format!("{} {}", descriptor.name, descriptor.version),
        (None, None) => "(no plugin)".to_owned(),
    }
}
