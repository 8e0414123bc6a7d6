//! Whether what was written leads from one state to the other and back, tried in scratch.

use dapter_plugin_api::{AdapterError, Operation, Rendered, Schema};

use super::core::Core;
use super::scratch::Scratch;
use crate::autogenerate::{AutogenerateError, parts, taken_back};
use crate::diff::diff;
use crate::error::MigrationError;
use crate::verify::{Difference, differences};

type Result<T> = std::result::Result<T, MigrationError>;

/// A scratch database, and what is in it: what models build, or a part of that.
pub(super) struct Built {
    pub(super) scratch: Scratch,
    pub(super) found: Schema,
}

/// What leads from one state to another, as operations and as the statements of both ways.
pub(super) struct Ways<'w> {
    pub(super) current: &'w Schema,
    pub(super) desired: &'w Schema,
    pub(super) operations: &'w [Operation],
    pub(super) upgrade: &'w Rendered,
    pub(super) downgrade: &'w Rendered,
}

/// A statement that failed, by its number.
pub(super) struct Failed {
    pub(super) index: usize,
    pub(super) error: AdapterError,
}

impl Core {
    /// Tries both ways. Tells what could not be tried.
    ///
    /// Where the models were just built, they are tried there; if anything is odd about that, on a copy of the current state.
    pub(super) async fn proven(
        &self,
        ways: &Ways<'_>,
        built: Option<&mut Built>,
    ) -> Result<Vec<String>> {
        // What operations have nothing to do with need not be there when they are tried.
        let [before, after] = parts([ways.current, ways.desired], ways.operations);
        if let Some(Built { scratch, found }) = built
            && let Some(begun) = taken_back(found, [&before, &after], ways.operations)
            && scratch.leads_back(&begun, found, ways).await
        {
            return Ok(Vec::new());
        }
        let mut scratch = self.scratch().await?;
        let tried = scratch.prove(&before, &after, ways).await;
        let unlike = scratch.end(tried).await?.into_iter();
        // What is in the copy of itself, as in a scratch schema beside it, needs no proof.
        let needs_none = |it: &Difference| {
            has(ways.current, it) && !has(&before, it) && has(ways.desired, it) && !has(&after, it)
        };
        let unproven = unlike.filter(|it| !needs_none(it));
        Ok(unproven.map(|it| it.to_string()).collect())
    }
}

impl Scratch {
    pub(super) async fn run_statements(
        &mut self,
        rendered: &Rendered,
    ) -> std::result::Result<(), Failed> {
        for (index, statement) in rendered.statements.iter().enumerate() {
            let ran = self.session.execute(statement).await;
            ran.map_err(|error| Failed { index, error })?;
        }
        Ok(())
    }

    /// Whether the downgrade leads from what was built to what was there before, and the upgrade to what was built again.
    async fn leads_back(&mut self, before: &Schema, built: &Schema, ways: &Ways<'_>) -> bool {
        for (rendered, state) in [(ways.downgrade, before), (ways.upgrade, built)] {
            if self.run_statements(rendered).await.is_err() {
                return false;
            }
            match self.inspect().await {
                Ok(found) if differing(state, &found).is_empty() => {}
                _ => return false,
            }
        }
        true
    }

    /// Tries statements there and back on a copy of the current state. Tells what could not be copied.
    async fn prove(
        &mut self,
        current: &Schema,
        desired: &Schema,
        ways: &Ways<'_>,
    ) -> Result<Vec<Difference>> {
        let copy = self.core.creation(current.clone(), false).await?;
        let ran = self.run_statements(&copy).await;
        ran.map_err(|failed| self.failed("copy of the current state", &copy, failed))?;
        let begun = self.inspect().await?;
        let unlike = differing(current, &begun);
        let ways = [
            ("upgrade", ways.upgrade, desired),
            ("downgrade", ways.downgrade, current),
        ];
        for (direction, rendered, state) in ways {
            let ran = self.run_statements(rendered).await;
            ran.map_err(|failed| self.failed(direction, rendered, failed))?;
            let mut left = differing(state, &self.inspect().await?);
            left.retain(|difference| {
                !unlike
                    .iter()
                    .any(|other| other.kind == difference.kind && other.name == difference.name)
            });
            if !left.is_empty() {
                let differences = left;
                return Err(AutogenerateError::Inexact {
                    direction,
                    differences,
                }
                .into());
            }
        }
        Ok(unlike)
    }

    fn failed(
        &self,
        direction: &'static str,
        rendered: &Rendered,
        failed: Failed,
    ) -> MigrationError {
        AutogenerateError::Failed {
            direction,
            statement: first_line(&rendered.statements[failed.index]),
            source: self.core.redacted(failed.error),
        }
        .into()
    }
}

/// Whether a schema has what a difference is about.
fn has(schema: &Schema, it: &Difference) -> bool {
    let mut objects = schema.objects.iter();
    objects.any(|object| object.kind == it.kind && object.name.to_string() == it.name)
}

/// What differs, by the rules of the database: where columns have no places, they come in any order.
fn differing(expected: &Schema, found: &Schema) -> Vec<Difference> {
    let Ok(operations) = diff(expected, found, &[]) else {
        return Vec::new();
    };
    let touched = |kind: &str, name: &str| {
        operations.iter().any(|operation| {
            let object = operation.object();
            object.kind == kind && object.name.to_string() == name
        })
    };
    let all = differences(expected, found).into_iter();
    all.filter(|it| touched(&it.kind, &it.name)).collect()
}

/// A statement as a message shows it.
pub(super) fn first_line(statement: &str) -> String {
    let mut lines = statement.lines();
    let first = lines.next().unwrap_or_default();
    match lines.next() {
        Some(_) => format!("{first} …"),
        None => first.to_owned(),
    }
}
