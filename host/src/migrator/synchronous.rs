//! The protocol for programs that wait.

use std::fmt;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;

use dapter_plugin_api::abi::{Adapter, block_on};
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

/// Migrates one database, on the calling thread; needs no runtime.
///
/// Every operation opens a connection of its own and closes it. Operations that change the database hold its lock
/// meanwhile, wait for others that do, and give it back whatever happens.
#[derive(Clone)]
pub struct Migrator(Core);

impl fmt::Debug for Migrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrator")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

#[allow(
    clippy::missing_errors_doc,
    reason = "every operation fails with a MigrationError, documented there"
)]
impl Migrator {
    /// A migrator for a database, through an adapter that serves its URL.
    #[must_use]
    pub fn new(adapter: Adapter, settings: MigrationSettings) -> Self {
        Self(Core::new(adapter, settings, Placement::Here))
    }

    /// The same, through another adapter that serves its URL: one in a process of its own, say.
    #[must_use]
    pub fn with_adapter(mut self, adapter: Adapter) -> Self {
        self.0.adapter = adapter;
        self
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

    /// Makes the migrations directory; destroys nothing that is there. Where the adapter drives a tool with scripts of its own,
    /// the directory holds a script for each of the tool's revisions afterwards: done again, it takes in what has changed.
    pub fn init_migrations(&self) -> Result<Initialization> {
        block_on(self.0.init())
    }

    /// What [`init_migrations`](Self::init_migrations) would make, without making it.
    pub fn plan_init_migrations(&self) -> Result<Initialization> {
        block_on(self.0.plan_init())
    }

    /// Has the tool that the adapter drives make a migration, writes the script that stands for it, and returns both; `None`
    /// where the tool finds that there is nothing to make. Scripts that the tool has changed are written anew too.
    pub fn create_with_tool(&self, migration: NewMigration) -> Result<Option<MadeByTool>> {
        block_on(self.0.create_with_tool(migration))
    }

    /// Writes a new script and returns it. Where the adapter drives a tool with scripts of its own, the tool makes it: then it is
    /// an error that there is nothing to make.
    pub fn create_migration(&self, migration: NewMigration) -> Result<Script> {
        block_on(self.0.create(migration))
    }

    /// What the database is built of.
    pub fn inspect(&self) -> Result<Schema> {
        block_on(self.0.inspect())
    }

    /// What leads from the database, at the head of its scripts, to its models; tried in a scratch database, there and back.
    pub fn autogenerate(
        &self,
        desired: DesiredState,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        block_on(self.0.autogenerate(ready(Ok(desired)), options))
    }

    /// The same to models that are still being read while the database is looked at: `models` is called when that is done.
    pub fn autogenerate_meanwhile<E: From<MigrationError>>(
        &self,
        models: impl FnOnce() -> std::result::Result<DesiredState, E>,
        options: &AutogenerateOptions,
    ) -> std::result::Result<Generated, E> {
        block_on(self.0.autogenerate(async { models() }, options))
    }

    /// What a state looks like to the database once it is built, in scratch.
    pub fn state(&self, desired: &DesiredState) -> Result<Schema> {
        block_on(self.0.state(desired))
    }

    /// The same beside a database or a state that its scripts build: what was remembered of such a server is not built again.
    pub fn state_beside(&self, desired: &DesiredState, beside: &Schema) -> Result<Schema> {
        block_on(self.0.state_beside(desired, beside))
    }

    /// What models say had another name before, given what came of them when they were built: for
    /// [`AutogenerateOptions::former_names`].
    pub fn former_names(&self, models: &DesiredState, built: &Schema) -> Result<Vec<Rename>> {
        block_on(self.0.former_names(models, built))
    }

    /// What leads from one state to another; tried in a scratch database, there and back.
    pub fn between(
        &self,
        current: Schema,
        desired: Schema,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        block_on(self.0.between(current, desired, options))
    }

    /// The same as text, in which each statement ends as the database's own client wants it.
    pub fn build_text(&self, schema: Schema) -> Result<String> {
        block_on(self.0.build_text(schema))
    }

    /// What the scripts build up to a revision, in scratch.
    pub fn schema_at(&self, revision: &str) -> Result<Schema> {
        block_on(self.0.schema_at(revision))
    }

    /// What the scripts build that the database says are applied, in scratch.
    pub fn schema_of_applied(&self) -> Result<Schema> {
        block_on(self.0.schema_of_applied())
    }

    /// What was done to the database by hand: what leads from what its applied scripts build, in scratch, to what it has.
    pub fn drift(&self) -> Result<Vec<Operation>> {
        block_on(self.0.drift())
    }

    /// What a new script has to do that takes in what was done by hand; tried in a scratch database, there and back. The
    /// database, which has it, is [stamped](Self::stamp) once the script is written.
    pub fn autogenerate_drift(&self, options: &AutogenerateOptions) -> Result<Generated> {
        block_on(self.0.autogenerate_drift(options))
    }

    /// What differs between the database and what its applied scripts build, in scratch.
    pub fn check_drift(&self) -> Result<Vec<CheckFinding>> {
        block_on(self.0.check_drift())
    }

    /// The statements that build a state in an empty database.
    pub fn build(&self, schema: Schema) -> Result<Vec<String>> {
        block_on(self.0.build(schema))
    }

    /// Applies what leads to a destination: `head`, `heads`, an id or its beginning, `+2`.
    pub fn upgrade(&self, revision: &str) -> Result<Report> {
        block_on(self.0.migrate(Direction::Upgrade, revision))
    }

    /// Undoes what is above a destination: `base`, an id or its beginning, `-1`.
    pub fn downgrade(&self, revision: &str) -> Result<Report> {
        block_on(self.0.migrate(Direction::Downgrade, revision))
    }

    /// The heads of the database: one, unless branches are applied that no merge joins; none at the base.
    pub fn current_revision(&self) -> Result<Vec<CurrentRevision>> {
        block_on(self.0.current())
    }

    /// All revisions of the scripts, each after those it needs, and which of them are applied.
    pub fn migration_history(&self) -> Result<Vec<HistoryEntry>> {
        block_on(self.0.entries())
    }

    /// The same, and the scripts that run again whenever their text changes, in their order, then those that are gone.
    pub fn full_history(&self) -> Result<(Vec<HistoryEntry>, Vec<RepeatableStatus>)> {
        block_on(self.0.full_history())
    }

    /// The revisions of a range such as `ae10:head`, both ends included, each after those it needs.
    pub fn migration_history_range(&self, range: &str) -> Result<Vec<HistoryEntry>> {
        block_on(self.0.entries_within(range))
    }

    /// What an upgrade or a downgrade would do, without doing it.
    pub fn plan(&self, direction: Direction, revision: &str) -> Result<Plan> {
        block_on(self.0.plan(direction, revision))
    }

    /// What leads from one place to another, `FROM:TO`, as a script that the database's own client runs, and the plan
    /// behind it; asks no database. An upgrade begins at base where no `FROM` is said.
    pub fn offline(&self, direction: Direction, range: &str) -> Result<(Plan, String)> {
        block_on(self.0.offline(direction, range))
    }

    /// The same for what [`stamp`](Self::stamp) records: the first destination may be `FROM:TO`.
    pub fn offline_stamp(&self, to: impl Into<StampTo>) -> Result<(StampChange, String)> {
        block_on(self.0.offline_stamp(to.into()))
    }

    /// Records a destination as reached without running a script. What is half done counts as done or as not begun
    /// afterwards, as the destination says, and edited scripts are taken as they are now.
    pub fn stamp(&self, to: impl Into<StampTo>) -> Result<StampChange> {
        block_on(self.0.stamp(to.into()))
    }

    /// What a stamp would change, without changing it.
    pub fn plan_stamp(&self, to: impl Into<StampTo>) -> Result<StampChange> {
        block_on(self.0.plan_stamp(to.into()))
    }

    /// Takes over the directory of another tool, and what its table says is applied. Done again, it changes nothing.
    pub fn adopt(&self, adoption: &Adoption) -> Result<Adopted> {
        block_on(self.0.adopt_from(adoption))
    }

    /// Writes the scripts in another tool's format, and tells its table what is applied.
    pub fn export(&self, order: &Export) -> Result<Exported> {
        block_on(self.0.export_to(order))
    }

    /// What [`export`](Self::export) would do.
    pub fn plan_export(&self, order: &Export) -> Result<Exported> {
        block_on(self.0.plan_export(order))
    }

    /// What [`adopt`](Self::adopt) would do.
    pub fn plan_adoption(&self, adoption: &Adoption) -> Result<Adopted> {
        block_on(self.0.plan_adoption(adoption))
    }

    /// The scripts and their graph; asks no database.
    pub fn scripts(&self) -> Result<Scripts> {
        block_on(self.0.scripts())
    }

    /// Who holds the lock row, if anybody does.
    pub fn lock_holder(&self) -> Result<Option<LockRow>> {
        block_on(self.0.lock_holder())
    }

    /// Takes the lock row away from a holder, whether it lives or not. A holder that lives fails at its next change.
    pub fn break_lock(&self, holder: &LockRow) -> Result<()> {
        block_on(self.0.break_lock(holder))
    }

    /// Where the database is, what is half done in it, and what the next run will do about that.
    pub fn status(&self) -> Result<Status> {
        block_on(self.0.status())
    }

    /// Whose server answers, and whether it lets this program change anything; nothing where the adapter cannot tell. Changes
    /// nothing.
    pub fn server_facts(&self) -> Result<Option<ServerFacts>> {
        block_on(self.0.server_facts())
    }

    /// What is wrong with the scripts; asks no database. What cannot be read is a finding, and no error.
    pub fn check_scripts(&self) -> Result<Vec<CheckFinding>> {
        block_on(self.0.check_scripts())
    }

    /// What will be wrong with the scripts once another branch of the project is merged.
    pub fn check_merge(&self, branch: &Branch) -> Result<Vec<CheckFinding>> {
        block_on(self.0.check_merge(branch))
    }

    /// What the database and the scripts do not agree on, and what is pending.
    pub fn check_database(&self) -> Result<Vec<CheckFinding>> {
        block_on(self.0.check_database())
    }

    /// The same as [`plan`](Self::plan), with a document that can be kept and carried out later.
    pub fn plan_to_save(&self, direction: Direction, revision: &str) -> Result<(Plan, SavedPlan)> {
        block_on(self.0.plan_to_save(direction, revision))
    }

    /// Carries out a plan that was kept, if it is the very plan that would be made now.
    pub fn apply(&self, plan: &SavedPlan) -> Result<Report> {
        block_on(self.0.apply(plan))
    }

    /// The first column of what the database answers to a query in its own language: the names of tenants, say.
    pub fn names(&self, statement: &str) -> Result<Vec<String>> {
        block_on(self.0.names(statement))
    }

    /// Settles by hand a half-done step, the only one if none is named: what a person found in the database, or did.
    pub fn repair(&self, revision: Option<&str>, choice: RepairChoice) -> Result<Repaired> {
        block_on(self.0.repair(revision, choice))
    }

    /// What the scripts of these revisions do to a live system, in both directions; asks no database.
    pub fn lint(&self, revisions: &[RevisionId]) -> Result<Vec<LintFinding>> {
        block_on(self.0.lint(revisions))
    }

    /// What a file does to a live system, a script or statements in the adapter's own language; asks no database.
    pub fn lint_file(&self, path: &Path) -> Result<Vec<LintFinding>> {
        block_on(self.0.lint_file(path))
    }

    /// What the statements of the hooks do to a live system; asks no database.
    pub fn lint_hooks(&self) -> Result<Vec<LintFinding>> {
        block_on(self.0.lint_hooks())
    }

    /// What the adapter's lint looks for; asks no database.
    pub fn lint_rules(&self) -> Result<Vec<LintRule>> {
        block_on(self.0.lint_rules())
    }

    /// Makes one script of those of a range, such as `base:head`, and removes them, once it is proven in scratch databases
    /// that it builds the same. Databases that know the old revisions know it as applied.
    pub fn squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        block_on(self.0.squash(range, message))
    }

    /// What [`squash`](Self::squash) would do, without the proof.
    pub fn plan_squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        block_on(self.0.plan_squash(range, message))
    }

    /// Tries every revision in a scratch database, or those of a range such as `ae10:head`: applies it, undoes it, applies it
    /// again, and compares what the database is built of. Each is told as soon as it was tried.
    pub fn verify(
        &self,
        range: Option<&str>,
        tell: impl Fn(&Verified) + Send + Sync,
    ) -> Result<Vec<Verified>> {
        block_on(self.0.verify(range, &tell))
    }

    /// Runs what leads to a destination in a transaction that is rolled back, and tells which locks every statement took.
    /// They are taken on the database as it is, and held until the end of the trial.
    pub fn trial(&self, revision: &str) -> Result<Vec<TrialStatement>> {
        block_on(self.0.trial(revision))
    }
}
