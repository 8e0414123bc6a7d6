//! Makes one script of several, and proves that it does the same.

use std::path::PathBuf;

use dapter_plugin_api::Schema;
use serde::Serialize;

use super::core::Core;
use super::planning::statements as planned;
use super::portable::Basis;
use super::scripts::Scripts;
use crate::error::MigrationError;
use crate::plan::Direction;
use crate::revision::{Applied, Expression, RevisionId, Squash, resolve_range, squash};
use crate::script::{Script, ScriptBody, ScriptError, SquashedHeader, parse, squashed};
use crate::verify::{Difference, differences};

type Result<T> = std::result::Result<T, MigrationError>;

/// Several scripts that became one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Squashed {
    /// The revision: that of the last of them.
    pub revision: RevisionId,
    /// What its script says that it does.
    pub message: String,
    /// Its script.
    pub path: PathBuf,
    /// The revisions that it takes the place of.
    pub replaces: Vec<RevisionId>,
    /// The scripts that are gone.
    pub removed: Vec<PathBuf>,
}

impl Core {
    /// Makes one script of those of a range. They are removed once it is proven in scratch databases that it builds the
    /// same.
    pub(super) async fn squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        let scripts = self.scripts().await?;
        let (squash, bodies, new) = self.squashed(range, message, &scripts).await?;
        self.prove(&squash, &bodies, &new, &scripts).await?;
        let directory = scripts.directory().clone();
        let old: Vec<Script> = bodies.iter().map(|body| body.script().clone()).collect();
        let (body, last) = (new.clone(), squash.id.clone());
        let written = self.blocking(move || {
            let (last, others): (Vec<&Script>, Vec<&Script>) =
                old.iter().partition(|script| script.revision.id == last);
            let mut path = body.script().path.clone();
            for last in last {
                path = directory.put_in_place(last, &body)?;
            }
            let mut removed = Vec::new();
            for other in others {
                directory.remove(other)?;
                removed.push(other.path.clone());
            }
            Ok((path, removed))
        });
        let (path, removed) = written.await.map_err(MigrationError::Creation)?;
        Ok(Squashed {
            path,
            removed,
            ..told_of(&new, &squash)
        })
    }

    /// What [`squash`](Self::squash) would do, without its proof.
    pub(super) async fn plan_squash(&self, range: &str, message: Option<&str>) -> Result<Squashed> {
        let scripts = self.scripts().await?;
        let (squash, bodies, new) = self.squashed(range, message, &scripts).await?;
        let others = bodies.iter().map(ScriptBody::script);
        let others = others.filter(|script| script.revision.id != squash.id);
        Ok(Squashed {
            removed: others.map(|script| script.path.clone()).collect(),
            ..told_of(&new, &squash)
        })
    }

    /// What becomes one, the scripts in their order, and the one.
    async fn squashed(
        &self,
        range: &str,
        message: Option<&str>,
        scripts: &Scripts,
    ) -> Result<(Squash, Vec<ScriptBody>, ScriptBody)> {
        let range = Expression::parse(range)?;
        let nothing = Applied::split(scripts.graph(), &[]).0;
        let squash = squash(scripts.graph(), &resolve_range(&nothing, &range)?)?;
        let members = squash.replaces.iter().chain([&squash.id]);
        let bodies = self.read_all(members, scripts).await?;
        let created = bodies.last().and_then(|last| last.script().created.clone());
        let told = format!("{} revisions in one", bodies.len());
        let header = SquashedHeader {
            message: message.unwrap_or(&told),
            created: created.as_deref(),
            squash: &squash,
            comment: &self.adapter.info().comment,
        };
        let portable = bodies.iter().filter(|body| body.script().is_portable());
        let portable = portable.count();
        if portable > 0 && portable < bodies.len() {
            return Err(SquashFailure::Mixed.into());
        }
        let text = squashed(header, &bodies);
        let path = bodies.last().map(|last| last.script().path.clone());
        let parsed = parse(&path.unwrap_or_default(), &text).map_err(ScriptError::Invalid);
        let script = parsed.map_err(MigrationError::Creation)?;
        Ok((squash, bodies, ScriptBody::new(script, text)))
    }

    async fn read_all<'i>(
        &self,
        revisions: impl Iterator<Item = &'i RevisionId>,
        scripts: &Scripts,
    ) -> Result<Vec<ScriptBody>> {
        let wanted: Vec<Script> = revisions
            .filter_map(|id| scripts.get(id.as_str()).cloned())
            .collect();
        let directory = scripts.directory().clone();
        let read = self.blocking(move || directory.read_bodies(&wanted)).await;
        Ok(read?)
    }

    /// Holds the new script to what the old ones do: the same statements, and the same schema in scratch databases.
    async fn prove(
        &self,
        squash: &Squash,
        bodies: &[ScriptBody],
        new: &ScriptBody,
        scripts: &Scripts,
    ) -> Result<()> {
        let is_replaced = |id: &&RevisionId| **id != squash.id && !squash.replaces.contains(id);
        let needed = scripts.needed(&squash.id);
        let before: Vec<RevisionId> = needed.iter().filter(is_replaced).cloned().collect();
        let by_old = self.texts(bodies.to_vec(), &before, scripts).await?;
        let by_new = self.texts(vec![new.clone()], &before, scripts).await?;
        if by_old != by_new {
            return Err(SquashFailure::Statements.into());
        }
        let before = self.read_all(before.iter(), scripts).await?;
        let by_old = self.built(before.iter().chain(bodies), scripts).await?;
        let by_new = self.built(before.iter().chain([new]), scripts).await?;
        let found = differences(&by_old, &by_new);
        match found.is_empty() {
            true => Ok(()),
            false => Err(SquashFailure::Differs(found).into()),
        }
    }

    /// The statements of scripts, behind others.
    async fn texts(
        &self,
        bodies: Vec<ScriptBody>,
        before: &[RevisionId],
        scripts: &Scripts,
    ) -> Result<Vec<String>> {
        let options = self.settings.connect_options();
        let basis = Basis::Assumed(before, scripts);
        let mut texts = Vec::new();
        for body in self.rendered_both_ways(bodies, basis).await? {
            let found = planned(&body, &self.adapter, &options, Direction::Upgrade).await?;
            texts.extend(found.iter().map(|found| found.text.to_string()));
        }
        Ok(texts)
    }

    /// What scripts build in an empty database.
    async fn built(
        &self,
        bodies: impl Iterator<Item = &ScriptBody>,
        scripts: &Scripts,
    ) -> Result<Schema> {
        let bodies = self.filled_in(bodies.cloned().collect())?;
        let mut scratch = self.scratch().await?;
        let basis = Basis::Database(&mut scratch.session);
        let up = Direction::Upgrade;
        let bodies = scratch.core.rendered_bodies(bodies, up, basis).await?;
        let built = match scratch
            .carry_out(Direction::Upgrade, &bodies, scripts)
            .await
        {
            Ok(()) => scratch.inspect().await,
            Err(error) => Err(error),
        };
        scratch.end(built).await
    }
}

fn told_of(new: &ScriptBody, squash: &Squash) -> Squashed {
    let script = new.script();
    Squashed {
        revision: squash.id.clone(),
        message: script.revision.message.clone(),
        path: script.path.clone(),
        replaces: squash.replaces.clone(),
        removed: Vec::new(),
    }
}

/// Why one script does not do what several did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SquashFailure {
    /// Some are portable and some are not.
    #[error("portable scripts and others cannot become one")]
    Mixed,
    /// Written one after the other, their statements are others.
    #[error(
        "written one after the other, the scripts are split into other statements than by themselves"
    )]
    Statements,
    /// They build something else.
    #[error("the squashed script builds another schema:\n{}", told(.0))]
    Differs(Vec<Difference>),
}

impl SquashFailure {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Mixed => "squash ranges that hold the ones or the others alone".to_owned(),
            Self::Statements => {
                "end the last statement of each script as the next one of the same script would need it".to_owned()
            }
            Self::Differs(_) => "nothing was changed; `dapter verify` tells which script is not what it seems".to_owned(),
        }
    }
}

fn told(differences: &[Difference]) -> String {
    let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
