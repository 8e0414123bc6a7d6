//! Makes an asynchronous adapter of a blocking one: its futures are done when they are first polled.

use crate::{
    AsyncMigrationAdapter, AsyncSession, Backup, Canceller, ConnectOptions, Description, Execution,
    Finding, ForeignChange, HeldLock, History, HistoryChange, LintRule, LintScript, LockOutcome,
    LockRow, LogEntry, NewRevision, Notices, OfflineScript, Record, Rendered, Rendering, Result,
    Rows, Schema, ServerFacts, Statement, SyncMigrationAdapter, SyncSession, ToolScript,
};
use std::path::Path;
use std::time::Duration;

/// A blocking adapter, or a blocking session, behind the asynchronous trait.
#[derive(Debug, Default)]
pub struct Blocking<T>(T);

impl<A: SyncMigrationAdapter> AsyncMigrationAdapter for Blocking<A> {
    type Session = Blocking<A::Session>;
    const DESCRIPTION: Description = A::DESCRIPTION;
    const EXECUTION: Execution = Execution::Blocking;

    async fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session> {
        self.0.connect(options, notices).map(Blocking)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        self.0.split(script)
    }

    fn split_for(&self, script: &str, options: &ConnectOptions) -> Result<Vec<Statement>> {
        self.0.split_for(script, options)
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        self.0.lint(script)
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        self.0.lint_rules()
    }

    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        self.0.offline_script(script)
    }

    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        self.0.render(rendering)
    }

    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        self.0.subjects(statements)
    }

    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        self.0.backup(options, path)
    }

    async fn create_database(&self, options: &ConnectOptions, notices: &Notices) -> Result<bool> {
        self.0.create_database(options, notices)
    }

    async fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        self.0.create_scratch(options, notices)
    }

    async fn drop_scratch(&self, options: &ConnectOptions, notices: &Notices) -> Result<()> {
        self.0.drop_scratch(options, notices)
    }

    async fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        self.0.list_scripts(options)
    }

    async fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        self.0.create_script(options, revision)
    }
}

impl<S: SyncSession> AsyncSession for Blocking<S> {
    async fn ensure_history(&mut self) -> Result<()> {
        self.0.ensure_history()
    }

    async fn read_history(&mut self) -> Result<History> {
        self.0.read_history()
    }

    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.0.swap_history(change)
    }

    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        self.0.read_log()
    }

    async fn execute(&mut self, statement: &str) -> Result<u64> {
        self.0.execute(statement)
    }

    async fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.0.execute_recorded(statement, record)
    }

    async fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.0.set_lock_timeout(timeout)
    }

    async fn begin(&mut self) -> Result<()> {
        self.0.begin()
    }

    async fn commit(&mut self) -> Result<()> {
        self.0.commit()
    }

    async fn rollback(&mut self) -> Result<()> {
        self.0.rollback()
    }

    async fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        self.0.lock(holder, wait)
    }

    async fn unlock(&mut self) -> Result<()> {
        self.0.unlock()
    }

    async fn query(&mut self, statement: &str) -> Result<Rows> {
        self.0.query(statement)
    }

    async fn held_locks(&mut self) -> Result<Vec<HeldLock>> {
        self.0.held_locks()
    }

    async fn inspect(&mut self) -> Result<Schema> {
        self.0.inspect()
    }

    async fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        self.0.read_foreign(table)
    }

    async fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        self.0.write_foreign(change)
    }

    async fn server_facts(&mut self) -> Result<ServerFacts> {
        self.0.server_facts()
    }

    fn canceller(&self) -> Option<Canceller> {
        self.0.canceller()
    }
}
