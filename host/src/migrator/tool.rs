//! What is done through an adapter that drives a tool with scripts of its own.

use std::collections::HashSet;
use std::error::Error;
use std::path::PathBuf;

use dapter_plugin_api::{Capability, NewRevision, ToolScript};

use super::core::Core;
use super::settings::{Initialization, NewMigration};
use crate::error::MigrationError;
use crate::revision::{BranchLabel, RevisionId};
use crate::script::{Listed, Orphan, Script, ScriptError, ScriptFormat, Unlisted, parse};

type Result<T> = std::result::Result<T, MigrationError>;

/// What is done with the scripts that are listed.
type Work = fn(&Listed<'_>) -> std::result::Result<(), ScriptError>;

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

    /// What [`keep_listed`](Self::keep_listed) would make and remove; changes nothing.
    pub(super) async fn compare_listed(&self) -> Result<Initialization> {
        self.take_in(|_| Ok(())).await
    }

    /// Has the directory hold the scripts that the adapter lists, and no others but those that the database needs.
    pub(super) async fn keep_listed(&self) -> Result<Initialization> {
        self.take_in(|listed| listed.write()).await
    }

    async fn take_in(&self, work: Work) -> Result<Initialization> {
        let scripts = self.listed().await?;
        let unlisted = self.unlisted(scripts).await;
        let (unlisted, scripts) = unlisted.map_err(MigrationError::Init)?;
        let (removed, orphans) = self.judged(unlisted).await;
        let taken_in = self.with_listed(scripts, removed, orphans, work).await;
        taken_in.map_err(MigrationError::Init)
    }

    /// The scripts that are there and not listed; gives back those that are.
    async fn unlisted(
        &self,
        scripts: Vec<ToolScript>,
    ) -> std::result::Result<(Vec<Unlisted>, Vec<ToolScript>), ScriptError> {
        let extension = self.adapter.info().extension.clone();
        let directory = self.settings.directory.clone();
        self.blocking(move || {
            let found = Unlisted::find(directory.folder()?, &extension, &scripts)?;
            Ok((found, scripts))
        })
        .await
    }

    /// Which scripts that are not listed go, and which stay: a database that has applied a revision needs its script. It is
    /// only asked where one may have.
    async fn judged(&self, found: Vec<Unlisted>) -> (Vec<PathBuf>, Vec<Orphan>) {
        let (gone, doubtful): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|script| script.is_superseded);
        let mut removed: Vec<PathBuf> = gone.into_iter().map(|script| script.path).collect();
        if doubtful.is_empty() {
            return (removed, Vec::new());
        }
        let known = self.known_revisions().await;
        let mut orphans = Vec::new();
        for Unlisted { path, revision, .. } in doubtful {
            let why = match &known {
                Ok(known) if !known.contains(revision.as_str()) => {
                    removed.push(path);
                    continue;
                }
                Ok(_) => "the database has applied it".to_owned(),
                Err(why) => format!("whether the database has applied it cannot be told: {why}"),
            };
            orphans.push(Orphan {
                path,
                revision,
                why,
            });
        }
        (removed, orphans)
    }

    /// The revisions that the database remembers, or why it does not say.
    async fn known_revisions(&self) -> std::result::Result<HashSet<String>, String> {
        let history = async {
            let mut session = self.connect().await?;
            self.read(&mut session).await
        };
        let history = history.await.map_err(|error| told(&error))?;
        let rows = history.rows.into_iter();
        Ok(rows.map(|row| row.revision).collect())
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
        let written = self
            .with_listed(scripts, Vec::new(), Vec::new(), |listed| listed.write())
            .await;
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
        removed: Vec<PathBuf>,
        orphans: Vec<Orphan>,
        work: Work,
    ) -> std::result::Result<Initialization, ScriptError> {
        let extension = self.adapter.info().extension.clone();
        let directory = self.settings.directory.clone();
        self.blocking(move || {
            let listed = Listed::compare(directory.folder()?, &extension, &scripts)?;
            let listed = listed.without(removed, orphans);
            work(&listed)?;
            Ok(listed.into_initialized())
        })
        .await
    }
}

/// An error on one line, with what caused it.
fn told(error: &MigrationError) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    told.lines().next().unwrap_or_default().to_owned()
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
