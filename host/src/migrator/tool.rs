//! What is done through an adapter that drives a tool with scripts of its own.

use std::path::PathBuf;

use dapter_plugin_api::{Capability, NewRevision, ToolScript};

use super::core::Core;
use super::settings::{Initialization, NewMigration};
use crate::error::MigrationError;
use crate::revision::{BranchLabel, RevisionId};
use crate::script::{Listed, Script, ScriptError, ScriptFormat, parse};

type Result<T> = std::result::Result<T, MigrationError>;

/// A migration that an adapter's tool has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeByTool {
    /// dapter's script, which has the tool run it.
    pub script: Script,
    /// The tool's own file, where it says so.
    pub file: Option<PathBuf>,
}

impl Core {
    /// Whether the adapter drives a tool that has scripts of its own.
    pub(super) fn has_tool(&self) -> bool {
        self.adapter.info().has(Capability::Scripts)
    }

    /// What [`keep_listed`](Self::keep_listed) would make; makes nothing.
    pub(super) async fn compare_listed(&self) -> Result<Initialization> {
        let scripts = self.listed().await?;
        let compared = self.with_listed(scripts, |_| Ok(())).await;
        compared.map_err(MigrationError::Init)
    }

    /// Has the directory hold the scripts that the adapter lists.
    pub(super) async fn keep_listed(&self) -> Result<Initialization> {
        let scripts = self.listed().await?;
        let written = self.with_listed(scripts, |listed| listed.write()).await;
        written.map_err(MigrationError::Init)
    }

    /// Has the tool make a migration, and the directory hold its script; `None` where the tool finds nothing to make.
    pub(super) async fn create_with_tool(
        &self,
        migration: NewMigration,
    ) -> Result<Option<MadeByTool>> {
        let revision = passed_on(migration).map_err(MigrationError::Creation)?;
        let extension = &self.adapter.info().extension;
        let directory = self.settings.directory.clone();
        directory.folder().map_err(MigrationError::Creation)?;
        let directory = directory.open(extension)?;
        let created = self.connector().create_script(revision).await;
        let created =
            created.map_err(|error| self.database("have a migration made through", error))?;
        let Some(ToolScript { name, text, file }) = created else {
            return Ok(None);
        };
        // All that are listed, and not this one alone: it may revise one that the tool has made without dapter.
        let scripts = self.listed().await?;
        let written = self.with_listed(scripts, |listed| listed.write()).await;
        written.map_err(MigrationError::Creation)?;
        let script = parse(&directory.versions().join(name), &text)
            .map_err(|problems| MigrationError::Creation(ScriptError::Invalid(problems)))?;
        Ok(Some(MadeByTool { script, file }))
    }

    async fn listed(&self) -> Result<Vec<ToolScript>> {
        let listed = self.connector().list_scripts().await;
        listed.map_err(|error| self.database("list the scripts of", error))
    }

    async fn with_listed(
        &self,
        scripts: Vec<ToolScript>,
        work: fn(&Listed<'_>) -> std::result::Result<(), ScriptError>,
    ) -> std::result::Result<Initialization, ScriptError> {
        let extension = self.adapter.info().extension.clone();
        let directory = self.settings.directory.clone();
        self.blocking(move || {
            let listed = Listed::compare(directory.folder()?, &extension, &scripts)?;
            work(&listed)?;
            Ok(listed.into_initialized())
        })
        .await
    }
}

/// What the tool is told of a migration.
fn passed_on(migration: NewMigration) -> std::result::Result<NewRevision, ScriptError> {
    if migration.format == ScriptFormat::Portable {
        return Err(ScriptError::NotPassedOn("the format `toml`"));
    }
    if !migration.upgrade.is_empty() || !migration.downgrade.is_empty() {
        return Err(ScriptError::NotPassedOn("the text of a section"));
    }
    let text = |label: &BranchLabel| label.as_str().to_owned();
    Ok(NewRevision {
        message: migration.message,
        id: migration
            .id
            .as_ref()
            .map(RevisionId::as_str)
            .map(str::to_owned),
        revises: migration.revises,
        splice: migration.splice,
        branch_labels: migration.branch_labels.iter().map(text).collect(),
        depends_on: migration.depends_on,
        autogenerate: migration.autogenerate,
    })
}
