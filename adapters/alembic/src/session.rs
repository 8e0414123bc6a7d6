//! A connection: a Python process with the project loaded.

use crate::driver::{Driver, Request};
use crate::remembered::{decide, history};
use crate::statement::Statement;
use dapter_plugin_api::{
    AdapterError, ErrorKind, Expect, History, HistoryChange, LogEntry, Record, Result, RowChange,
    ServerFacts, SyncSession,
};
use serde::Deserialize;
use serde_json::Value;

/// A project at its database.
#[derive(Debug)]
pub struct AlembicSession {
    driver: Driver,
    hello: Hello,
}

/// What the project says of its database.
#[derive(Debug, Deserialize)]
struct Hello {
    dialect: String,
    version: String,
    alembic: String,
    /// Whether a migration is rolled back whole, and its record with it.
    transactional: bool,
}

/// What a statement that ran answers.
#[derive(Deserialize)]
struct Ran {
    #[serde(default)]
    rows: u64,
}

#[derive(Deserialize)]
struct Log {
    lines: Vec<String>,
}

impl AlembicSession {
    pub(crate) fn new(mut driver: Driver) -> Result<Self> {
        let hello = driver.ask(&Request::Hello)?;
        Ok(AlembicSession { driver, hello })
    }

    fn run(&mut self, statement: Statement<'_>) -> Result<u64> {
        let ran: Result<Ran> = self.driver.ask(&statement.request(false));
        ran.map(|ran| ran.rows)
            .map_err(|error| match self.hello.transactional {
                true => error,
                false => self.perhaps_in_part(error),
            })
    }

    /// The failure of a migration that was not rolled back: part of it may have been done.
    fn perhaps_in_part(&self, mut error: AdapterError) -> AdapterError {
        if error.kind == ErrorKind::Busy {
            error.kind = ErrorKind::Statement;
            error.retryable = false;
        }
        let dialect = &self.hello.dialect;
        error.hint.get_or_insert_with(|| {
            format!("{dialect} does not roll structure back for Alembic: look whether the migration has left something behind")
        });
        error
    }

    /// The migration is announced, run, and recorded: Alembic's table tells afterwards whether it ran.
    fn announce(&mut self, statement: Statement<'_>, record: &Record) -> Result<u64> {
        let Some(intent) = &record.intent else {
            self.swap_history(&record.change.lock_check())?;
            let rows = self.run(statement)?;
            let recorded = self.swap_history(&record.change);
            return recorded.map(|()| rows).map_err(AdapterError::after_effect);
        };
        let before = self.read_history()?;
        self.swap_history(intent)?;
        match self.run(statement) {
            Ok(rows) => {
                let recorded = self.swap_history(&record.after_intent());
                recorded.map(|()| rows).map_err(AdapterError::after_effect)
            }
            Err(error) if error.kind == ErrorKind::ConnectionLost => Err(error),
            Err(mut error) => {
                if let Err(second) = self.swap_history(&take_back(intent, &before)) {
                    let told = format!("and the announcement could not be taken back: {second}");
                    error.chain.push(told);
                }
                Err(error)
            }
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

impl SyncSession for AlembicSession {
    fn ensure_history(&mut self) -> Result<()> {
        self.driver.ask::<Value>(&Request::Ensure).map(drop)
    }

    fn read_history(&mut self) -> Result<History> {
        history(&self.driver.ask(&Request::Read)?)
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        let decided = self
            .driver
            .call::<Value>(&Request::Change, |there| decide(&there, change));
        decided.map(drop)
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        let log: Log = self.driver.ask(&Request::Log)?;
        log.lines
            .iter()
            .map(|line| LogEntry::from_text(line))
            .collect()
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        self.run(Statement::read(statement)?)
    }

    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        let statement = Statement::read(statement)?;
        if !self.hello.transactional {
            return self.announce(statement, record);
        }
        let ran: Result<Ran> = self.driver.call(&statement.request(true), |there| {
            decide(&there, &record.change)
        });
        ran.map(|ran| ran.rows)
    }

    fn server_facts(&mut self) -> Result<ServerFacts> {
        Ok(ServerFacts {
            product: self.hello.dialect.clone(),
            version: format!(
                "{}, by way of Alembic {}",
                self.hello.version, self.hello.alembic
            ),
            ..ServerFacts::default()
        })
    }
}
