//! The protocol for programs that do not wait.

use std::fmt;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;

use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{LintRule, LockRow, Operation, Schema, ServerFacts};

use super::adopting::{Adopted, Adoption};
use super::autogenerating::AutogenerateOptions;
use super::core::Core;
use super::exporting::{Export, Exported};
use super::hooks::Hooks;
use super::inquiry::{CurrentRevision, HistoryEntry};
use super::repair::{RepairChoice, Repaired};
use super::repeatable::RepeatableStatus;
use super::saved_plan::SavedPlan;
use super::script_reading::ScriptReading;
use super::scripts::Scripts;
use super::settings::{Initialization, MigrationSettings, NewMigration, StampTo};
use super::squashing::Squashed;
use super::status::Status;
use super::tool::MadeByTool;
use crate::autogenerate::{DesiredState, Generated};
use crate::check::{Branch, CheckFinding};
use crate::diff::{Rename, RenameCandidates};
use crate::error::MigrationError;
use crate::execute::{HookCommands, Interrupt, Observer, Placement, Report, TrialStatement};
use crate::lint::LintFinding;
use crate::plan::{Direction, Plan};
use crate::project::HookActions;
use crate::revision::{RevisionId, StampChange};
use crate::script::Script;
use crate::verify::Verified;

type Result<T> = std::result::Result<T, MigrationError>;

/// Migrates one database, on any executor or none in particular.
///
/// The futures hold no thread of the executor: a blocking adapter's session, and the reading of scripts, have threads
/// of their own; an asynchronous adapter is polled where its future is awaited. Dropping a future cancels it: the
/// running statement is stopped, its step rolled back, and the lock given back.
///
/// The operations are those of [`Migrator`](super::Migrator).
#[derive(Clone)]
pub struct AsyncMigrator(Core);

impl fmt::Debug for AsyncMigrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncMigrator")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

#[allow(
    clippy::missing_errors_doc,
    reason = "every operation fails with a MigrationError, documented there"
)]
impl AsyncMigrator {
    /// A migrator for a database, through an adapter that serves its URL.
    #[must_use]
    pub fn new(adapter: Adapter, settings: MigrationSettings) -> Self {
        Self(Core::new(adapter, settings, Placement::OwnThread))
    }

    /// The same, telling this observer what happens.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.0.observer = Arc::new(observer);
        self
    }

    /// The same, asking before data is destroyed: an operation whose statements would do so is refused with
    /// [`MigrationError::Destroys`] where the answer is `false`. Without anybody to ask, nobody is asked. The question may come
    /// before the lock is taken, and again behind it for what was not there before.
    #[must_use]
    pub fn with_consent(
        mut self,
        consent: impl Fn(Direction, &[LintFinding]) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.0.consent = Some(Arc::new(consent));
        self
    }

    /// The same, asking which of these are renames before anything is made of a comparison: [`autogenerate`](Self::autogenerate)
    /// and its like. Without anybody to ask, only those are that were declared.
    #[must_use]
    pub fn with_rename_question(
        mut self,
        choose: impl Fn(&[RenameCandidates]) -> Vec<Rename> + Send + Sync + 'static,
    ) -> Self {
        self.0.choose_renames = Some(Arc::new(choose));
        self
    }

    /// The same, doing this before and after its steps. The commands are run by the program: this library starts none.
    #[must_use]
    pub fn with_hooks(
        mut self,
        actions: HookActions,
        commands: impl HookCommands + 'static,
    ) -> Self {
        let commands = Arc::new(commands);
        self.0.hooks = Some(Hooks { actions, commands });
        self
    }

    /// The same with scripts that were read before, of the settings' directory: a program that migrates many databases
    /// reads them once. What creates a script reads them anew.
    #[must_use]
    pub fn with_scripts(mut self, scripts: Arc<Scripts>) -> Self {
        self.0.read_before = Some(scripts);
        self
    }

    /// The same with scripts that are being read, of the settings' directory.
    #[must_use]
    pub fn with_reading(mut self, reading: ScriptReading) -> Self {
        self.0.reading = Some(reading);
        self
    }

    /// The same, stopped by this interrupt: one may stop many migrators.
    #[must_use]
    pub fn with_interrupt(mut self, interrupt: Interrupt) -> Self {
        self.0.interrupt = interrupt;
        self
    }

    /// What stops a run of this migrator from another thread.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.0.interrupt.clone()
    }

    /// As [`Migrator::init_migrations`](super::Migrator::init_migrations).
    pub async fn init_migrations(&self) -> Result<Initialization> {
        self.0.init().await
    }

    /// As [`Migrator::plan_init_migrations`](super::Migrator::plan_init_migrations).
    pub async fn plan_init_migrations(&self) -> Result<Initialization> {
        self.0.plan_init().await
    }

    /// As [`Migrator::create_with_tool`](super::Migrator::create_with_tool).
    pub async fn create_with_tool(&self, migration: NewMigration) -> Result<Option<MadeByTool>> {
        self.0.create_with_tool(migration).await
    }

    /// As [`Migrator::create_migration`](super::Migrator::create_migration).
    pub async fn create_migration(&self, migration: NewMigration) -> Result<Script> {
        self.0.create(migration).await
    }

    /// As [`Migrator::server_facts`](super::Migrator::server_facts).
    pub async fn server_facts(&self) -> Result<Option<ServerFacts>> {
        self.0.server_facts().await
    }

    /// As [`Migrator::inspect`](super::Migrator::inspect).
    pub async fn inspect(&self) -> Result<Schema> {
        self.0.inspect().await
    }

    /// As [`Migrator::autogenerate`](super::Migrator::autogenerate).
    pub async fn autogenerate(
        &self,
        desired: DesiredState,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        self.0.autogenerate(ready(Ok(desired)), options).await
    }

    /// The same to models that are still being read while the database is looked at: `models` is awaited when that is done.
    pub async fn autogenerate_meanwhile<E: From<MigrationError>>(
        &self,
        models: impl Future<Output = std::result::Result<DesiredState, E>>,
        options: &AutogenerateOptions,
    ) -> std::result::Result<Generated, E> {
        self.0.autogenerate(models, options).await
    }

    /// As [`Migrator::state`](super::Migrator::state).
    pub async fn state(&self, desired: &DesiredState) -> Result<Schema> {
        self.0.state(desired).await
    }

    /// As [`Migrator::state_beside`](super::Migrator::state_beside).
    pub async fn state_beside(&self, desired: &DesiredState, beside: &Schema) -> Result<Schema> {
        self.0.state_beside(desired, beside).await
    }

    /// As [`Migrator::former_names`](super::Migrator::former_names).
    pub async fn former_names(&self, models: &DesiredState, built: &Schema) -> Result<Vec<Rename>> {
        self.0.former_names(models, built).await
    }

    /// As [`Migrator::between`](super::Migrator::between).
    pub async fn between(
        &self,
        current: Schema,
        desired: Schema,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        self.0.between(current, desired, options).await
    }

    /// As [`Migrator::build_text`](super::Migrator::build_text).
    pub async fn build_text(&self, schema: Schema) -> Result<String> {
        self.0.build_text(schema).await
    }

    /// As [`Migrator::schema_at`](super::Migrator::schema_at).
    pub async fn schema_at(&self, revision: &str) -> Result<Schema> {
        self.0.schema_at(revision).await
    }

    /// As [`Migrator::schema_of_applied`](super::Migrator::schema_of_applied).
    pub async fn schema_of_applied(&self) -> Result<Schema> {
        self.0.schema_of_applied().await
    }

    /// As [`Migrator::drift`](super::Migrator::drift).
    pub async fn drift(&self) -> Result<Vec<Operation>> {
        self.0.drift().await
    }

    /// As [`Migrator::autogenerate_drift`](super::Migrator::autogenerate_drift).
    pub async fn autogenerate_drift(&self, options: &AutogenerateOptions) -> Result<Generated> {
        self.0.autogenerate_drift(options).await
    }

    /// As [`Migrator::check_drift`](super::Migrator::check_drift).
    pub async fn check_drift(&self) -> Result<Vec<CheckFinding>> {
        self.0.check_drift().await
    }

    /// As [`Migrator::build`](super::Migrator::build).
    pub async fn build(&self, schema: Schema) -> Result<Vec<String>> {
        self.0.build(schema).await
    }

    /// As [`Migrator::upgrade`](super::Migrator::upgrade).
    pub async fn upgrade(&self, revision: &str) -> Result<Report> {
        self.0.migrate(Direction::Upgrade, revision).await
    }

    /// As [`Migrator::downgrade`](super::Migrator::downgrade).
    pub async fn downgrade(&self, revision: &str) -> Result<Report> {
        self.0.migrate(Direction::Downgrade, revision).await
    }

    /// As [`Migrator::current_revision`](super::Migrator::current_revision).
    pub async fn current_revision(&self) -> Result<Vec<CurrentRevision>> {
        self.0.current().await
    }

    /// As [`Migrator::migration_history`](super::Migrator::migration_history).
    pub async fn migration_history(&self) -> Result<Vec<HistoryEntry>> {
        self.0.entries().await
    }

    /// As [`Migrator::full_history`](super::Migrator::full_history).
    pub async fn full_history(&self) -> Result<(Vec<HistoryEntry>, Vec<RepeatableStatus>)> {
        self.0.full_history().await
    }

    /// As [`Migrator::migration_history_range`](super::Migrator::migration_history_range).
    pub async fn migration_history_range(&self, range: &str) -> Result<Vec<HistoryEntry>> {
        self.0.entries_within(range).await
    }

    /// As [`Migrator::plan`](super::Migrator::plan).
    pub async fn plan(&self, direction: Direction, revision: &str) -> Result<Plan> {
        self.0.plan(direction, revision).await
    }

    /// As [`Migrator::adopt`](super::Migrator::adopt).
    pub async fn adopt(&self, adoption: &Adoption) -> Result<Adopted> {
        self.0.adopt_from(adoption).await
    }

    /// As [`Migrator::export`](super::Migrator::export).
    pub async fn export(&self, order: &Export) -> Result<Exported> {
        self.0.export_to(order).await
    }

    /// As [`Migrator::plan_export`](super::Migrator::plan_export).
    pub async fn plan_export(&self, order: &Export) -> Result<Exported> {
        self.0.plan_export(order).await
    }

    /// As [`Migrator::plan_adoption`](super::Migrator::plan_adoption).
    pub async fn plan_adoption(&self, adoption: &Adoption) -> Result<Adopted> {
        self.0.plan_adoption(adoption).await
    }

    /// As [`Migrator::stamp`](super::Migrator::stamp).
    pub async fn stamp(&self, to: impl Into<StampTo>) -> Result<StampChange> {
        self.0.stamp(to.into()).await
    }

    /// As [`Migrator::offline`](super::Migrator::offline).
    pub async fn offline(&self, direction: Direction, range: &str) -> Result<(Plan, String)> {
        self.0.offline(direction, range).await
    }

    /// As [`Migrator::offline_stamp`](super::Migrator::offline_stamp).
    pub async fn offline_stamp(&self, to: impl Into<StampTo>) -> Result<(StampChange, String)> {
        self.0.offline_stamp(to.into()).await
    }

    /// As [`Migrator::plan_stamp`](super::Migrator::plan_stamp).
    pub async fn plan_stamp(&self, to: impl Into<StampTo>) -> Result<StampChange> {
        self.0.plan_stamp(to.into()).await
    }

    /// As [`Migrator::scripts`](super::Migrator::scripts).
    pub async fn scripts(&self) -> Result<Scripts> {
        self.0.scripts().await
    }

    /// As [`Migrator::lock_holder`](super::Migrator::lock_holder).
    pub async fn lock_holder(&self) -> Result<Option<LockRow>> {
        self.0.lock_holder().await
    }

    /// As [`Migrator::break_lock`](super::Migrator::break_lock).
    pub async fn break_lock(&self, holder: &LockRow) -> Result<()> {
        self.0.break_lock(holder).await
    }

    /// As [`Migrator::status`](super::Migrator::status).
    pub async fn status(&self) -> Result<Status> {
        self.0.status().await
    }

    /// As [`Migrator::check_scripts`](super::Migrator::check_scripts).
    pub async fn check_scripts(&self) -> Result<Vec<CheckFinding>> {
        self.0.check_scripts().await
    }

    /// As [`Migrator::check_merge`](super::Migrator::check_merge).
    pub async fn check_merge(&self, branch: &Branch) -> Result<Vec<CheckFinding>> {
        self.0.check_merge(branch).await
    }

    /// As [`Migrator::check_database`](super::Migrator::check_database).
    pub async fn check_database(&self) -> Result<Vec<CheckFinding>> {
        self.0.check_database().await
    }

    /// As [`Migrator::plan_to_save`](super::Migrator::plan_to_save).
    pub async fn plan_to_save(
        &self,
        direction: Direction,
        revision: &str,
    ) -> Result<(Plan, SavedPlan)> {
        self.0.plan_to_save(direction, revision).await
    }

    /// As [`Migrator::apply`](super::Migrator::apply).
    pub async fn apply(&self, plan: &SavedPlan) -> Result<Report> {
        self.0.apply(plan).await
    }

    /// As [`Migrator::names`](super::Migrator::names).
    pub async fn names(&self, statement: &str) -> Result<Vec<String>> {
        self.0.names(statement).await
    }

    /// As [`Migrator::repair`](super::Migrator::repair).
    pub async fn repair(&self, revision: Option<&str>, choice: RepairChoice) -> Result<Repaired> {
        self.0.repair(revision, choice).await
    }

    /// As [`Migrator::lint`](super::Migrator::lint).
    pub async fn lint(&self, revisions: &[RevisionId]) -> Result<Vec<LintFinding>> {
        self.0.lint(revisions).await
    }

    /// As [`Migrator::lint_file`](super::Migrator::lint_file).
    pub async fn lint_file(&self, path: &Path) -> Result<Vec<LintFinding>> {
        self.0.lint_file(path).await
    }

    /// As [`Migrator::lint_hooks`](super::Migrator::lint_hooks).
    pub async fn lint_hooks(&self) -> Result<Vec<LintFinding>> {
        self.0.lint_hooks().await
    }

    /// As [`Migrator::lint_rules`](super::Migrator::lint_rules).
    pub async fn lint_rules(&self) -> Result<Vec<LintRule>> {
        self.0.lint_rules().await
    }

    /// As [`Migrator::squash`](super::Migrator::squash).
    pub async fn squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        self.0.squash(range, message).await
    }

    /// As [`Migrator::plan_squash`](super::Migrator::plan_squash).
    pub async fn plan_squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        self.0.plan_squash(range, message).await
    }

    /// See [`Migrator::verify`](super::Migrator::verify).
    pub async fn verify(
        &self,
        range: Option<&str>,
        tell: impl Fn(&Verified) + Send + Sync,
    ) -> Result<Vec<Verified>> {
        self.0.verify(range, &tell).await
    }

    /// As [`Migrator::trial`](super::Migrator::trial).
    pub async fn trial(&self, revision: &str) -> Result<Vec<TrialStatement>> {
        self.0.trial(revision).await
    }
}
