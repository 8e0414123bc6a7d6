//! What is wrong before anything runs.

use dapter_plugin_api::{AppliedRevision, History, RevisionState};

use super::core::{Core, Known};
use super::planning;
use super::portable::Basis;
use super::repeatable::{self, RepeatableState, RepeatableStatus};
use super::scripts::Scripts;
use crate::check::{Branch, CheckCode, CheckFinding};
use crate::error::{HistoryError, MigrationError};
use crate::plan::Direction;
use crate::revision::{Applied, BranchLabel, RevisionId};

type Result<T> = std::result::Result<T, MigrationError>;

impl Core {
    /// What is wrong with the scripts; asks no database.
    pub(super) async fn check_scripts(&self) -> Result<Vec<CheckFinding>> {
        match self.scripts().await {
            Ok(scripts) => self.findings_of(&scripts).await,
            Err(MigrationError::Scripts(problems)) => {
                Ok(problems.0.into_iter().map(CheckFinding::from).collect())
            }
            Err(other) => Err(other),
        }
    }

    /// What will be wrong with the scripts once another branch is merged, and is not wrong here.
    pub(super) async fn check_merge(&self, branch: &Branch) -> Result<Vec<CheckFinding>> {
        let scripts = self.scripts().await?;
        let merged = match branch.merged(&scripts) {
            Ok(merged) => merged,
            Err(problems) => {
                return Ok(problems.0.into_iter().map(CheckFinding::from).collect());
            }
        };
        let heads = loose_heads(&merged);
        if heads.len() < 2 || loose_heads(&scripts).len() == heads.len() {
            return Ok(Vec::new());
        }
        let named = |id: &RevisionId| {
            let script = merged.get(id.as_str());
            let here = script.is_some_and(|script| branch.is_ours(script));
            match here {
                true => format!("{id} (here)"),
                false => format!("{id} (in {})", branch.name),
            }
        };
        let names: Vec<String> = heads.iter().map(|id| named(id)).collect();
        let message = format!(
            "once {} is merged there are {} heads: {}",
            branch.name,
            heads.len(),
            names.join(", ")
        );
        let finding = CheckFinding::new(CheckCode::SeveralHeads, message).hint(format!(
            "merge {}, then move what is not applied yet behind its head: `dapter rebase`; or join them: `dapter merge`",
            branch.name
        ));
        // What can be moved is what is on this side alone: the lowest of it.
        let ours = branch.our_revisions(&merged);
        let about = ours.first().or(heads.first().copied());
        Ok(vec![match about {
            Some(id) => finding.of(id, merged.get(id.as_str())),
            None => finding,
        }])
    }

    async fn findings_of(&self, scripts: &Scripts) -> Result<Vec<CheckFinding>> {
        let mut findings = Vec::new();
        let heads = loose_heads(scripts);
        if heads.len() > 1 {
            let names: Vec<&str> = heads.iter().map(|id| id.as_str()).collect();
            let message = format!("there are {} heads: {}", heads.len(), names.join(", "));
            let finding = CheckFinding::new(CheckCode::SeveralHeads, message)
                .hint("`dapter merge` joins them, `dapter rebase` moves one that is not applied behind the other");
            let last = &heads[heads.len() - 1];
            findings.push(finding.of(last, scripts.get(last.as_str())));
        }
        for script in scripts.iter() {
            if self.lacks_downgrade(&script.revision.id, scripts).await? {
                let message = format!(
                    "revision {} does not say how it is undone",
                    script.revision.id
                );
                let finding = CheckFinding::new(CheckCode::MissingDowngrade, message)
                    .hint("fill in its downgrade section, or say why not: `-- dapter:irreversible \"why\"`");
                findings.push(finding.of(&script.revision.id, Some(script)));
            }
        }
        Ok(findings)
    }

    /// Whether a script has statements for the way up, and none for the way down.
    pub(super) async fn lacks_downgrade(&self, id: &RevisionId, scripts: &Scripts) -> Result<bool> {
        let is_irreversible = |script: &crate::script::Script| script.irreversible.is_some();
        if scripts.get(id.as_str()).is_some_and(is_irreversible) {
            return Ok(false);
        }
        let down = self
            .statements_of(id, scripts, Direction::Downgrade, Basis::Nothing)
            .await?;
        if !down.is_some_and(|statements| statements.is_empty()) {
            return Ok(false);
        }
        let up = self
            .statements_of(id, scripts, Direction::Upgrade, Basis::Nothing)
            .await?;
        Ok(up.is_some_and(|statements| !statements.is_empty()))
    }

    /// What the database and the scripts do not agree on, and what is pending.
    pub(super) async fn check_database(&self) -> Result<Vec<CheckFinding>> {
        let (scripts, _, known) = self.open().await?;
        let Known {
            history,
            repeatable,
            ..
        } = known;
        let (applied, unknown) = Applied::split(scripts.graph(), &planning::applied_ids(&history)?);
        let mut findings = Vec::new();
        for id in &unknown {
            let message = format!("the database has revision {id}, which no script defines");
            findings.push(
                CheckFinding::new(CheckCode::Unknown, message)
                    .hint("restore its script (a newer checkout may have it), or stamp the database if it is gone for good")
                    .of(id, None),
            );
        }
        findings.extend(edited(&history, &scripts)?);
        let gaps = applied.gaps();
        if !gaps.is_empty() {
            let hint = HistoryError::Gaps(gaps.clone()).hint();
            findings.extend(gaps.iter().map(|gap| {
                let message = format!(
                    "{} is not applied, and {}, which is, needs it",
                    gap.missing, gap.revision
                );
                CheckFinding::new(CheckCode::OutOfOrder, message)
                    .hint(hint.clone())
                    .of(&gap.missing, scripts.get(gap.missing.as_str()))
            }));
        }
        findings.extend(half_done(&history, &scripts)?);
        let late = |id: &RevisionId| gaps.iter().any(|gap| gap.missing == *id);
        let begun = |id: &RevisionId| history.row(id.as_str()).is_some();
        for id in applied.pending() {
            if !late(&id) && !begun(&id) {
                let finding = CheckFinding::new(CheckCode::Pending, format!("{id} is not applied"));
                findings.push(finding.of(&id, scripts.get(id.as_str())));
            }
        }
        findings.extend(
            repeatable::all(&scripts, &repeatable)
                .iter()
                .filter_map(to_run),
        );
        Ok(findings)
    }
}

/// The finding of a repeatable script that the next upgrade runs.
fn to_run(script: &RepeatableStatus) -> Option<CheckFinding> {
    let (code, what) = match script.state {
        RepeatableState::NeverRan => (CheckCode::Pending, "has not run yet"),
        RepeatableState::Changed => (CheckCode::Pending, "has changed since it ran"),
        RepeatableState::HalfDone => (CheckCode::HalfDone, "is half done"),
        RepeatableState::UpToDate | RepeatableState::Gone => return None,
    };
    let message = format!("repeatable script {} {what}", script.name);
    let finding = CheckFinding::new(code, message);
    Some(CheckFinding {
        revision: RevisionId::of_repeatable(&script.name).ok(),
        path: script.path.clone(),
        ..finding
    })
}

/// Heads among which `head` would have to choose: several with the same branch labels, or with none. Branches with labels
/// of their own are meant to be apart.
fn loose_heads(scripts: &Scripts) -> Vec<&RevisionId> {
    let labels = scripts.graph().inherited_labels();
    let mut branches: Vec<(&[&BranchLabel], Vec<&RevisionId>)> = Vec::new();
    for head in scripts.graph().heads() {
        let own = labels.get(&head.id).map_or(&[][..], Vec::as_slice);
        match branches.iter_mut().find(|(labels, _)| *labels == own) {
            Some((_, heads)) => heads.push(&head.id),
            None => branches.push((own, vec![&head.id])),
        }
    }
    let loose = branches.into_iter().filter(|(_, heads)| heads.len() > 1);
    loose.flat_map(|(_, heads)| heads).collect()
}

fn edited(history: &History, scripts: &Scripts) -> Result<Vec<CheckFinding>> {
    let edited = planning::edited(history, scripts)?;
    let hint = HistoryError::Edited(edited.clone()).hint();
    let finding = |script: &crate::error::EditedScript| {
        let message = format!(
            "revision {} was edited since it was applied at {}",
            script.revision, script.applied_at
        );
        CheckFinding::new(CheckCode::Edited, message)
            .hint(hint.clone())
            .of(&script.revision, scripts.get(script.revision.as_str()))
    };
    Ok(edited.iter().map(finding).collect())
}

fn half_done(history: &History, scripts: &Scripts) -> Result<Vec<CheckFinding>> {
    let unfinished = |row: &&AppliedRevision| row.state != RevisionState::Applied;
    let finding = |row: &AppliedRevision| {
        let id = planning::id(&row.revision)?;
        let message = format!(
            "revision {id} is half done: {} of {} statements",
            row.statements_done, row.statements_total
        );
        let script = scripts.get(id.as_str());
        Ok(CheckFinding::new(CheckCode::HalfDone, message)
            .hint("`dapter status` says where it stands, and what `upgrade` will do")
            .of(&id, script))
    };
    history
        .rows
        .iter()
        .filter(unfinished)
        .map(finding)
        .collect()
}
