//! Where a database is, what is half done in it, and what a run will do about it.

use std::path::PathBuf;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AppliedRevision, History, InFlight, LockRow, RevisionState};
use serde::Serialize;

use super::core::Core;
use super::inquiry::{self, CurrentRevision};
use super::planning;
use super::portable::Basis;
use super::repeatable::{self, RepeatableStatus};
use super::scripts::Scripts;
use crate::error::{HistoryError, MigrationError};
use crate::execute::StatementFailure;
use crate::plan::{Direction, PlannedStatement};
use crate::revision::RevisionId;

type Result<T> = std::result::Result<T, MigrationError>;

/// Where a database is.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The heads of the database, and what is half done.
    pub current: Vec<CurrentRevision>,
    /// The revisions of the scripts that are not applied, each after those it needs.
    pub pending: Vec<RevisionId>,
    /// The steps that stopped on the way.
    pub half_done: Vec<HalfDone>,
    /// The repeatable scripts in their order, then those that are gone.
    pub repeatable: Vec<RepeatableStatus>,
    /// Who holds the lock, as far as the database knows; `Some` of an empty row if that is nothing.
    pub holder: Option<LockRow>,
    /// Why a run would be refused, whatever its destination.
    pub refusal: Option<HistoryError>,
}

/// A step that stopped on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HalfDone {
    /// The revision.
    pub revision: RevisionId,
    /// What it does, as the history says.
    pub message: String,
    /// Its script, if there is one.
    pub path: Option<PathBuf>,
    /// The way the step went.
    pub direction: Direction,
    /// Statements that have taken effect, as recorded.
    pub statements_done: u64,
    /// Statements that the step had.
    pub statements_total: u64,
    /// The statement behind those that are recorded, as the script has it now.
    pub statement: Option<StatementFailure>,
    /// What the database said when it stopped; empty if nobody was left to write it down.
    pub error: String,
    /// When it was last written down: UTC, RFC 3339.
    pub since: String,
    /// Who ran it.
    pub by: String,
    /// The statement that was announced, if nobody recorded how it ended.
    pub in_flight: Option<InFlight>,
    /// What the next run in that direction will do.
    pub next: NextRun,
}

/// What the next run will do about a half-done step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextRun {
    /// It goes on at the statement with this number.
    GoesOnAt(u64),
    /// Every statement has taken effect: it only records that.
    Finishes,
    /// It begins anew: it is a repeatable script, and what it did is not known or was edited since.
    BeginsAnew,
    /// It refuses: whether the statement in flight took effect is not known.
    InDoubt,
    /// It refuses: the part of the script that ran was edited since.
    Edited,
    /// It refuses: no script defines the revision, or none of its sections is for this database.
    NoScript,
}

impl Core {
    pub(super) async fn status(&self) -> Result<Status> {
        let (scripts, mut session, known) = self.open().await?;
        let history = &known.history;
        let applied = planning::checked(history, &scripts);
        let mut half_done = Vec::new();
        for row in known
            .rows()
            .filter(|row| row.state != RevisionState::Applied)
        {
            half_done.push(self.half_done(row, &scripts, &mut session).await?);
        }
        Ok(Status {
            current: inquiry::current(history, &scripts)?,
            pending: pending(history, &scripts),
            half_done,
            repeatable: repeatable::all(&scripts, &known.repeatable),
            holder: self.holder(&mut session, history).await?,
            refusal: applied.err(),
        })
    }

    async fn half_done(
        &self,
        row: &AppliedRevision,
        scripts: &Scripts,
        session: &mut Session,
    ) -> Result<HalfDone> {
        let direction = direction_of(row);
        let revision = repeatable::id(&row.revision)?;
        let basis = Basis::Database(session);
        let statements = self
            .statements_of(&revision, scripts, direction, basis)
            .await?;
        Ok(HalfDone {
            message: row.message.clone(),
            path: scripts
                .get(revision.as_str())
                .map(|script| script.path.clone()),
            direction,
            statements_done: row.statements_done,
            statements_total: row.statements_total,
            statement: statements
                .as_deref()
                .and_then(|statements| StatementFailure::of(statements, row.statements_done)),
            error: row.error.clone(),
            since: row.applied_at.clone(),
            by: row.applied_by.clone(),
            in_flight: row.in_flight.clone(),
            next: match next(row, statements.as_deref()) {
                NextRun::InDoubt | NextRun::Edited if repeatable::is_repeatable(&row.revision) => {
                    NextRun::BeginsAnew
                }
                next => next,
            },
            revision,
        })
    }

    /// The statements of a step as its script has them now; `None` without a script or a section for this database.
    pub(super) async fn statements_of(
        &self,
        revision: &RevisionId,
        scripts: &Scripts,
        direction: Direction,
        basis: Basis<'_>,
    ) -> Result<Option<Vec<PlannedStatement>>> {
        if scripts.get(revision.as_str()).is_none() {
            return Ok(None);
        }
        let path = std::slice::from_ref(revision);
        let bodies = match self.bodies(path, scripts, direction, basis).await {
            Err(MigrationError::Section(_)) => return Ok(None),
            bodies => bodies?,
        };
        let Some(body) = bodies.first() else {
            return Ok(None);
        };
        let options = self.settings.connect_options();
        planning::statements(body, &self.adapter, &options, direction)
            .await
            .map(Some)
    }
}

/// The way a half-done step went.
pub(super) fn direction_of(row: &AppliedRevision) -> Direction {
    match row.state {
        RevisionState::Downgrading => Direction::Downgrade,
        RevisionState::Applied | RevisionState::Upgrading => Direction::Upgrade,
    }
}

fn pending(history: &History, scripts: &Scripts) -> Vec<RevisionId> {
    let has_row = |id: &RevisionId| history.row(id.as_str()).is_some();
    let revisions = scripts.graph().topological();
    revisions
        .map(|revision| revision.id.clone())
        .filter(|id| !has_row(id))
        .collect()
}

fn next(row: &AppliedRevision, statements: Option<&[PlannedStatement]>) -> NextRun {
    let Some(statements) = statements else {
        return NextRun::NoScript;
    };
    match planning::effective(row) {
        None => NextRun::InDoubt,
        Some((done, checksum)) if !planning::is_unchanged(statements, done, checksum) => {
            NextRun::Edited
        }
        Some((done, _)) if usize::try_from(done) == Ok(statements.len()) => NextRun::Finishes,
        Some((done, _)) => NextRun::GoesOnAt(done + 1),
    }
}
