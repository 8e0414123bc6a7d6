//! A database of notes in a text file, `toy:notes.txt`, and the history of its migrations among them.
//!
//! Its language is `set KEY VALUE` and `unset KEY`, a command a line; `#` begins a comment.

mod store;

use dapter_plugin_api::{
    AdapterError, Comment, ConnectOptions, Description, ErrorKind, History, HistoryChange,
    LogEntry, Notices, Record, Result, Statement, SyncMigrationAdapter, SyncSession,
    export_adapter,
};
use std::path::PathBuf;
use store::Store;

#[derive(Default)]
pub struct ToyAdapter;

impl SyncMigrationAdapter for ToyAdapter {
    type Session = ToyConnection;
    const DESCRIPTION: Description = Description {
        schemes: &["toy"],
        extension: "toy",
        comment: Comment::Hash,
        ..Description::new("toy")
    };

    fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<ToyConnection> {
        let refuse = |why: &str| Err(AdapterError::new(ErrorKind::Connect, why));
        let (url, option) = (&options.url, options.options.keys().next());
        match (url.strip_prefix("toy:"), option) {
            (None | Some(""), _) => refuse("the URL is not toy:FILE"),
            (_, Some(option)) => refuse(&format!("there is no option `{option}`")),
            (Some(file), None) => Ok(ToyConnection(options.base_directory.join(file))),
        }
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }
}

/// The path of the file.
pub struct ToyConnection(PathBuf);

impl SyncSession for ToyConnection {
    fn ensure_history(&mut self) -> Result<()> {
        Store::change(&self.0, |store| {
            store.history.ready = true;
            Ok(())
        })
    }
    fn read_history(&mut self) -> Result<History> {
        Ok(Store::read(&self.0)?.history)
    }
    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        Store::change(&self.0, |store| store.record(change))
    }
    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        Ok(Store::read(&self.0)?.log)
    }
    fn execute(&mut self, statement: &str) -> Result<u64> {
        Store::change(&self.0, |store| store.execute(statement))
    }
    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        Store::change(&self.0, |store| {
            let rows = store.execute(statement)?;
            store.record(&record.change)?;
            Ok(rows)
        })
    }
}

export_adapter!(ToyAdapter);
