//! Rows of the tables of the history, read from what the server answers.

use crate::answer::{ResultSet, TextCells};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, InFlight, LockRow, LogEntry, Result, RevisionState,
};
use std::str::FromStr;

/// A row of `dapter_revision`, with what is MySQL's own.
#[derive(Debug)]
pub(crate) struct RevisionRow {
    pub(crate) row: AppliedRevision,
    /// How to tell whether the statement in flight took effect.
    pub(crate) fingerprint: Option<String>,
}

/// The values of one row, in the order of its table's columns.
struct Values<'r>(TextCells<'r>);

impl Values<'_> {
    fn optional(&mut self) -> Result<Option<String>> {
        let value = self.0.next().flatten();
        let value = value
            .map(|value| String::from_utf8(value.to_vec()))
            .transpose();
        value.map_err(|_| {
            AdapterError::new(
                ErrorKind::Other,
                "the history holds something that is no text",
            )
        })
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.optional()?.unwrap_or_default())
    }

    fn number<T: FromStr + Default>(&mut self) -> Result<T> {
        let Some(text) = self.optional()? else {
            return Ok(T::default());
        };
        text.parse().map_err(|_| {
            AdapterError::new(
                ErrorKind::Other,
                format!("the history holds `{text}` instead of a number"),
            )
        })
    }
}

fn all<T>(set: ResultSet, read: fn(&mut Values<'_>) -> Result<T>) -> Result<Vec<T>> {
    let rows = set.rows.into_iter();
    rows.map(|row| read(&mut Values(row.cells()))).collect()
}

/// Rows of `dapter_revision`.
pub(crate) fn revisions(set: ResultSet) -> Result<Vec<RevisionRow>> {
    all(set, |values| {
        let mut row = AppliedRevision {
            revision: values.text()?,
            message: values.text()?,
            checksum: values.text()?,
            position: values.number()?,
            state: RevisionState::from_name(&values.text()?)?,
            statements_done: values.number()?,
            statements_total: values.number()?,
            done_checksum: values.text()?,
            error: values.text()?,
            in_flight: None,
            duration_ms: values.number()?,
            applied_at: values.text()?,
            applied_by: values.text()?,
            dapter_version: values.text()?,
        };
        let statement = values.optional()?;
        let (done_checksum, since) = (values.text()?, values.text()?);
        row.in_flight = statement.map(|statement| InFlight {
            statement,
            done_checksum,
            since,
            took_effect: None,
        });
        Ok(RevisionRow {
            row,
            fingerprint: values.optional()?,
        })
    })
}

/// Rows of `dapter_log`.
pub(crate) fn log(set: ResultSet) -> Result<Vec<LogEntry>> {
    all(set, |values| {
        values.text()?;
        Ok(LogEntry {
            at: values.text()?,
            operation: values.text()?,
            revision: values.text()?,
            outcome: values.text()?,
            statements: values.number()?,
            duration_ms: values.number()?,
            by: values.text()?,
            host: values.text()?,
            dapter_version: values.text()?,
            note: values.text()?,
        })
    })
}

/// Rows of `dapter_lock`.
pub(crate) fn locks(set: ResultSet) -> Result<Vec<LockRow>> {
    all(set, |values| {
        values.text()?;
        Ok(LockRow {
            token: values.text()?,
            host: values.text()?,
            machine: values.text()?,
            pid: values.number()?,
            process_started: values.text()?,
            user: values.text()?,
            since: values.text()?,
            beat: values.number()?,
        })
    })
}

/// The first column of all rows, without what is `NULL`.
pub(crate) fn texts(set: ResultSet) -> Result<Vec<String>> {
    let found = all(set, |values| values.optional())?;
    Ok(found.into_iter().flatten().collect())
}
