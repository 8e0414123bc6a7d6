//! Making the database that a URL names.

use crate::error::{has_state, unlocated};
use crate::link::Link;
use crate::literal;
use crate::open::open;
use crate::settings::Settings;
use dapter_plugin_api::{ErrorKind, Notices, Result};

/// The databases that are there without being made, in the order in which they are tried.
const MAINTENANCE: [&str; 2] = ["postgres", "template1"];

/// Connects to a database from which others can be made.
pub(crate) async fn open_maintenance<L: Link>(settings: &Settings, notices: &Notices) -> Result<L> {
    let [first, second] = MAINTENANCE;
    let opened = match open::<L>(settings, first, notices).await {
        Err(error) if error.kind == ErrorKind::DatabaseMissing || has_state(&error, &["42501"]) => {
            open::<L>(settings, second, notices).await?
        }
        opened => opened?,
    };
    Ok(opened.link)
}

/// Makes the database; `false` if it is there.
pub(crate) async fn create<L: Link>(settings: &Settings, notices: &Notices) -> Result<bool> {
    let mut link = open_maintenance::<L>(settings, notices).await?;
    let name = &settings.database;
    let look = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_database WHERE datname = {})",
        literal::text(name)?
    );
    let found = link.send(&look).await.map_err(unlocated)?;
    if found.first().is_some_and(|answer| answer.is_true(0)) {
        return Ok(false);
    }
    let create = format!("CREATE DATABASE {}", literal::name(name));
    match link.send(&create).await.map_err(unlocated) {
        Ok(_) => Ok(true),
        // Somebody else was faster.
        Err(error) if has_state(&error, &["42P04", "23505"]) => Ok(false),
        Err(error) => Err(error),
    }
}
