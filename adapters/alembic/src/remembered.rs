//! What dapter remembers, made to agree with Alembic's table.
//!
//! Alembic's table is right: what it says is applied has a row, also if `alembic upgrade` did it, and what it says is not has
//! none. Revisions that the project does not have are left alone, and so are rows of steps that stopped on the way, about which the
//! table tells whether they took effect. No checksum holds what a wrapper says: its message and its like are Alembic's to change.

use crate::driver::{Decision, Remembered};
use crate::statement::Statement;
use dapter_plugin_api::{AppliedRevision, History, HistoryChange, LogEntry, Result, RevisionState};
use std::collections::HashSet;

/// The history as it is.
pub(crate) fn history(remembered: &Remembered) -> Result<History> {
    let mut history = match &remembered.content {
        Some(text) => History {
            ready: true,
            ..History::from_text(text)?
        },
        None => History::default(),
    };
    let applied: HashSet<&str> = remembered.applied.iter().map(String::as_str).collect();
    let known: HashSet<&str> = remembered.known.iter().map(String::as_str).collect();
    history.rows.retain(|row| {
        let id = row.revision.as_str();
        !known.contains(id) || applied.contains(id) || row.state != RevisionState::Applied
    });
    for row in &mut history.rows {
        if known.contains(row.revision.as_str()) {
            // What a wrapper says besides its id is Alembic's, which lets it be changed afterwards.
            row.checksum.clear();
        }
        if let Some(flight) = &mut row.in_flight {
            let effect = match Statement::read(&flight.statement) {
                Ok(Statement::Upgrade(id)) if known.contains(id) => Some(applied.contains(id)),
                Ok(Statement::Downgrade(id)) if known.contains(id) => Some(!applied.contains(id)),
                _ => None,
            };
            flight.took_effect = effect;
        }
    }
    let mut position = history
        .rows
        .iter()
        .map(|row| row.position)
        .max()
        .unwrap_or(0);
    for revision in &remembered.applied {
        if history.row(revision).is_none() {
            position += 1;
            history.rows.push(AppliedRevision {
                revision: revision.clone(),
                message: remembered
                    .messages
                    .get(revision)
                    .cloned()
                    .unwrap_or_default(),
                position,
                statements_done: 1,
                statements_total: 1,
                ..AppliedRevision::default()
            });
        }
    }
    Ok(history)
}

/// Makes a change: what is to be written.
///
/// # Errors
/// [`Conflict`](dapter_plugin_api::ErrorKind::Conflict) if anything expected is not there.
pub(crate) fn decide(remembered: &Remembered, change: &HistoryChange) -> Result<Decision> {
    let mut history = history(remembered)?;
    history.apply(change)?;
    for row in &mut history.rows {
        if let Some(flight) = &mut row.in_flight {
            flight.took_effect = None;
        }
    }
    Ok(Decision {
        content: history.to_text()?,
        log: change
            .log
            .iter()
            .map(LogEntry::to_text)
            .collect::<Result<_>>()?,
        stamp: stamp(remembered, change),
    })
}

/// What is applied once the rows of a change are written; `None` if that is no news to Alembic.
fn stamp(remembered: &Remembered, change: &HistoryChange) -> Option<Vec<String>> {
    let before: HashSet<&str> = remembered.applied.iter().map(String::as_str).collect();
    let mut after = before.clone();
    for row in &change.rows {
        let state = row.row.as_ref().map(|row| row.state);
        let is_applied = state.is_some_and(|state| state != RevisionState::Upgrading);
        if is_applied && remembered.known.contains(&row.revision) {
            after.insert(&row.revision);
        } else {
            after.remove(row.revision.as_str());
        }
    }
    let in_order = remembered
        .known
        .iter()
        .filter(|id| after.contains(id.as_str()));
    (after != before).then(|| in_order.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::{Expect, InFlight, RowChange};

    fn row(revision: &str, position: u64, state: RevisionState) -> AppliedRevision {
        AppliedRevision {
            revision: revision.to_owned(),
            position,
            state,
            message: "kept".to_owned(),
            ..AppliedRevision::default()
        }
    }

    fn remembered(rows: Vec<AppliedRevision>, applied: &[&str]) -> Remembered {
        let history = History {
            rows,
            ..History::default()
        };
        let owned = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
        Remembered {
            content: Some(history.to_text().expect("writes")),
            applied: owned(applied),
            known: owned(&["a", "b", "c"]),
            messages: [("b".to_owned(), "make b".to_owned())].into(),
        }
    }

    fn ids(history: &History) -> Vec<(&str, &str)> {
        let rows = history.rows.iter();
        rows.map(|row| (row.revision.as_str(), row.message.as_str()))
            .collect()
    }

    #[test]
    fn alembics_table_is_right() {
        let state = RevisionState::Applied;
        let rows = vec![
            row("a", 1, state),
            row("c", 2, state),
            row("other", 3, state),
        ];
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| AppliedRevision {
                checksum: "of a text".to_owned(),
                ..row
            })
            .collect();
        let history = history(&remembered(rows, &["a", "b"])).expect("reads");
        assert_eq!(
            ids(&history),
            [("a", "kept"), ("other", "kept"), ("b", "make b")]
        );
        let checksums = history.rows.iter().map(|row| row.checksum.as_str());
        assert!(checksums.eq(["", "of a text", ""]));
    }

    #[test]
    fn it_tells_whether_what_was_announced_took_effect() {
        for (statement, applied, took_effect) in [
            ("upgrade a", &["a"][..], Some(true)),
            ("upgrade a", &[], Some(false)),
            ("downgrade a", &["a"], Some(false)),
            ("downgrade a", &[], Some(true)),
            ("upgrade unknown", &["a"], None),
            ("sql DELETE FROM a", &["a"], None),
        ] {
            let row = AppliedRevision {
                in_flight: Some(InFlight {
                    statement: statement.to_owned(),
                    ..InFlight::default()
                }),
                ..row("a", 1, RevisionState::Upgrading)
            };
            let history = history(&remembered(vec![row], applied)).expect("reads");
            let flight = history.rows[0].in_flight.as_ref().expect("in flight");
            assert_eq!(flight.took_effect, took_effect, "{statement} {applied:?}");
        }
    }

    #[test]
    fn a_change_of_rows_is_a_stamp_unless_alembic_did_it() {
        let state = RevisionState::Applied;
        let write = |expect, row: AppliedRevision| HistoryChange {
            rows: vec![RowChange {
                revision: row.revision.clone(),
                expect,
                row: Some(row),
            }],
            ..HistoryChange::default()
        };
        let here = remembered(vec![row("a", 1, state)], &["a"]);
        let stamp = |change| decide(&here, &change).expect("decides").stamp;
        let owned = |ids: &[&str]| Some(ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>());
        assert_eq!(stamp(HistoryChange::default()), None);
        assert_eq!(
            stamp(write(Expect::Absent, row("b", 2, state))),
            owned(&["a", "b"])
        );
        assert_eq!(
            stamp(write(Expect::Absent, row("b", 2, RevisionState::Upgrading))),
            None
        );
        assert_eq!(stamp(write(Expect::Absent, row("unknown", 2, state))), None);
        let expect = Expect::exactly(Some(&row("a", 1, state)));
        assert_eq!(stamp(write(expect, row("a", 5, state))), None);
    }
}
