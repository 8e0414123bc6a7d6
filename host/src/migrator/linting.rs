//! What scripts do to a live system, for those who ask a migrator.

use std::path::Path;

use dapter_plugin_api::{Capability, LintRule};

use super::core::Core;
use super::planning;
use super::portable::Basis;
use crate::error::MigrationError;
use crate::execute::{TrialStatement, trial};
use crate::lint::{LintFinding, destroying, lint_script, lint_text};
use crate::plan::{Direction, Plan};
use crate::revision::{Expression, RevisionId};
use crate::script::{LooseFile, ScriptBody};

type Result<T> = std::result::Result<T, MigrationError>;

impl Core {
    /// The rules of the adapter.
    pub(super) async fn lint_rules(&self) -> Result<Vec<LintRule>> {
        let rules = self.adapter.lint_rules().await;
        rules.map_err(MigrationError::Lint)
    }

    /// What the scripts of these revisions do, in this order.
    pub(super) async fn lint(&self, revisions: &[RevisionId]) -> Result<Vec<LintFinding>> {
        let scripts = self.scripts().await?;
        let options = self.settings.connect_options();
        let mut findings = Vec::new();
        for revision in revisions {
            let Some(script) = scripts.get(revision.as_str()) else {
                continue;
            };
            let body = scripts.directory().read_body(script)?;
            let Some(body) = self.filled_in(vec![body])?.pop() else {
                continue;
            };
            let body = self.rendered_alone(body, Some(&scripts)).await?;
            findings.extend(lint_script(&body, &self.adapter, &options).await?);
        }
        Ok(findings)
    }

    /// What a file does: a script, or statements in the adapter's own language.
    pub(super) async fn lint_file(&self, path: &Path) -> Result<Vec<LintFinding>> {
        let options = self.settings.connect_options();
        match LooseFile::read(path)? {
            LooseFile::Script(body) => {
                let mut findings = Vec::new();
                for body in self.filled_in(vec![*body])? {
                    let body = self.rendered_alone(body, None).await?;
                    findings.extend(lint_script(&body, &self.adapter, &options).await?);
                }
                Ok(findings)
            }
            LooseFile::Text(text) => lint_text(path, &text, &self.adapter, &options).await,
        }
    }

    /// Runs what leads to a destination in a transaction that is rolled back, and tells which locks were taken.
    pub(super) async fn trial(&self, destination: &str) -> Result<Vec<TrialStatement>> {
        let destination = Expression::parse(destination)?;
        let (scripts, mut session, known) = self.open().await?;
        let _running = self.interrupt.while_running(session.canceller());
        let direction = Direction::Upgrade;
        let path = planning::path(&known, &scripts, direction, &destination, &self.settings)?;
        let basis = Basis::Database(&mut session);
        let bodies = self.bodies(&path, &scripts, direction, basis).await?;
        let plan = self.planned(&bodies, &known, direction)?;
        let traced = trial(&mut session, &plan, &self.context()).await;
        traced.map_err(|error| error.map_source(|source| self.redacted(source)).into())
    }

    /// Asks whether what the plan and its hooks destroy may go, as far as nobody has agreed to it before; returns all that
    /// is agreed to. Without the scripts of the plan it looks at the hooks alone.
    pub(super) async fn agree(
        &self,
        plan: &Plan,
        bodies: Option<&[ScriptBody]>,
        mut agreed: Vec<LintFinding>,
    ) -> Result<Vec<LintFinding>> {
        let Some(consent) = &self.consent else {
            return Ok(agreed);
        };
        let options = self.settings.connect_options();
        let mut found = match bodies {
            Some(bodies) => destroying(plan, bodies, &self.adapter, &options).await?,
            None => Vec::new(),
        };
        if !plan.is_empty() {
            found.extend(self.destroying_hooks(plan.direction).await?);
        }
        found.retain(|finding| !agreed.contains(finding));
        if !found.is_empty() && !consent(plan.direction, &found) {
            return Err(MigrationError::Destroys(found));
        }
        agreed.extend(found);
        Ok(agreed)
    }

    /// What the hooks of a run in this direction destroy, those of its failure too.
    async fn destroying_hooks(&self, direction: Direction) -> Result<Vec<LintFinding>> {
        if !self.adapter.info().has(Capability::Lint) {
            return Ok(Vec::new());
        }
        let mut findings = self.lint_hooks().await?;
        findings.retain(|finding| {
            let would_run = finding.direction.is_none_or(|its| its == direction);
            finding.destroys_data && finding.allowed.is_none() && would_run
        });
        Ok(findings)
    }
}
