//! The file: notes and the history of their migrations. It is replaced whole, so a statement and its record are one change.

use dapter_plugin_api::{AdapterError, ErrorKind, History, HistoryChange, LogEntry, Result};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What the file holds.
#[derive(Default)]
pub struct Store {
    notes: BTreeMap<String, String>,
    pub history: History,
    pub log: Vec<LogEntry>,
}

impl Store {
    /// What is there; nothing, where there is no file yet.
    pub fn read(path: &Path) -> Result<Store> {
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Store::default()),
            text => Store::from_text(&text.map_err(failed)?),
        }
    }

    /// Replaces the file while every other writer waits; the lock ends with `lock`, or the process.
    pub fn change<T>(path: &Path, change: impl FnOnce(&mut Store) -> Result<T>) -> Result<T> {
        let [lock, new] = ["lock", "new"].map(|ending| path.with_added_extension(ending));
        let lock = File::create(lock).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut store = Store::read(path)?;
        let value = change(&mut store)?;
        let (mut file, text) = (File::create(&new).map_err(failed)?, store.to_text()?);
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        fs::rename(new, path).map_err(failed)?;
        Ok(value)
    }

    fn from_text(text: &str) -> Result<Store> {
        let mut store = Store::default();
        for line in text.split_terminator('\n') {
            match line.split_once(' ') {
                Some(("history", rest)) => store.history = History::from_text(rest)?,
                Some(("log", rest)) => store.log.push(LogEntry::from_text(rest)?),
                _ => _ = store.execute(line)?,
            }
        }
        Ok(store)
    }

    fn to_text(&self) -> Result<String> {
        let mut lines = vec![format!("history {}\n", self.history.to_text()?)];
        for entry in &self.log {
            lines.push(format!("log {}\n", entry.to_text()?));
        }
        for (key, value) in &self.notes {
            lines.push(format!("set {key} {value}\n"));
        }
        Ok(lines.concat())
    }

    /// Compares and swaps the history: an error changes nothing.
    pub fn record(&mut self, change: &HistoryChange) -> Result<()> {
        self.history.apply(change)?;
        self.log.extend_from_slice(&change.log);
        Ok(())
    }

    /// Runs a statement, and tells how many notes it changed.
    pub fn execute(&mut self, statement: &str) -> Result<u64> {
        match statement.splitn(3, ' ').collect::<Vec<_>>()[..] {
            ["set", key, value] if !statement.contains('\n') => {
                self.notes.insert(key.to_owned(), value.to_owned());
                Ok(1)
            }
            ["unset", key] => Ok(self.notes.remove(key).map_or(0, |_| 1)),
            _ => {
                let what = format!("`{statement}` is neither `set KEY VALUE` nor `unset KEY`");
                let error = AdapterError::new(ErrorKind::Statement, what);
                Err(error.with_code("SYNTAX").at(0))
            }
        }
    }
}

pub fn failed(error: io::Error) -> AdapterError {
    AdapterError::from_source(ErrorKind::Other, &error)
}
