//! Commands that the server does not run in a script: announced, run, recorded.

use crate::change::{Outcome, make};
use crate::command::Command;
use crate::session::RedisSession;
use dapter_plugin_api::{
    AdapterError, ErrorKind, Expect, History, HistoryChange, Record, Result, RowChange, SyncSession,
};

/// Runs a command whose record is made behind it.
///
/// # Errors
/// As [`SyncSession::execute_recorded`]. The announcement is taken back if the command fails.
pub(crate) fn execute(
    session: &mut RedisSession,
    command: &Command,
    record: &Record,
) -> Result<u64> {
    let Some(intent) = &record.intent else {
        session.swap_history(&record.change.lock_check())?;
        let rows = session.run(command)?;
        let recorded = session.swap_history(&record.change);
        return recorded.map(|()| rows).map_err(AdapterError::after_effect);
    };
    let before = session.read_history()?;
    session.swap_history(intent)?;
    match session.run(command) {
        Ok(rows) => {
            let recorded = session.swap_history(&record.after_intent());
            recorded.map(|()| rows).map_err(AdapterError::after_effect)
        }
        // Whoever reads the history next finds the announcement.
        Err(error) if error.kind == ErrorKind::ConnectionLost => Err(error),
        Err(mut error) => {
            let taken_back = take_back(intent, &before);
            if let Err(second) = session.swap_history(&taken_back) {
                error.chain.push(format!(
                    "and the announcement could not be taken back: {second}"
                ));
            }
            Err(error)
        }
    }
}

/// The change that undoes an announcement.
fn take_back(intent: &HistoryChange, before: &History) -> HistoryChange {
    let rows = intent.rows.iter().map(|announced| RowChange {
        revision: announced.revision.clone(),
        expect: Expect::exactly(announced.row.as_ref()),
        row: before.row(&announced.revision).cloned(),
    });
    HistoryChange {
        rows: rows.collect(),
        ..intent.lock_check()
    }
}

impl RedisSession {
    /// Runs a command with its record: as one, if the server can.
    pub(crate) fn record(&mut self, command: &Command, record: &Record) -> Result<u64> {
        match make(
            &mut self.connection,
            &self.keys,
            &record.change,
            Some(command),
        )? {
            Outcome::Done(number) => Ok(command.counted(number)),
            Outcome::NotInScripts => execute(self, command, record),
        }
    }
}
