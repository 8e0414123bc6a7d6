//! Upgrades, downgrades and stamps as scripts that the database's own client runs. Nothing is connected to.

use std::path::PathBuf;

use dapter_plugin_api::{
    AdapterError, AppliedRevision, Capability, ErrorKind, History, OfflineScript, Requirement,
};

use super::core::{Core, Known};
use super::planning;
use super::portable::Basis;
use super::scripts::Scripts;
use super::settings::StampTo;
use super::stamping::Destination;
use crate::error::{HistoryError, MigrationError};
use crate::execute::{Draft, stamp_change};
use crate::plan::{Direction, Plan};
use crate::revision::{Anchor, Applied, Expression, Point, RevisionId, StampChange, resolve_many};

type Result<T> = std::result::Result<T, MigrationError>;

/// Why there is no script for the database's own client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfflineError {
    /// Nobody is asked where the database is, and what was written does not say it.
    #[error("`{0}` does not say where the database is")]
    NoStart(String),
    /// The adapter writes no such script.
    #[error("there is no script for the database's own client")]
    Adapter(#[source] AdapterError),
    /// A statement holds the value of a secret variable, and a script would show it to whoever reads it.
    #[error("{}:{line}: the statement holds a secret, and a script would show it", path.display())]
    Secret {
        /// The script that it stands in.
        path: PathBuf,
        /// The line that it begins on, from 1.
        line: usize,
    },
    /// A statement cannot be part of one.
    #[error("{}:{line}: the statement cannot be part of a script for the database's own client", path.display())]
    Statement {
        /// The script that it stands in.
        path: PathBuf,
        /// The line that it begins on, from 1.
        line: usize,
        /// What the adapter says.
        source: AdapterError,
    },
}

impl OfflineError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoStart(_) => Some("write FROM:TO: FROM is an id or `base`".to_owned()),
            Self::Secret { .. } => {
                Some("let dapter run that script itself, or give the variable no secret".to_owned())
            }
            Self::Adapter(error) if error.kind == ErrorKind::Unsupported => Some(
                "`dapter plugin info` tells which plugins have the capability `offline`".to_owned(),
            ),
            Self::Adapter(source) | Self::Statement { source, .. } => source.hint.clone(),
        }
    }
}

/// Where a script begins and where it leads.
struct Way<'e> {
    start: Option<&'e Point>,
    destination: Expression,
}

impl Core {
    /// What leads from one place to another, as a script, and the plan behind it.
    pub(super) async fn offline(
        &self,
        direction: Direction,
        range: &str,
    ) -> Result<(Plan, String)> {
        let expression = Expression::parse(range)?;
        let way = way(direction, &expression, range)?;
        let scripts = self.scripts().await?;
        let start = start(way.start, &scripts, range)?;
        let known = known(&start, &scripts);
        let path = planning::path(
            &known,
            &scripts,
            direction,
            &way.destination,
            &self.settings,
        )?;
        let applied: Vec<RevisionId> = start.iter().cloned().collect();
        let basis = Basis::Scripts(&applied, &scripts);
        let bodies = self.bodies(&path, &scripts, direction, basis).await?;
        let plan = self.planned(&bodies, &known, direction)?;
        check_secrets(&plan)?;
        let title = format!(
            "{} {range}, written by dapter {}, steps: {}",
            plan.direction,
            env!("CARGO_PKG_VERSION"),
            plan.steps.len()
        );
        let mut draft = self.draft(title, requirement(&start, &path, &scripts));
        draft.run(&plan);
        let text = self.written(draft).await?;
        Ok((plan, text))
    }

    /// The same for rows of the history alone.
    pub(super) async fn offline_stamp(&self, to: StampTo) -> Result<(StampChange, String)> {
        let said = to.destinations.join(" ");
        let mut to = to;
        let mut from = None;
        for destination in &mut to.destinations {
            let expression = Expression::parse(destination)?;
            let way = way(Direction::Upgrade, &expression, destination)?;
            from = from.or(way.start.cloned());
            *destination = way.destination.to_string();
        }
        let scripts = self.scripts().await?;
        let start = start(from.as_ref(), &scripts, &said)?;
        let Known { history, .. } = known(&start, &scripts);
        let destination = Destination::parse(&to)?;
        let stamped = self.stamped(&history, &scripts, &destination)?;
        let rows = self.stamped_rows(&history, &scripts, &stamped, 0);
        let title = format!(
            "stamp {said}, written by dapter {}",
            env!("CARGO_PKG_VERSION")
        );
        let mut draft = self.draft(title, requirement(&start, &stamped.insert, &scripts));
        draft.change(stamp_change(
            &history,
            &stamped.remove,
            rows,
            &self.settings.identity,
            destination.kind.operation(),
            "",
        ));
        let text = self.written(draft).await?;
        Ok((stamped, text))
    }

    fn draft(&self, title: String, start: Requirement) -> Draft<'_> {
        let transactional = self.adapter.info().has(Capability::TransactionalDdl);
        Draft::new(title, start, transactional, &self.settings.identity)
    }

    async fn written(&self, draft: Draft<'_>) -> Result<String> {
        let mut draft = draft;
        let script = OfflineScript {
            options: self.settings.connect_options(),
            items: std::mem::take(&mut draft.items),
        };
        let written = self.adapter.offline_script(&script).await;
        written.map_err(|source| {
            let place = source.position.and_then(|item| draft.place(item));
            let source = self.redacted(source);
            let error = match place {
                Some((path, line)) => OfflineError::Statement { path, line, source },
                None => OfflineError::Adapter(source),
            };
            error.into()
        })
    }
}

/// A script begins at base where nothing else is said; on its way down it has to be said.
fn way<'e>(direction: Direction, expression: &'e Expression, range: &str) -> Result<Way<'e>> {
    let no_start = || OfflineError::NoStart(range.to_owned());
    let (start, destination) = match (expression, direction) {
        (Expression::Point(_), Direction::Downgrade) => return Err(no_start().into()),
        (Expression::Point(point), Direction::Upgrade) => (None, point.clone()),
        (Expression::Range { from, to }, Direction::Downgrade) => match (from, to) {
            (Some(from), Some(to)) => (Some(from), to.clone()),
            _ => return Err(no_start().into()),
        },
        (Expression::Range { from, to }, Direction::Upgrade) => {
            let to = to.clone().unwrap_or(Point {
                branch: None,
                anchor: Some(Anchor::Head),
                steps: 0,
            });
            (from.as_ref(), to)
        }
    };
    Ok(Way {
        start,
        destination: Expression::Point(destination),
    })
}

/// What is applied where a script begins, in topological order.
fn start<'s>(point: Option<&Point>, scripts: &'s Scripts, range: &str) -> Result<Applied<'s>> {
    let nothing = Applied::none(scripts.graph());
    let Some(point) = point else {
        return Ok(nothing);
    };
    if matches!(point.anchor, None | Some(Anchor::Current)) {
        return Err(OfflineError::NoStart(range.to_owned()).into());
    }
    let heads = resolve_many(&nothing, &Expression::Point(point.clone()))?;
    let applied = Applied::from_heads(scripts.graph(), &heads);
    Ok(applied.map_err(HistoryError::from)?)
}

/// What a database remembers at which exactly these revisions are applied, by their scripts as they are. Those that run
/// again are to run.
fn known(applied: &Applied<'_>, scripts: &Scripts) -> Known {
    let checksum = |id: &RevisionId| {
        let script = scripts.get(id.as_str());
        script.map_or_else(String::new, |script| script.checksum.to_string())
    };
    let rows = applied
        .iter()
        .zip(1..)
        .map(|(id, position)| AppliedRevision {
            revision: id.to_string(),
            checksum: checksum(id),
            position,
            ..AppliedRevision::default()
        });
    Known {
        history: History {
            ready: true,
            rows: rows.collect(),
            ..History::default()
        },
        squashed: None,
        repeatable: Vec::new(),
        adopting: false,
    }
}

/// A script is read by others than those who may read its secrets.
fn check_secrets(plan: &Plan) -> Result<()> {
    for step in &plan.steps {
        let mut statements = step.statements.iter();
        if let Some(statement) = statements.find(|one| *one.text.shown() != *one.text) {
            return Err(OfflineError::Secret {
                path: step.path.clone(),
                line: statement.line,
            }
            .into());
        }
    }
    Ok(())
}

/// What the history has to be where a script begins: what is applied there, and nothing besides but what has nothing to do
/// with the steps.
fn requirement(start: &Applied<'_>, path: &[RevisionId], scripts: &Scripts) -> Requirement {
    let mut touched: Vec<RevisionId> = path.to_vec();
    for id in path {
        touched.extend(scripts.descendants(id));
    }
    let all = scripts.graph().topological().map(|revision| &revision.id);
    let others = all.filter(|id| !start.contains(id.as_str()) && !touched.contains(id));
    // What runs again may have run.
    let others = others.chain(scripts.repeatable().map(|script| &script.revision.id));
    let heads: Vec<String> = start.heads().iter().map(RevisionId::to_string).collect();
    let place = match heads.is_empty() {
        true => "base".to_owned(),
        false => heads.join(", "),
    };
    Requirement {
        applied: start.iter().map(RevisionId::to_string).collect(),
        absent: Vec::new(),
        others: Some(others.map(RevisionId::to_string).collect()),
        otherwise: format!("the database is not at {place}, or locked or half done"),
    }
}
