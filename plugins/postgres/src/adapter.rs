//! The adapters: what they are called, and how they connect and split.

use crate::asynchronous::AsyncLink;
use crate::blocking::BlockingLink;
use crate::link::Link;
use crate::session::PostgresSession;
use crate::settings::Settings;
use crate::{backup, database, dialect, lint, offline, render, runtime, scratch};
use dapter_plugin_api::sql::{Rules, subject};
use dapter_plugin_api::{
    AsyncMigrationAdapter, Backup, Capability, ConnectOptions, Description, Execution, Finding,
    LintRule, LintScript, Notices, OfflineScript, Rendered, Rendering, Result, Statement,
};
use std::path::Path;

/// What both adapters can do.
const CAPABILITIES: &[Capability] = &[
    Capability::Transactions,
    Capability::TransactionalDdl,
    Capability::Lock,
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
    Capability::Offline,
    Capability::Backup,
    Capability::Render,
];

/// The adapter with the blocking driver, crate `postgres`.
#[derive(Debug, Default)]
pub struct PostgresAdapter;

/// The adapter with the asynchronous driver, crate `tokio-postgres`.
#[derive(Debug, Default)]
pub struct AsyncPostgresAdapter;

impl AsyncMigrationAdapter for PostgresAdapter {
    type Session = PostgresSession<BlockingLink>;

    const DESCRIPTION: Description = Description {
        schemes: &["postgresql", "postgres"],
        capabilities: CAPABILITIES,
        ..Description::new("postgresql")
    };
    const EXECUTION: Execution = Execution::Blocking;

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session> {
        connect(options, notices).await
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        dialect::split(script)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        Ok(lint::findings(script))
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(lint::ALL.iter().map(|rule| rule.listed()).collect())
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        backup::make(&settings(options)?, path)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        offline::script(&settings(&script.options)?, script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        render::render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        let about = statements.iter().map(|it| subject(it, &Rules::POSTGRESQL));
        about.collect()
    }

    async fn create_database(&self, options: &ConnectOptions, notices: &Notices) -> Result<bool> {
        database::create::<BlockingLink>(&settings(options)?, notices).await
    }

    async fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        scratch::create::<BlockingLink>(&settings(options)?, options, notices).await
    }

    async fn drop_scratch(&self, options: &ConnectOptions, notices: &Notices) -> Result<()> {
        scratch::remove::<BlockingLink>(&settings(options)?, options, notices).await
    }
}

impl AsyncMigrationAdapter for AsyncPostgresAdapter {
    type Session = PostgresSession<AsyncLink>;

    const DESCRIPTION: Description = Description {
        dialect: PostgresAdapter::DESCRIPTION.key,
        schemes: &["postgresql+async", "postgresql+asyncpg", "postgres+async"],
        capabilities: CAPABILITIES,
        ..Description::new("postgresql-async")
    };

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session> {
        runtime::get()?;
        connect(options, notices).await
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        dialect::split(script)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        Ok(lint::findings(script))
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(lint::ALL.iter().map(|rule| rule.listed()).collect())
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        backup::make(&settings(options)?, path)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        offline::script(&settings(&script.options)?, script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        render::render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        let about = statements.iter().map(|it| subject(it, &Rules::POSTGRESQL));
        about.collect()
    }

    async fn create_database(&self, options: &ConnectOptions, notices: &Notices) -> Result<bool> {
        runtime::get()?;
        database::create::<AsyncLink>(&settings(options)?, notices).await
    }

    async fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        runtime::get()?;
        scratch::create::<AsyncLink>(&settings(options)?, options, notices).await
    }

    async fn drop_scratch(&self, options: &ConnectOptions, notices: &Notices) -> Result<()> {
        runtime::get()?;
        scratch::remove::<AsyncLink>(&settings(options)?, options, notices).await
    }

    fn enter(&self, poll: &mut dyn FnMut()) {
        // Without a runtime nothing that is polled needs one: `connect` says so.
        let _entered = runtime::get().ok().map(tokio::runtime::Runtime::enter);
        poll();
    }
}

async fn connect<L: Link>(
    options: &ConnectOptions,
    notices: &Notices,
) -> Result<PostgresSession<L>> {
    PostgresSession::connect(settings(options)?, notices).await
}

fn settings(options: &ConnectOptions) -> Result<Settings> {
    Settings::parse(options, &|name| std::env::var(name).ok())
}
