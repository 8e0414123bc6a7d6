//! Running a statement so that it and its record take effect together.
//!
//! | the statement | what runs | killed on the way |
//! |---|---|---|
//! | any, with no transaction open | `BEGIN`, check, statement, record, `COMMIT` | neither took effect |
//! | `VACUUM`, `PRAGMA`, `ATTACH`, `DETACH` | check, statement; check and record | it runs again, harmlessly |
//! | the script's `BEGIN` | statement, check, record | neither took effect |
//! | any in the script's transaction | check, statement, record | as before the `BEGIN` |
//! | the script's `COMMIT` | check, record, statement | as before the `BEGIN` |
//! | the script's `ROLLBACK` | check, statement; record | as before the `BEGIN`, which runs again |
//!
//! Expectations are checked before the statement runs: who lost the lock changes nothing more, and a rollback takes the
//! records with it that the expectations are about.

use crate::dialect::{self, Form};
use crate::history;
use crate::lock;
use crate::session::{SqliteSession, unfinished};
use crate::statement::run;
use crate::transaction::{atomically, control, up_to_end, within_savepoint};
use dapter_plugin_api::{
    AdapterError, ErrorKind, Expect, HistoryChange, Result, RevisionState, RowChange, Severity,
};
use rusqlite::Connection;

impl SqliteSession {
    /// Runs a statement and makes the change that records it.
    pub(crate) fn run_recorded(&mut self, text: &str, change: &HistoryChange) -> Result<u64> {
        let form = Form::of(text);
        self.check(text, form)?;
        self.restore_settings(change)?;
        let by_host = self.in_host_transaction;
        let unrecorded = self.unrecorded.take();
        let connection = self.writing()?;
        if connection.is_autocommit() {
            return match form {
                Form::Begin | Form::Savepoint => opening(connection, text, change),
                Form::Change | Form::Other => {
                    atomically(connection, || inside(connection, text, change))
                }
                // There is nothing for the last four to end, which SQLite says better.
                Form::Setting
                | Form::Vacuum
                | Form::Commit
                | Form::Rollback
                | Form::RollbackTo
                | Form::Release => self.bare(text, change, unrecorded),
            };
        }
        match form {
            Form::Commit | Form::Release => closing(connection, text, change, by_host),
            Form::Rollback => rolling_back(connection, text, change),
            _ if !by_host && finishes(change) => Err(unfinished()),
            // A savepoint around them would end with theirs, or they with it.
            Form::Savepoint | Form::RollbackTo => inside(connection, text, change),
            _ => within_savepoint(connection, || inside(connection, text, change)),
        }
    }

    /// Runs a statement outside any transaction, then records it.
    fn bare(
        &mut self,
        text: &str,
        change: &HistoryChange,
        unrecorded: Option<Unrecorded>,
    ) -> Result<u64> {
        let connection = self.database.connection();
        history::check(connection, change)?;
        let rows =
            match unrecorded.filter(|earlier| earlier.text == text && earlier.change == *change) {
                Some(earlier) => earlier.rows,
                None => run(connection, text)?,
            };
        let recorded = atomically(connection, || {
            history::check(connection, change)?;
            history::write(connection, change)?;
            match Form::of(text) {
                Form::Setting => history::add_setting(connection, change, text),
                _ => Ok(()),
            }
        });
        if recorded
            .as_ref()
            .is_err_and(|error| error.kind == ErrorKind::Busy)
        {
            self.unrecorded = Some(Unrecorded {
                text: text.to_owned(),
                change: change.clone(),
                rows,
            });
        }
        recorded.map(|()| rows)
    }

    /// Repeats the settings that another session made for the step that this one goes on with.
    fn restore_settings(&mut self, change: &HistoryChange) -> Result<()> {
        let Some(row) = change.rows.first() else {
            return Ok(());
        };
        if self.settings_of.as_ref() == Some(&row.revision) {
            return Ok(());
        }
        if goes_on(row) {
            self.repeat_settings(&row.revision)?;
        }
        // From here on the step is this session's own, and its settings are in force.
        self.settings_of = Some(row.revision.clone());
        Ok(())
    }

    fn repeat_settings(&mut self, revision: &str) -> Result<()> {
        let notices = self.notices.clone();
        let connection = self.writing()?;
        let settings = history::settings(connection, revision)?;
        for statement in dialect::split(&settings)? {
            let text = statement.text(&settings).unwrap_or_default();
            run(connection, text).map_err(|mut error| {
                error.position = None;
                error.message = format!(
                    "the setting of the interrupted run, {text}, failed: {}",
                    error.message
                );
                error
            })?;
            notices.push(
                Severity::Info,
                format!("repeated for this connection: {text}"),
            );
        }
        Ok(())
    }
}

/// A statement that took effect while another session kept its record from being written. The caller repeats the call,
/// and the statement must not run twice: the second `ATTACH` would fail.
pub(crate) struct Unrecorded {
    text: String,
    change: HistoryChange,
    rows: u64,
}

/// Within a transaction that goes on.
fn inside(connection: &Connection, text: &str, change: &HistoryChange) -> Result<u64> {
    history::check(connection, change)?;
    let rows = run(connection, text)?;
    if connection.is_autocommit() {
        return Err(AdapterError::new(
            ErrorKind::Statement,
            "the statement ended the transaction unexpectedly",
        ));
    }
    history::write(connection, change)?;
    Ok(rows)
}

fn opening(connection: &Connection, text: &str, change: &HistoryChange) -> Result<u64> {
    if finishes(change) {
        return Err(unfinished());
    }
    run(connection, text)?;
    let recorded = history::swap(connection, change);
    recorded.map(|()| 0).map_err(|mut error| {
        if let (false, Err(undoing)) = (connection.is_autocommit(), control(connection, "ROLLBACK"))
        {
            error.chain.push(undoing.message);
        }
        error
    })
}

fn closing(
    connection: &Connection,
    text: &str,
    change: &HistoryChange,
    by_host: bool,
) -> Result<u64> {
    up_to_end(connection, || {
        history::check(connection, change)?;
        history::write(connection, change)?;
        run(connection, text)
    })?;
    // A `RELEASE` ends the transaction only if a `SAVEPOINT` began it.
    if !connection.is_autocommit() && !by_host && finishes(change) {
        return Err(unfinished());
    }
    Ok(0)
}

fn rolling_back(connection: &Connection, text: &str, change: &HistoryChange) -> Result<u64> {
    history::check(connection, change)?;
    run(connection, text)?;
    // The earlier records of the transaction are gone, so only the lock can be checked again.
    let recorded = atomically(connection, || {
        lock::check(connection, change)?;
        history::write(connection, change)
    });
    recorded.map(|()| 0).map_err(|mut error| {
        if error.kind == ErrorKind::Busy {
            // Repeating the call alone would find no transaction to roll back.
            error.kind = ErrorKind::Statement;
            error.retryable = false;
            error.hint = Some(
                "run the same command again: it goes on before the script's `BEGIN`".to_owned(),
            );
        }
        error
    })
}

/// Whether a row goes on with a step in the direction in which it began. One that begins has no settings yet, and one
/// that turns back needs none of those made on the way there.
fn goes_on(change: &RowChange) -> bool {
    let Expect::Present { state, .. } = change.expect else {
        return false;
    };
    match change.row.as_ref().map(|row| row.state) {
        Some(RevisionState::Applied) => state == RevisionState::Upgrading,
        Some(unfinished) => state == unfinished,
        None => state == RevisionState::Downgrading,
    }
}

/// Whether a change says that the step of a revision is done.
fn finishes(change: &HistoryChange) -> bool {
    change.rows.iter().any(|row| {
        row.row
            .as_ref()
            .is_none_or(|row| row.state == RevisionState::Applied)
    })
}
