//! The adapters: what they are called, and how they connect and split.

use crate::asynchronous::{self, Asynchronous};
use crate::blocking::Blocking;
use crate::connect::{Environment, Settings};
use crate::dialect;
use crate::mode::SqlMode;
use crate::session::{Session, create_database};
use crate::{backup, lint, offline, render, scratch};
use dapter_plugin_api::sql::{Rules, subject};
use dapter_plugin_api::{
    AsyncMigrationAdapter, Backup, Capability, ConnectOptions, Description, Execution, Finding,
    LintRule, LintScript, Notices, OfflineScript, Rendered, Rendering, Result, Statement,
};
use std::path::Path;

const BLOCKING: &[&str] = &["mysql", "mariadb", "mysql+pymysql"];
const ASYNCHRONOUS: &[&str] = &[
    "mysql+async",
    "mariadb+async",
    "mysql+aiomysql",
    "mysql+asyncmy",
];

/// Not transactional DDL: a statement that changes structure commits by itself.
const CAPABILITIES: &[Capability] = &[
    Capability::Transactions,
    Capability::Lock,
    Capability::Query,
    Capability::Cancel,
    Capability::LockTimeout,
    Capability::CreateDatabase,
    Capability::Lint,
    Capability::Inspect,
    Capability::Scratch,
    Capability::ForeignHistory,
    Capability::ServerFacts,
    Capability::Offline,
    Capability::Backup,
    Capability::Render,
];

/// The adapter for MySQL and MariaDB whose calls block.
#[derive(Debug, Default)]
pub struct MysqlAdapter;

/// The adapter for MySQL and MariaDB whose calls hold no thread.
#[derive(Debug, Default)]
pub struct MysqlAsyncAdapter;

fn settings(options: &ConnectOptions, schemes: &[&str]) -> Result<Settings> {
    let environment = Environment {
        variable: &|name| std::env::var(name).ok(),
        exists: &|path| path.exists(),
    };
    Settings::parse(options, schemes, &environment)
}

/// Splitting needs no more of the options than the mode; whatever else is wrong with them connecting says.
fn split_for(script: &str, options: &ConnectOptions, schemes: &[&str]) -> Result<Vec<Statement>> {
    let mode = settings(options, schemes).map_or_else(|_| SqlMode::default(), |found| found.mode());
    dialect::split(script, mode)
}

/// The rules of a script's language depend on the mode too.
fn lint_for(script: &LintScript<'_>, schemes: &[&str]) -> Vec<Finding> {
    let settings = script.options.map(|options| settings(options, schemes));
    let mode = match settings {
        Some(Ok(found)) => found.mode(),
        _ => SqlMode::default(),
    };
    lint::findings(script, &mode.rules())
}

fn lint_rules() -> Vec<LintRule> {
    lint::ALL.iter().map(|rule| rule.listed()).collect()
}

impl AsyncMigrationAdapter for MysqlAdapter {
    type Session = Session<Blocking>;
    const EXECUTION: Execution = Execution::Blocking;
    const DESCRIPTION: Description = Description {
        schemes: BLOCKING,
        capabilities: CAPABILITIES,
        ..Description::new("mysql")
    };

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session> {
        Session::open(&settings(options, BLOCKING)?, notices).await
    }

    async fn create_database(&self, options: &ConnectOptions, _: &Notices) -> Result<bool> {
        create_database::<Blocking>(&settings(options, BLOCKING)?).await
    }

    async fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        scratch::create::<Blocking>(&settings(options, BLOCKING)?, options, notices).await
    }

    async fn drop_scratch(&self, options: &ConnectOptions, _: &Notices) -> Result<()> {
        scratch::remove::<Blocking>(&settings(options, BLOCKING)?, options).await
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        dialect::split(script, SqlMode::default())
    }

    fn split_for(&self, script: &str, options: &ConnectOptions) -> Result<Vec<Statement>> {
        split_for(script, options, BLOCKING)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        Ok(lint_for(script, BLOCKING))
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(lint_rules())
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        backup::make(&settings(options, BLOCKING)?, path)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        offline::script(&settings(&script.options, BLOCKING)?, script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        render::render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        let about = statements.iter().map(|it| subject(it, &Rules::MYSQL));
        about.collect()
    }
}

impl AsyncMigrationAdapter for MysqlAsyncAdapter {
    type Session = Session<Asynchronous>;
    const DESCRIPTION: Description = Description {
        dialect: "mysql",
        schemes: ASYNCHRONOUS,
        capabilities: CAPABILITIES,
        ..Description::new("mysql-async")
    };

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session> {
        Session::open(&settings(options, ASYNCHRONOUS)?, notices).await
    }

    async fn create_database(&self, options: &ConnectOptions, _: &Notices) -> Result<bool> {
        create_database::<Asynchronous>(&settings(options, ASYNCHRONOUS)?).await
    }

    async fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        scratch::create::<Asynchronous>(&settings(options, ASYNCHRONOUS)?, options, notices).await
    }

    async fn drop_scratch(&self, options: &ConnectOptions, _: &Notices) -> Result<()> {
        scratch::remove::<Asynchronous>(&settings(options, ASYNCHRONOUS)?, options).await
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        dialect::split(script, SqlMode::default())
    }

    fn split_for(&self, script: &str, options: &ConnectOptions) -> Result<Vec<Statement>> {
        split_for(script, options, ASYNCHRONOUS)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        Ok(lint_for(script, ASYNCHRONOUS))
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(lint_rules())
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        backup::make(&settings(options, ASYNCHRONOUS)?, path)
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        offline::script(&settings(&script.options, ASYNCHRONOUS)?, script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        render::render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        let about = statements.iter().map(|it| subject(it, &Rules::MYSQL));
        about.collect()
    }

    fn enter(&self, poll: &mut dyn FnMut()) {
        // Without a runtime nothing connects, and connecting says why.
        let _entered = asynchronous::runtime().ok().map(|runtime| runtime.enter());
        poll();
    }
}
