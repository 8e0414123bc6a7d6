//! Changes the history without running scripts.

use dapter_plugin_api::{AppliedRevision, History, HistoryChange, RevisionState};

use super::core::{ALEMBIC_TABLE, Core, Known};
use super::planning;
use super::scripts::Scripts;
use super::settings::{StampKind, StampTo};
use crate::error::{HistoryError, MigrationError};
use crate::execute::{Locked, applied_row, stamp_change, swap};
use crate::revision::{Applied, Expression, RevisionId, StampChange, needed, stamp_all};

type Result<T> = std::result::Result<T, MigrationError>;

/// Where a stamp leads.
pub(super) struct Destination {
    expressions: Vec<Expression>,
    purge: bool,
    pub(super) kind: StampKind,
}

impl Destination {
    pub(super) fn parse(to: &StampTo) -> Result<Self> {
        let expressions = to.destinations.iter().map(|text| Expression::parse(text));
        Ok(Self {
            expressions: expressions.collect::<std::result::Result<_, _>>()?,
            purge: to.purge,
            kind: to.kind,
        })
    }
}

/// A baseline is where a database begins that dapter has not known before.
fn check_is_new(history: &History, kind: StampKind) -> Result<()> {
    match kind {
        StampKind::Baseline if !history.rows.is_empty() => {
            let applied = history.rows.len();
            Err(HistoryError::NotNew { applied }.into())
        }
        StampKind::Baseline | StampKind::Stamp => Ok(()),
    }
}

impl Core {
    /// What a stamp would change, without changing it.
    pub(super) async fn plan_stamp(&self, to: StampTo) -> Result<StampChange> {
        let destination = Destination::parse(&to)?;
        let (scripts, _, Known { history, .. }) = self.open().await?;
        check_is_new(&history, destination.kind)?;
        self.stamped(&history, &scripts, &destination)
    }

    /// Records a destination as reached without running anything, and settles what is half done or edited.
    pub(super) async fn stamp(&self, to: StampTo) -> Result<StampChange> {
        let destination = Destination::parse(&to)?;
        let (scripts, session, known) = self.open().await?;
        let _running = self.interrupt.while_running(session.canceller());
        // Wrong destinations are told before anybody is kept waiting.
        check_is_new(&known.history, destination.kind)?;
        self.stamped(&known.history, &scripts, &destination)?;
        let context = self.context();
        let mut locked = self.acquire(session, &known.history, &context).await?;
        let result = self.stamp_locked(&mut locked, &destination, &scripts).await;
        self.give_back(locked, &context, result).await
    }

    async fn stamp_locked(
        &self,
        locked: &mut Locked,
        destination: &Destination,
        scripts: &Scripts,
    ) -> Result<StampChange> {
        let Known {
            mut history,
            squashed,
            repeatable,
            adopting,
        } = self.history(locked.session(), scripts).await?;
        if adopting {
            self.adopt(locked, &mut history, ALEMBIC_TABLE).await?;
        }
        if let Some(change) = squashed {
            self.record_squashed(locked, change).await?;
        }
        check_is_new(&history, destination.kind)?;
        let stamped = self.stamped(&history, scripts, destination)?;
        let positions = history.rows.iter().chain(&repeatable);
        let last = positions.map(|row| row.position).max().unwrap_or_default();
        let write = self.stamped_rows(&history, scripts, &stamped, last);
        let change = HistoryChange {
            lock: locked.give_back(),
            ..stamp_change(
                &history,
                &stamped.remove,
                write,
                &self.settings.identity,
                destination.kind.operation(),
                "",
            )
        };
        let swapped = swap(locked.session(), &change, &self.context().patience()).await;
        swapped.map_err(|error| self.database("stamp the history", error))?;
        locked.released();
        Ok(stamped)
    }

    /// What a stamp forgets and records: where the destination leads, and besides that it forgets rows that no script
    /// defines and half-done upgrades that the destination does not hold.
    pub(super) fn stamped(
        &self,
        history: &History,
        scripts: &Scripts,
        destination: &Destination,
    ) -> Result<StampChange> {
        let (applied, unknown) = Applied::split(scripts.graph(), &planning::applied_ids(history)?);
        let mut stamped = match destination.purge {
            false => stamp_all(&applied, &destination.expressions)?,
            true => {
                let insert = needed(&applied, &destination.expressions)?;
                let gone = applied.iter().filter(|id| !insert.contains(id));
                StampChange {
                    remove: gone.cloned().collect(),
                    insert,
                }
            }
        };
        stamped.remove.extend(unknown);
        for row in history
            .rows
            .iter()
            .filter(|row| row.state == RevisionState::Upgrading)
        {
            let id = planning::id(&row.revision)?;
            if !stamped.insert.contains(&id) {
                stamped.remove.push(id);
            }
        }
        Ok(stamped)
    }

    /// The rows that a stamp writes: what is newly applied, behind the last position that is taken, and what is applied
    /// still but was edited or half done.
    pub(super) fn stamped_rows(
        &self,
        history: &History,
        scripts: &Scripts,
        stamped: &StampChange,
        last: u64,
    ) -> Vec<AppliedRevision> {
        let identity = &self.settings.identity;
        let mut write = Vec::new();
        for row in &history.rows {
            let listed = |ids: &[RevisionId]| ids.iter().any(|id| id.as_str() == row.revision);
            if listed(&stamped.remove) || listed(&stamped.insert) {
                continue;
            }
            let Some(script) = scripts.get(&row.revision) else {
                continue;
            };
            if row.state != RevisionState::Applied || script.checksum.to_string() != row.checksum {
                write.push(applied_row(script, row.position, identity));
            }
        }
        let inserted = stamped
            .insert
            .iter()
            .filter_map(|id| scripts.get(id.as_str()));
        write.extend(
            inserted
                .zip(last + 1..)
                .map(|(script, position)| applied_row(script, position, identity)),
        );
        write
    }
}
