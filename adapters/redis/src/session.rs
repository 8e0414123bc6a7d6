//! A connection.

use crate::change::{Outcome, make};
use crate::command::Command;
use crate::error::told;
use crate::history::{FORMAT, Keys, THIS_FORMAT, history};
use crate::{facts, reply};
use dapter_plugin_api::{
    AdapterError, ErrorKind, History, HistoryChange, LogEntry, Record, Result, Rows, ServerFacts,
    SyncSession,
};
use redis::{Connection, FromRedisValue, Value};
use std::collections::HashMap;

/// A connection to one database of a server.
pub struct RedisSession {
    pub(crate) connection: Connection,
    pub(crate) keys: Keys,
}

impl std::fmt::Debug for RedisSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSession")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl RedisSession {
    /// Asks the server something of the adapter's own.
    fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> Result<T> {
        let mut command = redis::Cmd::new();
        command.arg(words);
        command
            .query(&mut self.connection)
            .map_err(|error| told(&error))
    }

    /// Runs a command of a script by itself.
    pub(crate) fn run(&mut self, command: &Command) -> Result<u64> {
        match self.send(command)? {
            Value::Int(number) => Ok(command.counted(number)),
            _ => Ok(0),
        }
    }

    fn send(&mut self, command: &Command) -> Result<Value> {
        let mut sent = redis::Cmd::new();
        sent.arg(&command.words);
        sent.query(&mut self.connection)
            .map_err(|error| told(&error))
    }
}

impl SyncSession for RedisSession {
    fn ensure_history(&mut self) -> Result<()> {
        let key = self.keys.history.clone();
        self.ask::<i64>(&["HSETNX", &key, FORMAT, THIS_FORMAT])
            .map(drop)
    }

    fn read_history(&mut self) -> Result<History> {
        let key = self.keys.history.clone();
        let fields: HashMap<String, String> = self.ask(&["HGETALL", &key])?;
        history(&fields)
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        match make(&mut self.connection, &self.keys, change, None)? {
            Outcome::Done(_) => Ok(()),
            Outcome::NotInScripts => Err(AdapterError::new(
                ErrorKind::Permission,
                "the server does not let scripts change the history",
            )),
        }
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        let key = self.keys.log.clone();
        let lines: Vec<String> = self.ask(&["LRANGE", &key, "0", "-1"])?;
        lines.iter().map(|line| LogEntry::from_text(line)).collect()
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        self.run(&Command::read(statement)?)
    }

    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.record(&Command::read(statement)?, record)
    }

    fn query(&mut self, statement: &str) -> Result<Rows> {
        self.send(&Command::read(statement)?).map(reply::rows)
    }

    fn server_facts(&mut self) -> Result<ServerFacts> {
        self.ask::<String>(&["INFO"])
            .map(|info| facts::facts(&info))
    }
}
