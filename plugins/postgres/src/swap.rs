//! One compare-and-swap of the history, in one statement.
//!
//! The rows that are expected are read under row locks, compared, and written in the same statement, so nobody comes in
//! between. What must be absent is written with plain `INSERT`: whoever is second violates the key.

use crate::link::{Answer, Link};
use crate::session::PostgresSession;
use crate::tables::Place;
use crate::writing::Writer;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Expect, HistoryChange, LockChange, LockRow, Result,
    RevisionState,
};

/// How a change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Where the rows are as expected.
    Checked,
    /// Where the rows are as expected, and then not at all: the change is only compared.
    Compared,
    /// Whatever the rows are: they were checked before a rollback took them back.
    Unchecked,
}

/// The statement of a change, and how to read its answer.
#[derive(Debug)]
pub(crate) struct Swap<'c> {
    pub(crate) statement: String,
    change: &'c HistoryChange,
    /// Whether the answer tells what was found.
    tells: bool,
}

impl<'c> Swap<'c> {
    /// The statement of a change; `None` if it does nothing.
    ///
    /// `fingerprint` is stored with the rows that announce a statement.
    pub(crate) fn of(
        change: &'c HistoryChange,
        place: &Place,
        rows: Rows,
        fingerprint: Option<&str>,
    ) -> Result<Option<Swap<'c>>> {
        let plain = change.lock == LockChange::Ignore
            && rows == Rows::Checked
            && change
                .rows
                .iter()
                .all(|row| row.row.is_some() && row.expect == Expect::Absent);
        if plain && change.rows.is_empty() && change.log.is_empty() {
            return Ok(None);
        }
        let writer = Writer {
            change,
            place,
            fingerprint,
        };
        let statement = if plain {
            writer.additions()?
        } else {
            writer.whole(rows)?
        };
        Ok(Some(Swap {
            statement,
            change,
            tells: !plain,
        }))
    }

    /// Reads the answer: a conflict if anything expected was not there.
    pub(crate) fn check(&self, answer: &Answer) -> Result<()> {
        if !self.tells || (answer.is_true(0) && answer.is_true(1)) {
            return Ok(());
        }
        if !answer.is_true(0) {
            let text = |column| answer.value(column).unwrap_or_default().to_owned();
            let holder = answer.value(2).map(|token| LockRow {
                token: token.to_owned(),
                host: text(3),
                pid: text(4).parse().unwrap_or_default(),
                since: text(5),
                ..LockRow::default()
            });
            self.change.lock.check(holder.as_ref())?;
            return Err(AdapterError::conflict(
                "the lock is held by another session, which works on the database directly",
            ));
        }
        for row in &self.change.rows {
            row.expect
                .check(&row.revision, found(answer, &row.revision).as_ref())?;
        }
        Err(AdapterError::conflict(
            "the history was changed by somebody else",
        ))
    }

    /// A failure of the statement: a key that is there already is a conflict.
    pub(crate) fn failed(&self, error: AdapterError) -> AdapterError {
        if error.sqlstate.as_deref() != Some("23505") {
            return error;
        }
        let message = if error.message.contains("dapter_revision_position") {
            "a position of the history is taken".to_owned()
        } else if error.message.contains("dapter_lock") {
            "the lock was taken by somebody else at the same moment".to_owned()
        } else {
            let added = self
                .change
                .rows
                .iter()
                .filter(|row| row.expect == Expect::Absent);
            match &added.map(|row| row.revision.as_str()).collect::<Vec<_>>()[..] {
                [one] => format!("revision {one} is in the history already"),
                several => format!(
                    "one of the revisions {} is in the history already",
                    several.join(", ")
                ),
            }
        };
        let mut conflict = AdapterError::conflict(message);
        conflict.code = error.code;
        conflict.sqlstate = error.sqlstate;
        conflict.chain = error.chain;
        conflict
    }
}

/// The row of a revision as the answer tells it.
fn found(answer: &Answer, revision: &str) -> Option<AppliedRevision> {
    let row = answer
        .rows
        .iter()
        .find(|row| row.get(6).and_then(Option::as_deref) == Some(revision))?;
    let text = |column: usize| row.get(column).and_then(Option::as_deref);
    Some(AppliedRevision {
        revision: revision.to_owned(),
        state: RevisionState::from_name(text(7)?).ok()?,
        statements_done: text(8)?.parse().ok()?,
        ..AppliedRevision::default()
    })
}

impl<L: Link> PostgresSession<L> {
    /// Makes a change, all of it or nothing.
    pub(crate) async fn swap(&mut self, change: &HistoryChange) -> Result<()> {
        self.swap_as(change, Rows::Checked, None).await
    }

    /// Makes a change in the way that is said.
    pub(crate) async fn swap_as(
        &mut self,
        change: &HistoryChange,
        rows: Rows,
        fingerprint: Option<&str>,
    ) -> Result<()> {
        let place = self.place.clone();
        let Some(swap) = Swap::of(change, &place, rows, fingerprint)? else {
            return Ok(());
        };
        match self.ask(&swap.statement).await {
            Ok(answer) => swap.check(&answer),
            Err(error) => Err(swap.failed(error)),
        }
    }
}
