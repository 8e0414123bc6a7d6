//! Tries revisions in a scratch database.

use dapter_plugin_api::Schema;

use super::core::Core;
use super::scratch::Scratch;
use super::scripts::Scripts;
use crate::error::MigrationError;
use crate::plan::Direction;
use crate::revision::{Applied, Expression, RevisionId, resolve_range};
use crate::script::Script;
use crate::verify::{Difference, Outcome, Verified, differences};

type Result<T> = std::result::Result<T, MigrationError>;

impl Core {
    /// Applies every revision to an empty database, and undoes and applies again those of the range. Each is told as soon
    /// as it was tried.
    pub(super) async fn verify(
        &self,
        range: Option<&str>,
        tell: &(dyn Fn(&Verified) + Send + Sync),
    ) -> Result<Vec<Verified>> {
        let scripts = self.scripts().await?;
        let wanted = match range {
            Some(range) => {
                let range = Expression::parse(range)?;
                let nothing = Applied::split(scripts.graph(), &[]).0;
                Some(resolve_range(&nothing, &range)?)
            }
            None => None,
        };
        let mut trial = Trial {
            core: self,
            scripts: &scripts,
            scratch: self.scratch().await?,
            applied: Vec::new(),
        };
        let mut verified = Vec::new();
        let result = trial.all(wanted.as_deref(), &mut verified, tell).await;
        trial.scratch.end(result).await.map(|()| verified)
    }
}

/// Revisions being tried.
struct Trial<'t> {
    core: &'t Core,
    scripts: &'t Scripts,
    scratch: Scratch,
    /// What is applied in the scratch database.
    applied: Vec<RevisionId>,
}

impl Trial<'_> {
    async fn all(
        &mut self,
        wanted: Option<&[RevisionId]>,
        verified: &mut Vec<Verified>,
        tell: &(dyn Fn(&Verified) + Send + Sync),
    ) -> Result<()> {
        let order: Vec<RevisionId> = self.order();
        let last = wanted.map(|wanted| order.iter().rposition(|id| wanted.contains(id)));
        let order = match last {
            Some(last) => &order[..last.map_or(0, |last| last + 1)],
            None => &order[..],
        };
        let mut schema = self.scratch.inspect().await?;
        let mut failed = false;
        for id in order {
            let is_wanted = wanted.is_none_or(|wanted| wanted.contains(id));
            let outcome = match (failed, is_wanted) {
                (true, _) => Outcome::NotTried,
                (false, true) => self.revision(id, &mut schema).await?,
                (false, false) => self.apply_alone(id, &mut schema).await?,
            };
            let stops = matches!(
                outcome,
                Outcome::Failed {
                    direction: Direction::Upgrade,
                    again: false,
                    ..
                }
            );
            let told = self.verified(id, outcome);
            if is_wanted || stops {
                tell(&told);
                verified.push(told);
            }
            failed |= stops;
        }
        Ok(())
    }

    fn order(&self) -> Vec<RevisionId> {
        let graph = self.scripts.graph();
        graph
            .topological()
            .map(|revision| revision.id.clone())
            .collect()
    }

    fn script(&self, id: &RevisionId) -> &Script {
        let script = self.scripts.get(id.as_str());
        script.expect("a revision of the graph has a script")
    }

    fn verified(&self, id: &RevisionId, outcome: Outcome) -> Verified {
        let script = self.script(id);
        Verified {
            revision: id.clone(),
            message: script.revision.message.clone(),
            path: script.path.clone(),
            outcome,
            notices: self.scratch.take_notices(),
        }
    }

    /// Applies a revision that is only there for those behind it.
    async fn apply_alone(&mut self, id: &RevisionId, schema: &mut Schema) -> Result<Outcome> {
        if let Some(failed) = self.try_step(Direction::Upgrade, id, false).await? {
            return Ok(failed);
        }
        self.applied.push(id.clone());
        *schema = self.scratch.inspect().await?;
        Ok(Outcome::Exact)
    }

    /// Applies a revision, undoes it, and applies it again.
    async fn revision(&mut self, id: &RevisionId, schema: &mut Schema) -> Result<Outcome> {
        let before = std::mem::take(schema);
        if let Some(failed) = self.try_step(Direction::Upgrade, id, false).await? {
            return Ok(failed);
        }
        self.applied.push(id.clone());
        let after = self.scratch.inspect().await?;
        schema.clone_from(&after);
        if let Some(reason) = self.irreversible(id).await? {
            return Ok(Outcome::Irreversible { reason });
        }
        if let Some(failed) = self.try_step(Direction::Downgrade, id, false).await? {
            self.begin_anew().await?;
            return Ok(failed);
        }
        let undone = differences(&before, &self.scratch.inspect().await?);
        if let Some(failed) = self.try_step(Direction::Upgrade, id, true).await? {
            self.begin_anew().await?;
            return Ok(inexact(undone).unwrap_or(failed));
        }
        let again = self.scratch.inspect().await?;
        let differing = differences(&after, &again);
        if !differing.is_empty() {
            // What follows is tried on what a database has that never went down.
            self.begin_anew().await?;
        }
        Ok(inexact(undone).unwrap_or(match differing.is_empty() {
            true => Outcome::Exact,
            false => Outcome::Unstable {
                differences: differing,
            },
        }))
    }

    /// Why a revision has no way down, if it has none.
    async fn irreversible(&self, id: &RevisionId) -> Result<Option<Option<String>>> {
        let script = self.script(id);
        if let Some(reason) = &script.irreversible {
            return Ok(Some(Some(reason.clone())));
        }
        let lacks = self.core.lacks_downgrade(id, self.scripts).await?;
        let dialect = self.core.adapter.info().dialect();
        Ok((lacks || script.downgrade_for(dialect).is_err()).then_some(None))
    }

    /// Runs a step; what is wrong with its statements is an outcome.
    async fn try_step(
        &self,
        direction: Direction,
        id: &RevisionId,
        again: bool,
    ) -> Result<Option<Outcome>> {
        let path = std::slice::from_ref(id);
        let error = match self.scratch.run(direction, path, self.scripts).await {
            Ok(()) => return Ok(None),
            Err(error) => error,
        };
        let (why, line) = match (&error, error.run_failure()) {
            (_, Some(run)) if run.interrupted => return Err(error),
            (_, Some(run)) => (
                run.error.to_string(),
                run.statement.as_ref().map(|statement| statement.line),
            ),
            (MigrationError::Split { source, line, .. }, None) => (source.to_string(), Some(*line)),
            (MigrationError::Section(source), None) => (source.to_string(), None),
            _ => return Err(error),
        };
        Ok(Some(Outcome::Failed {
            direction,
            again,
            error: why,
            line,
        }))
    }

    /// Makes another scratch database in which the same is applied, and nothing was ever undone.
    async fn begin_anew(&mut self) -> Result<()> {
        let fresh = self.core.scratch().await?;
        let old = std::mem::replace(&mut self.scratch, fresh);
        old.remove().await?;
        self.scratch.upgrade(&self.applied, self.scripts).await?;
        // They were told already.
        self.scratch.take_notices();
        Ok(())
    }
}

fn inexact(differences: Vec<Difference>) -> Option<Outcome> {
    (!differences.is_empty()).then_some(Outcome::Inexact { differences })
}
