//! Copies of the database before it is changed: where they go.

use std::path::Path;

use dapter_plugin_api::abi::block_on;

use super::core::{Core, Known};
use super::planning;
use super::scripts::Scripts;
use super::settings::BackupTo;
use crate::error::MigrationError;
use crate::execute::{BackupError, BackupMade, Event, into_file, into_folder};
use crate::revision::Applied;

impl Core {
    /// Makes a copy of the database, if one is wanted.
    pub(super) async fn back_up(
        &self,
        known: &Known,
        scripts: &Scripts,
    ) -> Result<Option<BackupMade>, MigrationError> {
        let Some(to) = self.settings.backup.clone() else {
            return Ok(None);
        };
        let stem = match &to {
            BackupTo::File(_) => None,
            BackupTo::Folder { folder, name } => {
                let ids = planning::applied_ids(&known.history)?;
                let heads = Applied::split(scripts.graph(), &ids).0.heads();
                let place = heads.first().map_or("base", |head| head.as_str());
                let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
                Some(folder.join(format!("{name}-{time}-{place}")))
            }
        };
        let adapter = self.adapter.clone();
        let options = self.settings.connect_options();
        let copy = move |path: &Path| block_on(adapter.backup(&options, path));
        let made = self
            .blocking(move || match to {
                BackupTo::File(path) => into_file(&path, copy),
                BackupTo::Folder { .. } => into_folder(&stem.unwrap_or_default(), copy),
            })
            .await;
        let made = made.map_err(|error| match error {
            BackupError::Adapter(source) => BackupError::Adapter(self.redacted(source)),
            other => other,
        })?;
        self.observer.event(&Event::BackedUp(&made));
        Ok(Some(made))
    }
}
