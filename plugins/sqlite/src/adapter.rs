//! The adapter: what it is called, and how it connects and splits.

use crate::connect::Settings;
use crate::database::{self, Database};
use crate::session::SqliteSession;
use crate::{backup, dialect, lint, offline, render, scratch};
use dapter_plugin_api::sql::{Rules, subject};
use dapter_plugin_api::{
    Backup, Capability, ConnectOptions, Description, Finding, LintRule, LintScript, Notices,
    OfflineScript, Rendered, Rendering, Result, Statement, SyncMigrationAdapter,
};
use std::path::Path;

/// The adapter for SQLite.
#[derive(Debug, Default)]
pub struct SqliteAdapter;

impl SyncMigrationAdapter for SqliteAdapter {
    type Session = SqliteSession;

    // No lock: the lock row that the host keeps costs nothing beside the history it is written with, and a file has no
    // better lock that outlives a transaction.
    const DESCRIPTION: Description = Description {
        schemes: &["sqlite", "sqlite3"],
        capabilities: &[
            Capability::Transactions,
            Capability::TransactionalDdl,
            Capability::Query,
            Capability::Cancel,
            Capability::LockTimeout,
            Capability::CreateDatabase,
            Capability::Lint,
            Capability::Trace,
            Capability::Inspect,
            Capability::Scratch,
            Capability::ForeignHistory,
            Capability::ServerFacts,
            Capability::Backup,
            Capability::Offline,
            Capability::Render,
        ],
        ..Description::new("sqlite")
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<SqliteSession> {
        let settings = Settings::parse(options)?;
        let scratch = settings
            .scratch
            .as_deref()
            .map(scratch::enter)
            .transpose()?;
        let mut session = SqliteSession::new(Database::open(settings)?, notices.clone());
        session.scratch = scratch;
        Ok(session)
    }

    fn create_database(&self, options: &ConnectOptions, _: &Notices) -> Result<bool> {
        database::create(&Settings::parse(options)?)
    }

    fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        scratch::create(options, notices)
    }

    fn drop_scratch(&self, options: &ConnectOptions, _: &Notices) -> Result<()> {
        scratch::remove(options)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        dialect::split(script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        render::render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        let about = statements.iter().map(|it| subject(it, &Rules::SQLITE));
        about.collect()
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        Ok(lint::findings(script))
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(lint::ALL.iter().map(|rule| rule.listed()).collect())
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        backup::make(Settings::parse(options)?, path)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        offline::script(script)
    }
}
