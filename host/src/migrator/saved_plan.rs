//! A plan that is written down, looked at by somebody, and carried out later, if nothing has changed meanwhile.

use dapter_plugin_api::History;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::planning::done_checksum;
use crate::plan::{Direction, Plan, Step};

/// The version of the form of saved plans.
const FORM: u32 = 1;

/// A plan as a document: what it would do, and what must be the case still when it is carried out.
///
/// It holds no statements: those are in the scripts, and their checksums say that they are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedPlan {
    /// The version of this form: 1.
    pub form: u32,
    /// The database, without its password; for people, nothing depends on it.
    pub database: String,
    /// When it was made: UTC, RFC 3339; for people.
    pub made_at: String,
    /// The way it goes.
    pub direction: Direction,
    /// Where it goes: the revision expression.
    pub destination: String,
    /// The steps, in their order.
    pub steps: Vec<SavedStep>,
    /// The fingerprint of what the database remembered: which revisions are applied, in which order and state, by which
    /// scripts.
    pub history: String,
}

/// A step of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedStep {
    /// The revision.
    pub revision: String,
    /// What its script says it does.
    pub message: String,
    /// The checksum of its script.
    pub checksum: String,
    /// How many statements it has.
    pub statements: usize,
    /// How many of them an earlier, interrupted run has done already.
    pub done: usize,
    /// The checksum of its statements.
    pub statements_checksum: String,
}

/// Why a saved plan is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanChanged {
    /// The database is not as it was.
    #[error("the history of the database has changed since the plan was made at {made_at}")]
    History {
        /// When the plan was made.
        made_at: String,
    },
    /// The scripts would do something else by now.
    #[error("the scripts have changed since the plan was made at {made_at}: {what}")]
    Scripts {
        /// When the plan was made.
        made_at: String,
        /// What is different, the first such thing.
        what: String,
    },
    /// A newer dapter wrote it.
    #[error("the plan has form {0}, which this version does not know")]
    Form(u32),
}

impl SavedPlan {
    /// A plan made for this history.
    pub(crate) fn of(
        plan: &Plan,
        history: &History,
        destination: &str,
        database: String,
        made_at: String,
    ) -> Self {
        Self {
            form: FORM,
            database,
            made_at,
            direction: plan.direction,
            destination: destination.to_owned(),
            steps: steps(plan),
            history: fingerprint(history),
        }
    }

    /// Fails unless this very plan would be made now.
    pub(crate) fn check(&self, plan: &Plan, history: &History) -> Result<(), PlanChanged> {
        if self.form != FORM {
            return Err(PlanChanged::Form(self.form));
        }
        let made_at = self.made_at.clone();
        if self.history != fingerprint(history) {
            return Err(PlanChanged::History { made_at });
        }
        let now = steps(plan);
        let different = self
            .steps
            .iter()
            .zip(&now)
            .find(|(saved, now)| saved != now);
        let what = match different {
            Some((saved, now)) if saved.revision == now.revision => {
                format!("the script of {}", saved.revision)
            }
            Some((saved, now)) => format!(
                "{} would run where {} was planned",
                now.revision, saved.revision
            ),
            None if now.len() > self.steps.len() => {
                format!("{} would run too", now[self.steps.len()].revision)
            }
            None if now.len() < self.steps.len() => {
                format!("{} would not run", self.steps[now.len()].revision)
            }
            None => return Ok(()),
        };
        Err(PlanChanged::Scripts { made_at, what })
    }
}

fn steps(plan: &Plan) -> Vec<SavedStep> {
    let step = |step: &Step| SavedStep {
        revision: step.revision.to_string(),
        message: step.message.clone(),
        checksum: step.checksum.to_string(),
        statements: step.statements.len(),
        done: step.done,
        statements_checksum: done_checksum(&step.statements),
    };
    plan.steps.iter().map(step).collect()
}

/// What a history says of revisions, in short. Times, people and the log do not count.
fn fingerprint(history: &History) -> String {
    let mut rows: Vec<_> = history.rows.iter().collect();
    rows.sort_by(|a, b| (a.position, &a.revision).cmp(&(b.position, &b.revision)));
    let mut digest = Sha256::new();
    for row in rows {
        for part in [
            row.revision.as_str(),
            row.state.name(),
            &row.checksum,
            &row.statements_done.to_string(),
            &row.position.to_string(),
        ] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
    }
    for head in &history.alembic_heads {
        digest.update(head.len().to_le_bytes());
        digest.update(head);
    }
    let digits: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("history1-sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use dapter_plugin_api::AppliedRevision;

    use super::*;

    fn history(rows: &[(&str, u64)]) -> History {
        let rows = rows.iter().map(|(revision, position)| AppliedRevision {
            revision: (*revision).to_owned(),
            position: *position,
            applied_at: format!("2025 {position}"),
            ..AppliedRevision::default()
        });
        History {
            rows: rows.collect(),
            ..History::default()
        }
    }

    #[test]
    fn a_fingerprint_tells_histories_apart_whatever_order_they_are_read_in() {
        let one = fingerprint(&history(&[("a", 1), ("b", 2)]));
        assert_eq!(one, fingerprint(&history(&[("b", 2), ("a", 1)])));
        assert_ne!(one, fingerprint(&history(&[("a", 2), ("b", 1)])));
        assert_ne!(one, fingerprint(&history(&[("a", 1)])));
        assert_ne!(
            fingerprint(&history(&[("ab", 1)])),
            fingerprint(&history(&[("a", 1)]))
        );
    }
}
