//! An adapter whose database outlives its process, and whose statement `crash` does not let the process live, if the
//! database's file has a name that begins with `bad`. Two databases may `meet` before.

use crate::deadly::Crash;
use crate::store::{Store, failed};
use dapter_plugin_api::{
    AdapterError, Comment, ConnectOptions, Description, ErrorKind, History, HistoryChange,
    LogEntry, Notices, Record, Result, Statement, SyncMigrationAdapter, SyncSession,
};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Notes in a text file, `segfault-file:notes.txt`.
#[derive(Debug, Default)]
pub(crate) struct SegfaultFile;

impl SyncMigrationAdapter for SegfaultFile {
    type Session = Kept;

    const DESCRIPTION: Description = Description {
        schemes: &["segfault-file"],
        extension: "mem",
        comment: Comment::Hash,
        ..Description::new("segfault-file")
    };

    fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<Kept> {
        let file = options.url.strip_prefix("segfault-file:");
        let file = file.ok_or_else(|| {
            AdapterError::new(ErrorKind::Connect, "the URL is not segfault-file:FILE")
        })?;
        Ok(Kept(options.base_directory.join(file)))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }
}

/// The path of the file.
#[derive(Debug)]
pub(crate) struct Kept(PathBuf);

impl Kept {
    fn is_bad(&self) -> bool {
        let name = self.0.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("bad")
    }

    /// Waits until two databases in the folder have come so far.
    fn meet(&self) -> Result<()> {
        File::create(self.0.with_extension("here")).map_err(failed)?;
        loop {
            let folder = self.0.parent().unwrap_or(Path::new("/"));
            let mut here = 0;
            for entry in fs::read_dir(folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                here += usize::from(path.extension().is_some_and(|end| end == "here"));
            }
            if here >= 2 {
                return Ok(());
            }
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    fn run(&self, statement: &str, change: Option<&HistoryChange>) -> Result<u64> {
        if statement == "meet" {
            self.meet()?;
        }
        Store::change(&self.0, |store| {
            let rows = match statement {
                "crash" if self.is_bad() => {
                    Crash::Segfault.happen();
                    0
                }
                "crash" | "meet" => 0,
                statement => store.execute(statement)?,
            };
            change.map_or(Ok(()), |change| store.record(change))?;
            Ok(rows)
        })
    }
}

impl SyncSession for Kept {
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
        self.run(statement, None)
    }

    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.run(statement, Some(&record.change))
    }
}
