//! From a history, a graph and a destination to a plan.

use std::path::Path;
use std::sync::Arc;

use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Capability, ConnectOptions, History, RevisionState,
};

use super::core::Known;
use super::repeatable::{self, is_repeatable};
use super::scripts::Scripts;
use super::settings::MigrationSettings;
use crate::error::{EditedScript, HistoryError, MigrationError};
use crate::plan::{Direction, Plan, PlannedStatement, StatementText, Step, StepTransaction};
use crate::project::TransactionMode;
use crate::revision::{Applied, Expression, RevisionId, downgrade_path, upgrade_path};
use crate::script::{
    BodyPart, ChunkKind, DoneChecksum, LoadedScript, Script, ScriptBody, Section, SectionError,
    in_parts,
};

/// The ids of the rows that count as applied, in the order of application. A revision whose upgrade stopped half-way
/// does not count.
pub(super) fn applied_ids(history: &History) -> Result<Vec<RevisionId>, HistoryError> {
    history
        .rows
        .iter()
        .filter(|row| row.state != RevisionState::Upgrading)
        .map(|row| id(&row.revision))
        .collect()
}

pub(super) fn id(text: &str) -> Result<RevisionId, HistoryError> {
    RevisionId::parse(text).map_err(|_| HistoryError::Malformed(text.to_owned()))
}

/// What is applied, with everything checked that must hold before anything runs.
pub(super) fn checked<'s>(
    history: &History,
    scripts: &'s Scripts,
) -> Result<Applied<'s>, HistoryError> {
    let applied = Applied::new(scripts.graph(), &applied_ids(history)?)?;
    let edited = edited(history, scripts)?;
    if !edited.is_empty() {
        return Err(HistoryError::Edited(edited));
    }
    Ok(applied)
}

/// The scripts that were edited since they were applied. Those of half-done steps may be, behind what ran.
pub(super) fn edited(
    history: &History,
    scripts: &Scripts,
) -> Result<Vec<EditedScript>, HistoryError> {
    let mut edited = Vec::new();
    for row in &history.rows {
        let Some(script) = scripts.get(&row.revision) else {
            continue;
        };
        let whole = row.state == RevisionState::Applied && !row.checksum.is_empty();
        if whole && row.checksum.parse() != Ok(script.checksum) {
            edited.push(EditedScript {
                revision: id(&row.revision)?,
                path: script.path.clone(),
                applied_at: row.applied_at.clone(),
            });
        }
    }
    Ok(edited)
}

/// What leads to the destination, in the order of the steps: the revisions, and, once an upgrade leaves none of them
/// pending, the repeatable scripts that are new or have changed.
pub(super) fn path(
    known: &Known,
    scripts: &Scripts,
    direction: Direction,
    destination: &Expression,
    settings: &MigrationSettings,
) -> Result<Vec<RevisionId>, MigrationError> {
    let history = &known.history;
    let mut path = revision_path(history, scripts, direction, destination, settings)?;
    if direction == Direction::Upgrade {
        let applied = applied_ids(history)?;
        // What is applied is known to be in the graph, and what is to be applied is not applied.
        if path.len() + applied.len() == scripts.graph().len() {
            path.extend(repeatable::pending(scripts, &known.repeatable));
        }
    }
    Ok(path)
}

/// The revisions that lead to the destination, in the order of their steps.
fn revision_path(
    history: &History,
    scripts: &Scripts,
    direction: Direction,
    destination: &Expression,
    settings: &MigrationSettings,
) -> Result<Vec<RevisionId>, MigrationError> {
    let applied = checked(history, scripts)?;
    let path = match direction {
        Direction::Upgrade => {
            let gaps = applied.gaps();
            if !gaps.is_empty() && !settings.out_of_order {
                return Err(HistoryError::Gaps(gaps).into());
            }
            upgrade_path(&applied, destination)?
        }
        Direction::Downgrade => downgrade_path(&applied, destination)?,
    };
    check_half_done(history, direction, &path)?;
    Ok(path)
}

/// A half-done step must be finished by this very run, and first: what follows it may build on it.
fn check_half_done(
    history: &History,
    direction: Direction,
    path: &[RevisionId],
) -> Result<(), HistoryError> {
    for row in &history.rows {
        let finished_by = match row.state {
            RevisionState::Applied => continue,
            RevisionState::Upgrading => Direction::Upgrade,
            RevisionState::Downgrading => Direction::Downgrade,
        };
        let first = path
            .first()
            .is_some_and(|first| first.as_str() == row.revision);
        if !first || direction != finished_by {
            return Err(HistoryError::HalfDone {
                revision: id(&row.revision)?,
                upgrading: finished_by == Direction::Upgrade,
                done: row.statements_done,
                total: row.statements_total,
            });
        }
    }
    Ok(())
}

/// The scripts of a path, each of which has what the adapter is to run.
pub(super) fn scripts_of<'s>(
    path: &[RevisionId],
    scripts: &'s Scripts,
    adapter: &Adapter,
    direction: Direction,
) -> Result<Vec<&'s LoadedScript>, MigrationError> {
    let dialect = adapter.info().dialect();
    let mut wanted = Vec::with_capacity(path.len());
    for id in path {
        let loaded = scripts
            .get_loaded(id.as_str())
            .expect("a path holds revisions of the graph");
        section(&loaded.script, direction, dialect)?;
        wanted.push(loaded);
    }
    Ok(wanted)
}

/// What an adapter runs of a script.
fn section<'s>(
    script: &'s Script,
    direction: Direction,
    dialect: &str,
) -> Result<&'s Section, SectionError> {
    match direction {
        Direction::Upgrade => script.upgrade_for(dialect),
        Direction::Downgrade => script.downgrade_for(dialect),
    }
}

/// Splits every script of a path, many scripts by all processors. Splitting is pure: its futures are done when they are
/// first polled, so nobody waits here.
pub(super) fn plan(
    path: &[ScriptBody],
    known: &Known,
    adapter: &Adapter,
    options: &ConnectOptions,
    direction: Direction,
    mode: TransactionMode,
) -> Result<Plan, MigrationError> {
    let unfinished: Vec<&AppliedRevision> = known
        .rows()
        .filter(|row| row.state != RevisionState::Applied)
        .collect();
    let part = |bodies: &[ScriptBody]| {
        let step = |body| block_on(step(body, adapter, options, direction, mode));
        bodies.iter().map(step).collect::<Result<Vec<_>, _>>()
    };
    let mut steps = Vec::with_capacity(path.len());
    for part in in_parts(path, part) {
        steps.append(&mut part?);
    }
    for row in unfinished {
        let of_row = steps.iter_mut().find(|step| step.revision == *row.revision);
        let Some(step) = of_row else { continue };
        match is_repeatable(&row.revision) {
            // What a revision of this very run changes may be what the script made before it stopped.
            true if path.iter().any(|body| !body.script().is_repeatable()) => {}
            true => resume_repeatable(step, row),
            false => resume(step, row)?,
        }
    }
    Ok(Plan { direction, steps })
}

/// The step of a script, as if nothing of it had been done.
async fn step(
    body: &ScriptBody,
    adapter: &Adapter,
    options: &ConnectOptions,
    direction: Direction,
    mode: TransactionMode,
) -> Result<Step, MigrationError> {
    let statements = statements(body, adapter, options, direction).await?;
    let script = body.script();
    let transaction = if adapter.info().has(Capability::TransactionalDdl) {
        let has_alone = statements.iter().any(|statement| statement.alone);
        let section = section(script, direction, adapter.info().dialect())?;
        StepTransaction::of(script.transaction_of(section), mode, has_alone)
    } else {
        StepTransaction::None
    };
    Ok(Step::new(script, direction, transaction, statements))
}

/// Lets a step go on behind the statements that an earlier run has done, if they are the same still.
fn resume(step: &mut Step, row: &AppliedRevision) -> Result<(), HistoryError> {
    let (done, done_checksum) = effective(row).ok_or_else(|| in_doubt(&step.revision, row))?;
    if !is_unchanged(&step.statements, done, done_checksum) {
        return Err(HistoryError::DoneEdited {
            revision: step.revision.clone(),
            path: step.path.clone(),
        });
    }
    go_on_behind(step, done);
    Ok(())
}

/// Lets a repeatable script go on behind the statements that an earlier run has done, if they are the same still and known
/// to have run. Otherwise it begins anew: it is written to run over whatever it left behind.
fn resume_repeatable(step: &mut Step, row: &AppliedRevision) {
    if let Some((done, checksum)) = effective(row)
        && done > 0
        && is_unchanged(&step.statements, done, checksum)
    {
        go_on_behind(step, done);
    }
}

/// Leaves out of a step what is done of it.
fn go_on_behind(step: &mut Step, done: u64) {
    step.done = usize::try_from(done).unwrap_or(usize::MAX);
    if step.transaction != StepTransaction::Parts {
        step.transaction = StepTransaction::None;
    }
}

/// How many statements of a half-done step have taken effect, and their checksum; `None` if that of the one in flight is
/// not known.
pub(super) fn effective(row: &AppliedRevision) -> Option<(u64, &str)> {
    match &row.in_flight {
        Some(statement) if statement.took_effect? => {
            Some((row.statements_done + 1, &statement.done_checksum))
        }
        _ => Some((row.statements_done, &row.done_checksum)),
    }
}

/// Whether the first `done` statements are those of the checksum.
pub(super) fn is_unchanged(statements: &[PlannedStatement], done: u64, checksum: &str) -> bool {
    let ran = usize::try_from(done)
        .ok()
        .and_then(|done| statements.get(..done));
    ran.is_some_and(|ran| done_checksum(ran) == checksum)
}

/// The checksum that a history keeps of these statements once they have run.
pub(super) fn done_checksum(statements: &[PlannedStatement]) -> String {
    let mut checksum = DoneChecksum::default();
    for statement in statements {
        checksum.add(&statement.text);
    }
    checksum.to_string()
}

fn in_doubt(revision: &RevisionId, row: &AppliedRevision) -> HistoryError {
    let statement = row.in_flight.clone().unwrap_or_default();
    HistoryError::InDoubt {
        revision: revision.clone(),
        number: row.statements_done + 1,
        statement: statement.statement,
        since: statement.since,
    }
}

/// The statements that an adapter runs of a script in a direction.
pub(crate) async fn statements(
    body: &ScriptBody,
    adapter: &Adapter,
    options: &ConnectOptions,
    direction: Direction,
) -> Result<Vec<PlannedStatement>, MigrationError> {
    let dialect = adapter.info().dialect();
    let parts = match direction {
        Direction::Upgrade => body.upgrade_for(dialect)?,
        Direction::Downgrade => body.downgrade_for(dialect)?,
    };
    let mut statements = Vec::new();
    for part in parts {
        split(
            &part,
            &body.script().path,
            adapter,
            options,
            &mut statements,
        )
        .await?;
    }
    Ok(statements)
}

/// The statements of a text that is no script, in the adapter's own language.
pub(crate) async fn text_statements(
    path: &Path,
    text: &Arc<String>,
    adapter: &Adapter,
    options: &ConnectOptions,
) -> Result<Vec<PlannedStatement>, MigrationError> {
    let whole = BodyPart {
        kind: ChunkKind::Text,
        text,
        script: text,
        start: 0,
        line: 1,
        substitution: None,
    };
    let mut statements = Vec::new();
    split(&whole, path, adapter, options, &mut statements).await?;
    Ok(statements)
}

async fn split(
    part: &BodyPart<'_>,
    path: &Path,
    adapter: &Adapter,
    options: &ConnectOptions,
    statements: &mut Vec<PlannedStatement>,
) -> Result<(), MigrationError> {
    let found = match part.kind {
        ChunkKind::Statement => dapter_plugin_api::Statement::whole(part.text),
        ChunkKind::Operation => {
            let error = AdapterError::unsupported("a portable operation")
                .with_hint("statements are made of it before it runs");
            return Err(split_error(part, path, error));
        }
        ChunkKind::Text => adapter
            .split_for(part.text, options)
            .await
            .map_err(|error| split_error(part, path, error))?,
    };
    statements.extend(found.iter().filter_map(|statement| {
        let range = part.start + statement.start..part.start + statement.end;
        let (line, column) = match part.substitution {
            None => (
                part.line + statement.line as usize - 1,
                statement.column as usize,
            ),
            Some(_) => part.place(statement.start),
        };
        Some(PlannedStatement {
            text: StatementText::of(part.script, range)?.filled_in(part.substitution),
            line,
            column,
            alone: statement.alone,
        })
    }));
    Ok(())
}

fn split_error(part: &BodyPart<'_>, path: &Path, source: AdapterError) -> MigrationError {
    let position = source
        .position
        .and_then(|position| usize::try_from(position).ok())
        .unwrap_or_default();
    let (line, column) = part.place(position);
    MigrationError::Split {
        path: path.to_owned(),
        line,
        column,
        source,
    }
}
